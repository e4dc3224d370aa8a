package relyingparty_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/tools/internal/demo/demotest"
	"github.com/gomss/gomss/tools/internal/relyingparty"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	base   = "http://127.0.0.1:8080"
	number = "+41790000021"
)

var secret = make([]byte, 32)

// direct is a way into a site that needs no network.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	incoming := httptest.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), r.Body)
	incoming.Header = r.Header
	incoming.RemoteAddr = "127.0.0.1:4711"
	d.ServeHTTP(w, incoming)
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

// bank is a site with Mobile ID, in the bubble of the test.
type bank struct {
	*relyingparty.Site
	phone *msstest.Server
}

func newBank(t *testing.T, p msstest.Person, change ...func(*relyingparty.Provider)) *bank {
	t.Helper()
	srv, err := msstest.NewInProcess(&msstest.Options{Prefix: "Bank ACME: "})
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	srv.Script(number, p)
	provider, err := relyingparty.MobileID(mssp.Config{
		HTTP: srv.HTTP(), APID: srv.APID(), Prefix: srv.Prefix(), Anchors: srv.Anchors(), Defaults: mssp.Options{Profile: mssp.ProfileAny},
	}, relyingparty.Deposit{Secret: secret, Verify: []string{"mss", "verify", "evidence", "--config", "/home/o'neill/mss.yaml"}})
	require.NoError(t, err)
	for _, f := range change {
		f(provider)
	}
	site, err := relyingparty.New(relyingparty.Options{
		URL: base, Providers: []*relyingparty.Provider{provider}, Phones: "http://127.0.0.1:9/?token=X",
	})
	require.NoError(t, err)
	t.Cleanup(site.Close)
	return &bank{site, srv}
}

func (b *bank) browser(t *testing.T) *demotest.Browser {
	t.Helper()
	return demotest.New(t, base, direct{b})
}
