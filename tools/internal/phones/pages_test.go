package phones_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/tools/internal/phones"
)

// TestPageWithoutScript: forms and a refresh are enough.
func TestPageWithoutScript(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	ask := browser(t, hub)
	client := newClient(t, hub, nil)
	tx, err := client.Start(t.Context(), request(t, number))
	require.NoError(t, err)

	page := ask(http.MethodGet, "/", nil).body
	require.Contains(t, page, `<noscript><meta http-equiv="refresh" content="3; url=/"></noscript>`)
	require.Contains(t, page, "SIMULATOR")
	require.Contains(t, page, "Bank ACME: log in?")
	require.Contains(t, page, "German")
	require.Regexp(t, `(?s)role="status" aria-label="Screen of SIM card, Sandra Muster".*Verification code</span> <b>[A-Z2-7]{5}</b>`, page)

	// The form of the page, as it stands there.
	m := regexp.MustCompile(`action="(/handsets/mobileid-sim/sign)">\s*<input type="hidden" name="question" value="([^"]+)">\s*<button[^>]*>Enter PIN<span class="unseen"> – Mobile ID, SIM card of Sandra Muster</span>`).FindStringSubmatch(page)
	require.Len(t, m, 3, page)
	require.Equal(t, tx.MSSPTransID, m[2])
	a := ask(http.MethodPost, m[1], url.Values{"question": {m[2]}})
	require.Equal(t, http.StatusSeeOther, a.StatusCode)
	require.Equal(t, "/#mobileid-sim", a.Header.Get("Location"))
	st, err := client.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	require.NotNil(t, st.Evidence)
	require.NotContains(t, ask(http.MethodGet, "/", nil).body, "Bank ACME: log in?")

	require.Equal(t, http.StatusNotFound, ask(http.MethodPost, "/handsets/nobody/sign", nil).StatusCode)
	require.Equal(t, http.StatusNotFound, ask(http.MethodGet, "/handsets/nobody", nil).StatusCode)
	require.Equal(t, http.StatusNotFound, ask(http.MethodGet, "/elsewhere", nil).StatusCode)
	require.Contains(t, page, `Services</a>: <b class="good">well</b>`)
	require.Contains(t, page, `action="/misbehaviour/bankid"`)
	require.Equal(t, http.StatusMethodNotAllowed, ask(http.MethodGet, "/misbehaviour/bankid", nil).StatusCode)
	require.Equal(t, http.StatusNotFound, ask(http.MethodPost, "/misbehaviour/nobody", url.Values{"on": {"true"}}).StatusCode)
	require.Equal(t, http.StatusSeeOther, ask(http.MethodPost, "/misbehaviour/bankid", url.Values{"on": {"true"}}).StatusCode)
	require.True(t, misbehaves(t, hub, "bankid"))
	require.Contains(t, ask(http.MethodGet, "/history", nil).body, `Services</a>: bad day of <b class="bad">BankID</b>`)
	require.Equal(t, http.StatusSeeOther, ask(http.MethodPost, "/misbehaviour/bankid", url.Values{"on": {"false"}}).StatusCode)
	require.False(t, misbehaves(t, hub, "bankid"))
}

// TestButtonNames: no two buttons of the page are called the same, for those who hear them one by one.
func TestButtonNames(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	client := newClient(t, hub, nil)
	for _, n := range []string{number, "+41790000022"} {
		_, err := client.Start(t.Context(), request(t, n))
		require.NoError(t, err)
	}
	page := browser(t, hub)(http.MethodGet, "/", nil).body
	seen := make(map[string]bool)
	for _, m := range regexp.MustCompile(`<button[^>]*data-action[^>]*>(.*?)</button>`).FindAllStringSubmatch(page, -1) {
		require.False(t, seen[m[1]], m[1])
		seen[m[1]] = true
	}
	require.Len(t, seen, 6*2+2*3)
}

// TestTextsAreEscaped: what a relying party asks is a text, and no page.
func TestTextsAreEscaped(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	client := newClient(t, hub, nil)
	req := request(t, number)
	req.Display = `Bank ACME: <script>alert(1)</script>"'&`
	_, err := client.Start(t.Context(), req)
	require.NoError(t, err)
	ask := browser(t, hub)
	for _, path := range []string{"/", "/handsets/" + handset, address(last(t, hub, "MSS_Signature"))} {
		body := ask(http.MethodGet, path, nil).body
		require.Contains(t, body, "alert(1)", path)
		require.NotContains(t, body, "<script>", path)
	}
}

// TestHistoryPages: exchanges are legible, and passwords are not shown.
func TestHistoryPages(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	ask := browser(t, hub)
	for name, binding := range map[string]mssp.Binding{"soap": mssp.SOAP, "rest": mssp.JSON} {
		client := newClient(t, hub, func(cfg *mssp.Config) {
			cfg.Binding, cfg.APPassword = binding, mss.Conceal("correct-horse")
		})
		_, err := signSync(t, hub, client, number, handset, phones.Sign)
		require.NoError(t, err)
		var x *phones.Exchange
		require.Eventually(t, func() bool {
			x = last(t, hub, "MSS_Signature")
			return strings.Contains(x.Path, name)
		}, minute, tick)
		require.Contains(t, string(x.Request), "correct-horse")
		list := ask(http.MethodGet, "/history", nil).body
		require.Contains(t, list, `href="`+address(x)+`">MSS_Signature</a>`)
		require.Contains(t, list, `href="`+address(x)+`/scenario"`)
		page := ask(http.MethodGet, address(x), nil).body
		require.NotContains(t, page, "correct-horse")
		require.Contains(t, page, "(hidden)")
		require.Contains(t, page, "Bank ACME: log in?")
		require.Regexp(t, `(?s)<pre id="request".*\n {4,}`, page, "indented")
		for _, copies := range []string{`data-copy="request"`, `data-copy="answer"`, `data-copy-from="` + address(x) + `/scenario"`} {
			require.Contains(t, page, copies)
		}
		require.NotContains(t, x.RequestText()+x.AnswerText(), "correct-horse")
	}
	require.Equal(t, http.StatusNotFound, ask(http.MethodGet, "/history/9999", nil).StatusCode)
}

// TestEvents: a browser is told which handset has changed.
func TestEvents(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, hub.Address()+"/events", nil)
	require.NoError(t, err)
	r.AddCookie(cookie(t, hub))
	c := new(http.Client)
	defer c.CloseIdleConnections()
	resp, err := c.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	lines := bufio.NewScanner(resp.Body)
	next := func(event, data string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() != "event: "+event {
				continue
			}
			require.True(t, lines.Scan())
			if lines.Text() == "data: "+data {
				return
			}
		}
		t.Fatalf("the stream has ended before %s %s", event, data)
	}
	next("ready", fmt.Sprint(len(hub.History()))) // by which a page sees what it has missed
	require.Contains(t, browser(t, hub)(http.MethodGet, "/history", nil).body, fmt.Sprintf(`id="grown" data-last="%d"`, len(hub.History())))
	client := newClient(t, hub, nil)
	_, err = client.Start(t.Context(), request(t, "+41790000022"))
	require.NoError(t, err)
	next("handset", "mobileid-app")
	require.True(t, hub.Press("bankid", "", phones.ToggleNetwork))
	next("handset", "bankid")

	hub.Close() // ends the stream
	for lines.Scan() {
	}
	hub.Close() // twice is once
}
