//go:build browser

package browsertest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestPhonesAreGuarded: without the token of the address that was printed, nobody plays the phones.
func TestPhonesAreGuarded(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	require.Equal(t, s.demo.Phones.Address()+"/", run(s.phones, chromedp.Location()), "the token does not stay in the address bar")
	require.Equal(t, "", run(s.phones, chromedp.Evaluate[string](`document.cookie`)), "scripts do not see the token")
	stranger := newProfile(t).first
	for _, path := range []string{"/", "/?token=", "/?token=AAAAAAAAAAAAAAAAAAAAAAAAAA", "/history", "/handsets/mobileid-sim", "/api/handsets", "/events"} {
		answer := run(stranger, chromedp.NavigateResponse(s.demo.Phones.Address()+path))
		require.EqualValues(t, http.StatusForbidden, answer.Status, path)
	}
}

// TestForeignForm: a page of another origin can send the browser with its cookies, and not have it press a button or begin a
// login. Another port of this machine is the same site for a browser, so that its cookies come along.
func TestForeignForm(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sandra.begin(s, s.bank)
	s.phones.text(sandra.button("sign"))
	for _, target := range []string{
		s.demo.Phones.Address() + "/handsets/mobileid-sim/sign",
		s.demo.URL() + "login/mobileid/cancel",
		s.demo.URL() + "logout",
	} {
		page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Prizes</title><form method="post" action="%s"><button>Win!</button></form>`, target)
		}))
		t.Cleanup(page.Close)
		evil := s.person.tab()
		evil.open(page.URL)
		answer, err := chromedp.RunResponse(evil.ctx, chromedp.Click(chromedp.CSS("button"), chromedp.NodeVisible))
		require.NoError(t, err)
		require.EqualValues(t, http.StatusForbidden, answer.Status, target)
	}
	s.bank.shows("Your phone must show this code.")
	require.True(t, s.phones.has(sandra.button("sign")), "the phone waits still")
	sandra.presses(s, "sign")
	s.bank.arrives("/me")
}

// TestNoFrames: no page of ours is shown within another one, where clicks could be stolen.
func TestNoFrames(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, url := range []string{s.demo.URL(), s.demo.Phones.Address()} {
		page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Prizes</title><iframe src="%s" onload="document.title = 'loaded'"></iframe>`, url)
		}))
		t.Cleanup(page.Close)
		evil := s.person.tab()
		evil.complains = true
		evil.open(page.URL)
		until[bool](evil, "the frame", `document.title === "loaded" || null`)
		require.Nil(t, run(evil, chromedp.Evaluate[any](`document.querySelector("iframe").contentDocument`)))
		require.NotEmpty(t, evil.complaints(), "the browser refuses the frame and says so")
	}
}
