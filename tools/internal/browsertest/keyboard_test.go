//go:build browser

package browsertest_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// tabTo presses the tab key until what is focused says a text, and sees on the way where the focus is.
func (b *tab) tabTo(text string) {
	b.t.Helper()
	type focus struct {
		Text    string
		Visible bool
	}
	b.settles()
	var passed []string
	for range 60 {
		b.do(chromedp.KeyEvent(kb.Tab))
		f := run(b, chromedp.Evaluate[focus](`(() => {
			const e = document.activeElement, style = getComputedStyle(e), r = e.getBoundingClientRect();
			return {
				text: (e.labels?.length ? e.labels[0].innerText : e.innerText || e.getAttribute("aria-label") || "").replace(/\s+/g, " ").trim(),
				visible: e === document.body || e.matches(":focus-visible") && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 &&
					r.width > 1 && r.height > 1,
			};
		})()`))
		require.True(b.t, f.Visible, "nobody sees that the focus is on %q", f.Text)
		if f.Text == text {
			return
		}
		passed = append(passed, f.Text)
	}
	require.FailNow(b.t, "the tab key never comes there", "%q: %q", text, passed)
}

// enter presses the enter key.
func (b *tab) enter() { b.t.Helper(); b.do(chromedp.KeyEvent(kb.Enter)) }

// TestKeyboard logs in and signs on the phone without a mouse.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.bank.tabTo("Mobile ID Switzerland: SIM card or app")
	s.bank.enter()
	s.bank.shows("Log in with Mobile ID")
	s.bank.tabTo("Mobile number")
	s.bank.do(chromedp.KeyEvent("+41790000021"))
	s.bank.enter()
	s.bank.arrives("/login/mobileid/wait")

	s.phones.text(sandra.button("sign"))
	s.phones.tabTo("Enter PIN – Mobile ID, SIM card of Sandra Muster")
	s.phones.enter()
	s.bank.arrives("/me")
	s.bank.tabTo("Read and sign")
	s.bank.enter()
	s.bank.arrives("/contract")
	s.bank.tabTo("Sign with Mobile ID")
	s.bank.enter()
	s.bank.arrives("/sign/mobileid/wait")

	// The focus is not lost where the phone's screen has changed.
	s.phones.text(sandra.button("cancel"))
	s.phones.tabTo("Cancel – Mobile ID, SIM card of Sandra Muster")
	s.phones.enter()
	require.Contains(t, s.bank.text(failed), "declined")
	s.phones.loses(sandra.part(".prompt"))
	require.True(t, run(s.phones, chromedp.Evaluate[bool](`document.activeElement.id === "mobileid-sim"`)))
	s.bank.tabTo("Begin again")
	s.bank.enter()
	s.bank.arrives("/contract")
}

// TestSkipLink: the first thing that the tab key finds leads past the head of the page.
func TestSkipLink(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, b := range []*tab{s.bank, s.phones} {
		b.reload()
		b.shows("Skip to the content")
		b.tabTo("Skip to the content")
		b.enter()
		require.Equal(t, "#main", run(b, chromedp.Evaluate[string](`location.hash`)))
	}
}
