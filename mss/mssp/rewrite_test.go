package mssp_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport"
	"github.com/stretchr/testify/require"
)

// roundTrip is a function as a RoundTripper.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// rewriting puts a change of every answer between a client and a simulator.
func rewriting(change func(operation string, r *http.Response, body string) string) func(*mssp.Config) {
	return func(cfg *mssp.Config) {
		cfg.HTTP.Wrap = func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(r *http.Request) (*http.Response, error) {
				resp, err := next.RoundTrip(r)
				if err != nil {
					return nil, err
				}
				body, err := io.ReadAll(resp.Body)
				if err != nil {
					return nil, err
				}
				_ = resp.Body.Close()
				operation := strings.TrimSuffix(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:], "Port")
				changed := change(operation, resp, string(body))
				resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(changed)), int64(len(changed))
				resp.Header.Del("Content-Length")
				return resp, nil
			})
		}
	}
}

// TestPromptsAreNeverRepeated cuts a kept connection under the second request, before any octet of an answer: the moment
// at which a client is tempted to send again. A poll may be repeated there, once; what rings a phone may not.
func TestPromptsAreNeverRepeated(t *testing.T) {
	t.Parallel()
	sim, err := msstest.NewInProcess(nil)
	require.NoError(t, err)
	defer sim.Close()
	var requests atomic.Int32
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if requests.Add(1) > 1 {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = conn.Close()
			}
		}
	}))
	defer srv.Close()
	c, err := mssp.New(mssp.Config{
		HTTP: transport.Config{URL: srv.URL, Roots: []*x509.Certificate{srv.Certificate()}},
		APID: sim.APID(), Anchors: sim.Anchors(), Defaults: mssp.Options{Profile: mssp.ProfileAny},
	})
	require.NoError(t, err)
	defer c.Close()
	tx := &mss.Transaction{
		Deadline: time.Now().Add(time.Minute), Provider: c.Scope(), TransID: "T1", MSSPTransID: "h1", User: mss.User{MSISDN: msisdn(t, person)},
		State: []byte(`{"d":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","p":"x"}`),
	}
	for _, tt := range []struct {
		name string
		call func() error
		want int32
	}{
		{"synchronous", func() error { _, err := c.SignSync(t.Context(), request(t, sim, person)); return err }, 2},
		{"asynchronous", func() error { _, err := c.Start(t.Context(), request(t, sim, person)); return err }, 2},
		{"poll", func() error { _, err := c.Poll(t.Context(), tx, 0); return err }, 3},
	} {
		requests.Store(0)
		for range 2 {
			_, ok := errors.AsType[*mss.TransportError](tt.call())
			require.True(t, ok, tt.name)
		}
		require.Equal(t, tt.want, requests.Load(), tt.name)
	}
}

// TestLostAnswerOfAPrompt breaks the connection under the answer: one prompt, and the error says that it may have rung.
func TestLostAnswerOfAPrompt(t *testing.T) {
	t.Parallel()
	for mode, sign := range modes {
		srv := msstest.NewServer(t, nil)
		srv.Script(person, msstest.Person{Forge: msstest.ForgeTruncated, ForgeAck: msstest.ForgeTruncated})
		_, err := sign(t, newClient(t, srv, nil), request(t, srv, person))
		te, ok := errors.AsType[*mss.TransportError](err)
		require.True(t, ok, "%s: %v", mode, err)
		require.True(t, mss.MayHaveRung(err))
		require.NotEqual(t, mss.NotSent, te.Sent)
		srv.AssertPrompts(t, 1)
	}
}

