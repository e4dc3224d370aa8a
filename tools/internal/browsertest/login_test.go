//go:build browser

package browsertest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLogin logs in with each handset, has the evidence judged by the command line that the page shows, and signs a contract.
func TestLogin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		customer
		code    bool   // the bank and the phone show the same one
		receipt string // what the page says in the end
	}{
		{sandra, true, "Receipt: read on the phone, and confirmed."},
		{reto, true, "Receipt: sent to the phone."},
		{mari, true, ""},
		{jonas, true, ""},
		{anna, false, ""},
		{alice, false, ""},
	} {
		t.Run(c.handset, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			c.begin(s, s.bank)
			if c.code {
				require.Equal(t, s.phones.text(c.part(".code b")), s.bank.text("[data-code-text]"))
			}
			require.Contains(t, s.phones.text(c.part(".prompt .text")), "Bank ACME: log in?")
			s.bank.accessible()
			s.phones.accessible()
			c.confirm(s)

			s.bank.arrives("/me")
			require.Equal(t, c.signer, s.bank.text("[data-signer]"))
			s.bank.accessible()
			s.judge("login")
			s.phones.loses(c.part(".prompt"))

			s.bank.press(`a.button[href="/contract"]`)
			s.bank.arrives("/contract")
			s.bank.accessible()
			digest := s.bank.text("[data-digest]")
			require.Contains(t, sh(t, s.download("/contract.txt", "contract.txt"), "sha256sum contract.txt"), digest)
			s.bank.press(`form[action^="/sign/"] button`)
			s.bank.arrives("/sign/" + c.way + "/wait")
			if c.way == "mobileid" { // whose phones show all that is signed
				require.Contains(t, s.phones.text(c.part(".prompt .text")), digest)
			}
			c.confirm(s)
			s.bank.arrives("/contract")
			s.bank.shows("Signed")
			if c.receipt != "" {
				s.phones.shows("thank you, contract S-1001 is signed.")
				s.phones.accessible()
				c.presses(s, "ok")
				s.bank.shows(c.receipt)
			}
			s.bank.accessible()
			s.judge("contract")
		})
	}
}
