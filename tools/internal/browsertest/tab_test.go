//go:build browser

package browsertest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// tab is one tab of a browser. What a page's scripts and the browser complain of fails the test.
type tab struct {
	t   *testing.T
	ctx context.Context

	complains bool // about pages that are meant to be wrong
	mu        sync.Mutex
	heard     []string
}

// complaints are what the browser has said of the pages, where the tab complains.
func (b *tab) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.heard)
}

func (b *tab) complain(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = append(b.heard, text)
	if !b.complains {
		b.t.Error(text)
	}
}

func newTab(t *testing.T, ctx context.Context) *tab {
	t.Helper()
	b := &tab{t: t, ctx: ctx}
	require.NoError(t, chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.complain("a script failed: " + e.ExceptionDetails.URL + " " + e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			// Refused requests are answers of the network, as are pages of errors, and tests expect them where there are any.
			if e.Entry.Source != log.EntrySourceNetwork && e.Entry.Level == log.EntryLevelError {
				b.complain("the browser complains: " + e.Entry.URL + " " + e.Entry.Text)
			}
		}
	}))
	b.do(chromedp.EmulateViewport(1100, 900), command(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{
		Enabled: true, // as if each tab were the one that the person looks at
	}))
	b.dark(false)
	return b
}

// do runs one step. A failure tells what stands on the page.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	run(b, chromedp.Steps(steps...))
}

func run[T any](b *tab, a chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		b.t.Fatalf("%v\n\nthe page:\n%s", err, b.content())
	}
	return v
}

// content is the address of the page and what it shows; "" while another one is loaded.
func (b *tab) content() string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body ? location.href + "\n" + document.body.innerText : ""`))
	if err != nil {
		return ""
	}
	return text
}

// shows waits until the page shows a text, in whichever document: it may be loaded anew meanwhile.
func (b *tab) shows(text string) {
	b.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		content := b.content()
		if strings.Contains(content, text) {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("never shown: %q\n\nthe page:\n%s", text, content)
		}
	}
}

func (b *tab) open(url string) { b.t.Helper(); b.do(chromedp.Navigate(url)) }
func (b *tab) reload()         { b.t.Helper(); b.do(chromedp.Reload()) }
func (b *tab) back()           { b.t.Helper(); b.do(chromedp.NavigateBack()) }

// until evaluates an expression until it is neither null nor undefined, in whichever document: another one may be loaded
// meanwhile, and an element put in the place of another.
func until[T any](b *tab, what, expression string) T {
	b.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		v, err := chromedp.Run(ctx, chromedp.Evaluate[*T](expression))
		cancel()
		if err == nil && v != nil {
			return *v
		}
		if time.Now().After(end) {
			b.t.Fatalf("never there: %s (%v)\n\nthe page:\n%s", what, err, b.content())
		}
	}
}

// press clicks with the mouse on what a selector finds, once it is there, can be used, and nothing lies above it.
func (b *tab) press(selector string) {
	b.t.Helper()
	b.click(selector, fmt.Sprintf(`document.querySelector(%q)`, selector))
}

// follow clicks on the first link with a text.
func (b *tab) follow(text string) {
	b.t.Helper()
	b.click(text, fmt.Sprintf(`[...document.links].find(a => a.innerText.trim() === %q)`, text))
}

func (b *tab) click(what, element string) {
	b.t.Helper()
	var at []float64
	for before := []float64(nil); at == nil || !slices.Equal(at, before); { // what moves is missed
		before, at = at, until[[]float64](b, what, place(element))
	}
	b.do(chromedp.MouseClickXY(at[0], at[1]))
}

// place is an expression: where an element can be clicked; null while that is not so, and while the page is not complete,
// without its style sheet perhaps.
func place(element string) string {
	return fmt.Sprintf(`(() => {
		const e = %s;
		if (!e || document.readyState !== "complete" || e.disabled || !e.checkVisibility({visibilityProperty: true})) return null;
		e.scrollIntoView({block: "center", behavior: "instant"});
		const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
		return e.contains(document.elementFromPoint(x, y)) ? [x, y] : null;
	})()`, element)
}

// fill types into a field, instead of what is there.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	until[bool](b, selector, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e?.focus(); e?.select(); return e && true })()`, selector))
	b.do(chromedp.KeyEvent(text))
}

// choose chooses from a list. Its own window would be out of reach.
func (b *tab) choose(selector, value string) {
	b.t.Helper()
	until[bool](b, selector, fmt.Sprintf(`(() => { const e = document.querySelector(%q); if (e) e.value = %q; return e && true })()`, selector, value))
}

// text returns what an element shows, once it is there and shows something.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return until[string](b, selector, fmt.Sprintf(
		`(() => { const e = document.querySelector(%q); return e && e.checkVisibility() && e.innerText.trim() || null })()`, selector))
}

// has reports whether the page has an element that can be seen.
func (b *tab) has(selector string) bool {
	b.t.Helper()
	return run(b, chromedp.Evaluate[bool](fmt.Sprintf(`(document.querySelector(%q)?.checkVisibility()) ?? false`, selector)))
}

// loses waits until the page has no such element any more.
func (b *tab) loses(selector string) {
	b.t.Helper()
	until[bool](b, "no "+selector, fmt.Sprintf(`document.body && !document.querySelector(%q)?.checkVisibility() ? true : null`, selector))
}

// arrives waits until the tab is at a path, without the query.
func (b *tab) arrives(path string) {
	b.t.Helper()
	until[bool](b, "the page "+path, fmt.Sprintf(`document.readyState === "complete" && location.pathname === %q ? true : null`, path))
}

// settles waits until the page is complete: without its style sheet it looks like another one.
func (b *tab) settles() {
	b.t.Helper()
	until[bool](b, "the whole page", `document.readyState === "complete" ? true : null`)
}

// dark sets what the person prefers.
func (b *tab) dark(on bool) {
	b.t.Helper()
	scheme := map[bool]string{false: "light", true: "dark"}[on]
	b.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"}, // nothing is looked at halfway
		},
	}))
}

// withoutScripts switches the scripts of pages off.
func (b *tab) withoutScripts() {
	b.t.Helper()
	b.do(command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
}

// command is a step that sends a command to the browser's tab.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// screenshots is where pictures are kept, in build at the top of the project.
var screenshots = filepath.Join("..", "..", "..", "build", "screenshots")

// screenshot keeps how the page looks.
func (b *tab) screenshot(name string) {
	b.t.Helper()
	b.settles()
	require.NoError(b.t, os.MkdirAll(screenshots, 0o755))
	require.NoError(b.t, os.WriteFile(filepath.Join(screenshots, name+".png"), run(b, chromedp.FullScreenshot(100)), 0o644))
}
