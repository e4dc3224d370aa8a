package registranttest_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/registrant/registranttest"
)

// tap remembers exchanges.
type tap struct {
	mu   sync.Mutex
	list []registranttest.Exchange
}

func (p *tap) hear(x registranttest.Exchange) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, x)
}

func (p *tap) heard() []registranttest.Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]registranttest.Exchange(nil), p.list...)
}

// Each answer is told of once, as it was sent, whatever it is.
func TestExchanged(t *testing.T) {
	t.Parallel()
	const js, exchange, limit = "application/json", "/api/v1/registrant/auth/eid", 64 << 10
	for name, tt := range map[string]struct {
		method, path, contentType, body string
		kept                            int // of the body
		misbehave                       registranttest.Misbehaviour
	}{
		"a token":        {"POST", exchange, js, mari, len(mari), 0},
		"no such":        {"POST", "/nowhere", js, "read", 4, 0},
		"no token":       {"GET", "/api/v1/registrant/domains", "", "", 0, 0},
		"the limit":      {"POST", exchange, js, strings.Repeat("x", limit), limit, 0},
		"over the limit": {"POST", exchange, js, strings.Repeat("x", limit+1), limit, 0},
		"cut":            {"POST", exchange, js, mari, len(mari), registranttest.Cut},
		"oversized":      {"POST", exchange, js, mari, len(mari), registranttest.Oversized},
		"elsewhere":      {"POST", exchange, js, mari, len(mari), registranttest.Redirect},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			heard := new(tap)
			srv, err := registranttest.Start(&registranttest.Options{Exchanged: heard.hear})
			require.NoError(t, err)
			t.Cleanup(srv.Close)
			srv.SetMisbehaviour(tt.misbehave)
			req, err := http.NewRequestWithContext(t.Context(), tt.method, srv.URL()+tt.path, strings.NewReader(tt.body))
			require.NoError(t, err)
			req.Header.Set("Content-Type", tt.contentType)
			resp, err := browse(t, srv).http.Transport.RoundTrip(req)
			require.NoError(t, err)
			answer, err := io.ReadAll(resp.Body)
			require.Equal(t, tt.misbehave == registranttest.Cut, err != nil)
			require.NoError(t, resp.Body.Close())
			srv.Close() // waits for it
			list := heard.heard()
			require.Len(t, list, 1)
			require.Equal(t, tt.body[:tt.kept], string(list[0].Request))
			require.Equal(t, string(answer[:min(len(answer), limit)]), string(list[0].Answer))
			list[0].Request, list[0].Answer = nil, nil
			require.Equal(t, registranttest.Exchange{Method: tt.method, Path: tt.path, RequestType: tt.contentType,
				Status: resp.StatusCode, ContentType: resp.Header.Get("Content-Type")}, list[0])
		})
	}
}

// An answer is told of when the client can have it, also one without a body.
func TestExchangedAfterTheAnswer(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"with a body": mari, "without": strings.Repeat("x", 1<<16+1)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answered, told := make(chan struct{}), make(chan bool, 1)
			srv := registranttest.NewServer(t, &registranttest.Options{Exchanged: func(registranttest.Exchange) {
				select {
				case <-answered:
					told <- true
				case <-time.After(30 * time.Second):
					told <- false
				}
			}})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL()+"/api/v1/registrant/auth/eid", strings.NewReader(body))
			require.NoError(t, err)
			req.Header.Set("Content-Type", "application/json")
			resp, err := browse(t, srv).http.Do(req)
			require.NoError(t, err)
			defer resp.Body.Close()
			require.Empty(t, told)
			close(answered)
			require.True(t, <-told, "the client has had the answer")
			_, err = io.ReadAll(resp.Body)
			require.NoError(t, err)
		})
	}
}

// Where there is no answer nothing is told.
func TestExchangedWithoutAnswer(t *testing.T) {
	t.Parallel()
	heard := new(tap)
	srv := registranttest.NewServer(t, &registranttest.Options{Exchanged: heard.hear})
	srv.SetMisbehaviour(registranttest.Hold)
	b := browse(t, srv)
	ended := make(chan error, 1)
	go func() {
		resp, err := b.http.Post(srv.URL()+"/api/v1/registrant/auth/eid", "application/json", strings.NewReader(mari))
		if err == nil {
			err = resp.Body.Close()
		}
		ended <- err
	}()
	require.Eventually(t, func() bool { return len(srv.Requests()) == 1 }, 10*time.Second, time.Millisecond)
	srv.Close()
	require.Error(t, <-ended)
	require.Empty(t, heard.heard())
}
