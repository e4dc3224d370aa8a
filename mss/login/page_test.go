package login_test

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"image/png"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/catalogue"
	"github.com/gomss/gomss/mss/login"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

func TestFaultsInFourLanguages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ accept, want, label string }{
		{"en", "en", "Begin again"}, {"de-CH, en;q=0.5", "de", "Neu beginnen"}, {"fr", "fr", "Recommencer"}, {"rm, it;q=0.9, en;q=0.1", "it", "Ricominciare"},
		{"", "en", "Begin again"}, {"sv", "en", "Begin again"}, {";;;", "en", "Begin again"}, {"de," + strings.Repeat("x", 1000), "en", "Begin again"},
	} {
		synctest.Test(t, func(t *testing.T) {
			for _, do := range []msstest.Action{msstest.Cancel, msstest.BlockPIN} {
				s, _ := mobileID(t, msstest.Person{Do: do})
				b := newBrowser(t, s)
				b.header.Set("Accept-Language", tt.accept)
				b.started()
				w, _ := b.follow()
				err := error(mss.UserCancel)
				if do == msstest.BlockPIN {
					err = mss.PinBlocked
				}
				want := catalogue.Default().ForPerson(err, tt.want)
				page := html.UnescapeString(w.Body.String())
				require.Contains(t, page, want)
				require.Contains(t, page, tt.label)
				require.Contains(t, page, `<html lang="`+tt.want+`">`)
				require.Equal(t, want, b.state().Message)
			}
		})
	}
}

func TestOwnWords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &puller{ends: 8 * time.Second, prompt: showQR, outcome: func(int) error { return mss.ErrUnknownOutcome }}
		var v login.View
		s := newSite(t, p, pullScope, func(c *login.Config) {
			c.Language = func(*http.Request) string { return "sv-SE" }
			c.Hint = func(hint, language string) string { return "[" + hint + " in " + language + "]" }
			c.Catalogue = catalogue.Catalogue{"unknown-outcome": {Person: map[string]string{"sv": "Okänt."}}}
			c.Page = template.Must(template.New("").Funcs(template.FuncMap{"see": func(x login.View) string { v = x; return "" }}).Parse(`own page{{see .}}`))
		})
		b := newBrowser(t, s)
		b.started()
		time.Sleep(3 * time.Second)
		w := b.get("/login/wait")
		require.Equal(t, "own page", w.Body.String())
		require.Empty(t, w.Header().Get("Content-Security-Policy"))
		require.Equal(t, login.View{
			Language: "sv-SE", Message: "[outstandingTransaction in sv-SE]", Hint: "outstandingTransaction",
			QR: "/login/qr.svg", Refresh: 1, Cancel: "/login/cancel",
		}, v)
		time.Sleep(8 * time.Second)
		b.get("/login/wait")
		require.Equal(t, login.View{Language: "sv-SE", Message: "Okänt.", Entry: "/"}, v)
	})
}

func TestPageThatCannotBeMade(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := mobileID(t, msstest.Person{After: 8 * time.Second}, func(c *login.Config) {
			c.Page = template.Must(template.New("").Parse(`half a page {{.Nothing}}`))
		})
		b := newBrowser(t, s)
		b.started()
		w := b.get("/login/wait")
		require.Equal(t, http.StatusInternalServerError, w.Code)
		require.NotContains(t, w.Body.String(), "half a page")
	})
}

func TestLinks(t *testing.T) {
	t.Parallel()
	for link, ok := range map[string]bool{
		"mobileid://auth?mobile_auth_redirect_uri=https%3A%2F%2Fbank.example%2F&session_token=x": true,
		"bankid:///?autostarttoken=67df3917-fa0d-44e5-b327-edcc928297f8&redirect=null":           true,
		"https://app.bankid.com/?autostarttoken=67df3917-fa0d-44e5-b327-edcc928297f8":            true,
		"com.nexusgroup.plugout://sign?x=1":                                                      true,

		"javascript:alert(1)": false, "JavaScript://%0aalert(1)": false, "data:text/html,x": false, "vbscript:x": false,
		"https://evil.example/": false, "https://app.bankid.com.evil.example/": false, "https://app.bankid.com@evil.example/": false,
		"https://evil.example@app.bankid.com/": false, "http://app.bankid.com/": false, "https://app.bankid.com:444/": false,
		`https://app.bankid.com\@evil.example/`: false, "//app.bankid.com/": false, "/account": false, "": false,
		"mobileid:auth": false, "MOBILEID://auth": false, "mobileid://a b": false, "mobileid://a/b c": false, `mobileid://a/\b`: false, "mobileid:///ä": false, "mobileid://a\n": false, "\x01mobileid://a": false,
		" mobileid://a": false, "mobileid://ä": false, "mobileid2://a": false, "intent://x#Intent;scheme=mobileid;end": false,
		"mobileid://" + strings.Repeat("a", 2048): false,
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &puller{ends: time.Hour, prompt: func(*mss.Transaction, time.Time) mss.Prompt { return mss.Prompt{Link: mss.Conceal(link)} }}
			b := newBrowser(t, newSite(t, p, pullScope))
			b.started()
			page := b.get("/login/wait").Body.String()
			if !ok {
				require.NotContains(t, page, "<a ", "%q", link)
				require.NotContains(t, page, "ZgotmplZ")
				require.Empty(t, b.state().Link, "%q", link)
				return
			}
			require.Contains(t, page, `<a href="`+strings.ReplaceAll(link, "&", "&amp;")+`">Open the app on this device</a>`)
			require.Equal(t, link, b.state().Link)
		})
	}
}

