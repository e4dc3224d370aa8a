// Package simkit writes what clients of the simulators need into a directory: client certificates, roots, keys and
// configurations for the command. Nothing of it is ever believed outside the environment simulator.
package simkit

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"time"

	"github.com/gomss/gomss/internal/simulated"
)

// Client is a client certificate that simulators admit beside their own, whose keys do not leave them.
type Client struct {
	Certificate *x509.Certificate
	Key         *ecdsa.PrivateKey
}

// NewClient makes a self-signed certificate with the purpose that services demand. Like everything of a simulator it carries
// the mark and lives less than 7 days (SEC-15).
func NewClient() (*Client, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	tmpl := &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: "mss simulate client"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(6 * 24 * time.Hour),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		ExtraExtensions:       []pkix.Extension{{Id: simulated.OID, Value: []byte{0x05, 0x00}}}, // NULL
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &Client{cert, key}, err
}

// keyPEM is the private key as files hold it.
func (c *Client) keyPEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(c.Key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}
