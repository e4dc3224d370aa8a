package phones_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/tools/internal/phones"
	"github.com/gomss/gomss/transport"
)

// strange posts something to a simulator that no client of this module would.
func strange(t *testing.T, at transport.Config, dir, path, contentType, body string) {
	t.Helper()
	client, err := tls.LoadX509KeyPair(filepath.Join(dir, "client.pem"), filepath.Join(dir, "client.key"))
	require.NoError(t, err)
	roots := x509.NewCertPool()
	for _, c := range at.Roots {
		roots.AddCert(c)
	}
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: roots, GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &client, nil },
	}}}
	defer c.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", contentType)
	resp, err := c.Do(r)
	require.NoError(t, errors.Unwrap(err)) // without the path
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
}

// TestStrangeRequests: the history is bounded, and what cannot be read is shown as it was, without what is secret.
func TestStrangeRequests(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hub := start(t, phones.Options{Dir: dir})
	at := hub.MobileID().HTTP
	found := func(n int) (list []*phones.Exchange) {
		require.Eventually(t, func() bool {
			list = nil
			for _, x := range hub.History() {
				if x.Provider == "Mobile ID" {
					list = append(list, x)
				}
			}
			return len(list) >= n
		}, minute, tick)
		return list
	}
	long := strings.Repeat("x", 70_000)
	strange(t, at, dir, "/"+long, "text/"+long, "x")
	x := found(1)[0]
	require.LessOrEqual(t, len(x.Path)+len(x.RequestType)+len(x.Operation)+len(x.Transaction), 2048)
	require.LessOrEqual(t, len(x.Request), 64<<10)

	strange(t, at, dir, "/soap/services/MSS_SignaturePort", "text/xml", `<a AP_PWD="correct-horse"><b>`+long)
	x = found(2)[1]
	require.NotContains(t, x.RequestText(), "correct-horse")
	require.Contains(t, x.RequestText(), "<b>")

	// A path like the name of an operation, and no request of it.
	strange(t, at, dir, "/soap/services/MSS_Signature", "text/xml", "<a/>")
	x = found(3)[2]
	_, err := hub.Scenario(t.Context(), x.N)
	require.Error(t, err)
}
