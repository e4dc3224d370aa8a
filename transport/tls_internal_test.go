package transport

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPinsOfResumedSession takes the pin away between two connections, which a Config cannot do: the second one is
// resumed, sends no certificate, and must be refused all the same.
func TestPinsOfResumedSession(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		s.TLS = &tls.Config{MaxVersion: version}
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		defer s.Close()
		pins := pinning{certificates: []Pin{sha256.Sum256(s.Certificate().Raw)}, keys: []Pin{KeyPin(s.Certificate())}}
		roots, err := newRoots([]*x509.Certificate{s.Certificate()}, false)
		require.NoError(t, err)
		conf := newTLSConfig(roots, pins, nil)
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: conf, DisableKeepAlives: true}}

		for resumed := range 2 {
			resp, err := client.Get(s.URL)
			require.NoError(t, err)
			resp.Body.Close()
			require.Equal(t, resumed == 1, resp.TLS.DidResume)
		}
		pins.keys[0][0]++
		_, err = client.Get(s.URL)
		require.ErrorIs(t, err, errKeyPins)
		pins.certificates[0][0]++
		_, err = client.Get(s.URL)
		require.ErrorIs(t, err, errPins)
	}
}
