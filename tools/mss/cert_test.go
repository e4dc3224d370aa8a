package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/transport"
	"github.com/stretchr/testify/require"
)

// newCert makes a client certificate and returns its directory.
func newCert(t *testing.T, args ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tls")
	r := runMSS(t, append([]string{"cert", "new", "--cn", "mobileid.company.example", "--o", "Company", "--c", "CH", "--out", dir}, args...)...)
	require.Equal(t, exitOK, r.code, r.err)
	return dir
}

func decodeJSON[T any](t *testing.T, r result) (v T) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(r.out))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&v), r.out)
	require.False(t, dec.More(), "one value")
	require.Equal(t, 1, strings.Count(r.out, "\n"), "on one line")
	return v
}

func TestCertNew(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args      []string
		key       string
		algorithm x509.SignatureAlgorithm
	}{
		"RSA 2048": {[]string{"--rsa", "2048"}, "RSA 2048", x509.SHA256WithRSA},
		"RSA 3072": {[]string{"--rsa", "3072"}, "RSA 3072", x509.SHA256WithRSA},
		"EC":       {[]string{"--ec", "P-256"}, "EC P-256", x509.ECDSAWithSHA256},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newCert(t, append(tc.args, "--days", "30")...)
			certFile, keyFile := filepath.Join(dir, certName), filepath.Join(dir, keyName)

			block, rest := pem.Decode(mustRead(t, certFile))
			require.Empty(t, rest, "one certificate")
			cert, err := x509.ParseCertificate(block.Bytes)
			require.NoError(t, err)
			require.NoError(t, cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature), "self-signed")
			require.Equal(t, tc.algorithm, cert.SignatureAlgorithm)
			require.Equal(t, tc.key, describeKey(cert))
			require.Equal(t, x509.KeyUsageDigitalSignature, cert.KeyUsage)
			require.Equal(t, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, cert.ExtKeyUsage)
			require.False(t, cert.IsCA)
			require.Equal(t, "CN=mobileid.company.example,O=Company,C=CH", cert.Subject.String())
			require.WithinDuration(t, time.Now().AddDate(0, 0, 30), cert.NotAfter, time.Hour)
			require.Positive(t, cert.SerialNumber.Sign())

			_, err = transport.LoadIdentityPEM(certFile, keyFile)
			require.NoError(t, err, "what transport takes")
			block, _ = pem.Decode(mustRead(t, keyFile))
			require.Equal(t, "PRIVATE KEY", block.Type)
			info, err := os.Stat(keyFile)
			require.NoError(t, err)
			require.EqualValues(t, 0o600, info.Mode().Perm())

			block, _ = pem.Decode(mustRead(t, filepath.Join(dir, requestName)))
			checkRequest(t, block, cert)
		})
	}
}

// checkRequest checks that a request asks for the purpose, with the certificate's name and key.
func checkRequest(t *testing.T, block *pem.Block, cert *x509.Certificate) {
	t.Helper()
	require.Equal(t, "CERTIFICATE REQUEST", block.Type)
	req, err := x509.ParseCertificateRequest(block.Bytes)
	require.NoError(t, err)
	require.NoError(t, req.CheckSignature())
	require.Equal(t, cert.RawSubject, req.RawSubject)
	require.Equal(t, cert.PublicKey, req.PublicKey)
	usages := make(map[string][]byte)
	for _, e := range req.Extensions {
		usages[e.Id.String()] = e.Value
	}
	for _, e := range cert.Extensions {
		if e.Id.Equal(oidKeyUsage) || e.Id.Equal(oidExtKeyUsage) {
			require.Equal(t, e.Value, usages[e.Id.String()], "the certificate's own extension")
		}
	}
	require.Len(t, usages, 2)
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return data
}

func TestCertNewOverwritesNothing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{keyName, requestName, certName, pkcs12Name, passwordName} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600))
		r := runMSS(t, "cert", "new", "--cn", "a", "--ec", "P-256", "--pkcs12", "--out", dir)
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err, name+" exists")
		require.Equal(t, "mine", string(mustRead(t, filepath.Join(dir, name))))
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, files, 1, "nothing beside it")
	}
	// What appears between the look and the writing is not overwritten either.
	name := filepath.Join(t.TempDir(), "a")
	require.NoError(t, writeNew(name, []byte("first"), 0o600))
	require.ErrorIs(t, writeNew(name, []byte("second"), 0o600), os.ErrExist)
	require.Equal(t, "first", string(mustRead(t, name)))
}

