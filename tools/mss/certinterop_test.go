//go:build interop

package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func openssl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "openssl", args...).CombinedOutput()
	require.NoError(t, err, "openssl %s: %s", strings.Join(args, " "), out)
	return string(out)
}

func TestInteropOpenSSLReadsTheCertificate(t *testing.T) {
	t.Parallel()
	for _, kind := range [][]string{{"--rsa", "2048"}, {"--ec", "P-256"}} {
		dir := newCert(t, append(kind, "--pkcs12")...)
		key, request, cert := filepath.Join(dir, keyName), filepath.Join(dir, requestName), filepath.Join(dir, certName)

		openssl(t, "pkey", "-in", key, "-check", "-noout")
		out := openssl(t, "req", "-in", request, "-noout", "-verify", "-text")
		require.Contains(t, out, "verify OK")
		require.Contains(t, out, "TLS Web Client Authentication")
		require.Contains(t, out, "Digital Signature")

		out = openssl(t, "x509", "-in", cert, "-noout", "-purpose", "-subject", "-fingerprint", "-sha256")
		require.Contains(t, out, "SSL client : Yes\n")
		require.Contains(t, out, "SSL server : No\n")
		require.Contains(t, out, "SSL client CA : No\n")
		shown := decodeJSON[certShowReport](t, runMSS(t, "cert", "show", cert, "--json"))
		require.Contains(t, out, "="+shown.SHA256)
		require.Contains(t, openssl(t, "x509", "-in", cert, "-noout", "-fingerprint", "-sha1"), "="+shown.SHA1)
		require.Contains(t, openssl(t, "verify", "-purpose", "sslclient", "-CAfile", cert, cert), ": OK")
		require.Equal(t, openssl(t, "pkey", "-in", key, "-pubout"), openssl(t, "x509", "-in", cert, "-noout", "-pubkey"))

		password := "file:" + filepath.Join(dir, passwordName)
		out = openssl(t, "pkcs12", "-in", filepath.Join(dir, pkcs12Name), "-passin", password, "-info", "-noenc")
		require.Contains(t, out, "AES-256-CBC")
		require.Contains(t, out, "MAC: sha256")
		require.Equal(t, 1, strings.Count(out, "BEGIN CERTIFICATE"), "no chain")
		require.Equal(t, 1, strings.Count(out, "BEGIN PRIVATE KEY"))
	}
}

// The other way round: what the guide's section 8 makes with openssl lacks the purpose, and cert show says so.
func TestInteropOpenSSLOfTheGuide(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key, request, cert := filepath.Join(dir, "a.key"), filepath.Join(dir, "a.csr"), filepath.Join(dir, "a.crt")
	openssl(t, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-sha256", "-subj", "/CN=mobileid.company.example/O=Company/C=CH")
	openssl(t, "x509", "-req", "-days", "1825", "-sha256", "-in", request, "-signkey", key, "-out", cert)
	r := runMSS(t, "cert", "show", cert, "--key", key)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.out, "clientAuth (1.3.6.1.5.5.7.3.2) is missing")
	require.Contains(t, r.out, "ok    key and certificate belong together")
}
