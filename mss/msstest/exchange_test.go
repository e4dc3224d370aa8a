package msstest_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport/soap"
)

// tap remembers exchanges.
type tap struct {
	mu   sync.Mutex
	list []msstest.Exchange
}

func (p *tap) hear(x msstest.Exchange) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, x)
}

func (p *tap) heard() []msstest.Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]msstest.Exchange(nil), p.list...)
}

// Each answer is told of once, as it was sent, whatever it is.
func TestExchanged(t *testing.T) {
	t.Parallel()
	const xml, json = "text/xml;charset=UTF-8", "application/json"
	const limit = 64 << 10
	sign, err := soap.AppendRequest(nil, etsi.OpSignature, soap.WSDLForm, call(t, inProcess(t, nil)).ask(anna, synch))
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		method, path, contentType, body string
		kept                            int // of the body
		forge                           msstest.Forge
	}{
		"a signature":    {"POST", signaturePath, xml, string(sign), len(sign), 0},
		"a fault":        {"POST", signaturePath, xml, "<html/>", 7, 0},
		"JSON":           {"POST", "/rest/service", json, "{}", 2, 0},
		"no such":        {"POST", "/nowhere", xml, "unread", 0, 0},
		"other verb":     {"GET", signaturePath, xml, "", 0, 0},
		"other type":     {"POST", signaturePath, "text/plain", "unread", 0, 0},
		"the limit":      {"POST", signaturePath, xml, strings.Repeat("x", limit), limit, 0},
		"over the limit": {"POST", signaturePath, xml, strings.Repeat("x", limit+1), limit, 0},
		"far too long":   {"POST", signaturePath, xml, strings.Repeat("x", 1<<20+1), limit, 0},
		"broken off":     {"POST", signaturePath, xml, string(sign), len(sign), msstest.ForgeTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			heard := new(tap)
			srv := inProcess(t, &msstest.Options{Exchanged: heard.hear})
			srv.Script(anna, msstest.Person{Forge: tt.forge})
			req, err := http.NewRequestWithContext(t.Context(), tt.method, srv.URL()+tt.path, strings.NewReader(tt.body))
			require.NoError(t, err)
			req.Header.Set("Content-Type", tt.contentType)
			resp, err := srv.RoundTripper().RoundTrip(req)
			require.NoError(t, err)
			answer, err := io.ReadAll(resp.Body)
			require.Equal(t, tt.forge != msstest.Genuine, err != nil)
			require.NoError(t, resp.Body.Close())
			list := heard.heard()
			require.Len(t, list, 1)
			require.Equal(t, tt.body[:tt.kept], string(list[0].Request))
			require.Equal(t, string(answer), string(list[0].Answer))
			list[0].Request, list[0].Answer = nil, nil
			require.Equal(t, msstest.Exchange{Method: tt.method, Path: tt.path, RequestType: tt.contentType,
				Status: resp.StatusCode, ContentType: resp.Header.Get("Content-Type")}, list[0])
		})
	}
}

// On the wire an answer is told of when the client can have it, and while the person thinks nothing is.
func TestExchangedAfterTheAnswer(t *testing.T) {
	t.Parallel()
	answered, told := make(chan struct{}), make(chan bool, 1)
	cert := clientCertificate(t, cmstest.Signer{}, x509.ExtKeyUsageClientAuth)
	srv := msstest.NewServer(t, &msstest.Options{Clients: []*x509.Certificate{cert.Certificate}, Exchanged: func(msstest.Exchange) {
		select {
		case <-answered:
			told <- true
		case <-time.After(30 * time.Second):
			told <- false
		}
	}})
	srv.Script(anna, ignores)
	body, err := soap.AppendRequest(nil, etsi.OpSignature, soap.WSDLForm, call(t, inProcess(t, nil)).ask(anna, synch))
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL()+signaturePath, strings.NewReader(string(body)))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "text/xml;charset=UTF-8")
	go func() {
		for len(srv.Outstanding()) == 0 {
			time.Sleep(time.Millisecond)
		}
		srv.Act(srv.Outstanding()[0].ID, msstest.Sign)
	}()
	resp, err := dial(t, srv, cert.Key, tls.VersionTLS13, cert.Certificate).Do(req)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	defer resp.Body.Close()
	first := make([]byte, 1)
	_, err = io.ReadFull(resp.Body, first)
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
	srv := inProcess(t, &msstest.Options{Exchanged: heard.hear, Misbehave: &msstest.Misbehaviour{Cut: 1}})
	srv.Script(anna, msstest.Person{})
	_, err := client(t, srv).SignSync(t.Context(), login(t, srv))
	require.Error(t, err)
	require.Empty(t, heard.heard())
	srv.AssertPrompts(t, 1)
}

// A bad day can begin and end at any time.
func TestSetMisbehaviour(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]*msstest.Misbehaviour{"from the start": {Unavailable: 1}, "later": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := inProcess(t, &msstest.Options{Misbehave: start})
			srv.Script(anna, msstest.Person{})
			c := client(t, srv)
			try := func() error {
				_, err := c.SignSync(t.Context(), login(t, srv))
				return err
			}
			require.Equal(t, start != nil, try() != nil)
			srv.SetMisbehaviour(nil)
			require.NoError(t, try())
			m := &msstest.Misbehaviour{Unavailable: 1}
			srv.SetMisbehaviour(m)
			m.Unavailable = 0
			e := try()
			require.Error(t, e, "what was set does not change behind the server's back")
			srv.SetMisbehaviour(new(msstest.Misbehaviour))
			require.NoError(t, try())
			require.Panics(t, func() { srv.SetMisbehaviour(&msstest.Misbehaviour{Cut: 1.5}) })
			require.NoError(t, try(), "nothing was set")
			want := map[bool]int{true: 3, false: 4}[start != nil]
			srv.AssertPrompts(t, want)
		})
	}
}

// Switched while requests come, nothing is lost and nothing races.
func TestSetMisbehaviourUnderLoad(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	var all sync.WaitGroup
	for range 4 {
		c := &talker{call(t, srv), soapWire}
		all.Go(func() {
			for range 20 {
				if _, f, err := c.tryDo(t.Context(), etsi.OpProfileQuery, c.askProfile("41700092501"), new(etsi.ProfileResp)); err != nil || f != nil {
					t.Error(f, err)
				}
			}
		})
	}
	all.Go(func() {
		for i := range 200 {
			srv.SetMisbehaviour([]*msstest.Misbehaviour{nil, {Rewrite: 1, Unknown: 1}}[i%2])
			srv.Outstanding()
		}
	})
	all.Wait()
}