func TestCertPKCS12(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(file, []byte("correct horse\r\nsecond line\n"), 0o644))
	for name, tc := range map[string]struct {
		args     []string
		stdin    string
		env      []string
		password string // "": in client.p12.password
	}{
		"file":           {[]string{"--password-file", file}, "", nil, "correct horse"},
		"standard input": {[]string{"--password-file", "-"}, "from a pipe\n", nil, "from a pipe"},
		"variable":       {nil, "", []string{"MSS_PKCS12_PASSWORD=in the environment"}, "in the environment"},
		"file first":     {[]string{"--password-file", file}, "", []string{"MSS_PKCS12_PASSWORD=in the environment"}, "correct horse"},
		"made":           {nil, "", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := append([]string{"cert", "new", "--cn", "a", "--ec", "P-256", "--out", dir, "--pkcs12", "--json"}, tc.args...)
			r := runWith(t, t.Context(), []byte(tc.stdin), tc.env, args...)
			require.Equal(t, exitOK, r.code, r.err)
			rep := decodeJSON[certNewReport](t, r)
			password := tc.password
			if password == "" {
				require.Equal(t, filepath.Join(dir, passwordName), rep.PKCS12Password)
				info, err := os.Stat(rep.PKCS12Password)
				require.NoError(t, err)
				require.EqualValues(t, 0o600, info.Mode().Perm())
				password = strings.TrimSpace(string(mustRead(t, rep.PKCS12Password)))
				require.GreaterOrEqual(t, len(password), 26)
			} else {
				require.NoFileExists(t, filepath.Join(dir, passwordName))
			}
			require.NotContains(t, r.out+r.err, password)
			id, err := transport.LoadIdentityPKCS12(rep.PKCS12, password)
			require.NoError(t, err)
			require.Equal(t, rep.Shown.SHA256, newCertReport(id.Certificate()).SHA256)
			_, err = transport.LoadIdentityPKCS12(rep.PKCS12, password+"x")
			require.Error(t, err)
			info, err := os.Stat(rep.PKCS12)
			require.NoError(t, err)
			require.EqualValues(t, 0o600, info.Mode().Perm())

			shown := runWith(t, t.Context(), nil, []string{"MSS_PKCS12_PASSWORD=" + password}, "cert", "show", rep.PKCS12)
			require.Equal(t, exitOK, shown.code, shown.out)
			require.Contains(t, shown.out, "ok    key and certificate belong together")
			shown = runWith(t, t.Context(), []byte("another"), nil, "cert", "show", rep.PKCS12, "--password-file", "-")
			require.Equal(t, exitUsage, shown.code)
			require.Contains(t, shown.err, "does not open")
		})
	}
}

func TestCertUsage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := filepath.Join(newCert(t, "--ec", "P-256"), keyName)
	short := filepath.Join(dir, "short")
	require.NoError(t, os.WriteFile(short, []byte("1234567\n"), 0o600))
	out := filepath.Join(dir, "out")
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"two keys":       {[]string{"new", "--cn", "a", "--out", out, "--rsa", "2048", "--ec", "P-256"}, "--ec: excludes --rsa"},
		"weak":           {[]string{"new", "--cn", "a", "--out", out, "--rsa", "1024"}, "--rsa: must be one of 4096, 3072, 2048; see mss cert new --help"},
		"curve":          {[]string{"new", "--cn", "a", "--out", out, "--ec", "P-224"}, "--ec: must be one of P-256"},
		"no days":        {[]string{"new", "--cn", "a", "--out", out, "--days", "0"}, "--days: must be 1 to 3653"},
		"many days":      {[]string{"new", "--cn", "a", "--out", out, "--days", "3654"}, "--days: must be 1 to 3653"},
		"no name":        {[]string{"new", "--cn", "", "--out", out}, "--cn: is empty"},
		"long name":      {[]string{"new", "--cn", strings.Repeat("a", 65), "--out", out}, "--cn: must be UTF-8 of at most 64"},
		"control":        {[]string{"new", "--cn", "a\nb", "--out", out}, "--cn: holds a character"},
		"organisation":   {[]string{"new", "--cn", "a", "--o", strings.Repeat("a", 65), "--out", out}, "--o: must be"},
		"country":        {[]string{"new", "--cn", "a", "--c", "ch", "--out", out}, "--c: must be two capital letters"},
		"country name":   {[]string{"new", "--cn", "a", "--c", "Switzerland", "--out", out}, "--c: must be two capital letters"},
		"no PKCS 12":     {[]string{"new", "--cn", "a", "--out", out, "--password-file", short}, "--password-file: needs --pkcs12"},
		"short password": {[]string{"new", "--cn", "a", "--out", out, "--pkcs12", "--password-file", short}, "fewer than 8 characters"},
		"no password":    {[]string{"new", "--cn", "a", "--out", out, "--pkcs12", "--password-file", out}, "--password-file: "},
		"no group":       {[]string{}, "expected new or csr or show; see mss cert --help"},
		"no key file":    {[]string{"csr", "--cn", "a", "--key", out}, "--key: "},
		"no key":         {[]string{"csr", "--cn", "a", "--key", short}, "--key: holds neither"},
		"request exists": {[]string{"csr", "--cn", "a", "--key", key, "--out", short}, "short exists"},
		"no file":        {[]string{"show", out}, "FILE: "},
		"no certificate": {[]string{"show", short}, "neither PEM nor"},
		"key alone":      {[]string{"show", key}, "holds no certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runMSS(t, append([]string{"cert"}, tc.args...)...)
			require.Equal(t, exitUsage, r.code, r.out)
			require.Contains(t, r.err, tc.want)
			require.Empty(t, r.out)
			require.NoDirExists(t, out)
		})
	}
}

