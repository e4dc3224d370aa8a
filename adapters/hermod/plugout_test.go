package hermod_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

const plugoutPrefix = "com.nexusgroup.plugout:///?"

// TestPlugout reads links with escapes of both kinds, and gives them back as they were.
func TestPlugout(t *testing.T) {
	t.Parallel()
	mixed := plugoutPrefix + "url=https%3a%2f%2fhermod.example%3A20400%2Fhermod%2frest%2Fms%2Fd07292df&token=5a1e-S3CRET"
	for _, link := range []string{mixed, strings.Replace(mixed, "com.nexus", "COM.Nexus", 1), mixed + "&new=1",
		plugoutPrefix + "token=5a1e-S3CRET&url=https://hermod.example:20400/hermod/rest/ms/d07292df"} {
		p, err := hermod.ParsePlugout(link)
		require.NoError(t, err)
		require.Equal(t, link, p.Text().Reveal(), "octet by octet")
		require.Equal(t, "https://hermod.example:20400/hermod/rest/ms/d07292df", p.Mailbox())
		require.Equal(t, "d07292df", p.BoxID())
		require.Equal(t, "5a1e-S3CRET", p.Token().Reveal())
	}
	made, err := hermod.NewPlugout("https://hermod.example:20400/hermod/rest/ms/d07292df", "5a1e-S3CRET")
	require.NoError(t, err)
	again, err := hermod.ParsePlugout(made.Text().Reveal())
	require.NoError(t, err)
	require.Equal(t, made, again)
	_, err = hermod.NewPlugout("http://hermod.example/ms/1", "t")
	require.Error(t, err)
	_, err = hermod.NewPlugout("https://hermod.example/ms/1", "")
	require.Error(t, err)
}

func TestPlugoutRefusals(t *testing.T) {
	t.Parallel()
	const mailbox, token = "url=https%3A%2F%2Fhermod.example%2Fms%2Fb0x", "token=S3CRET"
	_, err := hermod.ParsePlugout(plugoutPrefix + mailbox + "&" + token)
	require.NoError(t, err)
	for name, link := range map[string]string{
		"nothing":            "",
		"another scheme":     "javascript:///?" + mailbox + "&" + token,
		"a web address":      "https://hermod.example/?" + mailbox + "&" + token,
		"an authority":       "com.nexusgroup.plugout://host/?" + mailbox + "&" + token,
		"a path":             "com.nexusgroup.plugout:///x?" + mailbox + "&" + token,
		"a fragment":         plugoutPrefix + mailbox + "&" + token + "#x",
		"no token":           plugoutPrefix + mailbox,
		"no url":             plugoutPrefix + token,
		"two tokens":         plugoutPrefix + mailbox + "&" + token + "&" + token,
		"two urls":           plugoutPrefix + mailbox + "&" + mailbox + "&" + token,
		"an empty token":     plugoutPrefix + mailbox + "&token=",
		"a token of blanks":  plugoutPrefix + mailbox + "&token=%20S3CRET",
		"a wrong escape":     plugoutPrefix + mailbox + "&token=S3CRET%zz",
		"no https":           plugoutPrefix + "url=http%3A%2F%2Fhermod.example%2Fms%2Fb0x&" + token,
		"a user":             plugoutPrefix + "url=https%3A%2F%2Fu%40hermod.example%2Fms%2Fb0x&" + token,
		"no host":            plugoutPrefix + "url=https%3A%2F%2F%2Fms%2Fb0x&" + token,
		"a query":            plugoutPrefix + "url=https%3A%2F%2Fhermod.example%2Fms%2Fb0x%3Fa&" + token,
		"no mailbox":         plugoutPrefix + "url=https%3A%2F%2Fhermod.example%2Fms%2F&" + token,
		"a line end":         plugoutPrefix + mailbox + "&" + token + "\n",
		"an umlaut":          plugoutPrefix + mailbox + "&token=S3CRET\u00e4",
		"too much":           plugoutPrefix + mailbox + "&" + token + "&x=" + strings.Repeat("x", 2048),
		"a control in a url": plugoutPrefix + "url=https%3A%2F%2Fhermod.example%2F%0Ams%2Fb0x&" + token,
	} {
		_, err := hermod.ParsePlugout(link)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "S3CRET", name)
		require.NotContains(t, err.Error(), "b0x", name)
	}
}

// TestPlugoutPrints hides what opens the mailbox.
func TestPlugoutPrints(t *testing.T) {
	t.Parallel()
	p, err := hermod.NewPlugout("https://hermod.example:20400/hermod/rest/ms/b0x", "S3CRET")
	require.NoError(t, err)
	doc, err := json.Marshal(p)
	require.NoError(t, err)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("link", "p", p, "v", *p)
	out := fmt.Sprintf("%v %+v %#v %s %q %x %v", p, p, p, p, p, *p, []*hermod.Plugout{p}) + string(doc) + log.String() + p.Redacted()
	require.Contains(t, out, "hermod.example:20400")
	require.NotContains(t, out, "S3CRET")
	require.NotContains(t, out, "b0x")
}

