package hermodtest_test

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

func encoded(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return b
}

// A client with nothing but HTTP's settings reaches the server; one that trusts another server does not, nor does TLS 1.1.
func TestTLS(t *testing.T) {
	t.Parallel()
	srv, other := hermodtest.New(t, hermodtest.Options{}), hermodtest.New(t, hermodtest.Options{})
	ask := func(cfg transport.Config) error {
		client, err := transport.New(cfg)
		require.NoError(t, err)
		defer client.Close()
		_, err = client.Do(t.Context(), &transport.Exchange{Path: "/command/sign"})
		return err
	}
	cfg := srv.HTTP()
	require.Equal(t, srv.URL(), cfg.URL)
	require.NoError(t, ask(cfg))
	cfg.Roots = other.HTTP().Roots
	require.Error(t, ask(cfg))
	u, err := url.Parse(srv.URL())
	require.NoError(t, err)
	_, err = tls.Dial("tcp", u.Host, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	require.Error(t, err)
	require.Len(t, srv.Requests(), 1)
}

// Config is complete, and what it says is what the server demands.
func TestConfig(t *testing.T) {
	t.Parallel()
	srv := hermodtest.New(t, hermodtest.Options{})
	cfg := srv.Config()
	client, err := hermod.New(cfg)
	require.NoError(t, err)
	client.Close()
	key, err := base64.StdEncoding.DecodeString(srv.APIKey())
	require.NoError(t, err)
	require.Equal(t, cfg.ClientID+":"+cfg.ClientKey.Reveal(), string(key))
	require.Equal(t, mss.Simulator, cfg.Anchors.Environment())
	require.Equal(t, []hermod.AttestationKey{srv.AttestationKey()}, cfg.Attestation.Keys)
	require.Nil(t, cfg.Store)
	require.Nil(t, cfg.Keys)

	srv = hermodtest.New(t, hermodtest.Options{
		ClientID: "id", ClientKey: "key", ServerName: "name", Callback: hermodtest.CallbackAuth{User: "user", Password: "password"},
	})
	cfg = srv.Config()
	require.Equal(t, "id key name user password", strings.Join([]string{cfg.ClientID, cfg.ClientKey.Reveal(), cfg.ServerName, cfg.CallbackUser, cfg.CallbackPassword.Reveal()}, " "))
	require.Equal(t, "aWQ6a2V5", srv.APIKey())
}

// TestProductionRefuses: what is made here is of no use where people are needed.
func TestProductionRefuses(t *testing.T) {
	t.Parallel()
	srv := hermodtest.New(t, hermodtest.Options{})
	_, err := mss.NewAnchors(mss.Production, srv.Anchors().Roots(), nil)
	require.Error(t, err)
}

func TestEnroll(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, hermodtest.Options{})
	for key, mechanism := range map[hermodtest.Key]string{hermodtest.RSA: "RS256", hermodtest.P256: "ES256"} {
		srv.Person(hermodtest.Person{User: user, Key: key})
		d, err := srv.Enroll(user)
		require.NoError(t, err)
		require.NoError(t, d.Check())
		require.Equal(t, user, d.User.Reveal())
		require.Equal(t, mechanism, d.Keys[0].Mechanism)
		require.NoError(t, d.Keys[0].Chain[0].CheckSignatureFrom(srv.Anchors().Roots()[0]))
		cb := c.outcome("/command/sign", signing("signCommand", "jws", map[string]string{"RS256": "CKM_SHA256_RSA_PKCS", "ES256": "CKM_ECDSA_SHA256"}[mechanism], []byte("x")))
		require.Equal(t, d.ProfileID, cb.Destinations[0].PID)
		require.Equal(t, d.BoxID, cb.Destinations[0].BID)
		require.True(t, parse(t, cb.SignResponse.Result.Data).valid(d.Keys[0].Chain[0].PublicKey))
	}
	_, err := srv.Enroll("")
	require.Error(t, err)
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]hermodtest.Options{
		"ClientID":     {ClientID: "a:b"},
		"User":         {Callback: hermodtest.CallbackAuth{User: "a:b"}},
		"Addr":         {Addr: "0.0.0.0:0"},
		"Misbehaviour": {Misbehaviour: -1},
	} {
		_, err := hermodtest.Start(o)
		require.ErrorContains(t, err, name)
		_, err = hermodtest.NewInProcess(o)
		require.ErrorContains(t, err, name)
	}
	srv, err := hermodtest.Start(hermodtest.Options{})
	require.NoError(t, err)
	defer srv.Close()
	u, err := url.Parse(srv.URL())
	require.NoError(t, err)
	_, err = hermodtest.Start(hermodtest.Options{Addr: u.Host})
	require.Error(t, err, "taken")

	made := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	srv, c := inProcess(t, hermodtest.Options{Now: func() time.Time { return made }, Callback: hermodtest.CallbackAuth{None: true}, Misbehaviour: hermodtest.Unavailable})
	d, err := srv.Enroll(user)
	require.NoError(t, err)
	require.True(t, d.Keys[0].Chain[0].NotBefore.Equal(made.Add(-time.Hour)))
	require.True(t, srv.Config().InsecureUnauthenticatedCallback)
	require.Equal(t, 503, c.post("/command/sign", signCommand("x")).status)
	srv.Misbehave(hermodtest.Behave)
	require.Empty(t, c.outcome("/command/sign", signCommand("x")).user)
}

