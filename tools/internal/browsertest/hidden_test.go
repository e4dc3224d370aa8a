//go:build browser

package browsertest_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// hide has the page believe that another tab lies above it, or not any more. Without a window, no tab is above another.
func (b *tab) hide(on bool) {
	b.t.Helper()
	run(b, chromedp.Evaluate[bool](fmt.Sprintf(`(() => {
		Object.defineProperty(document, "hidden", {value: %t, configurable: true});
		return document.dispatchEvent(new Event("visibilitychange"));
	})()`, on)))
}

// TestManyTabs: more tabs wait than a browser has connections to a site, as only the one that is seen needs any.
func TestManyTabs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sandra.begin(s, s.bank)
	code := s.bank.text("[data-code-text]")
	s.bank.hide(true)
	for range 7 {
		b := s.person.tab()
		b.open(s.demo.URL() + "login/mobileid/wait")
		b.arrives("/login/mobileid/wait")
		require.Equal(t, code, b.text("[data-code-text]"))
		b.hide(true)
	}
	require.Equal(t, 1, s.rung("MSS_Signature"))
	sandra.presses(s, "sign")
	s.phones.loses(sandra.part(".prompt"))
	s.bank.hide(false) // who comes back to it is logged in
	s.bank.arrives("/me")
}

// TestManyPhones: the same for the page of the phones, which is told what it has missed.
func TestManyPhones(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	history := s.person.tab()
	history.open(s.demo.Phones.Address() + "/history")
	history.shows("provision")
	history.hide(true)
	s.phones.hide(true)
	for range 6 {
		b := s.person.tab()
		b.open(s.demo.Phones.Address() + "/")
		b.has(sandra.part(".screen"))
		b.hide(true)
	}
	sandra.begin(s, s.bank)
	require.False(t, history.has("#grown a"), "it is told when somebody looks")
	require.False(t, s.phones.has(sandra.part(".prompt")))
	s.phones.hide(false)
	sandra.presses(s, "sign")
	s.bank.arrives("/me")
	history.hide(false)
	history.press("#grown a")
	history.shows("MSS_Signature")
}
