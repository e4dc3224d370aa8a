package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

func TestTrustList(t *testing.T) {
	t.Parallel()
	known := mss.KnownCertificates()
	list := decodeJSON[[]knownReport](t, runMSS(t, "trust", "list", "--json"))
	require.Len(t, list, len(known))
	human := runMSS(t, "trust", "list").out
	for i, k := range list {
		require.Equal(t, known[i].Name, k.Name)
		require.Equal(t, known[i].SHA256, strings.ToLower(strings.ReplaceAll(k.SHA256, ":", "")))
		require.Contains(t, human, k.SHA256)
		require.Contains(t, human, k.String())
	}
}

// What is fetched by default, and what is recorded beside package mss: a known certificate without it would never be
// fetched, and a stale fingerprint here would never be seen.
func TestOrigins(t *testing.T) {
	t.Parallel()
	known := mss.KnownCertificates()
	require.Len(t, origins, len(known))
	for _, k := range known {
		o, ok := origins[k.SHA256]
		require.True(t, ok, k.Name)
		for _, day := range []string{o.notBefore, o.notAfter} {
			_, err := time.Parse(time.DateOnly, day)
			require.NoError(t, err)
		}
		if o.address != "" {
			require.True(t, strings.HasPrefix(o.address, "https://aia.swissdigicert.ch/"), o.address)
			require.Equal(t, mss.UseSignature, k.Use, "an anchors file with a root for servers is refused")
		}
	}
	var names []string
	for _, w := range (source{}).wanted() {
		names = append(names, w.Name)
	}
	require.Equal(t, []string{"Swisscom Root CA 2", "Swisscom Root CA 4"}, names)
}

// TestConformanceTrust compares with the genuine certificates.
func TestConformanceTrust(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	dir := filepath.Join(corpus, "swisscom", "certs")
	certs, err := mss.LoadCertificates(dir)
	require.NoError(t, err)
	require.NotEmpty(t, certs)
	for _, cert := range certs {
		k, ok := knownBy(cert, mss.KnownCertificates())
		require.True(t, ok)
		require.Equal(t, cert.NotBefore.UTC().Format(time.DateOnly), origins[k.SHA256].notBefore, k.Name)
		require.Equal(t, cert.NotAfter.UTC().Format(time.DateOnly), origins[k.SHA256].notAfter, k.Name)
		require.Equal(t, k.Root, bytes.Equal(cert.RawSubject, cert.RawIssuer), k.Name)
	}
	r := runMSS(t, "trust", "check", dir)
	require.Equal(t, exitOK, r.code, r.out)
	require.Equal(t, len(certs), strings.Count(r.out, ": SHA-256 "))
	require.Contains(t, r.out, "warn  Swisscom Rubin CA 3")
}

func TestTrustCheck(t *testing.T) {
	t.Parallel()
	s := newService(t)
	anchors := filepath.Join(filepath.Dir(s.config), "anchors.pem")
	r := runMSS(t, "trust", "check", anchors, "--json")
	require.Equal(t, exitOK, r.code, "a simulator's are no surprise")
	for _, rep := range decodeJSON[[]trustCheckReport](t, r) {
		require.Equal(t, anchors, rep.File)
		require.Nil(t, rep.Known)
		require.Equal(t, levelWarn, rep.Finding.Level)
		require.Contains(t, rep.Finding.What, "simulator")
	}
	client := filepath.Join(newCert(t, "--ec", "P-256"), certName)
	r = runMSS(t, "trust", "check", client)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.out, "fail  not known, and no CA certificate")
	unknown := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(unknown, certificatesPEM(newCA(t)), 0o644))
	r = runMSS(t, "trust", "check", unknown, anchors)
	require.Equal(t, exitUsage, r.code, "one of several")
	require.Contains(t, r.out, "fail  not known to mss; valid until 2027-03-01  — compare the fingerprint")
	r = runMSS(t, "trust", "check", filepath.Join(t.TempDir(), "none"))
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "mss: certificates: ")
}

func newCA(t *testing.T) *x509.Certificate {
	t.Helper()
	key, err := newKey("", "P-256")
	require.NoError(t, err)
	return certWith(t, key, func(c *x509.Certificate) { c.IsCA = true })
}

// newDownload makes a CA's https server that answers with whatever handler says, and a command that fetches cert from it.
func newDownload(t *testing.T, cert *x509.Certificate, handler http.HandlerFunc) *trustFetchCmd {
	t.Helper()
	srv := httptest.NewUnstartedServer(handler)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // a refused handshake is what some tests want
	srv.StartTLS()
	t.Cleanup(srv.Close)
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	sum := sha256.Sum256(cert.Raw)
	k := mss.KnownCertificate{Name: "A Root", Environment: mss.Production, Use: mss.UseSignature, Root: true, SHA256: hex.EncodeToString(sum[:])}
	return &trustFetchCmd{
		Out:    filepath.Join(t.TempDir(), "anchors.pem"),
		source: source{roots: roots, certs: []wanted{{k, srv.URL + "/root.crt"}}},
	}
}

// run is the command in this process.
func (c *trustFetchCmd) run(t *testing.T) result {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{ctx: t.Context(), stdout: &out, stderr: &errs}
	err := c.Run(a)
	if err != nil && !isPrinted(err) {
		errs.WriteString(message(err))
	}
	return result{exitCode(err), out.String(), errs.String()}
}