func TestPersonPanics(t *testing.T) {
	t.Parallel()
	srv, _ := inProcess(t, hermodtest.Options{})
	for _, p := range []hermodtest.Person{{Do: -1}, {Do: 99}, {Callback: -1}, {Callback: 99}, {Forge: -1}, {Forge: 999}, {Key: 9}, {Delay: -1}, {Device: -1}, {Boxes: 9}} {
		require.Panics(t, func() { srv.Person(p) }, p)
	}
}

// The ids of a server can be repeated, and differ without a seed.
func TestSeed(t *testing.T) {
	t.Parallel()
	ids := func(seed string) string {
		srv, c := inProcess(t, hermodtest.Options{Seed: seed})
		if seed != "" {
			require.Equal(t, seed, srv.Seed())
		}
		started := c.accepted("/command/provision", prov(t, p256))
		c.next()
		return srv.APIKey() + started.CommandID + started.Destinations[0].URI + started.Destinations[0].Location
	}
	require.Equal(t, ids("7"), ids("7"))
	require.NotEqual(t, ids("7"), ids("8"))
	require.NotEqual(t, ids(""), ids(""))
}

// TestHistory: requests as they came, callbacks as they went.
func TestHistory(t *testing.T) {
	t.Parallel()
	srv, c := listening(t, hermodtest.Options{})
	_, err := srv.Enroll(user)
	require.NoError(t, err)
	cb := c.outcome("/command/sign", signCommand("Pay?"))
	c.key = none
	c.post("/command/sign", signCommand("Pay?"))
	list := srv.Requests()
	require.Len(t, list, 2)
	first := list[0]
	require.WithinDuration(t, time.Now(), first.Time, time.Minute)
	require.Equal(t, "POST /command/sign", first.Method+" "+first.Path)
	require.Equal(t, srv.APIKey(), first.Header.Get("X-Api-Key"))
	require.JSONEq(t, string(encoded(t, signCommand("Pay?"))), string(first.Body))
	require.Equal(t, []string{user, "my-id", cb.CommandID}, []string{first.User, first.ExternalID, first.CommandID})
	require.Equal(t, []uint64{1, 1}, []uint64{first.Conn, list[1].Conn})
	require.Empty(t, list[1].CommandID)
	require.Nil(t, list[1].Body, "the body of who is not known is not read")
	require.Equal(t, 1, srv.Peak())
	require.Equal(t, 1, srv.Handshakes())
	require.Eventually(t, func() bool { return len(srv.Callbacks()) == 1 }, time.Minute, time.Millisecond)
	sent := srv.Callbacks()[0]
	require.Equal(t, cb.body, sent.Body)
	require.Equal(t, []any{cb.CommandID, "/callback/sign", 200, nil}, []any{sent.CommandID, sent.Path, sent.Status, sent.Err})
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
	srv, c := inProcess(t, hermodtest.Options{})
	c.outcome("/command/provision", prov(t, p256))
	for n := range 3 {
		f := &failing{TB: t}
		srv.AssertPrompts(f, n)
		require.Equal(t, n != 1, f.failed)
	}
}

// TestExchanged: each answer is told of once, as it was sent, over TLS and in process.
func TestExchanged(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(testing.TB, hermodtest.Options) (*hermodtest.Server, *caller){"listening": listening, "in process": inProcess} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var heard []hermodtest.Exchange
			srv, c := begin(t, hermodtest.Options{Exchanged: func(x hermodtest.Exchange) {
				mu.Lock()
				defer mu.Unlock()
				heard = append(heard, x)
			}})
			good := encoded(t, prov(t, p256))
			a, err := c.do(t.Context(), http.MethodPost, "/command/provision", "application/json", good)
			require.NoError(t, err)
			bad := c.post("/command/dance", object{})
			c.next()
			srv.Misbehave(hermodtest.Cut)
			_, err = c.do(t.Context(), http.MethodPost, "/command/provision", "application/json", good)
			require.Error(t, err)
			c.next()
			srv.Close()
			require.Equal(t, []hermodtest.Exchange{
				{Method: "POST", Path: "/hermod/rest/command/provision", RequestType: "application/json", Request: good, Status: 200, ContentType: "application/json", Answer: a.body},
				{Method: "POST", Path: "/hermod/rest/command/dance", RequestType: "application/json", Request: heard[1].Request, Status: 404, ContentType: "application/json", Answer: bad.body},
			}, heard)
		})
	}
}