func TestAnswersThatAreNotTheServices(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(r *http.Response, body string) string{
		"HTTP 202":         func(r *http.Response, body string) string { r.StatusCode = http.StatusAccepted; return body },
		"HTTP 403":         func(r *http.Response, body string) string { r.StatusCode = http.StatusForbidden; return body },
		"HTML by its type": func(r *http.Response, body string) string { r.Header.Set("Content-Type", "text/html"); return body },
		"no type":          func(r *http.Response, body string) string { r.Header.Del("Content-Type"); return body },
		"empty":            func(*http.Response, string) string { return "" },
		"two answers":      func(_ *http.Response, body string) string { return body + body[strings.Index(body, "?>")+2:] },
		"another operation": func(_ *http.Response, body string) string {
			return strings.ReplaceAll(body, "MSS_Signature", "MSS_Receipt")
		},
		"status not integer": func(_ *http.Response, body string) string {
			return strings.Replace(body, `Value="500"`, `Value="5oo"`, 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := msstest.NewServer(t, nil)
			srv.Script(person, msstest.Person{})
			c := newClient(t, srv, rewriting(func(_ string, r *http.Response, body string) string { return change(r, body) }))
			_, err := c.SignSync(t.Context(), request(t, srv, person))
			te, ok := errors.AsType[*mss.TransportError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, mss.Answered, te.Sent)
			srv.AssertPrompts(t, 1)
		})
	}
}

// TestFaultOfSomethingBeforeTheService has a fault come with a status that the service does not use.
func TestFaultOfSomethingBeforeTheService(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := newClient(t, srv, rewriting(func(_ string, r *http.Response, body string) string {
		r.StatusCode = http.StatusForbidden
		return body
	}))
	_, err := c.SignSync(t.Context(), request(t, srv, "41791111111"))
	te, ok := errors.AsType[*mss.TransportError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, http.StatusForbidden, te.Status)
}

// TestEmptySignature has the service say 500 and send an empty signature.
func TestEmptySignature(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	c := newClient(t, srv, rewriting(func(_ string, _ *http.Response, body string) string {
		before, rest, ok := strings.Cut(body, "Base64Signature>")
		require.True(t, ok)
		return before + "Base64Signature>" + rest[strings.Index(rest, "</"):]
	}))
	_, err := c.SignSync(t.Context(), request(t, srv, person))
	ve, ok := errors.AsType[*mss.VerificationError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "status", ve.Check)
}

func TestContentTypes(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"text/xml", "application/xml; charset=UTF-8", "APPLICATION/SOAP+XML;Charset=utf-8", `application/soap+xml; charset=utf-8;action=""`} {
		srv := msstest.NewServer(t, nil)
		srv.Script(person, msstest.Person{})
		c := newClient(t, srv, rewriting(func(_ string, r *http.Response, body string) string {
			r.Header.Set("Content-Type", contentType)
			return body
		}))
		_, err := c.SignSync(t.Context(), request(t, srv, person))
		require.NoError(t, err, contentType)
	}
}

func TestAcknowledgementWithoutUsableID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "1x", "a:b", strings.Repeat("x", 65)} {
		srv := msstest.NewServer(t, nil)
		srv.Script(person, msstest.Person{})
		c := newClient(t, srv, rewriting(func(_ string, _ *http.Response, body string) string {
			before, rest, _ := strings.Cut(body, `MSSP_TransID="`)
			_, after, _ := strings.Cut(rest, `"`)
			return before + `MSSP_TransID="` + id + `"` + after
		}))
		_, err := c.Start(t.Context(), request(t, srv, person))
		require.Error(t, err, id)
		require.True(t, mss.MayHaveRung(err))
	}
}

func TestAcknowledgementWithAnotherStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"500", "502", "504", "4242", "99999999999999999999"} {
		srv := msstest.NewServer(t, nil)
		srv.Script(person, msstest.Person{})
		c := newClient(t, srv, rewriting(func(_ string, _ *http.Response, body string) string {
			return strings.Replace(body, `Value="100"`, `Value="`+status+`"`, 1)
		}))
		_, err := c.Start(t.Context(), request(t, srv, person))
		ve, ok := errors.AsType[*mss.VerificationError](err)
		require.True(t, ok, "%v", err)
		require.Equal(t, "status", ve.Check)
	}
}

