//go:build browser

package browsertest_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestScan: nobody types anything; whoever scans the code, or follows the link, logs in as who they are.
func TestScan(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	nobody := customer{anna.handset, anna.way, nil, anna.signer}
	nobody.begin(s, s.bank)
	const picture = `document.querySelector(".qr")?.naturalWidth && document.querySelector(".qr").src || null`
	first := until[string](s.bank, "the code", picture)
	second := until[string](s.bank, "the next code", `(() => { const src = `+picture+`; return src !== "`+first+`" ? src : null })()`)
	require.NotEqual(t, first, second)
	require.Regexp(t, `^https://app\.bankid\.com/\?autostarttoken=`, until[string](s.bank, "the link", `document.querySelector("[data-link] a")?.href`))
	s.bank.accessible()
	until[string](s.bank, "a page", `document.body.dataset.same = "page"`)
	s.phones.shows("On a screen, not yet in the app")
	s.phones.accessible()
	nobody.presses(s, "scan")
	s.bank.loses(".qr") // there is nothing to scan any more
	require.True(t, until[bool](s.bank, "a page", `document.body && document.body.dataset.same === "page"`), "progress came by loading the page anew")
	s.bank.accessible()

	// News of what the page shows already leaves it alone: a button that is replaced swallows the click that is made on it.
	s.phones.text(nobody.button("sign"))
	require.True(t, run(s.phones, chromedp.Evaluate[bool](fmt.Sprintf(`(async () => {
		const button = document.querySelector(%q);
		await renew("bankid");
		return button.isConnected;
	})()`, nobody.button("sign")), chromedp.EvalAwaitPromise)))
	nobody.presses(s, "sign")
	s.bank.arrives("/me")
	require.Equal(t, nobody.signer, s.bank.text("[data-signer]"))
}
