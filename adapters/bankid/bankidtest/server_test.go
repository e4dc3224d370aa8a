package bankidtest_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Who shows an unknown client certificate gets 401, whatever they ask for; who shows none gets no connection.
func TestClientCertificates(t *testing.T) {
	t.Parallel()
	known, unknown := clientCertificate(t, "Known"), clientCertificate(t, "Unknown")
	srv := bankidtest.NewServer(t, &bankidtest.Options{Clients: []*x509.Certificate{known.Leaf}})
	require.Equal(t, "complete", dial(t, srv, known).outcome("/auth", askAuth).Status)
	c := dial(t, srv, unknown)
	requireError(t, c.post("/auth", askAuth), http.StatusUnauthorized, "unauthorized")
	requireError(t, c.collect("x"), http.StatusUnauthorized, "unauthorized")
	requireError(t, c.post("/nowhere", askAuth), http.StatusUnauthorized, "unauthorized")
	a, err := c.do(t.Context(), http.MethodGet, "/auth", "", nil)
	require.NoError(t, err)
	requireError(t, a, http.StatusUnauthorized, "unauthorized")
	_, err = dial(t, srv).try("/auth", askAuth)
	require.Error(t, err)
	srv.AssertPrompts(t, 1)

	srv = bankidtest.NewServer(t, &bankidtest.Options{PlainUnauthorized: true})
	a = dial(t, srv, unknown).post("/auth", askAuth)
	require.Equal(t, http.StatusUnauthorized, a.status)
	require.Equal(t, "Unauthorized\n", string(a.body))
}

// The settings of HTTP are all that a client needs.
func TestHTTPSettings(t *testing.T) {
	t.Parallel()
	srv := bankidtest.NewServer(t, nil)
	client, err := transport.New(srv.HTTP())
	require.NoError(t, err)
	defer client.Close()
	for range 3 {
		reply, err := client.Do(t.Context(), &transport.Exchange{Path: "/auth", ContentType: "application/json", Body: []byte(`{"endUserIp":"198.51.100.7"}`), Prompts: true})
		require.NoError(t, err)
		require.Contains(t, string(reply.Body), "qrStartSecret")
	}
	require.Equal(t, 1, srv.Handshakes())
	require.EqualValues(t, 1, srv.Requests()[2].Conn)
	srv.AssertPrompts(t, 3)
}

// Three roots with nothing in common: of the service, of the relying party, of the persons. All bear the mark of a
// simulator and live less than 7 days.
func TestCertificates(t *testing.T) {
	t.Parallel()
	srv := bankidtest.NewServer(t, nil)
	require.Equal(t, mss.Simulator, srv.Anchors().Environment())
	require.Len(t, srv.Anchors().Roots(), 1)
	require.Empty(t, srv.Anchors().Intermediates())
	signing, ssl := srv.Anchors().Roots()[0], srv.HTTP().Roots[0]
	list := []*x509.Certificate{signing, ssl, srv.Certificate(), srv.RelyingParty()}
	for _, c := range list {
		require.True(t, simulated.Marked(c))
		require.Less(t, c.NotAfter.Sub(c.NotBefore), 7*24*time.Hour)
	}
	pool := func(c *x509.Certificate) *x509.CertPool {
		p := x509.NewCertPool()
		p.AddCert(c)
		return p
	}
	any := []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
	_, err := srv.Certificate().Verify(x509.VerifyOptions{Roots: pool(ssl), DNSName: "localhost"})
	require.NoError(t, err)
	for _, c := range []*x509.Certificate{srv.Certificate(), srv.RelyingParty()} {
		_, err = c.Verify(x509.VerifyOptions{Roots: pool(signing), KeyUsages: any})
		require.ErrorAs(t, err, new(x509.UnknownAuthorityError))
	}
	_, err = srv.RelyingParty().Verify(x509.VerifyOptions{Roots: pool(ssl), KeyUsages: any})
	require.ErrorAs(t, err, new(x509.UnknownAuthorityError))
}

// TLS 1.1 is refused.
func TestTLSVersion(t *testing.T) {
	t.Parallel()
	known := clientCertificate(t, "Known")
	srv := bankidtest.NewServer(t, &bankidtest.Options{Clients: []*x509.Certificate{known.Leaf}})
	for version, ok := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		c := dial(t, srv, known)
		config := c.http.Transport.(*http.Transport).TLSClientConfig
		config.MinVersion, config.MaxVersion = min(version, tls.VersionTLS11), version
		_, err := c.try("/auth", askAuth)
		require.Equal(t, ok, err == nil, "%x", version)
	}
}

// An outcome is given once, however many ask for it at the same time, and a person is asked once for every order.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, &bankidtest.Options{CollectFreely: true})
	const orders, collectors = 50, 4
	var group sync.WaitGroup
	complete := make(chan string, orders*collectors)
	for range orders {
		group.Go(func() {
			ref := c.start("/auth", askAuth).OrderRef
			for range collectors {
				group.Go(func() {
					if a := c.collect(ref); a.Status == "complete" {
						complete <- ref
					}
				})
			}
		})
	}
	group.Wait()
	close(complete)
	once := make(map[string]bool)
	for ref := range complete {
		require.False(t, once[ref])
		once[ref] = true
	}
	require.Len(t, once, orders)
	srv.AssertPrompts(t, orders)
}

// Broken and cut connections over the network: the outcome is gone.
func TestLostOutcome(t *testing.T) {
	t.Parallel()
	known := clientCertificate(t, "Known")
	srv := bankidtest.NewServer(t, &bankidtest.Options{Clients: []*x509.Certificate{known.Leaf}})
	for _, f := range []bankidtest.Forge{bankidtest.ForgeBroken, bankidtest.ForgeCut} {
		for _, act := range []bankidtest.Act{bankidtest.Sign, bankidtest.Cancel} {
			srv.Script(bankidtest.Anyone, bankidtest.Person{Does: act, Forge: f})
			c := dial(t, srv, known)
			ref := c.start("/auth", askAuth).OrderRef
			_, err := c.try("/collect", body{"orderRef": ref})
			require.Error(t, err)
			requireInvalid(t, c.collect(ref), "No such order")
		}
	}
}

// Close ends answers that are late.
func TestCloseEndsWaiting(t *testing.T) {
	t.Parallel()
	known := clientCertificate(t, "Known")
	srv := bankidtest.NewServer(t, &bankidtest.Options{Clients: []*x509.Certificate{known.Leaf}})
	srv.Script(bankidtest.Anyone, bankidtest.Person{ForgeStart: bankidtest.ForgeSlow})
	failed := make(chan error)
	c := dial(t, srv, known)
	go func() {
		_, err := c.try("/auth", askAuth)
		failed <- err
	}()
	require.Eventually(t, func() bool { return srv.Prompts() == 1 }, time.Minute, time.Millisecond)
	srv.Close()
	require.Error(t, <-failed)
}
