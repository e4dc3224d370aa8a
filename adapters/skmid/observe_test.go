package skmid_test

import (
	"context"
	"crypto"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/mss"
)

// watcher writes down what an observer is told.
type watcher struct {
	mu    sync.Mutex
	lines []string
	all   []mss.Event
}

type watchKey struct{}

func (w *watcher) note(hook string, ctx context.Context, e mss.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ctx != nil && ctx.Value(watchKey{}) != "here" {
		hook += " without the context"
	}
	line := hook + " " + e.Operation
	if e.HTTPStatus != 0 {
		line += fmt.Sprintf(" HTTP %d", e.HTTPStatus)
	}
	if e.Code != 0 {
		line += fmt.Sprintf(" %d", e.Code)
	}
	if e.Result != "" {
		line += " " + string(e.Result)
	}
	w.lines = append(w.lines, line)
	w.all = append(w.all, e)
}

func (w *watcher) observer() *mss.Observer {
	hook := func(name string) func(context.Context, mss.Event) {
		return func(ctx context.Context, e mss.Event) { w.note(name, ctx, e) }
	}
	return &mss.Observer{
		Start: func(ctx context.Context, e mss.Event) context.Context {
			w.note("start", nil, e)
			return context.WithValue(ctx, watchKey{}, "here")
		},
		Sent: hook("sent"), Answered: hook("answered"), Poll: hook("poll"), Done: hook("done"),
		Judged: func(e mss.Event) { w.note("judged", nil, e) },
	}
}

func TestObserver(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	login := func(c *skmid.Client) error {
		tx, err := c.Start(t.Context(), authentication(t))
		if err != nil {
			return err
		}
		st, err := c.Poll(t.Context(), tx, 0)
		if err != nil || st.Evidence == nil {
			return err
		}
		_, err = c.Verify(st.Evidence)
		return err
	}
	begun := []string{"start MSS_Signature", "sent MSS_Signature", "answered MSS_Signature HTTP 200 100 ok", "done MSS_Signature HTTP 200 100 ok", "start MSS_StatusQuery", "sent MSS_StatusQuery"}
	for name, tt := range map[string]struct {
		status int // of the answer to a poll
		answer string
		do     func(*skmid.Client) error
		lines  []string
	}{
		"signed": {200, "", login, append(begun[:6:6], "answered MSS_StatusQuery HTTP 200 500 ok", "poll MSS_StatusQuery HTTP 200 500 ok", "done MSS_StatusQuery HTTP 200 500 ok", "judged MSS_Signature 500 ok")},
		"cancelled": {200, `{"state":"COMPLETE","result":"USER_CANCELLED"}`, login,
			append(begun[:6:6], "answered MSS_StatusQuery HTTP 200 401 fault", "poll MSS_StatusQuery HTTP 200 401 fault", "done MSS_StatusQuery HTTP 200 401 ok", "judged MSS_Signature 401 fault")},
		"outstanding": {200, `{"state":"RUNNING"}`, login,
			append(begun[:6:6], "answered MSS_StatusQuery HTTP 200 504 ok", "poll MSS_StatusQuery HTTP 200 504 outstanding", "done MSS_StatusQuery HTTP 200 504 ok")},
		"forgotten": {404, "", login, append(begun[:6:6], "answered MSS_StatusQuery HTTP 404 208 fault", "done MSS_StatusQuery HTTP 404 208 fault")},
		"no answer": {403, "", login, append(begun[:6:6], "answered MSS_StatusQuery HTTP 403 transport", "done MSS_StatusQuery HTTP 403 transport")},
		"refused here": {200, "", func(c *skmid.Client) error { _, err := c.Start(t.Context(), &mss.Request{}); return err },
			[]string{"start MSS_Signature", "done MSS_Signature refused"}},
		"with its certificate": {200, "", func(c *skmid.Client) error {
			req := signing(t, r.sign, crypto.SHA256)
			req.Key = nil
			_, err := c.Start(t.Context(), req)
			return err
		}, []string{
			"start MSS_Signature", "start MSS_ProfileQuery", "sent MSS_ProfileQuery", "answered MSS_ProfileQuery HTTP 200 100 ok", "done MSS_ProfileQuery HTTP 200 100 ok",
			"sent MSS_Signature", "answered MSS_Signature HTTP 200 100 ok", "done MSS_Signature HTTP 200 100 ok",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var digest []byte
			s := &service{respond: func(hr *http.Request, m map[string]string) *http.Response {
				switch {
				case strings.HasSuffix(hr.URL.Path, "/certificate"):
					return reply(200, `{"result":"OK","cert":"`+base64.StdEncoding.EncodeToString(r.sign.cert.Raw)+`"}`)
				case hr.Method == http.MethodPost:
					digest = unbase64(t, m["hash"])
					return reply(200, `{"sessionID":"`+session+`"}`)
				case name == "signed":
					return octets(200, r.auth.answer(t, mss.Authentication, crypto.SHA256, digest).bytes(t))
				}
				return reply(tt.status, tt.answer)
			}}
			w := new(watcher)
			cfg := config(r, s)
			cfg.Observer = w.observer()
			c, err := skmid.New(cfg)
			require.NoError(t, err)
			_ = tt.do(c)
			require.Equal(t, tt.lines, w.lines)
			for _, e := range w.all {
				require.Equal(t, c.Scope(), e.Scope)
				require.GreaterOrEqual(t, e.Duration, time.Duration(0))
			}
		})
	}
}
