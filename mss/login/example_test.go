package login_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/login"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/mss/track"
)

// application is a whole application with a login: a page with a form, and an account. Sessions are in memory.
type application struct {
	mu       sync.Mutex
	accounts map[string]string // by session
}

const cookie = "__Host-session"

func session(r *http.Request) string {
	c, err := r.Cookie(cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

func renew(w http.ResponseWriter) (id string) {
	id = rand.Text()
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: id, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return id
}

func (a *application) home(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	account := a.accounts[session(r)]
	a.mu.Unlock()
	if account != "" {
		fmt.Fprintln(w, "account of", account)
		return
	}
	renew(w)
	fmt.Fprintln(w, `<form method="post" action="/login/start">Number: <input name="number"> <button>Log in</button></form>`)
}

func request(r *http.Request, _ string) (*mss.Request, error) {
	number, err := mss.ParseMSISDN(r.PostFormValue("number"))
	return &mss.Request{Purpose: mss.Authentication, User: mss.User{MSISDN: number}, Display: "Simulator: log in to ACME?", AddCode: true}, err
}

func (a *application) done(w http.ResponseWriter, r *http.Request, sig *mss.Signature) {
	id := renew(w)
	a.mu.Lock()
	a.accounts[id] = sig.Signer.ID
	a.mu.Unlock()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func newApplication(url string, tracker *track.Tracker, store track.Store) (http.Handler, error) {
	a := &application{accounts: make(map[string]string)}
	h, err := login.New(login.Config{
		Tracker: tracker, Store: store, URL: url + "/login/", Entry: "/",
		Session: session, Request: request, Done: a.done,
	})
	mux := http.NewServeMux()
	mux.Handle("/login/", h)
	mux.HandleFunc("GET /{$}", a.home)
	return mux, err
}

// An application with a login, and a person who uses it with a browser that has no scripts.
func Example() {
	srv, tracker, store := simulated()
	defer srv.Close()
	site := httptest.NewUnstartedServer(nil)
	site.StartTLS()
	defer site.Close()
	app, err := newApplication(site.URL, tracker, store)
	if err != nil {
		log.Fatal(err)
	}
	site.Config.Handler = app

	browser := site.Client()
	browser.Jar, _ = cookiejar.New(nil)
	show := func(r *http.Response, err error) string {
		if err != nil {
			log.Fatal(err)
		}
		defer r.Body.Close()
		page, _ := io.ReadAll(r.Body)
		return string(page)
	}
	show(browser.Get(site.URL + "/"))
	form := url.Values{"number": {"+41791234567"}}
	start, _ := http.NewRequest(http.MethodPost, site.URL+"/login/start", strings.NewReader(form.Encode()))
	start.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	start.Header.Set("Origin", site.URL)
	page := show(browser.Do(start))
	for strings.Contains(page, `http-equiv="refresh"`) {
		time.Sleep(10 * time.Millisecond) // in earnest: what the page says
		page = show(browser.Get(site.URL + "/login/wait"))
	}
	fmt.Print(page)
	fmt.Println("prompts:", srv.Prompts())
	// Output:
	// account of MIDCHE0123456789
	// prompts: 1
}

// simulated makes a tracker of a simulated service in which one person signs.
func simulated() (*msstest.Server, *track.Tracker, track.Store) {
	srv, err := msstest.NewInProcess(nil)
	if err != nil {
		log.Fatal(err)
	}
	srv.Script("+41791234567", msstest.Person{Serial: "MIDCHE0123456789"})
	dialect := mssp.Swisscom()
	dialect.Poll = time.Millisecond // so that this example takes no time; the service wants 5 s
	client, err := mssp.New(mssp.Config{
		HTTP: srv.HTTP(), APID: srv.APID(), Prefix: srv.Prefix(), Anchors: srv.Anchors(),
		Dialect: dialect, Defaults: mssp.Options{Profile: mssp.ProfileAny},
	})
	if err != nil {
		log.Fatal(err)
	}
	secret := make([]byte, 32) // in earnest: the same in all instances
	rand.Read(secret)
	keys, err := mss.NewKeys(client.Scope(), secret)
	if err != nil {
		log.Fatal(err)
	}
	store := new(track.Memory) // in earnest: one that the instances share
	tracker, err := track.New(track.Config{Service: client, Store: store, Keys: keys})
	if err != nil {
		log.Fatal(err)
	}
	return srv, tracker, store
}
