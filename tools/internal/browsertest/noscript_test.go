//go:build browser

package browsertest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/gomss/gomss/tools/internal/phones"
	"github.com/stretchr/testify/require"
)

// TestWithoutScripts: all pages do their work by forms and refreshes, too.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.bank.withoutScripts()
	s.phones.withoutScripts()
	s.phones.reload()

	sandra.begin(s, s.bank)
	s.bank.shows("This page looks again by itself.")
	require.Equal(t, s.bank.text("[data-code-text]"), s.phones.text(sandra.part(".code b")))
	sandra.insists(s, "sign")
	s.bank.arrives("/me")
	require.Equal(t, sandra.signer, s.bank.text("[data-signer]"))
	s.judge("login")

	s.bank.press(`a.button[href="/contract"]`)
	s.bank.press(`form[action^="/sign/"] button`)
	s.bank.arrives("/sign/mobileid/wait")
	sandra.insists(s, "sign")
	s.bank.arrives("/contract")
	sandra.insists(s, "ok")
	s.bank.shows("Receipt: read on the phone, and confirmed.")

	s.phones.press(`nav a[href="/history"]`)
	s.phones.follow("MSS_Signature")
	s.phones.shows("MSS_Signature")
	require.False(t, s.phones.has("[data-copy-from]"), "a button that does nothing")
	require.False(t, s.bank.has("[data-copy]"), "a button that does nothing")
}

// insists presses a button of the handset until it has done its work: a page that loads itself anew can swallow a click.
func (c customer) insists(s *stage, action string) {
	s.t.Helper()
	var question string
	waiting := func(want phones.Action) bool {
		h, ok := s.demo.Phones.Handset(c.handset)
		require.True(s.t, ok)
		return slices.ContainsFunc(h.Waiting, func(w phones.Waiting) bool {
			if question == "" && slices.Contains(w.Actions, want) {
				question = w.ID
			}
			return w.ID == question
		})
	}
	require.Eventually(s.t, func() bool { return waiting(phones.Action(action)) }, patience, 20*time.Millisecond)
	for end := time.Now().Add(patience); waiting(""); time.Sleep(500 * time.Millisecond) {
		require.True(s.t, time.Now().Before(end), "%s: nothing comes of it", action)
		at, err := chromedp.Run(s.phones.ctx, chromedp.Evaluate[[]float64](place(fmt.Sprintf(`document.querySelector(%q)`, c.button(action)))))
		if err == nil && at != nil {
			s.phones.do(chromedp.MouseClickXY(at[0], at[1]))
		}
	}
}
