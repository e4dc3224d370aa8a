package skmidtest_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/transport"
)

// A client with nothing but HTTP's settings, its key pinned, reaches the server; one that trusts another server does not.
func TestTLS(t *testing.T) {
	t.Parallel()
	srv := skmidtest.NewServer(t, nil)
	other := skmidtest.NewServer(t, nil)
	version := func(cfg transport.Config) error {
		client, err := transport.New(cfg)
		require.NoError(t, err)
		defer client.Close()
		_, err = client.Do(t.Context(), &transport.Exchange{Path: "/version"})
		return err
	}
	cfg := srv.HTTP()
	require.Equal(t, srv.URL(), cfg.URL)
	require.NoError(t, version(cfg))
	cfg.KeyPins = []transport.Pin{transport.KeyPin(srv.Certificate())}
	require.NoError(t, version(cfg))
	cfg.KeyPins = []transport.Pin{transport.KeyPin(other.Certificate())}
	require.Error(t, version(cfg))
	cfg = srv.HTTP()
	cfg.Roots = other.HTTP().Roots
	require.Error(t, version(cfg))

	u, err := url.Parse(srv.URL())
	require.NoError(t, err)
	_, err = tls.Dial("tcp", u.Host, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	require.Error(t, err, "TLS 1.1")
	require.Len(t, srv.Requests(), 2)
}

// Connections are counted as they are made, and requests as they come.
func TestHistory(t *testing.T) {
	t.Parallel()
	srv := skmidtest.NewServer(t, nil)
	c, other := call(t, srv), call(t, srv)
	path := c.start(signature, c.askFor("+37200000766", "60001019906").with("displayText", "Lepi[n]g"))
	c.get(path + "?timeoutMs=1500")
	other.get("/version")
	require.Equal(t, 2, srv.Handshakes())
	require.Equal(t, 1, srv.Peak())
	list := srv.Requests()
	require.Len(t, list, 3)
	start, status := list[0], list[1]
	require.WithinDuration(t, time.Now(), start.Time, time.Minute)
	require.Equal(t, "POST /signature", start.Method+" "+start.Path)
	require.Equal(t, "application/json", start.Header.Get("Content-Type"))
	require.True(t, json.Valid(start.Body))
	require.Equal(t, "+37200000766 60001019906", start.Phone+" "+start.Code)
	require.Equal(t, digest[:], start.Hash)
	require.Equal(t, "SHA256 ENG Lepi[n]g", strings.Join([]string{start.HashType, start.Language, start.Text}, " "))
	require.Len(t, start.Control, 4)
	require.Equal(t, path, "/signature/session/"+start.SessionID)
	require.Equal(t, "GET "+path, status.Method+" "+status.Path)
	require.Equal(t, start.SessionID, status.SessionID)
	require.Equal(t, "timeoutMs=1500", status.Query)
	require.Equal(t, 1500*time.Millisecond, status.Hold)
	require.Equal(t, []uint64{1, 1, 2}, []uint64{start.Conn, status.Conn, list[2].Conn})
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	for n := range 10_001 {
		c.get("/version?" + strconv.Itoa(n))
	}
	list := srv.Requests()
	require.Len(t, list, 9_001)
	require.Equal(t, "1000", list[0].Query)
	require.Equal(t, "10000", list[9000].Query)
	_, err := c.do(t.Context(), http.MethodPost, "/signature", "application/json", bytes.Repeat([]byte("x"), 64<<10+1))
	require.NoError(t, err)
	require.Nil(t, srv.Requests()[9001].Body)
}

// failing is a test that may fail.
type failing struct {
	testing.TB
	failed bool
}

func (f *failing) Errorf(string, ...any) { f.failed = true }
func (f *failing) Helper()               {}

func TestAssertPrompts(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(phone, code, skmidtest.Person{})
	c.start(authentication, c.ask())
	for n := range 3 {
		f := &failing{TB: t}
		srv.AssertPrompts(f, n)
		require.Equal(t, n != 1, f.failed)
	}
}

// The ids of a server can be repeated, and differ without a seed.
func TestSeed(t *testing.T) {
	t.Parallel()
	ids := func(seed uint64) string {
		srv, c := inProcess(t, &skmidtest.Options{Seed: seed})
		if seed != 0 {
			require.Equal(t, seed, srv.Seed())
		}
		srv.Script(phone, code, skmidtest.Person{})
		path := c.start(authentication, c.ask())
		require.Regexp(t, `^/authentication/session/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, path)
		return path + c.get(path).TraceID
	}
	require.Equal(t, ids(7), ids(7))
	require.NotEqual(t, ids(7), ids(8))
	require.NotEqual(t, ids(0), ids(0))
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]*skmidtest.Options{
		"name":            {RelyingPartyName: strings.Repeat("x", 101)},
		"UUID":            {RelyingPartyUUID: "DEMO"},
		"UUID upper case": {RelyingPartyUUID: "0A1B2C3D-4E5F-4A6B-8C7D-9E0F1A2B3C4D"},
		"all addresses":   {Addr: ":0"},
		"address":         {Addr: "192.0.2.1:0"},
		"no port":         {Addr: "127.0.0.1"},
		"patience":        {Patience: -1},
		"long patience":   {Patience: 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := skmidtest.NewInProcess(o)
			require.ErrorContains(t, err, "skmidtest: Options.")
		})
	}
	srv := skmidtest.NewServer(t, nil)
	u, err := url.Parse(srv.URL())
	require.NoError(t, err)
	_, err = skmidtest.Start(&skmidtest.Options{Addr: u.Host})
	require.Error(t, err, "in use")
	_, ok := errors.AsType[*net.OpError](err)
	require.True(t, ok)
	for _, addr := range []string{"localhost:0", "127.0.0.2:0"} {
		srv, err := skmidtest.Start(&skmidtest.Options{Addr: addr})
		require.NoError(t, err)
		srv.Close()
	}
}

func TestScriptRefusesMistakes(t *testing.T) {
	t.Parallel()
	srv, _ := inProcess(t, nil)
	for name, script := range map[string]func(){
		"phone":       func() { srv.Script("37250000001", code, skmidtest.Person{}) },
		"short phone": func() { srv.Script("+3725000", code, skmidtest.Person{}) },
		"code":        func() { srv.Script(phone, "PNOEE-"+code, skmidtest.Person{}) },
		"hyphen":      func() { srv.Script(phone, "010117-2123", skmidtest.Person{}) },
		"country":     func() { srv.Script(phone, code, skmidtest.Person{Country: "CH"}) },
		"key":         func() { srv.Script(phone, code, skmidtest.Person{Key: 3}) },
		"profile":     func() { srv.Script(phone, code, skmidtest.Person{Profile: -1}) },
		"card":        func() { srv.Script(phone, code, skmidtest.Person{Card: -1}) },
		"after":       func() { srv.Script(phone, code, skmidtest.Person{After: -1}) },
		"polls":       func() { srv.Script(phone, code, skmidtest.Person{Polls: -1}) },
		"result":      func() { srv.Script(phone, code, skmidtest.Person{Result: skmidtest.Result(strings.Repeat("X", 65))}) },
		"name":        func() { srv.Script(phone, code, skmidtest.Person{Surname: strings.Repeat("Ä", 65)}) },
		"octets":      func() { srv.Script(phone, code, skmidtest.Person{GivenName: "\xff"}) },
	} {
		require.Panics(t, script, name)
	}
	require.NotPanics(t, func() { srv.Script(phone, code, skmidtest.Person{Surname: strings.Repeat("Ä", 64)}) })
}

func TestRoundTripper(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	_, err := srv.RoundTripper().RoundTrip(new(http.Request))
	require.Error(t, err)
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL()+"/version", http.NoBody)
	require.NoError(t, err)
	_, err = srv.RoundTripper().RoundTrip(req)
	require.ErrorIs(t, err, reason)
	require.Empty(t, srv.Requests())
	require.Equal(t, srv.URL(), c.srv.HTTP().URL)
}

// Many at once: persons are scripted, sessions begin and end, keys are made.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	srv := skmidtest.NewServer(t, nil)
	const each = 8
	var all sync.WaitGroup
	for w := range 8 {
		c := call(t, srv)
		all.Go(func() {
			for n := range each {
				who := phone + strconv.Itoa(n)
				srv.Script(who, code, skmidtest.Person{Profile: skmidtest.Profile(w % 5)})
				kind := kinds[(n+w)%2]
				a := c.outcome(kind, c.askFor(who, code))
				if a.Signature == nil || (a.Cert != "") != (kind == authentication) {
					t.Errorf("%s", a.body)
				}
				srv.Prompts()
				srv.Requests()
			}
		})
	}
	all.Wait()
	srv.AssertPrompts(t, 8*each)
	require.Equal(t, 8, srv.Handshakes())
	require.LessOrEqual(t, srv.Peak(), 8)
}

// Whatever the body, there is an answer in JSON, and none but a good one lets a phone ring.
func FuzzBody(f *testing.F) {
	srv, err := skmidtest.NewInProcess(nil)
	require.NoError(f, err)
	f.Cleanup(srv.Close)
	srv.Script(phone, code, skmidtest.Person{})
	c := call(f, srv)
	good, err := json.Marshal(c.ask().with("displayText", "Nõustun").with("displayTextFormat", "UCS-2"))
	require.NoError(f, err)
	require.NotEmpty(f, good)
	f.Add(good)
	f.Add([]byte(`{"relyingPartyUUID":null}`))
	f.Add([]byte(`[{"a":1}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		before := srv.Prompts()
		for _, path := range []string{"/authentication", "/signature", "/certificate"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL()+path, bytes.NewReader(doc))
			require.NoError(t, err)
			req.Header.Set("Content-Type", "application/json")
			resp, err := srv.RoundTripper().RoundTrip(req)
			require.NoError(t, err)
			require.Contains(t, []int{200, 400, 401, 413}, resp.StatusCode)
			var answer map[string]any
			require.NoError(t, json.NewDecoder(resp.Body).Decode(&answer))
			if resp.StatusCode != 200 {
				require.Equal(t, before, srv.Prompts())
			}
			before = srv.Prompts()
		}
	})
}
