package main

import (
	"crypto/ecdsa"
	"crypto/x509"

	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/tools/internal/simkit"
)

// clientIdentity is a client certificate that a simulator admits beside its own.
type clientIdentity struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newClientIdentity() (*clientIdentity, error) {
	c, err := simkit.NewClient()
	if err != nil {
		return nil, err
	}
	return &clientIdentity{c.Certificate, c.Key}, nil
}

// writeKit writes what `mss simulate` writes for Mobile ID.
func writeKit(dir string, srv *msstest.Server, id *clientIdentity) error {
	kit := simkit.New(dir, &simkit.Client{Certificate: id.cert, Key: id.key})
	kit.MobileID(srv)
	return kit.Err()
}
