//go:build browser

package browsertest_test

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience bounds each step. It is no expectation: pages answer in milliseconds, and machines that run tests can be slow.
const patience = 60 * time.Second

// chromium is one browser for all tests; each has a profile of its own in it.
var chromium struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if chromium.stop != nil {
		chromium.stop()
	}
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// start starts the browser. It goes nowhere but to this machine: what it does by itself in the background is off, and no
// name leads anywhere.
func start() {
	path, err := exec.LookPath("chromium")
	if err != nil {
		chromium.err = err
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // root, as in containers, has none
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.Flag("no-pings", true),
		chromedp.WSURLReadTimeout(patience),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	chromium.ctx, chromium.err = ctx, chromedp.Do(ctx)
	chromium.stop = func() { stop(); stopAllocator() }
}

// profile is a person at a browser: with cookies of its own, and as many tabs as it likes.
type profile struct {
	t     *testing.T
	first *tab
}

func newProfile(t *testing.T) *profile {
	t.Helper()
	chromium.once.Do(start)
	require.NoError(t, chromium.err, "install Chromium: apt-get install chromium")
	ctx, cancel := chromedp.NewContext(chromium.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	return &profile{t: t, first: newTab(t, ctx)}
}

// tab opens another tab with the same cookies.
func (p *profile) tab() *tab {
	ctx, cancel := chromedp.NewContext(p.first.ctx)
	p.t.Cleanup(cancel)
	return newTab(p.t, ctx)
}
