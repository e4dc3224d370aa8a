package registranttest_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// browser talks HTTP to a server.
type browser struct {
	t     *testing.T
	srv   *registranttest.Server
	http  *http.Client
	token string
}

func browse(t *testing.T, srv *registranttest.Server) *browser {
	t.Helper()
	roots := x509.NewCertPool()
	for _, c := range srv.HTTP().Roots {
		require.True(t, simulated.Marked(c))
		roots.AddCert(c)
	}
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(tr.CloseIdleConnections)
	return &browser{t: t, srv: srv, http: &http.Client{Transport: tr}}
}

// ask sends a request and returns status and body.
func (b *browser) ask(method, path, contentType, body string) (int, string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.srv.URL()+"/api/v1/registrant"+path, strings.NewReader(body))
	require.NoError(b.t, err)
	r.Header.Set("Content-Type", contentType)
	if b.token != "" {
		r.Header.Set("Authorization", b.token)
	}
	resp, err := b.http.Do(r)
	require.NoError(b.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	return resp.StatusCode, string(text)
}

func (b *browser) json(method, path, body string) (int, string) {
	b.t.Helper()
	return b.ask(method, path, "application/json", body)
}

const mari = `{"ident":"60001019906","first_name":"Mari","last_name":"Õunapuu","country_code":"ee"}`

// login takes a token into use.
func (b *browser) login(body string) {
	b.t.Helper()
	status, text := b.json("POST", "/auth/eid", body)
	require.Equal(b.t, 200, status, text)
	var answer struct {
		Token string `json:"access_token"`
	}
	require.NoError(b.t, json.Unmarshal([]byte(text), &answer))
	b.token = "Bearer " + answer.Token
}

// The exchange looks at the address, then at the members in their order, then makes the token.
func TestExchange(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("EET", 7200))
	srv := registranttest.NewServer(t, &registranttest.Options{Key: key, Now: func() time.Time { return now }})
	b := browse(t, srv)
	for body, want := range map[string]string{
		`{}`:                           `{"errors":[{"ident":["parameter is required"]}]}`,
		`{"last_name":"b"}`:            `{"errors":[{"ident":["parameter is required"]}]}`,
		`{"ident":"1"}`:                `{"errors":[{"first_name":["parameter is required"]}]}`,
		`{"ident":"1","last_name":""}`: `{"errors":[{"first_name":["parameter is required"]}]}`,
		`{"ident":"1","first_name":"a","last_name":""}`: `{"errors":[{"last_name":["parameter is required"]}]}`,
		`{"ident":1,"first_name":"a","last_name":"b"}`:  `{"errors":[{"ident":["parameter is required"]}]}`,
		`no JSON`: `{"errors":[{"ident":["parameter is required"]}]}`,
	} {
		status, text := b.json("POST", "/auth/eid", body)
		require.Equal(t, 422, status)
		require.JSONEq(t, want, text)
	}

	ident := "EE-60001019906"
	token, err := registranttest.Seal(key, &ident, "Mari Õunapuu", "2026-01-02 03:04:05 UTC")
	require.NoError(t, err)
	want := `{"access_token":"` + token + `","expires_at":"2026-01-02 03:04:05 UTC","type":"Bearer"}`
	form := url.Values{"ident": {"60001019906"}, "first_name": {"Mari"}, "last_name": {"Õunapuu"}}.Encode()
	for _, tt := range [][2]string{
		{"application/json", mari}, {"application/json", strings.Replace(mari, `,"country_code":"ee"`, "", 1)},
		{"application/x-www-form-urlencoded", form},
	} {
		status, text := b.ask("POST", "/auth/eid", tt[0], tt[1])
		require.Equal(t, 200, status)
		require.Equal(t, want, text, "in this order of members")
	}
	for _, at := range [][2]string{{"GET", "/auth/eid"}, {"POST", "/auth/token"}, {"POST", "/auth"}, {"GET", ""}} {
		status, _ := b.json(at[0], at[1], mari)
		require.Contains(t, []int{401, 404}, status, at)
	}

	closed := browse(t, registranttest.NewServer(t, &registranttest.Options{Allowed: []netip.Prefix{}}))
	status, text := closed.json("POST", "/auth/eid", "{}")
	require.Equal(t, 401, status, "before the members")
	require.JSONEq(t, `{"errors":[{"base":["Not authorized"]}]}`, text)
}

func TestBearer(t *testing.T) {
	t.Parallel()
	now := time.Now()
	srv := registranttest.NewServer(t, &registranttest.Options{Key: key, Now: func() time.Time { return now }})
	b := browse(t, srv)
	b.login(mari)
	good := b.token
	forge := func(ident *string, username string) string {
		token, err := registranttest.Seal(key, ident, username, "2099-01-01 00:00:00 UTC")
		require.NoError(t, err)
		return "Bearer " + token
	}
	ident, stranger := "EE-60001019906", "EE-60001019907"
	data, err := base64.URLEncoding.DecodeString(strings.TrimPrefix(good, "Bearer "))
	require.NoError(t, err)
	data[0] ^= 1
	for token, want := range map[string]int{
		good: 200, forge(&ident, "Mari Õunapuu"): 200,
		"": 401, strings.TrimPrefix(good, "Bearer "): 401, strings.Replace(good, "Bearer", "bearer", 1): 401,
		strings.Replace(good, "Bearer ", "Bearer  ", 1): 401, good[:len(good)-24]: 401, "Bearer x": 401,
		forge(nil, "test"): 401, forge(&stranger, "Mari Õunapuu"): 401, forge(&ident, "MARI ÕUNAPUU"): 401,
		"Bearer " + base64.URLEncoding.EncodeToString(data): 500,
	} {
		b.token = token
		status, text := b.json("GET", "/contacts", "")
		require.Equal(t, want, status, text)
		if want == 401 {
			require.JSONEq(t, `{"errors":[{"base":["Not authorized"]}]}`, text)
		}
	}

	// Another name ends the tokens of before, and the end of two hours all others.
	b.token = ""
	b.login(strings.Replace(mari, "Mari", "MARI", 1))
	status, _ := b.json("GET", "/contacts", "")
	require.Equal(t, 200, status)
	latest := b.token
	b.token = good
	status, _ = b.json("GET", "/contacts", "")
	require.Equal(t, 401, status)
	b.token = latest
	now = now.Add(2*time.Hour - time.Second)
	status, _ = b.json("GET", "/contacts", "")
	require.Equal(t, 200, status)
	now = now.Add(time.Second)
	status, _ = b.json("GET", "/contacts", "")
	require.Equal(t, 401, status)
}

