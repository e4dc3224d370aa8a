//go:build interop

package skmidtest_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
)

func openssl(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "openssl", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%v: %s", args, &stderr)
	return string(out)
}

func writePEM(t *testing.T, dir, name, kind string, ders ...[]byte) string {
	t.Helper()
	var b bytes.Buffer
	for _, der := range ders {
		require.NoError(t, pem.Encode(&b, &pem.Block{Type: kind, Bytes: der}))
	}
	file := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o600))
	return file
}

// OpenSSL reads the subjects as they are meant.
func TestInteropOpenSSLReadsSubjects(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	dir := t.TempDir()
	const given, surname = "MARY ÄNN", "O’CONNEŽ-ŠUSLIK"
	for i, tt := range []struct {
		phone, code string
		person      skmidtest.Person
		subject     string // in the order of the certificate
	}{
		{phone, code, skmidtest.Person{Profile: skmidtest.ESTEID},
			"C=EE,CN=MARY ÄNN\\,O’CONNEŽ-ŠUSLIK,SN=O’CONNEŽ-ŠUSLIK,GN=MARY ÄNN,serialNumber=PNOEE-47101010033"},
		{phone, code, skmidtest.Person{Profile: skmidtest.ESTEIDMid},
			"C=EE,CN=O’CONNEŽ-ŠUSLIK\\,MARY ÄNN\\,47101010033,SN=O’CONNEŽ-ŠUSLIK,GN=MARY ÄNN,serialNumber=PNOEE-47101010033"},
		{phone, code, skmidtest.Person{Profile: skmidtest.ESTEIDOld},
			"C=EE,O=ESTEID (MOBIIL-ID),OU=authentication,SN=O’CONNEŽ-ŠUSLIK,GN=MARY ÄNN,serialNumber=47101010033,CN=O’CONNEŽ-ŠUSLIK\\,MARY ÄNN\\,47101010033"},
		{phone, code, skmidtest.Person{Profile: skmidtest.EID2016, Country: "LT"},
			"C=LT,CN=MARY ÄNN\\,O’CONNEŽ-ŠUSLIK,SN=O’CONNEŽ-ŠUSLIK,GN=MARY ÄNN,serialNumber=PNOLT-47101010033"},
		{"+37120000001", "01011721234", skmidtest.Person{Profile: skmidtest.EIDQ2021, Country: "LV"},
			"C=LV,CN=MARY ÄNN\\,O’CONNEŽ-ŠUSLIK,SN=O’CONNEŽ-ŠUSLIK,GN=MARY ÄNN,serialNumber=PNOLV-010117-21234"},
	} {
		tt.person.GivenName, tt.person.Surname = given, surname
		srv.Script(tt.phone, tt.code, tt.person)
		cert := c.authCertificate(c.askFor(tt.phone, tt.code))
		file := writePEM(t, dir, fmt.Sprint(i), "CERTIFICATE", cert.Raw)
		require.Equal(t, "subject="+tt.subject+"\n", openssl(t, "x509", "-in", file, "-noout", "-subject", "-nameopt", "esc_2253,utf8,sep_comma_plus,sname"))
	}
}

// OpenSSL builds the chains, with an issuing CA as the only anchor and with the root, and verifies the signatures.
func TestInteropOpenSSLVerifies(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	dir := t.TempDir()
	root := writePEM(t, dir, "root.pem", "CERTIFICATE", srv.Anchors().Roots()[0].Raw)
	var cas [][]byte
	for _, ca := range srv.Anchors().Intermediates() {
		cas = append(cas, ca.Raw)
	}
	issuing := writePEM(t, dir, "issuing.pem", "CERTIFICATE", cas...)
	hash := filepath.Join(dir, "hash")
	require.NoError(t, os.WriteFile(hash, digest[:], 0o600))
	for _, p := range profiles {
		for _, key := range []skmidtest.Key{skmidtest.P256, skmidtest.P384, skmidtest.RSA} {
			srv.Script(phone, code, skmidtest.Person{Profile: p.profile, Key: key})
			for _, kind := range kinds {
				a := c.outcome(kind, c.ask())
				cert, bad := parse(a.Cert)
				if kind == signature {
					cert, bad = c.certificateOf(c.ask()), ""
				}
				require.Empty(t, bad)
				name := fmt.Sprint(p.profile, key, kind)
				file := writePEM(t, dir, name+".crt", "CERTIFICATE", cert.Raw)
				openssl(t, "verify", "-x509_strict", "-partial_chain", "-trusted", issuing, file)
				openssl(t, "verify", "-trusted", root, "-untrusted", issuing, file)
				verifySignature(t, filepath.Join(dir, name), hash, cert, a.Signature.Value)
			}
		}
	}
}

func verifySignature(t *testing.T, name, hash string, cert *x509.Certificate, text string) {
	t.Helper()
	value, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	if _, ok := cert.PublicKey.(*ecdsa.PublicKey); ok { // OpenSSL wants DER
		half := len(value) / 2
		value, err = asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(value[:half]), new(big.Int).SetBytes(value[half:])})
		require.NoError(t, err)
	}
	require.NoError(t, os.WriteFile(name+".sig", value, 0o600))
	key := writePEM(t, filepath.Dir(name), filepath.Base(name)+".pub", "PUBLIC KEY", cert.RawSubjectPublicKeyInfo)
	args := []string{"pkeyutl", "-verify", "-pubin", "-inkey", key, "-in", hash, "-sigfile", name + ".sig"}
	if cert.PublicKeyAlgorithm == x509.RSA {
		args = append(args, "-pkeyopt", "digest:sha256")
	}
	require.Contains(t, openssl(t, args...), "Signature Verified Successfully")
}
