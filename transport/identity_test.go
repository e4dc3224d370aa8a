package transport_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// notebook is a log that can be read while it is written.
type notebook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *notebook) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

func (n *notebook) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

func (n *notebook) logger() *slog.Logger { return slog.New(slog.NewTextHandler(n, nil)) }

func writeFile(t testing.TB, dir, name string, data []byte, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, data, mode))
	require.NoError(t, os.Chmod(path, mode)) // whatever the umask
	return path
}

// TestOnlyLeafIsSent loads each form of a certificate with its chain and looks at what the server gets.
func TestOnlyLeafIsSent(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	pair := ca.issue(t, clientTemplate())
	chain := []*x509.Certificate{ca.cert}
	p12 := func(e *pkcs12.Encoder) []byte {
		data, err := e.Encode(pair.PrivateKey, pair.Leaf, chain, "secret")
		require.NoError(t, err)
		return data
	}
	// The chain's certificate stands before the key's.
	rootFirst, err := pkcs12.Modern.Encode(pair.PrivateKey, ca.cert, []*x509.Certificate{pair.Leaf}, "secret")
	require.NoError(t, err)
	certs, key := pemCerts(pair.Leaf, ca.cert), pemKey(t, pair.PrivateKey)
	dir := t.TempDir()
	certFile := writeFile(t, dir, "cert.pem", certs, 0o644)
	keyFile := writeFile(t, dir, "key.pem", key, 0o600)
	both := writeFile(t, dir, "both.pem", append(certs, key...), 0o600)
	p12File := writeFile(t, dir, "id.p12", p12(pkcs12.Modern), 0o600)

	for name, load := range map[string]func() (*transport.Identity, error){
		"PEM":          func() (*transport.Identity, error) { return transport.IdentityFromPEM(certs, key) },
		"PEM files":    func() (*transport.Identity, error) { return transport.LoadIdentityPEM(certFile, keyFile) },
		"one PEM file": func() (*transport.Identity, error) { return transport.LoadIdentityPEM(both, both) },
		"PKCS12 AES": func() (*transport.Identity, error) {
			return transport.IdentityFromPKCS12(p12(pkcs12.Modern2023), "secret")
		},
		"PKCS12 AES, PBMAC1": func() (*transport.Identity, error) {
			return transport.IdentityFromPKCS12(p12(pkcs12.Modern2026), "secret")
		},
		"PKCS12 3DES": func() (*transport.Identity, error) {
			return transport.IdentityFromPKCS12(p12(pkcs12.LegacyDES), "secret")
		},
		"PKCS12 RC2": func() (*transport.Identity, error) {
			return transport.IdentityFromPKCS12(p12(pkcs12.LegacyRC2), "secret")
		},
		"PKCS12, chain first": func() (*transport.Identity, error) { return transport.IdentityFromPKCS12(rootFirst, "secret") },
		"PKCS12 file":         func() (*transport.Identity, error) { return transport.LoadIdentityPKCS12(p12File, "secret") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, err := load()
			require.NoError(t, err)
			require.Equal(t, pair.Leaf.Raw, id.Certificate().Raw)
			s := newSite(t, answer)
			_, err = s.client(t, func(cfg *transport.Config) { cfg.Identity = id }).Do(t.Context(), prompt())
			require.NoError(t, err)
			require.Len(t, s.peers[0], 1, "a chain was sent")
			require.Equal(t, pair.Leaf.Raw, s.peers[0][0].Raw)
		})
	}
}

// TestSendChain: where a provider wants them, the certificates behind the client's own are sent, in order and without the
// root, whatever the order in the file.
func TestSendChain(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	middle := &authority{key: newKey(t)}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "intermediate"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	middle.cert = sign(t, template, ca.cert, middle.key, ca.key)
	pair := middle.issue(t, clientTemplate())
	stranger := newAuthority(t).cert
	key := pemKey(t, pair.PrivateKey)
	p12, err := pkcs12.Modern.Encode(pair.PrivateKey, pair.Leaf, []*x509.Certificate{ca.cert, stranger, middle.cert}, "secret")
	require.NoError(t, err)
	certs := pemCerts(pair.Leaf, ca.cert, stranger, middle.cert)
	for name, load := range map[string]func() (*transport.Identity, error){
		"PEM":     func() (*transport.Identity, error) { return transport.IdentityFromPEM(certs, key) },
		"PKCS 12": func() (*transport.Identity, error) { return transport.IdentityFromPKCS12(p12, "secret") },
	} {
		id, err := load()
		require.NoError(t, err, name)
		for _, all := range []bool{false, true} {
			s := newSite(t, answer)
			_, err := s.client(t, func(cfg *transport.Config) { cfg.Identity, cfg.SendChain = id, all }).Do(t.Context(), prompt())
			require.NoError(t, err)
			want := []*x509.Certificate{pair.Leaf}
			if all {
				want = append(want, middle.cert)
			}
			require.Equal(t, want, s.peers[0], name)
		}
	}
}

