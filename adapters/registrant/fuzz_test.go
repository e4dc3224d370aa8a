package registrant_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
	"github.com/stretchr/testify/require"
)

// canned answers everything with the same body.
type canned struct {
	status int
	body   []byte
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return &http.Response{
		StatusCode: c.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(c.body)), ContentLength: int64(len(c.body)),
	}, nil
}

// FuzzAnswers feeds all calls with one answer: nobody panics, what comes back is a result or one of two errors, and what
// is kept of a refusal is bounded and printable.
func FuzzAnswers(f *testing.F) {
	seeds := []string{
		`{"errors":[{"base":["Domain not found"]}]}`, `{"errors":{"phone":["Phone nr is invalid"]}}`, `{"error":"Not authorized"}`,
		`{"access_token":"bmFpZGlz","expires_at":"2099-07-13 11:30:51 UTC","type":"Bearer"}`,
		`{"total":1,"count":1,"domains":[{"id":"` + anID + `","name":"naidis.test"}]}`,
		`{"id":"` + anID + `","name":"naidis.test","locked_by_registrant_at":"2026-01-02T03:04:05.678+02:00","statuses":["ok"],"nameservers":[{}]}`,
		`[{"id":"` + anID + `","ident":{"code":"1"},"address":{},"disclosed_attributes":[]}]`, `{"update_contacts":true,"counter":1}`,
		`{"companies":[{"registry_no":"1"}]}`, `{"companies":[]}`, `[]`, `{"errors":[[],{},1,{"a":{"b":["c"]}}]}`, "<html>",
	}
	require.NotEmpty(f, seeds)
	for i, s := range seeds {
		f.Add([]int{200, 401, 404, 422, 503}[i%5], []byte(s))
	}
	sig := mariLiis().signature(f)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 {
			return
		}
		now := sig.Evidence.Received
		cfg := registrant.Config{Now: func() time.Time { return now }, HTTP: transport.Config{URL: "https://registry.invalid", Base: canned{status, body}}, PageSize: 200}
		c, err := registrant.New(cfg)
		require.NoError(t, err)
		for op, do := range operations {
			if op == "exchange" {
				continue // with a certificate for each; below with one
			}
			checkError(t, do(t.Context(), t, c))
		}
		token, err := c.Exchange(t.Context(), sig)
		checkError(t, err)
		if err == nil {
			require.NotEmpty(t, token.Reveal())
			require.True(t, token.Expires().After(now))
		}
	})
}

func checkError(t *testing.T, err error) {
	if err == nil {
		return
	}
	if failed, ok := errors.AsType[*mss.TransportError](err); ok {
		require.Equal(t, mss.Answered, failed.Sent)
		return
	}
	refusal, ok := errors.AsType[*registrant.Error](err)
	if !ok {
		require.ErrorContains(t, err, "does not end", "a full page again and again")
		return
	}
	require.LessOrEqual(t, len(refusal.Fields), 16)
	for _, f := range refusal.Fields {
		require.LessOrEqual(t, len(f.Texts), 8)
		require.Regexp(t, `^[a-z_.]{0,40}$`, f.Name)
		for _, text := range f.Texts {
			require.True(t, utf8.ValidString(text.Reveal()))
			require.NotContains(t, text.Reveal(), "\x1b")
		}
	}
}
