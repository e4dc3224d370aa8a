// Package demotest is a browser without scripts, for tests of pages that must work without: it keeps cookies, follows links,
// posts the forms that it finds and refreshes what wants to be refreshed.
package demotest

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Browser is a browser.
type Browser struct {
	t      testing.TB
	base   string
	client *http.Client
	hurry  time.Duration // by which pages are refreshed faster than they want
}

// Page is what a browser shows.
type Page struct {
	Status int
	Path   string // with the query
	Header http.Header
	Body   string
}

// New makes a browser for a site, "http://127.0.0.1:8080"; nil is the way by the network, on which nobody waits longer than
// necessary.
func New(t testing.TB, base string, way http.RoundTripper) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	b := &Browser{t: t, base: strings.TrimSuffix(base, "/"), hurry: 1}
	if way == nil {
		b.hurry = 10
		transport := new(http.Transport)
		t.Cleanup(transport.CloseIdleConnections)
		way = transport
	}
	b.client = &http.Client{Jar: jar, Transport: way}
	return b
}

// Get opens an address of the site.
func (b *Browser) Get(path string) Page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.base+path, nil)
	require.NoError(b.t, err)
	return b.do(r)
}

// Post posts a form, as a page of the site does.
func (b *Browser) Post(path string, form url.Values) Page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+path, strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.base)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func (b *Browser) do(r *http.Request) Page {
	b.t.Helper()
	answer, err := b.client.Do(r)
	require.NoError(b.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(b.t, err)
	return Page{Status: answer.StatusCode, Path: answer.Request.URL.RequestURI(), Header: answer.Header, Body: string(body)}
}

// Cookies are those of the site.
func (b *Browser) Cookies() []*http.Cookie {
	b.t.Helper()
	u, err := url.Parse(b.base)
	require.NoError(b.t, err)
	return b.client.Jar.Cookies(u)
}

var (
	forms   = regexp.MustCompile(`(?s)<form method="post" action="([^"]*)".*?</form>`)
	inputs  = regexp.MustCompile(`<input [^>]*name="([^"]*)"[^>]*? value="([^"]*)"`)
	options = regexp.MustCompile(`(?s)<select [^>]*name="([^"]*)".*?<option value="([^"]*)" selected`)
	links   = regexp.MustCompile(`(?s)<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>`)
	refresh = regexp.MustCompile(`<noscript><meta http-equiv="refresh" content="([0-9]+)"></noscript>`)
	tags    = regexp.MustCompile(`<[^>]*>`)
	spaces  = regexp.MustCompile(`\s+`)
)

// Follow follows the link whose text holds a word.
func (b *Browser) Follow(p Page, word string) Page {
	b.t.Helper()
	for _, l := range links.FindAllStringSubmatch(p.Body, -1) {
		if strings.Contains(text(l[2]), word) {
			return b.Get(html.UnescapeString(l[1]))
		}
	}
	require.FailNow(b.t, "no such link", "%q in %s", word, p.Text())
	return Page{}
}

// Submit posts the form of a page whose address ends so, with what is filled in there.
func (b *Browser) Submit(p Page, action string, more url.Values) Page {
	b.t.Helper()
	for _, f := range forms.FindAllStringSubmatch(p.Body, -1) {
		if !strings.HasSuffix(f[1], action) {
			continue
		}
		form := url.Values{}
		for _, found := range append(inputs.FindAllStringSubmatch(f[0], -1), options.FindAllStringSubmatch(f[0], -1)...) {
			form.Set(found[1], html.UnescapeString(found[2]))
		}
		for name, values := range more {
			form[name] = values
		}
		return b.Post(html.UnescapeString(f[1]), form)
	}
	require.FailNow(b.t, "no such form", "%q in %s", action, p.Text())
	return Page{}
}

// Refreshes reports whether the page refreshes itself, and after what time.
func (p Page) Refreshes() (after time.Duration, ok bool) {
	m := refresh.FindStringSubmatch(p.Body)
	if m == nil {
		return 0, false
	}
	seconds, err := strconv.Atoi(m[1])
	return time.Duration(seconds) * time.Second, err == nil
}

// Wait refreshes a page for as long as it wants to be refreshed, and returns where that ends.
func (b *Browser) Wait(p Page) Page {
	b.t.Helper()
	return b.WaitFor(p, "")
}

// WaitFor is Wait that ends at an address, too.
func (b *Browser) WaitFor(p Page, path string) Page {
	b.t.Helper()
	for range 1000 {
		after, again := p.Refreshes()
		if !again || p.Path == path {
			return p
		}
		time.Sleep(after / b.hurry)
		p = b.Get(p.Path)
	}
	require.FailNow(b.t, "the page refreshes itself for ever", p.Path)
	return p
}

// Text is what a person reads.
func (p Page) Text() string { return text(p.Body) }

func text(fragment string) string {
	return strings.TrimSpace(html.UnescapeString(spaces.ReplaceAllString(tags.ReplaceAllString(fragment, " "), " ")))
}

// Marked is the text of the element with an attribute, such as "data-code-text".
func (p Page) Marked(attribute string) string {
	m := regexp.MustCompile(`(?s)<[^>]* ` + regexp.QuoteMeta(attribute) + `[^>]*>(.*?)</`).FindStringSubmatch(p.Body)
	if m == nil {
		return ""
	}
	return text(m[1])
}