func TestCertCSR(t *testing.T) {
	t.Parallel()
	dir := newCert(t, "--ec", "P-256")
	block, _ := pem.Decode(mustRead(t, filepath.Join(dir, certName)))
	cert, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	args := []string{"cert", "csr", "--key", filepath.Join(dir, keyName), "--cn", "mobileid.company.example", "--o", "Company", "--c", "CH"}
	r := runMSS(t, args...)
	require.Equal(t, exitOK, r.code, r.err)
	block, _ = pem.Decode([]byte(r.out))
	checkRequest(t, block, cert)

	rep := decodeJSON[certCSRReport](t, runMSS(t, append(args, "--json")...))
	block, _ = pem.Decode([]byte(rep.PEM))
	checkRequest(t, block, cert)
	out := filepath.Join(dir, "renewal.csr")
	rep = decodeJSON[certCSRReport](t, runMSS(t, append(args, "--json", "--out", out)...))
	require.Equal(t, certCSRReport{Request: out}, rep)
	block, _ = pem.Decode(mustRead(t, out))
	checkRequest(t, block, cert)
}

func TestCertShow(t *testing.T) {
	t.Parallel()
	dir := newCert(t, "--ec", "P-256")
	cert, key := filepath.Join(dir, certName), filepath.Join(dir, keyName)
	r := runMSS(t, "cert", "show", cert, "--key", key, "--json")
	require.Equal(t, exitOK, r.code, r.err)
	rep := decodeJSON[certShowReport](t, r)
	require.Regexp(t, "^([0-9A-F]{2}:){31}[0-9A-F]{2}$", rep.SHA256)
	require.Regexp(t, "^([0-9A-F]{2}:){19}[0-9A-F]{2}$", rep.SHA1)
	require.Equal(t, []string{"clientAuth"}, rep.Purposes)
	for _, f := range rep.Findings {
		require.Equal(t, levelOK, f.Level, f.What)
		require.Empty(t, f.Do)
	}
	human := runMSS(t, "cert", "show", cert, "--key", key)
	require.Contains(t, human.out, rep.SHA256)
	require.Contains(t, human.out, "ok    made for TLS clients")

	block, _ := pem.Decode(mustRead(t, cert))
	der := filepath.Join(dir, "client.der")
	require.NoError(t, os.WriteFile(der, block.Bytes, 0o600))
	require.Contains(t, runMSS(t, "cert", "show", der).out, rep.SHA256)

	require.NoError(t, os.Chmod(key, 0o640))
	r = runMSS(t, "cert", "show", cert, "--key", key)
	require.Equal(t, exitOK, r.code, "a warning")
	require.Contains(t, r.out, "warn  others can read "+key+" (mode 0640)  — chmod 600 "+key)

	other := newCert(t, "--ec", "P-256")
	r = runMSS(t, "cert", "show", cert, "--key", filepath.Join(other, keyName))
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.out, "fail  the private key is not the certificate's")
	require.NotContains(t, r.out, "belong together")

	// A chain in the file, and the key's certificate in the wrong place of it.
	chain := filepath.Join(dir, "chain.pem")
	require.NoError(t, os.WriteFile(chain, bytes.Join([][]byte{mustRead(t, cert), mustRead(t, filepath.Join(other, certName))}, nil), 0o600))
	r = runMSS(t, "cert", "show", chain, "--key", key)
	require.Equal(t, exitOK, r.code)
	require.Contains(t, r.out, "warn  the file holds a chain of 2 certificates")
	r = runMSS(t, "cert", "show", chain, "--key", filepath.Join(other, keyName))
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.out, "fail  the key's certificate is not the first of the file")
}
