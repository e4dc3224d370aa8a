package skmid_test

import (
	"bytes"
	"context"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/mss"
)

// sink collects everything that is printed.
type sink struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// print prints values in every way in which a program might.
func (s *sink) print(values ...any) {
	logger := slog.New(slog.NewJSONHandler(s, nil))
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(s, verb+"\n", v)
		}
		logger.Info("value", "v", v)
		if doc, err := json.Marshal(v); err == nil {
			_, _ = s.Write(doc)
		}
	}
}

// TestCanary does all that there is, well and badly, prints all that comes of it, and looks for the person in it.
func TestCanary(t *testing.T) {
	t.Parallel()
	const text = "canary of the text"
	r := newRealm(t)
	printed := new(sink)
	logger := slog.New(slog.NewJSONHandler(printed, &slog.HandlerOptions{Level: slog.LevelDebug}))
	for _, answer := range []string{
		"", `{"state":"RUNNING"}`, `{"state":"COMPLETE","result":"USER_CANCELLED"}`, `{"error":"` + phoneEE + " " + digits + `"}`, `<html>` + digits,
		`{"state":"COMPLETE","result":"OK"}`, `{"state":"COMPLETE","result":"OK","signature":{"value":"` + digits + `","algorithm":"` + digits + `"},"cert":"` + digits + `"}`,
	} {
		for _, status := range []int{200, 400, 401, 404, 500} {
			var digest []byte
			s := &service{respond: func(hr *http.Request, m map[string]string) *http.Response {
				switch {
				case hr.Method == http.MethodPost && (status == 200 || answer == ""):
					if m["hash"] == "" {
						return reply(200, `{"result":"OK","cert":"`+base64.StdEncoding.EncodeToString(r.sign.cert.Raw)+`"}`)
					}
					digest = unbase64(t, m["hash"])
					resp := reply(200, `{"sessionID":"`+session+`"}`)
					resp.Header.Set("Date", "Mon, 02 Jan 2006 15:04:05 GMT") // a warning
					return resp
				case answer == "" && strings.Contains(hr.URL.Path, "/authentication/"):
					return octets(200, r.auth.answer(t, mss.Authentication, crypto.SHA256, digest).bytes(t))
				case answer == "":
					return octets(200, r.sign.answer(t, mss.Signing, crypto.SHA256, digest).bytes(t))
				}
				return reply(status, answer)
			}}
			cfg := config(r, s)
			cfg.Logger = logger
			cfg.Observer = mss.Observers(mss.LogObserver(logger), &mss.Observer{Done: func(_ context.Context, e mss.Event) { printed.print(e) }})
			c, err := skmid.New(cfg)
			require.NoError(t, err)
			sign := signing(t, r.sign, crypto.SHA256)
			sign.Key = nil
			for _, req := range []*mss.Request{authentication(t), sign} {
				req.Display = text
				exercise(t, c, req, printed)
			}
		}
	}
	out := printed.b.String()
	require.Contains(t, out, "far apart", "the log is among it")
	require.Contains(t, out, `purpose:\"signing\"`, "and transactions")
	for what, canary := range map[string]string{
		"number": phoneEE[1:], "code": digits, "text": text, "given name": "JAAK", "surname": "JÕEORG", "text log in": "Log in?",
		"certificate": base64.StdEncoding.EncodeToString(r.auth.cert.Raw)[60:90],
	} {
		require.False(t, strings.Contains(out, canary), what)
	}
}

func exercise(t *testing.T, c *skmid.Client, req *mss.Request, printed *sink) {
	t.Helper()
	printed.print(req, *req, c.Scope(), req.Options, skmid.Options{Hash: crypto.SHA512})
	p, err := c.ProfileQuery(t.Context(), req.User)
	printed.print(p, err, errors.Unwrap(err))
	tx, err := c.Start(t.Context(), req)
	printed.print(tx, err, errors.Unwrap(err))
	if tx == nil {
		return
	}
	printed.print(*tx, c.Prompt(tx, time.Now()))
	st, err := c.Poll(t.Context(), tx, 0)
	printed.print(st, err, errors.Unwrap(err))
	if st == nil || st.Evidence == nil {
		return
	}
	sig, err := c.Verify(st.Evidence)
	printed.print(st.Evidence, sig, err, errors.Unwrap(err))
	if sig != nil {
		printed.print(*sig, sig.Proven, sig.Signer, &sig.Signer, sig.Asserted)
	}
}
