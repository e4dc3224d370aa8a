//go:build browser

package browsertest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAnotherCard: a new SIM card has another serial number, and its owner is not known by it: nobody is let in before they have
// proven in another way that it is them.
func TestAnotherCard(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sandra.logIn(s, s.bank)
	s.bank.press(`form[action="/logout"] button`)
	s.bank.arrives("/")
	sandra.presses(s, "change-sim")
	s.phones.shows("changed 1×")

	refused := func() {
		t.Helper()
		sandra.begin(s, s.bank)
		sandra.presses(s, "sign")
		s.bank.arrives("/refused")
		require.Contains(t, s.bank.text(failed), "Your mobile signature is not the one known for your account.")
	}
	refused()
	s.bank.looks("refused")
	s.bank.open(s.demo.URL() + "me")
	s.bank.arrives("/")

	refused()
	s.bank.fill("#code", "WRONG")
	s.bank.press(`form[action="/refused"] button`)
	s.bank.shows("That was not the code of the letter.")
	s.bank.accessible()
	s.bank.fill("#code", s.bank.text("[data-letter]"))
	s.bank.press(`form[action="/refused"] button`)
	s.bank.shows("We know your new phone now")
	s.bank.accessible()
	sandra.begin(s, s.bank)
	sandra.presses(s, "sign")
	s.bank.arrives("/me")
	require.Equal(t, "MIDCHESANDRA0001", s.bank.text("[data-signer]"))
}
