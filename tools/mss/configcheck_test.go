package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// site is a directory with a complete configuration for production, of which nothing is genuine.
type site struct {
	dir, config string
}

// newSite makes the configuration as people do: cert new, config init. url and root replace the service's.
func newSite(t *testing.T, url string, root *x509.Certificate) *site {
	t.Helper()
	dir := newCert(t, "--ec", "P-256")
	write := func(name string, data []byte) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, data, 0o600))
		return file
	}
	s := &site{dir, filepath.Join(dir, "mss.yaml")}
	r := runMSS(t, "config", "init", "--out", s.config, "--apid", "mid://company.example", "--prefix", "Bank ACME: ",
		"--profile", "http://mid.swisscom.ch/Any-LoA4", "--cert", filepath.Join(dir, certName), "--key", filepath.Join(dir, keyName),
		"--roots", write("root.pem", certificatesPEM(root)), "--anchors", write("anchors.pem", certificatesPEM(newCurrentCA(t))))
	require.Equal(t, exitOK, r.code, r.err)
	s.replace(t, `url: "https://mobileid.swisscom.com"`, "url: "+url)
	return s
}

// newCurrentCA is valid now, whenever that is.
func newCurrentCA(t *testing.T) *x509.Certificate {
	t.Helper()
	key, err := newKey("", "P-256")
	require.NoError(t, err)
	return certWith(t, key, func(c *x509.Certificate) {
		c.IsCA, c.NotBefore, c.NotAfter = true, time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0)
	})
}

func (s *site) replace(t *testing.T, old, replacement string) {
	t.Helper()
	data := string(mustRead(t, s.config))
	require.Contains(t, data, old)
	require.NoError(t, os.WriteFile(s.config, []byte(strings.Replace(data, old, replacement, 1)), 0o600))
}

// set gives a key of the configuration another value; "" comments it out.
func (s *site) set(t *testing.T, key, value string) {
	t.Helper()
	lines := strings.Split(string(mustRead(t, s.config)), "\n")
	for i, l := range lines {
		if strings.HasPrefix(strings.TrimPrefix(l, "#"), key+":") {
			if lines[i] = key + ": " + value; value == "" {
				lines[i] = "#" + key + ":"
			}
		}
	}
	require.NoError(t, os.WriteFile(s.config, []byte(strings.Join(lines, "\n")), 0o600))
}

func (s *site) check(t *testing.T, args ...string) result {
	t.Helper()
	return runMSS(t, append([]string{"config", "check", "--config", s.config}, args...)...)
}

func TestConfigCheck(t *testing.T) {
	t.Parallel()
	s := newSite(t, "https://mobileid.example", newCurrentCA(t))
	r := s.check(t)
	require.Equal(t, exitOK, r.code, r.out+r.err)
	require.Empty(t, r.err)
	require.NotContains(t, r.out, "fail")
	for _, want := range []string{
		"ok    " + s.config + ": 10 keys are set\n",
		"ok    key_file: only the owner can read ",
		"ok    client certificate: key and certificate belong together\n",
		"warn  tls_roots: a root is not known to mss: SHA-256 ",
		"warn  anchors: not known to mss; valid until ",
		"ok    a client can be made of it, for environment production\n",
	} {
		require.Contains(t, r.out, want)
	}
	j := s.check(t, "--json")
	require.Equal(t, exitOK, j.code)
	list := decodeJSON[[]checkedFinding](t, j)
	require.Equal(t, strings.Count(r.out, "\n"), len(list))
	for _, f := range list {
		require.NotEmpty(t, f.Check)
		require.Contains(t, r.out, f.String()+"\n")
		require.Equal(t, f.Level != levelOK, f.Do != "", f.What)
	}
}

