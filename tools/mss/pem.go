package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss/msstest"
)

// clientIdentity is the client certificate that a simulator admits beside its own, whose key does not leave msstest.
type clientIdentity struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// newClientIdentity makes a self-signed certificate with the purpose that services demand. Like everything of a
// simulator it carries the mark and lives less than 7 days (SEC-15).
func newClientIdentity() (*clientIdentity, error) {
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
	return &clientIdentity{cert, key}, err
}

const kitConfig = `# Written by "mss simulate": a simulated service on this machine, which proves nothing about anybody.
url: %s
environment: simulator
ap_id: %s
prefix: %q
profile: %s
lang: %s
cert_file: client.pem
key_file: client.key
tls_roots: tls-root.pem
anchors: anchors.pem
handle_key_file: handle.key
`

func configPath(dir string) string { return filepath.Join(dir, "mss.yaml") }

// writeKit writes what a client of the simulator needs into dir, readable by its owner alone. The configuration comes
// last: who sees it finds the rest complete.
func writeKit(dir, url string, srv *msstest.Server, id *clientIdentity) error {
	key, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err != nil {
		return err
	}
	handleKey := make([]byte, 32)
	_, _ = rand.Read(handleKey) // never fails
	anchors := srv.Anchors()
	for _, f := range []struct {
		name string
		data []byte
	}{
		{"client.pem", certificatesPEM(id.cert)},
		{"client.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})},
		{"tls-root.pem", certificatesPEM(srv.HTTP().Roots...)},
		{"anchors.pem", append(certificatesPEM(anchors.Roots()...), certificatesPEM(anchors.Intermediates()...)...)},
		{"handle.key", handleKey},
		{filepath.Base(configPath(dir)), fmt.Appendf(nil, kitConfig, url, srv.APID(), srv.Prefix(), simulatedProfile, simulatedLang)},
	} {
		if err := writePrivate(filepath.Join(dir, f.name), f.data); err != nil {
			return usagef("--dir: %v", err)
		}
	}
	return nil
}

// writePrivate writes a file that its owner alone can read, whatever was there before.
func writePrivate(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".mss-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails, as it should, once the file has its name
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func certificatesPEM(certs ...*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range certs {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // a bytes.Buffer takes everything
	}
	return b.Bytes()
}