func TestTrustFetch(t *testing.T) {
	t.Parallel()
	cert := newCA(t)
	for name, data := range map[string][]byte{
		"DER": cert.Raw,
		"PEM": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newDownload(t, cert, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/root.crt" { // a redirect on the same host is followed
					http.Redirect(w, r, "/moved.crt", http.StatusFound)
					return
				}
				_, _ = w.Write(data)
			})
			r := c.run(t)
			require.Equal(t, exitOK, r.code, r.err)
			require.Equal(t, certificatesPEM(cert), mustRead(t, c.Out))
			info, err := os.Stat(c.Out)
			require.NoError(t, err)
			require.EqualValues(t, 0o644, info.Mode().Perm())
			require.Contains(t, r.out, newCertReport(cert).SHA256)

			r = c.run(t)
			require.Equal(t, exitUsage, r.code)
			require.Contains(t, r.err, "exists; --force overwrites it")
			c.Force, c.JSON = true, true
			require.NoError(t, os.WriteFile(c.Out, []byte("old"), 0o600))
			r = c.run(t)
			require.Equal(t, exitOK, r.code, r.err)
			require.Equal(t, "A Root", decodeJSON[[]knownReport](t, r)[0].Name)
			require.Equal(t, certificatesPEM(cert), mustRead(t, c.Out))
		})
	}
}

func TestTrustFetchRefuses(t *testing.T) {
	t.Parallel()
	cert, other := newCA(t), newCA(t)
	elsewhere := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(cert.Raw) }))
	elsewhere.StartTLS()
	t.Cleanup(elsewhere.Close)
	plain := httptest.NewServer(elsewhere.Config.Handler)
	t.Cleanup(plain.Close)
	answer := func(data []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) }
	}
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	for name, tc := range map[string]struct {
		handler http.HandlerFunc
		code    int
		want    string
	}{
		"another certificate": {answer(other.Raw), exitUnverified, "not the certificate that mss knows"},
		"two certificates":    {answer(certificatesPEM(cert, other)), exitTransport, "not one certificate"},
		"HTML":                {answer([]byte("<html>Please log in</html>")), exitTransport, "a proxy's page, perhaps"},
		"nothing":             {answer(nil), exitTransport, "not one certificate"},
		"too large":           {answer(append(certificatesPEM(cert), make([]byte, maxDownload)...)), exitTransport, "more than 65536 octets"},
		"not found":           {http.NotFound, exitTransport, "HTTP 404"},
		"another host":        {redirect(elsewhere.URL), exitTransport, "redirected to another host"},
		"without TLS":         {redirect(plain.URL), exitTransport, "redirected to another host"},
		"in circles":          {redirect("/root.crt"), exitTransport, "redirected too often"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newDownload(t, cert, tc.handler)
			if name == "another host" { // so that only the host is wrong
				c.source.roots.AddCert(elsewhere.Certificate())
			}
			r := c.run(t)
			require.Equal(t, tc.code, r.code, r.err)
			require.Contains(t, r.err, "A Root: https://")
			require.Contains(t, r.err, tc.want)
			require.Contains(t, r.err, "nothing was written")
			require.NotContains(t, r.err, "log in")
			require.NoFileExists(t, c.Out)
			require.Empty(t, r.out)
		})
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	request := func(url string) *http.Request { return httptest.NewRequest(http.MethodGet, url, nil) }
	first := request("https://a.example/1")
	for url, want := range map[string]error{
		"https://a.example/2":      nil,
		"http://a.example/2":       errElsewhere,
		"https://a.example:8443/2": errElsewhere,
		"https://b.example/2":      errElsewhere,
	} {
		require.ErrorIs(t, sameHost(request(url), []*http.Request{first}), want, url)
	}
	require.NoError(t, sameHost(first, slices.Repeat([]*http.Request{first}, maxRedirects)))
	require.Error(t, sameHost(first, slices.Repeat([]*http.Request{first}, maxRedirects+1)))
	require.LessOrEqual(t, maxRedirects, 5)
}

// The server's certificate is checked like any other: the pool of the test is one that the server is not in.
func TestTrustFetchChecksTheServer(t *testing.T) {
	t.Parallel()
	cert := newCA(t)
	c := newDownload(t, cert, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(cert.Raw) })
	c.source.roots = x509.NewCertPool()
	r := c.run(t)
	require.Equal(t, exitTransport, r.code)
	require.Contains(t, r.err, "unknown authority")
}

func TestTrustFetchProxy(t *testing.T) {
	t.Parallel()
	cert := newCA(t)
	c := newDownload(t, cert, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(cert.Raw) })
	asked := make(chan string, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	c.Proxy = proxy.URL
	r := c.run(t)
	require.Equal(t, exitTransport, r.code)
	require.Contains(t, r.err, "Forbidden")
	require.Equal(t, "CONNECT "+strings.TrimSuffix(strings.TrimPrefix(c.source.certs[0].address, "https://"), "/root.crt"), <-asked)
	for _, wrong := range []string{"proxy:3128", "https://proxy", "http://user:secret@proxy", "http://proxy/path", "http://"} {
		c.Proxy = wrong
		r = c.run(t)
		require.Equal(t, exitUsage, r.code, wrong)
		require.Contains(t, r.err, "--proxy: must be http://host:port")
		require.NotContains(t, r.err, "secret")
	}
}
