package skmidtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
)

// tap remembers exchanges.
type tap struct {
	mu   sync.Mutex
	list []skmidtest.Exchange
}

func (p *tap) hear(x skmidtest.Exchange) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, x)
}

func (p *tap) heard() []skmidtest.Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]skmidtest.Exchange(nil), p.list...)
}

// Each answer is told of once, as it was sent, whatever it is.
func TestExchanged(t *testing.T) {
	t.Parallel()
	const js, limit = "application/json", 64 << 10
	_, asker := inProcess(t, nil)
	start, err := json.Marshal(asker.ask())
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		method, path, contentType, body string
		kept                            int // of the body
		forge                           skmidtest.Forge
	}{
		"a start":        {"POST", "/authentication", js, string(start), len(start), 0},
		"a version":      {"GET", "/version", "", "", 0, 0},
		"no such":        {"POST", "/nowhere", js, "unread", 0, 0},
		"other verb":     {"PUT", "/signature", js, "unread", 0, 0},
		"other type":     {"POST", "/signature", "text/plain", "unread", 0, 0},
		"no JSON":        {"POST", "/signature", js, "{", 1, 0},
		"the limit":      {"POST", "/signature", js, strings.Repeat("x", limit), limit, 0},
		"over the limit": {"POST", "/signature", js, strings.Repeat("x", limit+1), limit, 0},
		"far too long":   {"POST", "/signature", js, strings.Repeat("x", 1<<20+1), limit, 0},
		"broken off":     {"POST", "/authentication", js, string(start), len(start), skmidtest.ForgeBroken},
		"a huge answer":  {"POST", "/authentication", js, string(start), len(start), skmidtest.ForgeOversized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			heard := new(tap)
			srv, _ := inProcess(t, &skmidtest.Options{Exchanged: heard.hear})
			srv.Script(phone, code, skmidtest.Person{ForgeStart: tt.forge})
			req, err := http.NewRequestWithContext(t.Context(), tt.method, srv.URL()+tt.path+"?x=y", strings.NewReader(tt.body))
			require.NoError(t, err)
			req.Header.Set("Content-Type", tt.contentType)
			resp, err := srv.RoundTripper().RoundTrip(req)
			require.NoError(t, err)
			require.Same(t, req, resp.Request)
			answer, err := io.ReadAll(resp.Body)
			require.Equal(t, tt.forge == skmidtest.ForgeBroken, err != nil)
			require.NoError(t, resp.Body.Close())
			list := heard.heard()
			require.Len(t, list, 1)
			require.Equal(t, tt.body[:tt.kept], string(list[0].Request))
			require.Equal(t, string(answer[:min(len(answer), limit)]), string(list[0].Answer))
			list[0].Request, list[0].Answer = nil, nil
			require.Equal(t, skmidtest.Exchange{Method: tt.method, Path: "/mid-api" + tt.path, RequestType: tt.contentType,
				Status: resp.StatusCode, ContentType: resp.Header.Get("Content-Type")}, list[0])
		})
	}
}

// On the wire an answer is told of when the client can have it.
func TestExchangedAfterTheAnswer(t *testing.T) {
	t.Parallel()
	answered, told := make(chan struct{}), make(chan bool, 1)
	srv := skmidtest.NewServer(t, &skmidtest.Options{Exchanged: func(skmidtest.Exchange) {
		select {
		case <-answered:
			told <- true
		case <-time.After(30 * time.Second):
			told <- false
		}
	}})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL()+"/version", http.NoBody)
	require.NoError(t, err)
	resp, err := call(t, srv).http.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
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
	srv, c := inProcess(t, &skmidtest.Options{Exchanged: heard.hear})
	srv.Script(phone, code, skmidtest.Person{ForgeStart: skmidtest.ForgeCut})
	_, err := c.do(t.Context(), http.MethodPost, "/authentication", "application/json", mustJSON(t, c.ask()))
	require.Error(t, err)
	require.Empty(t, heard.heard())
	srv.AssertPrompts(t, 1)
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	doc, err := json.Marshal(v)
	require.NoError(t, err)
	return doc
}

// What a server differs in can change at any time.
func TestSetMisbehaviour(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]*skmidtest.Options{"from the start": {Legacy: true, Unknown: true}, "later": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c := inProcess(t, o)
			srv.Script(phone, code, skmidtest.Person{})
			look := func() (legacy, unknown bool) {
				text := string(c.post("/authentication", c.ask()).body)
				return strings.Contains(text, `"sessionId"`), strings.Contains(text, `"unknown"`)
			}
			legacy, unknown := look()
			require.Equal(t, []bool{o != nil, o != nil}, []bool{legacy, unknown})
			for _, m := range []*skmidtest.Misbehaviour{{Legacy: true}, {Unknown: true}, {}, {Legacy: true, Unknown: true}, nil} {
				srv.SetMisbehaviour(m)
				want := skmidtest.Misbehaviour{}
				if m != nil {
					want = *m
					*m = skmidtest.Misbehaviour{Legacy: !m.Legacy, Unknown: !m.Unknown} // has no effect
				}
				legacy, unknown := look()
				require.Equal(t, want, skmidtest.Misbehaviour{Legacy: legacy, Unknown: unknown})
			}
		})
	}
}

// Switched while requests come, nothing is lost and nothing races.
func TestSetMisbehaviourUnderLoad(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(phone, code, skmidtest.Person{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 {
				a, err := c.do(t.Context(), http.MethodPost, "/authentication", "application/json", mustJSON(t, c.ask()))
				if err != nil || a.SessionID == "" {
					t.Error(a, err)
				}
			}
		})
	}
	all.Go(func() {
		for i := range 200 {
			srv.SetMisbehaviour([]*skmidtest.Misbehaviour{nil, {Legacy: true, Unknown: true}}[i%2])
			srv.Outstanding()
		}
	})
	all.Wait()
}
