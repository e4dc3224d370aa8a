//go:build browser

package browsertest_test

import (
	"os"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// finding is a fault that axe-core has found.
type finding struct {
	ID     string `json:"id"`
	Impact string `json:"impact"` // minor, moderate, serious or critical
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// accessible has axe-core look at the page, in light and in dark. A serious or critical fault fails the test.
func (b *tab) accessible() {
	b.t.Helper()
	for _, dark := range []bool{false, true} {
		b.dark(dark)
		for _, f := range b.findings() {
			if f.Impact != "serious" && f.Impact != "critical" {
				continue
			}
			var where strings.Builder
			for _, n := range f.Nodes {
				where.WriteString("\n" + n.HTML + "\n  " + n.Summary)
			}
			b.t.Errorf("accessibility, dark %t: %s (%s): %s%s", dark, f.ID, f.Impact, f.Help, where.String())
		}
	}
	b.dark(false)
}

// findings are what axe-core objects to on the page as it is.
func (b *tab) findings() []finding {
	b.t.Helper()
	b.settles()
	axe, err := os.ReadFile(os.Getenv("AXE"))
	require.NoError(b.t, err, "AXE: the path of axe.min.js; make browser-test sets it")
	const look = `; axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations)`
	return run(b, chromedp.Evaluate[[]finding](string(axe)+look, chromedp.EvalAwaitPromise))
}