func TestConfigCheckFindings(t *testing.T) {
	t.Parallel()
	expired := func(c *x509.Certificate) { c.IsCA, c.NotAfter = true, time.Now().Add(-time.Hour) }
	for name, tc := range map[string]struct {
		edit func(t *testing.T, s *site)
		code int
		want string
	}{
		"syntax":       {func(t *testing.T, s *site) { s.replace(t, "ap_id:", "apid:") }, exitUsage, `"apid": no such key`},
		"no url":       {func(t *testing.T, s *site) { s.set(t, "url", "") }, exitUsage, "fail  url: is not set"},
		"no anchors":   {func(t *testing.T, s *site) { s.set(t, "anchors", "") }, exitUsage, "fail  anchors: is not set"},
		"no profile":   {func(t *testing.T, s *site) { s.set(t, "profile", "") }, exitOK, "warn  profile: is not set"},
		"environment":  {func(t *testing.T, s *site) { s.set(t, "environment", "prod") }, exitUsage, "fail  environment: must be"},
		"http":         {func(t *testing.T, s *site) { s.set(t, "url", "http://mobileid.example") }, exitUsage, "fail  url: not https"},
		"no host":      {func(t *testing.T, s *site) { s.set(t, "url", "mobileid.example") }, exitUsage, "fail  url: is no URL"},
		"private line": {func(t *testing.T, s *site) { s.set(t, "url", "https://192.0.2.1") }, exitOK, "warn  url: holds an IP address"},
		"with a name": {func(t *testing.T, s *site) {
			s.set(t, "url", "https://192.0.2.1")
			s.set(t, "server_name", "a.example")
		}, exitOK, "ok    url: https://192.0.2.1"},
		"no prefix":       {func(t *testing.T, s *site) { s.set(t, "prefix", "") }, exitOK, "warn  prefix: is not set"},
		"prefix unquoted": {func(t *testing.T, s *site) { s.set(t, "prefix", "Bank ACME ") }, exitOK, "warn  prefix: does not end with a space"},
		"readable key":    {func(t *testing.T, s *site) { chmod(t, filepath.Join(s.dir, keyName), 0o644) }, exitOK, "warn  key_file: others can read"},
		"writable file":   {func(t *testing.T, s *site) { chmod(t, s.config, 0o662) }, exitOK, "warn  others can change"},
		"another key": {func(t *testing.T, s *site) { s.set(t, "key_file", filepath.Join(newCert(t, "--ec", "P-256"), keyName)) },
			exitUsage, "fail  client certificate: the private key is not the certificate's"},
		"no key":         {func(t *testing.T, s *site) { s.set(t, "key_file", "") }, exitUsage, "fail  cert_file, key_file: are not set"},
		"key missing":    {func(t *testing.T, s *site) { s.set(t, "key_file", "none.key") }, exitUsage, "key_file: open "},
		"key elsewhere":  {func(t *testing.T, s *site) { s.set(t, "key_file", certName) }, exitUsage, "key_file: holds no private key"},
		"no certificate": {func(t *testing.T, s *site) { s.set(t, "cert_file", keyName) }, exitUsage, "cert_file: holds no certificate"},
		"two forms":      {func(t *testing.T, s *site) { s.set(t, "pkcs12_file", "a.p12") }, exitUsage, "fail  pkcs12_file: excludes cert_file"},
		"PKCS 12 password": {func(t *testing.T, s *site) {
			dir := newCert(t, "--ec", "P-256", "--pkcs12")
			s.set(t, "cert_file", "")
			s.set(t, "key_file", "")
			s.set(t, "pkcs12_file", filepath.Join(dir, pkcs12Name))
			s.set(t, "pkcs12_password_file", filepath.Join(dir, certName))
		}, exitUsage, "pkcs12_file: "},
		"PKCS 12": {func(t *testing.T, s *site) {
			dir := newCert(t, "--ec", "P-256", "--pkcs12")
			s.set(t, "cert_file", "")
			s.set(t, "key_file", "")
			s.set(t, "pkcs12_file", filepath.Join(dir, pkcs12Name))
			s.set(t, "pkcs12_password_file", filepath.Join(dir, passwordName))
		}, exitOK, "ok    pkcs12_file: only the owner can read"},
		"no purpose": {func(t *testing.T, s *site) {
			s.pair(t, func(c *x509.Certificate) { c.ExtKeyUsage = nil })
		}, exitUsage, "fail  client certificate: the extended key usage clientAuth"},
		"roots missing":   {func(t *testing.T, s *site) { s.set(t, "tls_roots", "none.pem") }, exitUsage, "fail  tls_roots: certificates: "},
		"root expired":    {func(t *testing.T, s *site) { s.certificate(t, "root.pem", expired) }, exitUsage, "fail  tls_roots: a root has expired"},
		"root simulated":  {func(t *testing.T, s *site) { s.simulated(t, "root.pem", "tls-root.pem") }, exitUsage, "fail  tls_roots: a root is a simulator's"},
		"anchors missing": {func(t *testing.T, s *site) { s.set(t, "anchors", "none.pem") }, exitUsage, "fail  anchors: certificates: "},
		"anchors expired": {func(t *testing.T, s *site) { s.certificate(t, "anchors.pem", expired) }, exitUsage, "fail  anchors: every root has expired"},
		"anchors simulated": {func(t *testing.T, s *site) { s.simulated(t, "anchors.pem", "anchors.pem") },
			exitUsage, "does not belong to the production environment"},
		"pin":   {func(t *testing.T, s *site) { s.set(t, "pins", "[ab]") }, exitUsage, ": pins: "},
		"proxy": {func(t *testing.T, s *site) { s.set(t, "proxy", "socks5://proxy") }, exitUsage, ": proxy: "},
		"handle key": {func(t *testing.T, s *site) { s.set(t, "handle_key_file", "none") },
			exitUsage, ": handle_key_file: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, "https://mobileid.example", newCurrentCA(t))
			tc.edit(t, s)
			r := s.check(t)
			require.Equal(t, tc.code, r.code, r.out)
			require.Contains(t, r.out, tc.want)
			for l := range strings.Lines(r.out) {
				require.Regexp(t, `^(ok    [^—]*|(warn|fail)  .*  — .*)\n$`, l)
			}
		})
	}
}

