module github.com/gomss/gomss

go 1.26.0

require (
	github.com/stretchr/testify v1.12.1 // indirect
	go.mozilla.org/pkcs7 v0.10.0 // indirect
	go.uber.org/goleak v1.3.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	software.sslmate.com/src/go-pkcs12 v0.7.4 // indirect
)
