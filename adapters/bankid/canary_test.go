package bankid_test

import (
	"bytes"
	"context"
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

	"github.com/gomss/gomss/adapters/bankid"
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
			_, _ = fmt.Fprintf(s, verb+"\n", v)
		}
		logger.Info("value", "v", v)
		if doc, err := json.Marshal(v); err == nil {
			_, _ = s.Write(doc)
		}
	}
}

// TestCanary does all that a client can, well and badly, prints all that comes of it, and looks for the person, the texts and
// the order's secrets in it.
func TestCanary(t *testing.T) {
	t.Parallel()
	const number, text, nonce, shop, hidden = "197210310020", "canary of the text", "c4n4ry", "Canary & Sons", "unseen canary"
	printed := new(sink)
	logger := slog.New(slog.NewJSONHandler(printed, &slog.HandlerOptions{Level: slog.LevelDebug}))
	complete := `{"orderRef":"` + orderRef + `","status":"complete","completionData":{"user":{"personalNumber":"` + number + `","name":"CANARY"},"signature":"` + number + `","ocspResponse":"` + number + `"}}`
	requests := func() []*mss.Request {
		o := bankid.Options{ReturnURL: "https://acme.example/#" + nonce, NonVisible: []byte(hidden), Web: &bankid.Web{Device: nonce}}
		pay := bankid.Options{Payment: &bankid.Payment{Recipient: shop, Amount: "1", Currency: "SEK"}}
		return []*mss.Request{
			{Purpose: mss.Authentication, EndUserIP: clientIP, User: swede(t, number), Display: text, Options: o},
			{Purpose: mss.Signing, EndUserIP: clientIP, Display: text, Options: pay},
			{Purpose: mss.Authentication, EndUserIP: clientIP, User: swede(t, number[:11]+"1"), Display: text},
			{Purpose: mss.Authentication, EndUserIP: clientIP, Display: text + "\u202e", Options: &o},
			{Purpose: mss.Signing, EndUserIP: clientIP, Display: text, Options: bankid.Options{ReturnURL: "http://" + nonce, NonVisible: []byte(hidden)}},
		}
	}
	for _, answer := range []string{accepted, "", `<html>` + number + qrSecret, `{"errorCode":"invalidParameters","details":"` + number + `"}`,
		status("pending", "userSign"), status("failed", "userCancel"), complete, complete[:100],
		strings.Replace(complete, orderRef, autoStart, 1), `{"orderRef":"x","autoStartToken":"` + autoStart + ` ","qrStartSecret":"` + qrSecret + `"}`} {
		for _, code := range []int{200, 400, 401, 500, 503} {
			s := &script{respond: func(m message) *http.Response {
				if code == 200 && answer != "" && answer[0] == '{' && !strings.HasSuffix(m.path, "collect") && !strings.Contains(answer, qrSecret) {
					return says(200, accepted)
				}
				return says(code, answer)
			}}
			for _, req := range requests() { // each with its own client, which would not collect one order twice
				c := newTestClient(t, s, func(cfg *bankid.Config) {
					cfg.Logger = logger
					cfg.Observer = mss.Observers(mss.LogObserver(logger), &mss.Observer{Done: func(_ context.Context, e mss.Event) { printed.print(e) }})
				})
				printed.print(c.Scope(), c.Health(t.Context()))
				exerciseClient(t, c, req, printed)
			}
		}
	}
	out := printed.b.String()
	require.True(t, strings.Contains(out, "mss exchange"), "the log is among it")
	require.True(t, strings.Contains(out, `purpose:"signing"`), "and transactions")
	require.True(t, strings.Contains(out, "mss verification"), "and judgements")
	for what, canary := range map[string]string{
		"number": number, "text": text, "nonce": nonce, "shop": "Canary &", "hidden": hidden, "name": "CANARY",
		"QR secret": qrSecret, "QR token": qrToken, "start token": autoStart,
	} {
		require.False(t, strings.Contains(out, canary), what)
	}
}

func exerciseClient(t *testing.T, c *bankid.Client, req *mss.Request, printed *sink) {
	t.Helper()
	printed.print(req, *req, req.Options)
	if o, ok := req.Options.(bankid.Options); ok {
		printed.print(&o, o.Payment)
	}
	tx, err := c.Start(t.Context(), req)
	printed.print(tx, err, errors.Unwrap(err))
	if tx == nil {
		return
	}
	link, err := bankid.AutostartLink(tx, bankid.Desktop, "")
	printed.print(*tx, c.Prompt(tx, time.Now()), link, err)
	st, err := c.Poll(t.Context(), tx, 0)
	printed.print(st, err, errors.Unwrap(err), c.Cancel(t.Context(), tx))
	if st == nil || st.Evidence == nil {
		return
	}
	sig, err := c.Verify(st.Evidence)
	printed.print(st.Evidence, sig, err, errors.Unwrap(err))
}