func chmod(t *testing.T, file string, mode os.FileMode) {
	t.Helper()
	require.NoError(t, os.Chmod(file, mode))
}

// certificate replaces a file by another certificate.
func (s *site) certificate(t *testing.T, name string, edit func(*x509.Certificate)) {
	t.Helper()
	key, err := newKey("", "P-256")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, name), certificatesPEM(certWith(t, key, edit)), 0o600))
}

// pair replaces the client certificate and its key.
func (s *site) pair(t *testing.T, edit func(*x509.Certificate)) {
	t.Helper()
	key, err := newKey("", "P-256")
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, keyName), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, certName), certificatesPEM(certWith(t, key, edit)), 0o600))
}

// simulated replaces a file by one of a simulator's kit.
func (s *site) simulated(t *testing.T, name, of string) {
	t.Helper()
	kit := filepath.Dir(newService(t).config)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, name), mustRead(t, filepath.Join(kit, of)), 0o600))
}

// TestConformanceConfigCheck checks a configuration with the genuine anchors and the genuine root of the server.
func TestConformanceConfigCheck(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	certs := filepath.Join(corpus, "swisscom", "certs")
	s := newSite(t, "https://mobileid.swisscom.com", newCurrentCA(t))
	roots, err := filepath.Glob(filepath.Join(certs, "SwissSign_Gold*"))
	require.NoError(t, err)
	require.Len(t, roots, 1)
	s.set(t, "tls_roots", roots[0])
	s.set(t, "anchors", certs)
	r := s.check(t)
	require.Equal(t, exitOK, r.code, r.out)
	require.Contains(t, r.out, "ok    tls_roots: SwissSign Gold CA - G2: root for TLS servers, production; valid until 2036-10-25")
	require.Contains(t, r.out, "ok    anchors: Swisscom Root CA 4: root for user signatures")
	require.NotContains(t, r.out, "anchors: SwissSign")
	s.set(t, "tls_roots", filepath.Join(certs, "*")) // a glob is no file
	require.Equal(t, exitUsage, s.check(t).code)
	anchors, err := filepath.Glob(filepath.Join(certs, "Swisscom_Root_CA_4*"))
	require.NoError(t, err)
	s.set(t, "tls_roots", anchors[0])
	require.Contains(t, s.check(t).out, "fail  tls_roots: Swisscom Root CA 4 is for user signatures")
}

// newSiteOnline makes an https server that wants a client certificate, and a configuration for it.
func newSiteOnline(t *testing.T, ahead time.Duration) (*site, *httptest.Server) {
	t.Helper()
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TLS.PeerCertificates) != 1 || r.Method != http.MethodGet {
			w.WriteHeader(http.StatusTeapot)
		}
		w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
	}))
	srv.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return newSite(t, srv.URL, srv.Certificate()), srv
}

// reach runs the checks of the connection alone: these services have no heartbeat.
func (s *site) reach(t *testing.T) []finding {
	t.Helper()
	a := &app{ctx: t.Context(), stdout: io.Discard, stderr: io.Discard}
	settings, err := a.readSettings(s.config)
	require.NoError(t, err)
	return (&checkup{a: a, s: settings, now: time.Now()}).connection()
}

func lines(findings []finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintln(&b, f)
	}
	return b.String()
}

func TestConnection(t *testing.T) {
	t.Parallel()
	s, srv := newSiteOnline(t, 0)
	out := lines(s.reach(t))
	require.Equal(t, `ok    TCP: the service was reached
ok    TLS: the server's certificate leads to tls_roots, and the server took the client certificate (HTTP 200)
ok    clock: within 5m0s of the server's
`, out)
	s.set(t, "url", strings.Replace(srv.URL, "127.0.0.1", "localhost", 1))
	s.set(t, "server_name", "example.com")
	out = lines(s.reach(t))
	require.Contains(t, out, "ok    DNS: the name of the service has ")
	require.NotContains(t, out, "fail")

	skewed, _ := newSiteOnline(t, 2*time.Hour)
	require.Regexp(t, `warn  clock: -(2h0m|1h5\dm)\d+s away from the server's  — set this machine's clock`, lines(skewed.reach(t)))
}

