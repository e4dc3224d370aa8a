module github.com/gomss/gomss/tools

go 1.26.0

require github.com/gomss/gomss v0.0.0

require (
	github.com/alecthomas/kong v1.17.0 // indirect
	github.com/beevik/etree v1.8.1 // indirect
	github.com/stretchr/testify v1.12.1 // indirect
	go.uber.org/goleak v1.3.0 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
)

replace github.com/gomss/gomss => ../
