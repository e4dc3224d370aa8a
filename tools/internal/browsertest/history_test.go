//go:build browser

package browsertest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestReplay copies a scenario out of the history, by the button of the page, and has the command run it.
func TestReplay(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sandra.logIn(s, s.bank)
	s.phones.press(`nav a[href="/history"]`)
	s.phones.accessible()
	s.phones.follow("MSS_Signature")
	s.phones.shows("MSS_Signature")
	s.phones.accessible()
	for _, part := range []string{"#request", "#answer"} {
		require.Contains(t, s.phones.text(part), "<soapenv:Envelope")
	}
	require.Contains(t, s.phones.text("#request"), "Bank ACME: log in?")

	c := chromedp.FromContext(s.phones.ctx)
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(s.phones.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			Origin: s.demo.Phones.Address(), BrowserContextID: c.BrowserContextID,
		})
		require.NoError(t, err)
	}
	s.phones.press("[data-copy-from]")
	require.Equal(t, "Copied.", s.phones.text("#copied"))
	copied := run(s.phones, chromedp.Evaluate[string](`navigator.clipboard.readText()`, chromedp.EvalAwaitPromise))
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "login.txtar"), []byte(copied), 0o600))
	require.Regexp(t, `^ok +`, sh(t, dir, "mss replay login.txtar"))
	require.NotContains(t, copied, s.demo.Phones.Token())

	// The same text as a page, for those whose browser does not let pages copy.
	s.phones.press(`a[href$="/scenario"]`)
	s.phones.shows("copied from the phone page of a simulator")
}

// TestHistory: the exchanges of all providers are there, and can be read by everybody.
func TestHistory(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.phones.press(`nav a[href="/history"]`)
	s.phones.shows("provision") // Hermod's device
	s.phones.accessible()
	for _, c := range []customer{anna, mari} {
		c.begin(s, s.bank)
		s.phones.press(`#grown a`)
		s.phones.press(`tbody tr a[href^="/history/"]`)
		require.Contains(t, s.phones.text("#request")+s.phones.text("#answer"), "{")
		require.False(t, s.phones.has("[data-copy-from]"), "scenarios are of Mobile ID alone")
		s.phones.accessible()
		s.phones.open(s.demo.Phones.Address() + "/")
		c.confirm(s)
		s.bank.arrives("/me")
		s.phones.press(`nav a[href="/history"]`)
		s.phones.shows("History")
	}
}