func TestConnectionFails(t *testing.T) {
	t.Parallel()
	const nobody = "https://127.0.0.1:1"
	for name, tc := range map[string]struct {
		edit func(t *testing.T, s *site, srv *httptest.Server)
		want []string
	}{
		"refused": {func(t *testing.T, s *site, _ *httptest.Server) { s.set(t, "url", nobody) },
			[]string{"fail  dial: connection refused", "— ask the provider to allow-list"}},
		"refused by proxy": {func(t *testing.T, s *site, _ *httptest.Server) {
			s.set(t, "proxy", strings.Replace(nobody, "https", "http", 1))
		},
			[]string{"fail  dial: connection refused", "— check proxy"}},
		"other roots": {func(t *testing.T, s *site, _ *httptest.Server) { s.set(t, "tls_roots", "anchors.pem") },
			[]string{"ok    TCP: the service was reached", "fail  TLS handshake: the server's certificate does not lead to tls_roots", "— set tls_roots"}},
		"other name": {func(t *testing.T, s *site, srv *httptest.Server) {
			s.set(t, "url", strings.Replace(srv.URL, "127.0.0.1", "localhost", 1))
		}, []string{"fail  TLS handshake: the server's certificate is for another name: set server_name", "— set server_name"}},
		"other pin": {func(t *testing.T, s *site, _ *httptest.Server) { s.set(t, "pins", strings.Repeat("ab", 32)) },
			[]string{"fail  TLS handshake: no certificate in the server's verified chain is one of pins"}},
		"certificate refused": {func(t *testing.T, _ *site, srv *httptest.Server) {
			srv.TLS.ClientCAs, srv.TLS.ClientAuth = x509.NewCertPool(), tls.RequireAndVerifyClientCert
		}, []string{"fail  ", "cert_file or pkcs12_file", "— check url, proxy and the client certificate"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, srv := newSiteOnline(t, 0)
			tc.edit(t, s, srv)
			out := lines(s.reach(t))
			for _, want := range tc.want {
				require.Contains(t, out, want)
			}
			require.NotContains(t, out, "Config.")
		})
	}
}

// What no test can bring about without a network, or without waiting.
func TestRemedy(t *testing.T) {
	t.Parallel()
	require.Contains(t, remedy(&mss.TransportError{Err: os.ErrDeadlineExceeded}), "firewall, or set proxy")
	require.Contains(t, remedy(&mss.TransportError{Err: &net.DNSError{IsNotFound: true}}), "check the host in url")
	require.Contains(t, remedy(x509.CertificateInvalidError{Reason: x509.Expired}), "clock")
	require.Contains(t, remedy(errors.New("other")), "check url")
	require.Empty(t, clock(time.Time{}, noon), "the server tells no time")
	require.Equal(t, levelOK, clock(noon, noon.Add(maxSkew))[0].Level)
	require.Equal(t, levelWarn, clock(noon, noon.Add(maxSkew+time.Second))[0].Level)
	require.Equal(t, levelWarn, clock(noon, noon.Add(-maxSkew-time.Second))[0].Level)
}

// With --online nothing is reached before the rest is right, and no phone rings.
func TestConfigCheckOnline(t *testing.T) {
	t.Parallel()
	s := newService(t)
	r := runMSS(t, "config", "check", "--config", s.config, "--online")
	require.Equal(t, exitOK, r.code, r.out)
	require.Contains(t, r.out, "ok    TLS: ")
	require.Contains(t, r.out, "ok    clock: ")
	require.Contains(t, r.out, "ok    heartbeat: the service works, and knows this account")
	require.Zero(t, s.Prompts())
	r = runMSS(t, "config", "check", "--config", s.config)
	require.NotContains(t, r.out, "TCP")

	broken := s.edit(t, "prefix: ", "server_name: a\npins: [ab]\nprefix: ")
	r = runMSS(t, "config", "check", "--config", broken, "--online")
	require.Equal(t, exitUsage, r.code)
	require.NotContains(t, r.out, "TCP")
	r = runMSS(t, "config", "check", "--config", s.edit(t, "ap_id: ", "server_name: "), "--online")
	require.Contains(t, r.out, "warn  not connected")
	r = runMSS(t, "config", "check")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.out, "ok    environment alone: 0 keys are set")
}