// TestOutstandingAnswerOfSomebodyElse answers a poll with a 504 that belongs to another message.
func TestOutstandingAnswerOfSomebodyElse(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{After: time.Minute})
	c := newClient(t, srv, rewriting(func(operation string, _ *http.Response, body string) string {
		if operation == "MSS_StatusQuery" {
			return strings.Replace(body, `AP_TransID="T`, `AP_TransID="X`, 1)
		}
		return body
	}))
	tx, err := c.Start(t.Context(), request(t, srv, person))
	require.NoError(t, err)
	_, err = c.Poll(t.Context(), tx, 0)
	ve, ok := errors.AsType[*mss.VerificationError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "echo", ve.Check)
}

// TestFaultAboutThePoll polls a transaction that the service does not know: the fault is the error of the poll, and no
// outcome, and it does not make the phone silent that rang before.
func TestFaultAboutThePoll(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{After: time.Minute})
	c := newClient(t, srv, nil)
	tx, err := c.Start(t.Context(), request(t, srv, person))
	require.NoError(t, err)
	tx.MSSPTransID = "unknown"
	st, err := c.Poll(t.Context(), tx, 0)
	require.Nil(t, st)
	require.ErrorIs(t, err, mss.WrongParam)
	require.True(t, mss.MayHaveRung(err))

	late := *tx
	late.Deadline = time.Now().Add(-11 * time.Minute)
	_, err = c.Poll(t.Context(), &late, 0)
	var past *mss.RequestError
	require.ErrorAs(t, err, &past)
	require.Equal(t, "Transaction.Deadline", past.Field)

	tx.State = []byte("{}")
	_, err = c.Poll(t.Context(), tx, 0)
	var re *mss.RequestError
	require.ErrorAs(t, err, &re)
	require.Empty(t, c.Prompt(tx, time.Now()))
}

func TestPortalURL(t *testing.T) {
	t.Parallel()
	const original = "http://portal.example?msisdn=" + "41791111111"
	for replaced, want := range map[string]string{
		original:                                              original,
		"https://portal.example/x":                            "https://portal.example/x",
		"javascript:alert(1)":                                 "",
		"mobileid://auth":                                     "",
		"//portal.example":                                    "",
		"http:/portal.example":                                "",
		"file:///etc/passwd":                                  "",
		"data:text/html,x":                                    "",
		"https://portal.example/&#x202e;fdp":                  "https://portal.example/%E2%80%AEfdp",
		"https://portal.example@evil.example":                 "",
		"https://portal.example/?&#x202e;fdp":                 "", // escaped it would be another link
		"https://portal.example/" + strings.Repeat("x", 1000): "", // and so when cut
	} {
		srv := msstest.NewServer(t, nil)
		c := newClient(t, srv, rewriting(func(_ string, _ *http.Response, body string) string {
			require.Contains(t, body, original)
			return strings.Replace(body, original, replaced, 1)
		}))
		_, err := c.SignSync(t.Context(), request(t, srv, "41791111111"))
		f, ok := errors.AsType[*mss.Fault](err)
		require.True(t, ok, "%v", err)
		require.Equal(t, want, f.PortalURL.Reveal(), replaced)
		require.NotContains(t, err.Error(), "portal")
	}
}

// TestFaultTextsAreBounded has the service say more than anybody wants to read, and steer the terminal.
func TestFaultTextsAreBounded(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	detail := `<k:detail xmlns:k="http://kiuru.methics.fi/mssp">&#x9b;31m` + strings.Repeat("x", 1000) + `</k:detail>`
	c := newClient(t, srv, rewriting(func(_ string, _ *http.Response, body string) string {
		i := strings.Index(body, "Detail>") + len("Detail>")
		return body[:i] + strings.Repeat(detail, 20) + body[i:]
	}))
	_, err := c.SignSync(t.Context(), request(t, srv, "41791111111"))
	f, ok := errors.AsType[*mss.Fault](err)
	require.True(t, ok, "%v", err)
	require.Len(t, f.Details, 8)
	require.True(t, bytes.HasPrefix([]byte(f.Details[0].Reveal()), []byte(`\u{009B}31mxxx`)))
	require.Len(t, []rune(f.Details[0].Reveal()), 200+len(`\u{009B}`)) // one rune escaped, one "…"
}