// TestCallbackURL: callbacks go to another server of this machine, with TLS and without.
func TestCallbackURL(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, hermodtest.Options{})
	plain := httptest.NewServer(c)
	defer plain.Close()
	require.NoError(t, srv.SetCallbackURL(plain.URL+"/app/"))
	require.Equal(t, "/app/callback/provision", c.outcome("/command/provision", prov(t, p256)).path)
	secured := httptest.NewTLSServer(c)
	defer secured.Close()
	require.NoError(t, srv.SetCallbackURL(secured.URL+"/tls", secured.Certificate()))
	require.Equal(t, "/tls/callback/provision", c.outcome("/command/provision", prov(t, p256)).path)
	for _, bad := range []string{"https://hermod.example/", "ftp://127.0.0.1/", "http://127.0.0.1/?a=b", "::"} {
		require.Error(t, srv.SetCallbackURL(bad), bad)
	}

	secured.Close()
	started := c.accepted("/command/provision", prov(t, p256))
	require.Eventually(t, func() bool { return len(srv.Callbacks()) == 3 }, time.Minute, time.Millisecond)
	require.Equal(t, started.CommandID, srv.Callbacks()[2].CommandID)
	require.Error(t, srv.Callbacks()[2].Err, "nobody listens")
}

// The last of CallbackTo and SetCallbackURL counts.
func TestCallbackToAfterURL(t *testing.T) {
	t.Parallel()
	srv, c := listening(t, hermodtest.Options{})
	plain := httptest.NewServer(c)
	defer plain.Close()
	require.NoError(t, srv.SetCallbackURL(plain.URL))
	require.Equal(t, "/callback/provision", c.outcome("/command/provision", prov(t, p256)).path)
	srv.CallbackTo(c)
	require.Equal(t, "/hermod/rest/callback/provision", c.outcome("/command/provision", prov(t, p256)).path)
}

// TestNowhere: without an address a callback is noted, and goes nowhere.
func TestNowhere(t *testing.T) {
	t.Parallel()
	srv, err := hermodtest.NewInProcess(hermodtest.Options{})
	require.NoError(t, err)
	defer srv.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL()+"/command/provision", strings.NewReader(string(encoded(t, prov(t, p256)))))
	require.NoError(t, err)
	req.Header.Set("X-Api-Key", srv.APIKey())
	req.Header.Set("Content-Type", "application/json")
	resp, err := srv.RoundTripper().RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Eventually(t, func() bool { return len(srv.Callbacks()) == 1 }, time.Minute, time.Millisecond)
	require.ErrorContains(t, srv.Callbacks()[0].Err, "CallbackTo")
}

// A second CallbackTo replaces the first, over TLS and in process.
func TestCallbackToAgain(t *testing.T) {
	t.Parallel()
	for _, begin := range []func(testing.TB, hermodtest.Options) (*hermodtest.Server, *caller){listening, inProcess} {
		srv, first := begin(t, hermodtest.Options{})
		second := call(t, srv)
		second.outcome("/command/provision", prov(t, p256))
		require.Empty(t, first.callbacks)
	}
}

// TestConcurrently: many at once, each with its own callback.
func TestConcurrently(t *testing.T) {
	t.Parallel()
	srv, c := listening(t, hermodtest.Options{})
	_, err := srv.Enroll(user)
	require.NoError(t, err)
	srv.Person(hermodtest.Person{User: user, Callback: hermodtest.Twice})
	const n = 40
	var wg sync.WaitGroup
	ids := make(chan string, n)
	for range n {
		wg.Go(func() { ids <- c.accepted("/command/sign", signCommand("Pay?")).CommandID })
	}
	seen := make(map[string]int)
	for range 2 * n {
		cb := c.next()
		require.NotNil(t, cb.SignResponse.Result)
		seen[cb.CommandID]++
	}
	wg.Wait()
	close(ids)
	for id := range ids {
		require.Equal(t, 2, seen[id])
	}
	require.Len(t, seen, n)
	srv.AssertPrompts(t, n)
}

// A simulator that used the client's own code would agree with its mistakes: it is known in config.go alone, for its settings.
func TestSimulatorDoesNotUseTheClient(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	var users []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.ImportsOnly)
		require.NoError(t, err)
		if slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"github.com/gomss/gomss/adapters/hermod"` }) {
			users = append(users, e.Name())
		}
	}
	require.Equal(t, []string{"config.go"}, users)
}
