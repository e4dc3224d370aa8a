package login_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/proof"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/login"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/mss/track"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	base   = "https://bank.example/login/"
	origin = "https://bank.example"
	number = "+41791234567"
)

// site is an application with a login.
type site struct {
	*login.Handler
	mu     sync.Mutex
	logins []*mss.Signature
	asked  []mss.Request // as Config.Request was asked, without what the handler filled in
	urls   []string      // return URLs
}

// done returns the signatures that Config.Done was given.
func (s *site) done() []*mss.Signature {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*mss.Signature(nil), s.logins...)
}

// newSite makes an application around a service.
func newSite(t *testing.T, svc mss.Service, scope string, change ...func(*login.Config)) *site {
	t.Helper()
	return newSiteOn(t, svc, scope, new(track.Memory), change...)
}

// newSiteOn makes an application whose tracker and login have a store.
func newSiteOn(t *testing.T, svc mss.Service, scope string, store track.Store, change ...func(*login.Config)) *site {
	t.Helper()
	keys, err := mss.NewKeys(scope, bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	s := new(site)
	tracker, err := track.New(track.Config{Service: svc, Store: store, Keys: keys})
	require.NoError(t, err)
	c := login.Config{
		Tracker: tracker, Store: store, URL: base, Entry: "/",
		Session: func(r *http.Request) string {
			c, err := r.Cookie("session")
			if err != nil {
				return ""
			}
			return c.Value
		},
		Request: func(r *http.Request, returnURL string) (*mss.Request, error) {
			req := &mss.Request{Purpose: mss.Authentication, Display: "Simulator: " + text, AddCode: true}
			if n := r.FormValue("number"); n != "" {
				msisdn, err := mss.ParseMSISDN(n)
				if err != nil {
					return nil, err
				}
				req.User.MSISDN = msisdn
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			s.asked, s.urls = append(s.asked, *req), append(s.urls, returnURL)
			return req, nil
		},
		Done: func(w http.ResponseWriter, r *http.Request, sig *mss.Signature) {
			s.mu.Lock()
			s.logins = append(s.logins, sig)
			s.mu.Unlock()
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "renewed", Path: "/"})
			http.Redirect(w, r, "/account", http.StatusSeeOther)
		},
	}
	for _, f := range change {
		f(&c)
	}
	s.Handler, err = login.New(c)
	require.NoError(t, err)
	return s
}

// text is what the person reads on the phone.
const text = "log in to the bank?"

// mobileID makes an application of a simulated Mobile ID service, in the bubble of the test.
func mobileID(t *testing.T, p msstest.Person, change ...func(*login.Config)) (*site, *msstest.Server) {
	t.Helper()
	srv, err := msstest.NewInProcess(nil)
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	srv.Script(number, p)
	client, err := mssp.New(mssp.Config{
		HTTP: srv.HTTP(), APID: srv.APID(), Prefix: srv.Prefix(), Anchors: srv.Anchors(),
		Dialect: mssp.Swisscom(), Defaults: mssp.Options{Profile: mssp.ProfileAny},
	})
	require.NoError(t, err)
	t.Cleanup(func() { client.Close() })
	return newSite(t, client, client.Scope(), change...), srv
}

// browser is a browser with a session.
type browser struct {
	t       *testing.T
	site    http.Handler
	session string
	header  http.Header
}

func newBrowser(t *testing.T, s http.Handler) *browser {
	return &browser{t: t, site: s, session: "session-of-a-browser", header: http.Header{"Accept-Language": {"en"}}}
}

func (b *browser) do(method, path string, form url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(method, origin+path, strings.NewReader(form.Encode()))
	r.RemoteAddr = "192.0.2.1:4711"
	for k, v := range b.header {
		r.Header[k] = v
	}
	if b.session != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: b.session})
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
	}
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	require.Equal(b.t, "no-store", w.Header().Get("Cache-Control"), "%s %s", method, path)
	return w
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil)
}

func (b *browser) start() *httptest.ResponseRecorder {
	b.t.Helper()
	return b.do(http.MethodPost, "/login/start", url.Values{"number": {number}})
}

// started starts a login and returns when the browser is sent to the page that waits.
func (b *browser) started() {
	b.t.Helper()
	b.isSentTo(b.start(), "/login/wait")
}

