package bankidtest_test

import (
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
)

// tap remembers exchanges.
type tap struct {
	mu   sync.Mutex
	list []bankidtest.Exchange
}

func (p *tap) hear(x bankidtest.Exchange) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, x)
}

func (p *tap) heard() []bankidtest.Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]bankidtest.Exchange(nil), p.list...)
}

// Each answer is told of once, as it was sent, whatever it is.
func TestExchanged(t *testing.T) {
	t.Parallel()
	const js, limit = "application/json", 64 << 10
	start, err := json.Marshal(askAuth)
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		method, path, contentType, body string
		kept                            int // of the body
		forge                           bankidtest.Forge
	}{
		"an order":       {"POST", "/auth", js, string(start), len(start), 0},
		"no such":        {"POST", "/nowhere", js, "unread", 0, 0},
		"other verb":     {"GET", "/collect", js, "unread", 0, 0},
		"other type":     {"POST", "/auth", "text/plain", "unread", 0, 0},
		"no JSON":        {"POST", "/collect", js, "{", 1, 0},
		"the limit":      {"POST", "/auth", js, strings.Repeat("x", limit), limit, 0},
		"over the limit": {"POST", "/auth", js, strings.Repeat("x", limit+1), limit, 0},
		"far too long":   {"POST", "/auth", js, strings.Repeat("x", 1<<20+1), limit, 0},
		"broken off":     {"POST", "/auth", js, string(start), len(start), bankidtest.ForgeBroken},
		"a huge answer":  {"POST", "/auth", js, string(start), len(start), bankidtest.ForgeOversized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			heard := new(tap)
			srv, _ := inProcess(t, &bankidtest.Options{Exchanged: heard.hear})
			srv.Script(bankidtest.Anyone, bankidtest.Person{ForgeStart: tt.forge})
			req, err := http.NewRequestWithContext(t.Context(), tt.method, srv.URL()+tt.path, strings.NewReader(tt.body))
			require.NoError(t, err)
			req.Header.Set("Content-Type", tt.contentType)
			resp, err := srv.RoundTripper().RoundTrip(req)
			require.NoError(t, err)
			require.Same(t, req, resp.Request)
			answer, err := io.ReadAll(resp.Body)
			require.Equal(t, tt.forge == bankidtest.ForgeBroken, err != nil)
			require.NoError(t, resp.Body.Close())
			list := heard.heard()
			require.Len(t, list, 1)
			require.Equal(t, tt.body[:tt.kept], string(list[0].Request))
			require.Equal(t, string(answer[:min(len(answer), limit)]), string(list[0].Answer))
			list[0].Request, list[0].Answer = nil, nil
			require.Equal(t, bankidtest.Exchange{Method: tt.method, Path: "/rp/v6.0" + tt.path, RequestType: tt.contentType,
				Status: resp.StatusCode, ContentType: resp.Header.Get("Content-Type")}, list[0])
		})
	}
}

// On the wire an answer is told of when the client can have it.
func TestExchangedAfterTheAnswer(t *testing.T) {
	t.Parallel()
	answered, told := make(chan struct{}), make(chan bool, 1)
	cert := clientCertificate(t, "Shop")
	srv := bankidtest.NewServer(t, &bankidtest.Options{Clients: []*x509.Certificate{cert.Leaf}, Exchanged: func(bankidtest.Exchange) {
		select {
		case <-answered:
			told <- true
		case <-time.After(30 * time.Second):
			told <- false
		}
	}})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL()+"/auth", strings.NewReader(`{"endUserIp":"192.0.2.7"}`))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := dial(t, srv, cert).http.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	_, err = io.ReadFull(resp.Body, make([]byte, 1))
	require.NoError(t, err)
	require.Empty(t, told)
	close(answered)
	require.True(t, <-told, "the client has had the answer")
	_, err = io.ReadAll(resp.Body)
	require.NoError(t, err)
}

// Where there is no answer nothing is told.
func TestExchangedWithoutAnswer(t *testing.T) {
	t.Parallel()
	heard := new(tap)
	srv, c := inProcess(t, &bankidtest.Options{Exchanged: heard.hear})
	srv.Script(bankidtest.Anyone, bankidtest.Person{ForgeStart: bankidtest.ForgeCut})
	_, err := c.try("/auth", askAuth)
	require.Error(t, err)
	require.Empty(t, heard.heard())
	srv.AssertPrompts(t, 1)
}

// What a server differs in can change at any time.
func TestSetMisbehaviour(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]*bankidtest.Options{"from the start": {PlainUnauthorized: true, Unknown: true}, "later": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := bankidtest.NewServer(t, o)
			stranger := dial(t, srv, clientCertificate(t, "Stranger"))
			known := &caller{t, srv, &http.Client{Transport: srv.RoundTripper()}}
			look := func() bankidtest.Misbehaviour {
				refused := stranger.post("/auth", askAuth)
				require.Equal(t, http.StatusUnauthorized, refused.status)
				return bankidtest.Misbehaviour{
					PlainUnauthorized: !json.Valid(refused.body),
					Unknown:           strings.Contains(string(known.start("/auth", askAuth).body), "somethingNew"),
				}
			}
			require.Equal(t, bankidtest.Misbehaviour{PlainUnauthorized: o != nil, Unknown: o != nil}, look())
			for _, m := range []*bankidtest.Misbehaviour{{PlainUnauthorized: true}, {Unknown: true}, {}, {PlainUnauthorized: true, Unknown: true}, nil} {
				srv.SetMisbehaviour(m)
				want := bankidtest.Misbehaviour{}
				if m != nil {
					want = *m
					*m = bankidtest.Misbehaviour{PlainUnauthorized: !m.PlainUnauthorized, Unknown: !m.Unknown} // has no effect
				}
				require.Equal(t, want, look())
			}
		})
	}
}

// Switched while requests come, nothing is lost and nothing races.
func TestSetMisbehaviourUnderLoad(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 {
				if a, err := c.try("/auth", askAuth); err != nil || a.OrderRef == "" {
					t.Error(a, err)
				}
			}
		})
	}
	all.Go(func() {
		for i := range 200 {
			srv.SetMisbehaviour([]*bankidtest.Misbehaviour{nil, {Unknown: true}}[i%2])
			srv.Outstanding()
		}
	})
	all.Wait()
}
