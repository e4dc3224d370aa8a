package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
)

func certificatesPEM(certs ...*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range certs {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // a bytes.Buffer takes everything
	}
	return b.Bytes()
}