// TestPrompt shows the Hermod's link and QR code as they came, and only what is a link of the app.
func TestPrompt(t *testing.T) {
	t.Parallel()
	box := func(bid, pid, uri string) map[string]any {
		return map[string]any{"to": bid, "bid": bid, "mid": "m", "pid": pid, "uri": uri, "location": brokerURL + "/ms/" + bid + "/m"}
	}
	link := func(token string) string {
		return plugoutPrefix + "url=https%3a%2F%2fhermod.example%2Fms%2Fb&token=" + token
	}
	for name, tc := range map[string]struct {
		boxes []any
		want  string
	}{
		"one":                          {[]any{box("a", aliceProfile, link("1"))}, link("1")},
		"the one with the key":         {[]any{box("a", "other", link("1")), box("b", aliceProfile, link("2"))}, link("2")},
		"the first, where it is open":  {[]any{box("a", "", link("1")), box("b", "", link("2"))}, link("1")},
		"none":                         {[]any{box("a", aliceProfile, "")}, ""},
		"one that would run a script":  {[]any{box("a", aliceProfile, "javascript:alert(1)")}, ""},
		"one that leads to a web page": {[]any{box("a", aliceProfile, "https://evil.example/?url=x&token=y"), box("b", "", link("2"))}, link("2")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &broker{respond: func(c *sent) *http.Response {
				return says(200, c.record(func(r map[string]any) { r["destinations"] = tc.boxes }))
			}}
			c := newBrokerClient(t, b)
			req := payment()
			req.AddCode = false
			tx := started(t, c, req)
			require.Equal(t, mss.Prompt{Link: mss.Conceal(tc.want), QR: mss.Conceal(tc.want)}, c.Prompt(tx, time.Now()))
			require.Zero(t, c.Prompt(tx, tx.Deadline))
			tx.State = nil
			require.Zero(t, c.Prompt(tx, time.Now()))
		})
	}
}

// TestManyMailboxes goes without a prompt where there is no room for it, and is answered all the same.
func TestManyMailboxes(t *testing.T) {
	t.Parallel()
	log := new(logged)
	var boxes []any
	for i := range 16 {
		id := fmt.Sprintf("%02d-%s", i, strings.Repeat("x", 33))
		boxes = append(boxes, map[string]any{"bid": id, "mid": id, "pid": aliceProfile, "location": brokerURL + "/ms/" + id + "/" + id,
			"uri": plugoutPrefix + "url=https%3A%2F%2Fhermod.example%2Fms%2F" + id + "&token=" + strings.Repeat("t", 100)})
	}
	addressed := func(r map[string]any) { r["destinations"] = boxes }
	b := &broker{respond: func(c *sent) *http.Response { return says(200, c.record(addressed)) }}
	c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Logger = slog.New(slog.NewTextHandler(log, nil)) })
	req := payment()
	req.Data, req.Display = mss.Text("I agree."), strings.Repeat("a", 675)
	tx := started(t, c, req)
	require.Contains(t, log.String(), "there is no prompt")
	require.True(t, c.Prompt(tx, time.Now()).Link.IsZero())
	require.Equal(t, 200, call(t, c, "sign", b.last().signed(addressed, func(r map[string]any) {
		r["responseHeader"] = map[string]any{"inReplyTo": boxes[15].(map[string]any)["location"], "status": 200}
	})))
	_, err := c.Verify(outcome(t, c, tx))
	require.NoError(t, err)
}

// TestAppLink starts the app on the same device.
func TestAppLink(t *testing.T) {
	t.Parallel()
	c := newBrokerClient(t, new(broker))
	tx := started(t, c, payment())
	for want, link := range map[string]hermod.AppLink{
		"personal://start": {},
		"personal://start?title=Log%20in%20%26%20go&redirect=https%3A%2F%2Facme.example%2Fback%3Fa%3D1%2B1": {Title: "Log in & go", Redirect: "https://acme.example/back?a=1+1"},
		"acme-app://start?title=A": {Scheme: "acme-app", Title: "A"},
	} {
		got, err := link.For(tx)
		require.NoError(t, err)
		require.Equal(t, want, got.Reveal())
	}
	for name, link := range map[string]hermod.AppLink{
		"a script":           {Scheme: "javascript"},
		"a web address":      {Scheme: "https"},
		"no scheme":          {Scheme: "a b"},
		"two lines":          {Title: "a\nb"},
		"an invisible title": {Title: "a\u202eb"},
		"a long title":       {Title: strings.Repeat("a", 129)},
		"http":               {Redirect: "http://acme.example"},
		"a script to return": {Redirect: "javascript:alert(1)"},
		"a user":             {Redirect: "https://a@acme.example"},
		"a long way":         {Redirect: "https://acme.example/" + strings.Repeat("a", 1024)},
		"a blank":            {Redirect: "https://acme.example/a b"},
	} {
		_, err := link.For(tx)
		require.Error(t, err, name)
	}
	tx.State = nil
	_, err := hermod.AppLink{}.For(tx)
	require.Error(t, err)
}