// Ranges are checked, forms differ by list, and what is not there is 404.
func TestLists(t *testing.T) {
	t.Parallel()
	b := browse(t, registranttest.NewServer(t, nil))
	b.login(mari)
	for _, list := range []string{"/domains", "/contacts", "/companies"} {
		for query, want := range map[string]string{
			"?limit=0": "limit", "?limit=201": "limit", "?limit=x": "limit", "?limit=-1": "limit", "?offset=-1": "offset",
			"?limit=201&offset=-1": "limit",
		} {
			status, text := b.json("GET", list+query, "")
			require.Equal(t, 400, status)
			require.JSONEq(t, `{"errors":[{"`+want+`":["parameter is out of range"]}]}`, text)
		}
		status, text := b.json("GET", list+"?offset=99", "")
		require.Equal(t, 200, status)
		require.Contains(t, text, "[]")
	}
	var domains struct {
		Total, Count int
		Domains      []map[string]any
	}
	_, text := b.json("GET", "/domains?limit=2&simple=true", "")
	require.NoError(t, json.Unmarshal([]byte(text), &domains))
	require.Equal(t, 4, domains.Total)
	require.Equal(t, 3, domains.Count)
	require.Len(t, domains.Domains, 2)
	require.NotContains(t, domains.Domains[0], "transfer_code")
	_, text = b.json("GET", "/domains?tech=true", "")
	require.NoError(t, json.Unmarshal([]byte(text), &domains))
	require.Len(t, domains.Domains, 4)
	require.Contains(t, domains.Domains[0], "transfer_code")
	_, text = b.json("GET", "/contacts", "")
	require.True(t, strings.HasPrefix(text, "["), text)
	_, text = b.json("GET", "/companies", "")
	require.Contains(t, text, `{"name":"Näidis 1 OÜ","registry_no":"90000001","country_code":"EST"}`)

	for _, at := range [][2]string{
		{"GET", "/domains/x/y/z"}, {"PUT", "/domains"}, {"GET", "/users"}, {"GET", "/"}, {"GET", "/domains/x/registry_lock"}, {"DELETE", "/contacts/x"},
	} {
		status, _ := b.json(at[0], at[1], "")
		require.Equal(t, 404, status, at)
	}
	status, text := b.json("PATCH", "/contacts/x", "{}")
	require.Equal(t, 404, status)
	require.JSONEq(t, `{"errors":[{"base":["Contact not found"]}]}`, text)
}

// The same person has the same in every run, and nobody has another's.
func TestFixtures(t *testing.T) {
	t.Parallel()
	one, two := browse(t, registranttest.NewServer(t, nil)), browse(t, registranttest.NewServer(t, nil))
	one.login(mari)
	two.login(mari)
	_, first := one.json("GET", "/domains?simple=true", "")
	_, second := two.json("GET", "/domains?simple=true", "")
	require.Equal(t, first, second)
	two.token = ""
	two.login(strings.Replace(mari, `"ee"`, `"lt"`, 1))
	_, second = two.json("GET", "/domains?simple=true", "")
	require.NotEqual(t, first, second)
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]registranttest.Options{
		"every address": {Addr: ":0"}, "any address": {Addr: "0.0.0.0:0"}, "no port": {Addr: "127.0.0.1"}, "short key": {Key: "short"},
		"taken": {Addr: "127.0.0.1:99999"},
	} {
		_, err := registranttest.Start(&o)
		require.Error(t, err, name)
	}
	srv, err := registranttest.Start(&registranttest.Options{Addr: "localhost:0"})
	require.NoError(t, err)
	srv.Close()
	srv.Close()
}

// A request that is too large is refused; Close ends one that is held.
func TestRequests(t *testing.T) {
	t.Parallel()
	srv := registranttest.NewServer(t, nil)
	b := browse(t, srv)
	status, _ := b.json("POST", "/auth/eid", strings.Repeat("x", 65<<10))
	require.Equal(t, 413, status)
	b.login(mari)
	requests := srv.Requests()
	require.Len(t, requests, 2)
	require.Equal(t, 413, requests[0].Status)
	require.Equal(t, mari, string(requests[1].Body))

	srv.SetMisbehaviour(registranttest.Hold)
	done := make(chan error)
	go func() {
		resp, err := b.http.Get(srv.URL() + "/api/v1/registrant/contacts")
		if err == nil {
			resp.Body.Close()
		}
		done <- err
	}()
	require.Eventually(t, func() bool { return len(srv.Requests()) == 3 }, time.Minute, time.Millisecond)
	srv.Close()
	require.Error(t, <-done)
}
