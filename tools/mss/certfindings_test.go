package main

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/simulated"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// certWith makes a good client certificate that edit spoils.
func certWith(t *testing.T, key crypto.Signer, edit func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "client"},
		NotBefore: noon.AddDate(-1, 0, 0), NotAfter: noon.AddDate(1, 0, 0), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	edit(tmpl)
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return cert
}

func TestClientCertificateFindings(t *testing.T) {
	t.Parallel()
	good, err := newKey("", "P-256")
	require.NoError(t, err)
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	_, odd, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		key   crypto.Signer
		edit  func(*x509.Certificate)
		level level // of the worst finding
		want  string
	}{
		"good":          {good, func(*x509.Certificate) {}, levelOK, "valid until 2027-03-01"},
		"no purpose":    {good, func(c *x509.Certificate) { c.ExtKeyUsage = nil }, levelFail, "clientAuth (1.3.6.1.5.5.7.3.2) is missing"},
		"other purpose": {good, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, levelFail, "clientAuth"},
		"no key usage":  {good, func(c *x509.Certificate) { c.KeyUsage = 0 }, levelOK, "made for TLS clients"},
		"other usage":   {good, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }, levelFail, "digitalSignature is missing"},
		"CA":            {good, func(c *x509.Certificate) { c.IsCA = true }, levelWarn, "CA certificate"},
		"simulator": {good, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: simulated.OID, Value: []byte{5, 0}}}
		}, levelWarn, "made by a simulator"},
		"weak key":       {weak, func(*x509.Certificate) {}, levelFail, "has 1024 bits"},
		"odd key":        {odd, func(*x509.Certificate) {}, levelFail, "services take RSA and EC"},
		"not yet":        {good, func(c *x509.Certificate) { c.NotBefore = noon.Add(time.Second) }, levelFail, "not valid before"},
		"expired":        {good, func(c *x509.Certificate) { c.NotAfter = noon.Add(-time.Second) }, levelFail, "expired on 2026-03-01"},
		"expires":        {good, func(c *x509.Certificate) { c.NotAfter = noon.Add(registration - time.Second) }, levelWarn, "expires on"},
		"still has time": {good, func(c *x509.Certificate) { c.NotAfter = noon.Add(registration) }, levelOK, "valid until"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cred := &credentials{certs: []*x509.Certificate{certWith(t, tc.key, tc.edit)}, key: tc.key}
			worst, lines := levelOK, []string{}
			for _, f := range cred.findings(noon) {
				if f.Level == levelFail || f.Level == levelWarn && worst == levelOK {
					worst = f.Level
				}
				require.Equal(t, f.Level != levelOK, f.Do != "", "advice goes with what is not good: %s", f.What)
				lines = append(lines, f.String())
			}
			require.Equal(t, tc.level, worst, lines)
			require.Contains(t, strings.Join(lines, "\n"), tc.want)
		})
	}
}

// An old signature cannot be made with today's library: the finding is about the name of the algorithm alone.
func TestOldSignatures(t *testing.T) {
	t.Parallel()
	key, err := newKey("", "P-256")
	require.NoError(t, err)
	for _, algorithm := range []x509.SignatureAlgorithm{x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1} {
		cert := &x509.Certificate{SignatureAlgorithm: algorithm, PublicKey: key.Public()}
		findings := strengthFindings(cert)
		require.Len(t, findings, 1)
		require.Equal(t, levelFail, findings[0].Level)
		require.Contains(t, findings[0].What, "SHA-256 is the least")
	}
}

func TestParseCredentials(t *testing.T) {
	t.Parallel()
	key, err := newKey("", "P-256")
	require.NoError(t, err)
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certWith(t, key, func(*x509.Certificate) {}).Raw})
	block := func(kind string, headers map[string]string) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Headers: headers, Bytes: []byte("secret octets")})
	}
	for name, tc := range map[string]struct {
		data []byte
		want string
	}{
		"empty":           {nil, "neither PEM nor"},
		"text":            {[]byte("hello"), "neither PEM nor"},
		"broken PEM":      {[]byte("-----BEGIN CERTIFICATE-----\n"), "neither a certificate nor a private key"},
		"certificate":     {block("CERTIFICATE", nil), "certificate 1 cannot be parsed"},
		"key":             {block("PRIVATE KEY", nil), "private key cannot be read"},
		"RSA key":         {block("RSA PRIVATE KEY", nil), "private key cannot be read"},
		"EC key":          {block("EC PRIVATE KEY", nil), "private key cannot be read"},
		"encrypted":       {block("ENCRYPTED PRIVATE KEY", nil), "is encrypted"},
		"encrypted, old":  {block("RSA PRIVATE KEY", map[string]string{"DEK-Info": "DES-EDE3-CBC,00"}), "is encrypted"},
		"request":         {block("CERTIFICATE REQUEST", nil), "neither a certificate nor a private key"},
		"too many":        {[]byte(strings.Repeat(string(cert), maxFileCerts+1)), "more than 64 certificates"},
		"as many as that": {[]byte(strings.Repeat(string(cert), maxFileCerts)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parseCredentials(tc.data, "")
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.want)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

// FuzzCredentialsPEM leaves PKCS #12 out: its iteration count may keep a parser busy for minutes, which is no fault of this.
func FuzzCredentialsPEM(f *testing.F) {
	id, err := newOwnIdentity(pkix.Name{CommonName: "a"}, "", "P-256", noon, 1)
	require.NoError(f, err)
	files, err := id.files()
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		f.Add(file.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		cred, err := parseCredentialsPEM(data)
		if err != nil {
			require.Nil(t, cred)
			return
		}
		if cred.leaf() != nil {
			require.NotEmpty(t, cred.findings(noon))
		}
	})
}