func (b *browser) cancel() *httptest.ResponseRecorder {
	b.t.Helper()
	return b.do(http.MethodPost, "/login/cancel", nil)
}

func (b *browser) isSentTo(w *httptest.ResponseRecorder, path string) {
	b.t.Helper()
	require.Equal(b.t, http.StatusSeeOther, w.Code, w.Body)
	require.Equal(b.t, path, w.Header().Get("Location"))
}

func (b *browser) state() (s login.State) {
	b.t.Helper()
	w := b.get("/login/state")
	require.Equal(b.t, http.StatusOK, w.Code)
	require.Equal(b.t, "application/json", w.Header().Get("Content-Type"))
	require.NoError(b.t, json.Unmarshal(w.Body.Bytes(), &s))
	return s
}

var refresh = regexp.MustCompile(`<meta http-equiv="refresh" content="([0-9]+)">`)

// follow refreshes the page as a browser without scripts does, until the page does not refresh itself any more. It returns
// that answer and how often the page was fetched.
func (b *browser) follow() (w *httptest.ResponseRecorder, n int) {
	b.t.Helper()
	for n = 1; n < 1000; n++ {
		w = b.get("/login/wait")
		m := refresh.FindStringSubmatch(w.Body.String())
		if m == nil {
			return w, n
		}
		d, err := time.ParseDuration(m[1] + "s")
		require.NoError(b.t, err)
		require.Positive(b.t, d)
		time.Sleep(d)
	}
	b.t.Fatal("the page refreshes itself for ever")
	return nil, 0
}

// puller is a service that rings no phone: the person scans a code or follows a link.
type puller struct {
	prompt  func(tx *mss.Transaction, now time.Time) mss.Prompt
	ends    time.Duration     // when an order ends
	outcome func(n int) error // of the n-th order, from 1; nil: signed
	bad     bool              // signatures that no verifier made
	onStart func(req *mss.Request) error
	onPoll  func()

	mu     sync.Mutex
	orders []mss.Request
}

const pullScope = "pull|test"

func (p *puller) Scope() string { return pullScope }

func (p *puller) Start(ctx context.Context, req *mss.Request) (*mss.Transaction, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.orders = append(p.orders, *req)
	if p.onStart != nil {
		if err := p.onStart(req); err != nil {
			return nil, err
		}
	}
	if ctx.Err() != nil {
		return nil, &mss.TransportError{Sent: mss.MaybeSent, Err: ctx.Err()}
	}
	now := time.Now()
	return &mss.Transaction{
		Provider: pullScope, TransID: "T" + time.Now().Format("150405.000"), State: []byte{byte(len(p.orders))},
		Started: now, Deadline: now.Add(3 * time.Minute), PollAt: now.Add(2 * time.Second),
	}, nil
}

func (p *puller) started() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.orders)
}

func (p *puller) Prompt(tx *mss.Transaction, now time.Time) mss.Prompt {
	if p.prompt == nil {
		return mss.Prompt{}
	}
	return p.prompt(tx, now)
}

func (p *puller) Poll(_ context.Context, tx *mss.Transaction, _ time.Duration) (*mss.Status, error) {
	if p.onPoll != nil {
		p.onPoll()
	}
	if time.Since(tx.Started) < p.ends {
		return &mss.Status{After: 2 * time.Second, Hint: "outstandingTransaction"}, nil
	}
	return &mss.Status{Evidence: &mss.Evidence{Transaction: *tx, Received: time.Now(), Raw: []byte("answer")}}, nil
}

func (p *puller) Verify(ev *mss.Evidence) (*mss.Signature, error) {
	if p.outcome != nil {
		if err := p.outcome(int(ev.Transaction.State[0])); err != nil {
			return nil, err
		}
	}
	sig := &mss.Signature{Proven: mss.Proven{Signer: mss.Signer{ID: "PNOSE-199001011239"}}, Evidence: ev}
	if p.bad {
		return sig, nil
	}
	return mss.Verified(sig, proof.Of()), nil
}

// startFailed is what a service answers for an order that nobody picked up.
var startFailed = &mss.Fault{Code: mss.ExpiredTransaction, Native: "startFailed", Operation: mss.OpStatusQuery}

func nobodyPickedUp(err error) bool {
	f, ok := errors.AsType[*mss.Fault](err)
	return ok && f.Native == "startFailed"
}
