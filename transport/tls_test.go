package transport_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

func pinOf(c *x509.Certificate) transport.Pin { return sha256.Sum256(c.Raw) }

// TestServerCertificate: whatever is wrong with the server, nothing is sent to it.
func TestServerCertificate(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	old := &x509.Certificate{
		Subject: pkix.Name{CommonName: "Test Server"}, IPAddresses: ca.server(t).Leaf.IPAddresses,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		NotBefore:   time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(-time.Hour),
	}
	clientOnly := &x509.Certificate{
		Subject: pkix.Name{CommonName: "Test Server"}, IPAddresses: ca.server(t).Leaf.IPAddresses,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	for name, tc := range map[string]struct {
		cert       tls.Certificate
		serverName string
		text       string // "": accepted
	}{
		"good":                   {ca.server(t), "", ""},
		"other authority":        {newAuthority(t).server(t), "", "does not lead to Config.Roots"},
		"other name":             {ca.server(t, "mss.example"), "", "set Config.ServerName"},
		"LAN address":            {ca.server(t, "mss.example"), "mss.example", ""},
		"LAN, other name":        {ca.server(t, "mss.example"), "other.example", "set Config.ServerName"},
		"LAN, only address":      {ca.server(t), "mss.example", "set Config.ServerName"},
		"expired":                {ca.issue(t, old), "", "check this machine's clock"},
		"client's, not server's": {ca.issue(t, clientOnly), "", "not valid for this use"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, answer, func(s *httptest.Server) { s.TLS.Certificates = []tls.Certificate{tc.cert} })
			c := s.client(t, func(cfg *transport.Config) { cfg.Roots, cfg.ServerName = ca.roots(), tc.serverName })
			_, err := c.Do(t.Context(), prompt())
			if tc.text == "" {
				require.NoError(t, err)
				return
			}
			requireFailure(t, err, mss.NotSent)
			require.ErrorContains(t, err, "TLS handshake: the server's certificate ")
			require.ErrorContains(t, err, tc.text)
			require.NotContains(t, err.Error(), "Test Server")
			require.NotContains(t, err.Error(), "Test Root")
			require.Zero(t, s.requests.Load())
		})
	}
}

func TestTLSVersions(t *testing.T) {
	t.Parallel()
	for version, ok := range map[uint16]bool{
		tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true,
	} {
		s := newSite(t, answer, func(s *httptest.Server) { s.TLS.MinVersion, s.TLS.MaxVersion = version, version })
		_, err := s.client(t).Do(t.Context(), prompt())
		if ok {
			require.NoError(t, err, tls.VersionName(version))
			continue
		}
		requireFailure(t, err, mss.NotSent)
		require.ErrorContains(t, err, "TLS handshake", tls.VersionName(version))
	}
}

func TestPins(t *testing.T) {
	t.Parallel()
	ca, other := newAuthority(t), newAuthority(t)
	server := ca.server(t)
	sent := server // with a certificate behind it that anybody has
	sent.Certificate = append(sent.Certificate[:2:2], other.cert.Raw)
	for name, tc := range map[string]struct {
		pins []transport.Pin
		ok   bool
	}{
		"root":                  {[]transport.Pin{pinOf(ca.cert)}, true},
		"leaf":                  {[]transport.Pin{pinOf(server.Leaf)}, true},
		"several":               {[]transport.Pin{pinOf(other.cert), pinOf(ca.cert)}, true},
		"other":                 {[]transport.Pin{pinOf(newAuthority(t).cert)}, false},
		"sent but not in chain": {[]transport.Pin{pinOf(other.cert)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, answer, func(s *httptest.Server) { s.TLS.Certificates = []tls.Certificate{sent} })
			c := s.client(t, func(cfg *transport.Config) { cfg.Roots, cfg.Pins = ca.roots(), tc.pins })
			_, err := c.Do(t.Context(), prompt())
			if tc.ok {
				require.NoError(t, err)
				return
			}
			requireFailure(t, err, mss.NotSent)
			require.ErrorContains(t, err, "Config.Pins")
			require.Zero(t, s.requests.Load())
		})
	}

	// A pin does not replace a root.
	s := newSite(t, answer, func(s *httptest.Server) { s.TLS.Certificates = []tls.Certificate{server} })
	c := s.client(t, func(cfg *transport.Config) {
		cfg.Roots, cfg.Pins = other.roots(), []transport.Pin{pinOf(server.Leaf), pinOf(ca.cert)}
	})
	_, err := c.Do(t.Context(), prompt())
	requireFailure(t, err, mss.NotSent)
	require.ErrorContains(t, err, "does not lead to Config.Roots")
}

// TestKeyPins: the key of the server's own certificate counts, and no other in the chain or beside it.
func TestKeyPins(t *testing.T) {
	t.Parallel()
	ca, other := newAuthority(t), newAuthority(t)
	server, stranger := ca.server(t), other.server(t)
	sent := server // with the pinned certificate appended, which anybody has
	sent.Certificate = append(sent.Certificate[:2:2], stranger.Leaf.Raw)
	for name, tc := range map[string]struct {
		pins []transport.Pin
		ok   bool
	}{
		"leaf":                  {[]transport.Pin{transport.KeyPin(server.Leaf)}, true},
		"the next key, too":     {[]transport.Pin{transport.KeyPin(stranger.Leaf), transport.KeyPin(server.Leaf)}, true},
		"root":                  {[]transport.Pin{transport.KeyPin(ca.cert)}, false},
		"sent but not verified": {[]transport.Pin{transport.KeyPin(stranger.Leaf)}, false},
		"certificate, not key":  {[]transport.Pin{pinOf(server.Leaf)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, answer, func(s *httptest.Server) { s.TLS.Certificates = []tls.Certificate{sent} })
			c := s.client(t, func(cfg *transport.Config) { cfg.Roots, cfg.KeyPins = ca.roots(), tc.pins })
			_, err := c.Do(t.Context(), prompt())
			if tc.ok {
				require.NoError(t, err)
				return
			}
			requireFailure(t, err, mss.NotSent)
			require.ErrorContains(t, err, "Config.KeyPins")
			require.Zero(t, s.requests.Load())
		})
	}
}

func TestParsePin(t *testing.T) {
	t.Parallel()
	const text = "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF"
	pin, err := transport.ParsePin(text)
	require.NoError(t, err)
	require.Equal(t, text, pin.String())
	again, err := transport.ParsePin(strings.ToLower(strings.ReplaceAll(text, ":", "")))
	require.NoError(t, err)
	require.Equal(t, pin, again)
	again, err = transport.ParsePin("ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8=")
	require.NoError(t, err)
	require.Equal(t, pin, again)
	for _, bad := range []string{"", "62", "ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8", "ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrz===", text + ":00", strings.Replace(text, "2", "g", 1), text[1:]} {
		_, err := transport.ParsePin(bad)
		require.Error(t, err, bad)
	}
}
