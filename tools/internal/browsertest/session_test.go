//go:build browser

package browsertest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTwoTabs: a browser has one login, in all its tabs. The phone rings once, whoever asks again.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	other := s.person.tab()
	sandra.choose(s, other)
	sandra.begin(s, s.bank)
	code := s.bank.text("[data-code-text]")
	other.press("form.card button")
	other.arrives("/login/mobileid/wait")
	require.Equal(t, code, other.text("[data-code-text]"))
	require.Equal(t, code, s.phones.text(sandra.part(".code b")))
	require.Equal(t, 1, s.rung("MSS_Signature"))
	sandra.presses(s, "sign")

	// One of them enters; the other one ends where it is told so.
	for _, b := range []*tab{s.bank, other} {
		where := until[string](b, "an end", `location.pathname !== "/login/mobileid/wait" && document.readyState === "complete" ? location.pathname : null`)
		if where != "/me" {
			b.press(`a[href="/me"]`)
		}
		b.arrives("/me")
	}
	require.Equal(t, 1, s.rung("MSS_Signature"))
}

// TestAnotherBrowser: nobody else sees anything of a login, nor can they end it.
func TestAnotherBrowser(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sandra.begin(s, s.bank)
	stranger := newProfile(t).first
	stranger.open(s.demo.URL() + "?with=mobileid")
	stranger.open(s.demo.URL() + "login/mobileid/wait")
	stranger.arrives("/")
	sandra.presses(s, "sign")
	s.bank.arrives("/me")
	for _, path := range []string{"me", "contract"} {
		stranger.open(s.demo.URL() + path)
		stranger.arrives("/")
	}
	stranger.open(s.demo.URL() + "evidence/login")
	stranger.shows("There is no such evidence in this session.")
	stranger.accessible()
}

// TestReload: a page that is loaded anew in the middle goes on.
func TestReload(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, c := range []customer{sandra, anna} {
		c.begin(s, s.bank)
		s.phones.text(c.part(".prompt .text"))
		before := s.bank.text(".wait")
		s.bank.reload()
		s.bank.arrives("/login/" + c.way + "/wait")
		require.Equal(t, before, s.bank.text(".wait"))
		s.phones.reload()
		c.confirm(s)
		s.bank.arrives("/me")
		s.bank.reload()
		require.Equal(t, c.signer, s.bank.text("[data-signer]"))
		s.bank.press(`form[action="/logout"] button`)
		s.bank.arrives("/")
	}
	require.Equal(t, 1, s.rung("MSS_Signature"))
	require.Equal(t, 1, s.rung("auth"))
}

// TestBackButton: going back never rings a phone, and never shows what is over.
func TestBackButton(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sandra.begin(s, s.bank)
	code := s.bank.text("[data-code-text]")
	s.bank.back()
	s.bank.shows("Mobile number")
	s.bank.fill("#number", "+41790000021") // pages are not stored, and what was typed is not either
	s.bank.press("form.card button")
	s.bank.arrives("/login/mobileid/wait")
	require.Equal(t, code, s.bank.text("[data-code-text]"))
	sandra.presses(s, "sign")
	s.bank.arrives("/me")

	s.bank.back() // to the form: the page that waited has gone
	s.bank.shows("You are logged in.")
	s.bank.press(`a[href="/me"]`)
	s.bank.arrives("/me")
	s.bank.press(`form[action="/logout"] button`)
	s.bank.arrives("/")
	s.bank.back()
	s.bank.arrives("/")
	require.False(t, s.bank.has("[data-signer]"), "who was logged in is shown to whoever comes after them")
	require.Equal(t, 1, s.rung("MSS_Signature"))
}