// TestSentWhateverTheHints: the server names authorities of which the self-signed certificate is none.
func TestSentWhateverTheHints(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		s := newSite(t, answer, func(s *httptest.Server) {
			s.TLS.ClientAuth = tls.RequireAnyClientCert
			s.TLS.ClientCAs = pool(newAuthority(t).roots())
			s.TLS.MaxVersion = version
		})
		id := newIdentity(t)
		_, err := s.client(t, func(cfg *transport.Config) { cfg.Identity = id }).Do(t.Context(), prompt())
		require.NoError(t, err, tls.VersionName(version))
		require.Equal(t, id.Certificate().Raw, s.peers[0][0].Raw)
	}
}

func TestCertificateIsNotAccepted(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, with := range []bool{false, true} {
			s := newSite(t, answer, func(s *httptest.Server) {
				s.TLS.ClientAuth = tls.RequireAndVerifyClientCert
				s.TLS.ClientCAs = pool(newAuthority(t).roots())
				s.TLS.MinVersion, s.TLS.MaxVersion = version, version
			})
			c := s.client(t, func(cfg *transport.Config) {
				if with {
					cfg.Identity = newIdentity(t)
				}
			})
			_, err := c.Do(t.Context(), prompt())
			failure, _ := errors.AsType[*mss.TransportError](err)
			require.NotNil(t, failure)
			if version == tls.VersionTLS12 { // later versions judge when the client has begun to write, or is about to
				require.Equal(t, mss.NotSent, failure.Sent)
			}
			require.Zero(t, failure.Status)
			require.ErrorContains(t, err, "the client certificate is missing (Config.Identity), or not the one registered")
			require.Zero(t, s.requests.Load())
		}
	}
}

func TestKeyKinds(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := clientTemplate()
	template.SerialNumber = newAuthority(t).cert.SerialNumber
	template.NotAfter = time.Now().Add(90 * 24 * time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, template, template, rsaKey.Public(), rsaKey)
	require.NoError(t, err)
	rsaCert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	ecCert, ecKey := selfSigned(t, clientTemplate())
	sec1, err := x509.MarshalECPrivateKey(ecKey)
	require.NoError(t, err)

	for name, tc := range map[string]struct {
		cert *x509.Certificate
		key  []byte
	}{
		"RSA, PKCS 8": {rsaCert, pemKey(t, rsaKey)},
		"RSA, PKCS 1": {rsaCert, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)})},
		"EC, PKCS 8":  {ecCert, pemKey(t, ecKey)},
		"EC, SEC 1":   {ecCert, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1})},
	} {
		_, err := transport.IdentityFromPEM(pemCerts(tc.cert), tc.key)
		require.NoError(t, err, name)
	}
}

