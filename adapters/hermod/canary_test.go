package hermod_test

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

	"github.com/gomss/gomss/adapters/hermod"
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

// canaries are what nobody may find in a log. The registry's device has the first two.
var canaries = map[string]string{
	"user": aliceID, "subject": "CANARY", "profile": aliceProfile, "box": aliceBox, "text": "canary of the text", "data": "canary of the data",
	"title": "canary of the title", "token": "t0ken-", "key": brokerAPIKey, "password": brokerPassword, "words": "canary of the server",
	"foreign": "canary of a field",
}

// TestCanary does all that a client can, well and badly, prints all that comes of it, and looks for the person, the texts, our
// passwords and the links in it.
func TestCanary(t *testing.T) {
	t.Parallel()
	printed := new(sink)
	logger := slog.New(slog.NewJSONHandler(printed, &slog.HandlerOptions{Level: slog.LevelDebug}))
	observer := mss.Observers(mss.LogObserver(logger), &mss.Observer{Done: func(_ context.Context, e mss.Event) { printed.print(e) }})
	answers := map[string]func(*sent) *http.Response{
		"a record": nil,
		"early":    func(*sent) *http.Response { return nil },
		"words":    func(*sent) *http.Response { return says(400, `{"message":"canary of the server `+aliceID+`"}`) },
		"HTML": func(*sent) *http.Response {
			r := says(200, "<html>canary of the server "+aliceID)
			r.Header.Set("Content-Type", "text/html")
			return r
		},
		"half": func(c *sent) *http.Response { return says(200, c.record()[:100]) },
		"foreign": func(c *sent) *http.Response {
			return says(200, c.record(func(r map[string]any) { r["state"] = "canary of a field" }))
		},
		"refused": func(c *sent) *http.Response { return says(200, c.final(403, nil)) },
		"no link": func(c *sent) *http.Response {
			return says(200, strings.ReplaceAll(c.record(), "com.nexusgroup.plugout", "canary of a field"))
		},
		"foreign host": func(c *sent) *http.Response {
			return says(200, c.record(func(r map[string]any) { r["fqdn"] = "canary of a field" }))
		},
	}
	requests := []*mss.Request{
		{Purpose: mss.Authentication, User: aliceUser(), Display: canaries["text"], Options: jwsOptions},
		{Purpose: mss.Signing, User: aliceUser(), Display: canaries["text"], Data: mss.Text(canaries["data"]), Options: jwsOptions},
		{Purpose: mss.Signing, User: mss.User{ID: mss.UserID{Private: mss.Conceal("@" + aliceID)}}, Display: canaries["text"]},
		{Purpose: mss.Signing, User: aliceUser(), Display: canaries["text"] + "\u202e", Key: alice().cert},
		{Purpose: mss.Signing, User: aliceUser(), Display: canaries["text"], Key: brokerCA().cert},
	}
	for name, respond := range answers {
		for _, req := range requests {
			b := &broker{respond: respond}
			c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Logger, cfg.Observer = logger, observer })
			if name == "early" {
				b.respond = func(cmd *sent) *http.Response { call(t, c, cmd.segment(), cmd.signed()); return nil }
			}
			printed.print(c.Scope(), req, *req, req.Options)
			exercise(t, c, b, req, printed)
		}
	}
	_, err := hermod.ParsePlugout("com.nexusgroup.plugout:///?url=x&token=t0ken-1")
	printed.print(err)
	out := printed.b.String()
	for _, line := range []string{"mss exchange", `purpose:"signing"`, "mss verification", "a callback was not taken", "that cannot be used"} {
		require.True(t, strings.Contains(out, line), "%s is among it", line)
	}
	for what, canary := range canaries {
		require.False(t, strings.Contains(strings.ToLower(out), strings.ToLower(canary)), what)
	}
}

// exercise asks, is called back in all ways, and judges.
func exercise(t *testing.T, c *hermod.Client, b *broker, req *mss.Request, printed *sink) {
	t.Helper()
	tx, err := c.Start(t.Context(), req)
	printed.print(tx, err, errors.Unwrap(err))
	if tx == nil {
		return
	}
	link, err := hermod.AppLink{Title: canaries["title"]}.For(tx)
	printed.print(*tx, c.Prompt(tx, time.Now()), link, err)
	cmd := b.last()
	segment := cmd.segment()
	if p, err := hermod.ParsePlugout(cmd.plugout()); err == nil {
		printed.print(p, *p)
	}
	signed := cmd.signed(func(r map[string]any) { r["new"] = canaries["foreign"] })
	post(t, c, "/callback/"+segment, signed, aliceID, canaries["foreign"])
	post(t, c, "/callback/"+canaries["foreign"][:6], signed, brokerUser, brokerPassword)
	for _, doc := range []string{
		signed[:len(signed)-1], `{"` + canaries["foreign"] + `":1,"` + canaries["foreign"] + `":2}`,
		cmd.final(0, nil, func(r map[string]any) { r["externalId"] = canaries["foreign"] }),
		cmd.final(0, nil, func(r map[string]any) { r["commandId"] = "12" }), signed, cmd.final(401, nil),
	} {
		call(t, c, segment, doc)
	}
	st, err := c.Poll(t.Context(), tx, 0)
	printed.print(st, err, errors.Unwrap(err))
	late, err := c.Late(t.Context(), tx)
	printed.print(late, err)
	if st == nil || st.Evidence == nil {
		return
	}
	sig, err := c.Verify(st.Evidence)
	printed.print(st.Evidence, sig, err, errors.Unwrap(err))
	for _, doc := range []string{
		cmd.final(0, map[string]any{"contenttype": canaries["foreign"], "data": "x"}), cmd.final(0, map[string]any{"contenttype": "jws", "data": canaries["foreign"]}),
		cmd.signed(func(r map[string]any) { r["state"] = canaries["foreign"] }), cmd.signed(func(r map[string]any) { r["fqdn"] = canaries["foreign"] }),
		cmd.signed(func(r map[string]any) { r["commandType"] = canaries["foreign"] }), canaries["foreign"],
	} {
		ev := *st.Evidence
		ev.Raw = []byte(doc)
		sig, err := c.Verify(&ev)
		printed.print(sig, err, errors.Unwrap(err))
	}
}
