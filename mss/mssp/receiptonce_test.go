package mssp_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport"
	"github.com/stretchr/testify/require"
)

// TestReceiptOnce: the service takes one receipt for a signature.
func TestReceiptOnce(t *testing.T) {
	t.Parallel()
	srv, c, s := newScripted(t, mssp.SOAP, nil)
	s.answer = receiptAnswers(nil)
	first, second := signed(t, srv, c), signed(t, srv, c)
	_, err := c.Receipt(t.Context(), first, thanks(srv, false))
	require.NoError(t, err)
	_, err = c.Receipt(t.Context(), first, thanks(srv, false))
	require.ErrorContains(t, err, "had its receipt")
	require.False(t, mss.MayHaveRung(err))
	_, err = c.Receipt(t.Context(), second, thanks(srv, false))
	require.NoError(t, err, "another signature")
	require.EqualValues(t, 2, s.sent.Load())

	other, err := c.WithAccount(mssp.Account{APID: "mid://other.example", Prefix: srv.Prefix()})
	require.NoError(t, err)
	_, err = other.Receipt(t.Context(), signed(t, srv, c), thanks(srv, false))
	require.ErrorContains(t, err, "was not made by this client's")
	require.EqualValues(t, 2, s.sent.Load())
}

// TestReceiptAgain: a receipt that provably reached nobody may be sent again, and no other.
func TestReceiptAgain(t *testing.T) {
	t.Parallel()
	fault := func(code string) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) {
			s := scripted{answer: func(*etsi.Operation, etsi.Message) (etsi.Message, *etsi.Fault) { return nil, faultOf(code) }}
			return s.RoundTrip(r)
		}
	}
	for name, tt := range map[string]struct {
		fail  func(*http.Request) (*http.Response, error)
		again bool
	}{
		"not sent":    {func(*http.Request) (*http.Response, error) { return nil, errors.New("no route") }, true},
		"refused 107": {fault("107"), true},
		"refused 105": {fault("105"), true},
		"maybe sent": {func(r *http.Request) (*http.Response, error) {
			_, err := io.Copy(io.Discard, r.Body)
			return nil, errors.Join(err, io.ErrUnexpectedEOF)
		}, false},
		"timed out on the phone": {fault("208"), false},
		"failed inside":          {fault("900"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c, s := newScripted(t, mssp.SOAP, nil)
			sig := signed(t, srv, c)
			tripped := 0
			s.answer = receiptAnswers(nil)
			failing := newClient(t, srv, func(cfg *mssp.Config) {
				cfg.HTTP.Base = roundTrip(func(r *http.Request) (*http.Response, error) {
					if tripped++; tripped == 1 {
						return tt.fail(r)
					}
					return s.RoundTrip(r)
				})
			})
			_, err := failing.Receipt(t.Context(), sig, thanks(srv, false))
			require.Error(t, err)
			require.Equal(t, !tt.again, mss.MayHaveRung(err))
			_, err = failing.Receipt(t.Context(), sig, thanks(srv, false))
			if tt.again {
				require.NoError(t, err)
				_, err = failing.Receipt(t.Context(), sig, thanks(srv, false))
			}
			require.ErrorContains(t, err, "had its receipt")
		})
	}
}

// TestSentOnce: where a kept connection breaks, a profile query goes out again; a receipt would ring twice, and a heartbeat
// is a request for a signature.
func TestSentOnce(t *testing.T) {
	t.Parallel()
	for _, binding := range bindings {
		t.Run(binding.String(), func(t *testing.T) {
			t.Parallel()
			srv, err := msstest.NewInProcess(nil)
			require.NoError(t, err)
			defer srv.Close()
			srv.Script(person, msstest.Person{})
			var broken atomic.Int32
			front := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil || !bytes.Contains(body, []byte("log in?")) { // no signature of a person
					broken.Add(1)
					panic(http.ErrAbortHandler) // no octet of an answer
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
				resp, err := srv.RoundTripper().RoundTrip(r)
				if err != nil {
					panic(http.ErrAbortHandler)
				}
				defer resp.Body.Close()
				w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
				w.WriteHeader(resp.StatusCode)
				_, _ = io.Copy(w, resp.Body) // a client that is gone needs no answer
			}))
			defer front.Close()
			c := newClient(t, srv, func(cfg *mssp.Config) {
				cfg.Binding = binding
				cfg.HTTP = transport.Config{URL: front.URL, Roots: []*x509.Certificate{front.Certificate()}}
			})
			for _, tt := range []struct {
				name string
				call func(*mss.Signature) error
				sent int32
			}{
				{"receipt", func(sig *mss.Signature) error {
					_, err := c.Receipt(t.Context(), sig, thanks(srv, false))
					require.True(t, mss.MayHaveRung(err))
					_, again := c.Receipt(t.Context(), sig, thanks(srv, false))
					require.ErrorContains(t, again, "had its receipt")
					return err
				}, 1},
				{"health", func(*mss.Signature) error { return c.Health(t.Context()) }, 1},
				{"profile", func(sig *mss.Signature) error { _, err := c.ProfileQuery(t.Context(), sig.User); return err }, 2},
			} {
				sig := signed(t, srv, c) // leaves a connection to break
				broken.Store(0)
				require.Error(t, tt.call(sig), tt.name)
				require.Equal(t, tt.sent, broken.Load(), tt.name)
			}
		})
	}
}