func TestPortal(t *testing.T) {
	t.Parallel()
	for link, ok := range map[string]bool{
		"https://portal.example/?x=1": true, "http://portal.example/": true,
		"": false, "javascript:alert(1)": false, "mobileid://auth": false, "https:///x": false, "https://a@portal.example/": false,
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &puller{outcome: func(int) error { return &mss.Fault{Code: mss.PinBlocked, PortalURL: mss.Conceal(link)} }}
			b := newBrowser(t, newSite(t, p, pullScope))
			b.started()
			w, _ := b.follow()
			require.Equal(t, ok, strings.Contains(w.Body.String(), `<a href="`+link+`" rel="noreferrer">Help from your provider</a>`), link)
			require.Equal(t, ok, strings.Contains(w.Body.String(), "Help from"), link)
		})
	}
}

// TestQROfThisSecond decodes nothing: it compares with the code of the text that the service has at this second.
func TestQROfThisSecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &puller{ends: time.Hour, prompt: showQR}
		b := newBrowser(t, newSite(t, p, pullScope))
		require.Equal(t, http.StatusNotFound, b.get("/login/qr.svg").Code)
		require.Equal(t, http.StatusNotFound, b.get("/login/qr.png").Code)
		b.started()
		seen := make(map[string]bool)
		for range 5 {
			want := showQR(nil, time.Now()).QR.Reveal()
			w := b.get("/login/qr.svg")
			require.Equal(t, "image/svg+xml", w.Header().Get("Content-Type"))
			require.Equal(t, login.QRSVG(want), w.Body.Bytes())
			seen[w.Body.String()] = true
			w = b.get("/login/qr.png")
			require.Equal(t, "image/png", w.Header().Get("Content-Type"))
			_, err := png.Decode(w.Body)
			require.NoError(t, err)
			require.Contains(t, b.get("/login/wait").Body.String(), `<meta http-equiv="refresh" content="1">`)
			require.Contains(t, b.get("/login/wait").Body.String(), `<img src="/login/qr.svg" alt="QR code: scan it with the app">`)
			require.True(t, b.state().QR)
			time.Sleep(time.Second)
		}
		require.Len(t, seen, 5)
	})
}

func TestQRThatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &puller{ends: time.Hour, prompt: func(*mss.Transaction, time.Time) mss.Prompt {
			return mss.Prompt{QR: mss.Conceal(strings.Repeat("x", 513))}
		}}
		b := newBrowser(t, newSite(t, p, pullScope))
		b.started()
		require.Equal(t, http.StatusNotFound, b.get("/login/qr.svg").Code)
		require.Equal(t, http.StatusNotFound, b.get("/login/qr.png").Code)
	})
}

// TestNothingPersonal reads all pages, headers and logs of logins that end in different ways.
func TestNothingPersonal(t *testing.T) {
	t.Parallel()
	for name, person := range map[string]msstest.Person{
		"signed":  {After: 8 * time.Second, Serial: "MIDCHECANARY0001"},
		"refused": {Fault: mss.UnknownClient},
		"late":    {Do: msstest.Ignore},
		"forged":  {Forge: msstest.ForgeText, Serial: "MIDCHECANARY0001"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var all, logged bytes.Buffer
				s, _ := mobileID(t, person, func(c *login.Config) {
					c.Logger = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
				})
				see := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					rec := &recorder{ResponseWriter: w, to: &all}
					s.ServeHTTP(rec, r)
					fmt.Fprint(&all, w.Header())
				})
				b := newBrowser(t, see)
				b.start()
				b.state()
				b.follow()
				b.state()
				b.cancel()
				require.NotEmpty(t, all.String())
				pages := portal.ReplaceAllString(all.String(), "")
				if name != "signed" {
					require.Contains(t, logged.String(), "no signature")
				}
				for _, canary := range []string{number[1:], "1234567", text, "CANARY", b.session} {
					require.NotContains(t, pages, canary)
					require.NotContains(t, logged.String(), canary)
				}
			})
		})
	}
}

// portal is the provider's own link, in which it names the number to itself.
var portal = regexp.MustCompile(`<a href="http://portal\.example[^"]*" rel="noreferrer">`)

type recorder struct {
	http.ResponseWriter
	to *bytes.Buffer
}

func (r *recorder) Write(b []byte) (int, error) {
	r.to.Write(b)
	return r.ResponseWriter.Write(b)
}

// TestMarkup has a provider and a caller who write HTML where text belongs.
func TestMarkup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const bad = `"><script>alert(1)</script>`
		p := &puller{ends: time.Hour, prompt: func(*mss.Transaction, time.Time) mss.Prompt {
			return mss.Prompt{Code: bad, Hint: bad, Link: mss.Conceal("mobileid://" + bad)}
		}}
		s := newSite(t, p, pullScope, func(c *login.Config) {
			c.Language = func(*http.Request) string { return bad }
			c.Hint = func(hint, _ string) string { return hint }
		})
		b := newBrowser(t, s)
		b.started()
		require.NotContains(t, b.get("/login/wait").Body.String(), "<script>")
		require.NotContains(t, b.get("/login/state").Body.String(), "<script>")
	})
}