func TestIdentityRefused(t *testing.T) {
	t.Parallel()
	cert, key := selfSigned(t, clientTemplate())
	_, otherKey := selfSigned(t, clientTemplate())
	serverOnly, serverKey := selfSigned(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "Erika Mustermann"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	noUsage, noUsageKey := selfSigned(t, &x509.Certificate{Subject: pkix.Name{CommonName: "Erika Mustermann"}})
	p12 := func(cert *x509.Certificate, key any) []byte {
		data, err := pkcs12.Modern.Encode(key, cert, nil, "secret")
		require.NoError(t, err)
		return data
	}
	encrypted := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{0x30, 0}})
	dir := t.TempDir()
	huge := writeFile(t, dir, "huge", make([]byte, 1<<20+1), 0o600)
	good := writeFile(t, dir, "good.pem", append(pemCerts(cert), pemKey(t, key)...), 0o600)

	for name, tc := range map[string]struct {
		load func() (*transport.Identity, error)
		text string
	}{
		"other key":            {fromPEM(pemCerts(cert), pemKey(t, otherKey)), "private key does not match"},
		"chain first":          {fromPEM(pemCerts(newAuthority(t).cert, cert), pemKey(t, key)), "comes first in the file"},
		"no certificate":       {fromPEM(nil, pemKey(t, key)), "failed to find any PEM data"},
		"no key":               {fromPEM(pemCerts(cert), nil), "failed to find any PEM data"},
		"encrypted key":        {fromPEM(pemCerts(cert), encrypted), "decrypt it with `openssl pkey`"},
		"server certificate":   {fromPEM(pemCerts(serverOnly), pemKey(t, serverKey)), "clientAuth (1.3.6.1.5.5.7.3.2) is missing"},
		"no usage":             {fromPEM(pemCerts(noUsage), pemKey(t, noUsageKey)), "-addext extendedKeyUsage=clientAuth"},
		"PKCS12, no usage":     {fromPKCS12(p12(noUsage, noUsageKey), "secret"), "-addext extendedKeyUsage=clientAuth"},
		"PKCS12, other key":    {fromPKCS12(p12(cert, otherKey), "secret"), "belongs to its key"},
		"PKCS12, bad password": {fromPKCS12(p12(cert, key), "secret2"), "password incorrect"},
		"PKCS12, rubbish":      {fromPKCS12([]byte("rubbish"), "secret"), "error reading P12 data"},
		"no file": {func() (*transport.Identity, error) {
			return transport.LoadIdentityPEM(good, filepath.Join(dir, "none"))
		}, "no such file"},
		"no certificate file": {func() (*transport.Identity, error) {
			return transport.LoadIdentityPEM(filepath.Join(dir, "none"), good)
		}, "no such file"},
		"no PKCS12 file": {func() (*transport.Identity, error) {
			return transport.LoadIdentityPKCS12(filepath.Join(dir, "none"), "secret")
		}, "no such file"},
		"directory": {func() (*transport.Identity, error) { return transport.LoadIdentityPKCS12(dir, "secret") }, "is a directory"},
		"huge file": {func() (*transport.Identity, error) { return transport.LoadIdentityPKCS12(huge, "secret") }, "larger than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, err := tc.load()
			require.ErrorContains(t, err, tc.text)
			require.ErrorContains(t, err, "transport: client certificate: ")
			require.NotContains(t, err.Error(), "secret")
			require.NotContains(t, err.Error(), "Erika")
			require.Nil(t, id)
		})
	}
}

func fromPEM(cert, key []byte) func() (*transport.Identity, error) {
	return func() (*transport.Identity, error) { return transport.IdentityFromPEM(cert, key) }
}

func fromPKCS12(data []byte, password string) func() (*transport.Identity, error) {
	return func() (*transport.Identity, error) { return transport.IdentityFromPKCS12(data, password) }
}

func TestIdentityWarnings(t *testing.T) {
	t.Parallel()
	ending := func(end time.Time) *x509.Certificate {
		template := clientTemplate()
		template.NotBefore, template.NotAfter = time.Now().Add(-48*time.Hour), end
		return template
	}
	for name, tc := range map[string]struct {
		template *x509.Certificate
		mode     os.FileMode
		warns    []string
	}{
		"good":       {clientTemplate(), 0o640, nil},
		"expired":    {ending(time.Now().Add(-time.Hour)), 0o600, []string{`msg="transport: client certificate: expired" notAfter=`}},
		"soon":       {ending(time.Now().Add(29 * 24 * time.Hour)), 0o600, []string{"expires soon"}},
		"not soon":   {ending(time.Now().Add(31 * 24 * time.Hour)), 0o600, nil},
		"open file":  {clientTemplate(), 0o644, []string{"everybody on this machine can read the key file", "id.pem"}},
		"both":       {ending(time.Now().Add(-time.Hour)), 0o604, []string{"expired", "everybody"}},
		"group only": {clientTemplate(), 0o660, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cert, key := selfSigned(t, tc.template)
			dir := t.TempDir()
			pemFile := writeFile(t, dir, "id.pem", append(pemCerts(cert), pemKey(t, key)...), tc.mode)
			data, err := pkcs12.Modern.Encode(key, cert, nil, "secret")
			require.NoError(t, err)
			p12File := writeFile(t, dir, "id.pem.p12", data, tc.mode)
			fromPEM, err := transport.LoadIdentityPEM(pemFile, pemFile)
			require.NoError(t, err, "none of this makes a certificate unusable")
			fromP12, err := transport.LoadIdentityPKCS12(p12File, "secret")
			require.NoError(t, err)
			for _, id := range []*transport.Identity{fromPEM, fromP12} {
				var log notebook
				newClient(t, transport.Config{URL: "https://mss.example", Roots: newAuthority(t).roots(), Identity: id, Logger: log.logger()})
				for _, w := range tc.warns {
					require.Contains(t, log.String(), w)
				}
				require.Equal(t, len(tc.warns) > 0, bytes.Contains([]byte(log.String()), []byte("level=WARN")), log.String())
				require.NotContains(t, log.String(), "Test Customer")
				require.NotContains(t, log.String(), "secret")
			}
		})
	}
}

func TestReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	oldCert, oldKey := selfSigned(t, clientTemplate())
	newCert, newKey := selfSigned(t, clientTemplate())
	certFile := writeFile(t, dir, "cert.pem", pemCerts(oldCert), 0o644)
	keyFile := writeFile(t, dir, "key.pem", pemKey(t, oldKey), 0o600)
	id, err := transport.LoadIdentityPEM(certFile, keyFile)
	require.NoError(t, err)

	s := newSite(t, answer)
	var log notebook
	c := s.client(t, func(cfg *transport.Config) { cfg.Identity, cfg.Logger = id, log.logger() })
	ask := func() {
		t.Helper()
		_, err := c.Do(t.Context(), prompt())
		require.NoError(t, err)
	}
	ask()

	// Half of the new pair is not used, and disturbs nothing.
	writeFile(t, dir, "cert.pem", pemCerts(newCert), 0o644)
	require.ErrorContains(t, id.Reload(), "private key does not match")
	require.Equal(t, oldCert.Raw, id.Certificate().Raw)
	ask()
	ask()
	require.Contains(t, log.String(), "reload failed; the old one stays in use")
	require.Equal(t, 1, bytes.Count([]byte(log.String()), []byte("reload failed")), "one warning for one reload")
	require.EqualValues(t, 1, s.handshakes.Load())

	// The whole pair is: on a new connection, without resumption, with the old connection closed.
	writeFile(t, dir, "key.pem", pemKey(t, newKey), 0o604)
	require.NoError(t, id.Reload())
	require.Equal(t, newCert.Raw, id.Certificate().Raw)
	ask()
	require.EqualValues(t, 2, s.handshakes.Load())
	require.Zero(t, s.resumed.Load(), "a session of the old certificate was resumed")
	require.Equal(t, newCert.Raw, s.peers[1][0].Raw)
	require.Contains(t, log.String(), "everybody on this machine")
	ask()
	require.EqualValues(t, 2, s.handshakes.Load())
}

// TestReloadClosesConnections looks from the server's side, with one connection idle and one in use.
func TestReloadClosesConnections(t *testing.T) {
	t.Parallel()
	cert, key := selfSigned(t, clientTemplate())
	file := writeFile(t, t.TempDir(), "id.pem", append(pemCerts(cert), pemKey(t, key)...), 0o600)
	id, err := transport.LoadIdentityPEM(file, file)
	require.NoError(t, err)

	inUse, goOn := make(chan struct{}), make(chan struct{})
	ended := make(chan string, 10)
	s := newRawSite(t, func(s *rawSite, conn *tls.Conn) {
		n := s.conns.Load()
		buf := make([]byte, 4096)
		conn.Read(buf)
		if n == 1 {
			close(inUse)
			<-goOn
		}
		fmt.Fprint(conn, plainAnswer)
		conn.Read(buf) // until it is closed
		ended <- fmt.Sprint("connection ", n)
	})
	c := newClient(t, s.cfg, func(cfg *transport.Config) { cfg.Identity = id })
	first := make(chan error, 1)
	go func() {
		_, err := c.Do(t.Context(), prompt())
		first <- err
	}()
	<-inUse
	_, err = c.Do(t.Context(), prompt())
	require.NoError(t, err)

	require.NoError(t, id.Reload())
	_, err = c.Do(t.Context(), prompt())
	require.NoError(t, err)
	require.Equal(t, "connection 2", within(t, ended), "the idle one")
	close(goOn)
	require.NoError(t, within(t, first))
	require.Equal(t, "connection 1", within(t, ended), "the one in use, after its answer")
	require.EqualValues(t, 3, s.conns.Load())
}

func within[T any](t testing.TB, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(soon):
		require.Fail(t, "too late")
	}
	return v
}

func TestReloadOfBytes(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, newIdentity(t).Reload(), "made from bytes")
}
