package main

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"software.sslmate.com/src/go-pkcs12"
)

// Limits of a file with a client certificate.
const (
	maxCredentials = 1 << 20 // octets
	maxFileCerts   = 64
)

// credentials is what the files of a client certificate hold, good or bad: unlike transport's loaders this does not stop
// at the first mistake, so that all can be told at once.
type credentials struct {
	certs  []*x509.Certificate // in the file's order
	key    crypto.Signer       // nil: none
	pkcs12 bool
}

// parseCredentials reads PEM (certificates, a key or both), one certificate in DER, or PKCS #12.
func parseCredentials(data []byte, password string) (*credentials, error) {
	if bytes.Contains(data, []byte("-----BEGIN ")) {
		return parseCredentialsPEM(data)
	}
	if cert, err := x509.ParseCertificate(data); err == nil {
		return &credentials{certs: []*x509.Certificate{cert}}, nil
	}
	key, first, others, err := pkcs12.DecodeChain(data, password)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return nil, errors.New("the PKCS #12 file does not open with this password")
	case err != nil:
		return nil, errors.New("is neither PEM nor a certificate in DER nor a PKCS #12 file")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("the key in the PKCS #12 file cannot sign")
	}
	return &credentials{certs: append([]*x509.Certificate{first}, others...), key: signer, pkcs12: true}, nil
}

// parseCredentialsPEM reads every block of PEM.
func parseCredentialsPEM(data []byte) (*credentials, error) {
	c := new(credentials)
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		if err := c.addBlock(block); err != nil {
			return nil, err
		}
	}
	if len(c.certs) == 0 && c.key == nil {
		return nil, errors.New("holds neither a certificate nor a private key")
	}
	return c, nil
}

func (c *credentials) addBlock(block *pem.Block) error {
	var (
		key any
		err error
	)
	switch block.Type {
	case "CERTIFICATE":
		if len(c.certs) == maxFileCerts {
			return fmt.Errorf("holds more than %d certificates", maxFileCerts)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("certificate %d cannot be parsed", len(c.certs)+1)
		}
		c.certs = append(c.certs, cert)
		return nil
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		if block.Headers["DEK-Info"] != "" {
			return errEncryptedKey
		}
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return errEncryptedKey
	default: // EC PARAMETERS, a request: openssl writes them beside a key
		return nil
	}
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return errors.New("the private key cannot be read") // the parser's error might quote it
	}
	c.key = signer
	return nil
}

var errEncryptedKey = errors.New("the private key is encrypted; decrypt it with `openssl pkey`, or use a PKCS #12 file")

// owns reports whether the key is the certificate's.
func (c *credentials) owns(cert *x509.Certificate) bool {
	public, ok := c.key.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(cert.PublicKey)
}

// leaf is the certificate that a client would send: the key's, or the first; nil where there is none.
func (c *credentials) leaf() *x509.Certificate {
	for _, cert := range c.certs {
		if c.key != nil && c.owns(cert) {
			return cert
		}
	}
	if len(c.certs) == 0 {
		return nil
	}
	return c.certs[0]
}
