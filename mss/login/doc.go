// Package login is a login on the web with a signature: net/http handlers over a track.Tracker, the same for every
// mss.Service, without a framework, without JavaScript and without memory of their own, so that any instance of an
// application can go on with what another began.
//
//	h, err := login.New(login.Config{
//		Tracker: tracker, Store: store,
//		URL: "https://bank.example/login/", Entry: "/",
//		Session: session, // func(*http.Request) string
//		Request: request, // func(*http.Request, string) (*mss.Request, error)
//		Done:    done,    // func(http.ResponseWriter, *http.Request, *mss.Signature)
//	})
//	mux.Handle("/login/", h)
//
// The application has a page of its own, Config.Entry, with a form that is posted to the start below. It also has sessions:
// a cookie with a random value, set before the form is shown.
//
// # Addresses
//
//	POST start    asks the person, and sends the browser to wait
//	GET  wait     the page that the person sees meanwhile; it refreshes itself, and ends in Config.Done
//	GET  state    the same for scripts, as JSON: see State
//	GET  events   state whenever it changes, as server-sent events: see Scripts below
//	GET  qr.svg   the QR code of this second; 404 where there is none
//	GET  qr.png   the same as PNG
//	GET  return   where the app sends the person back to: see Return below
//	POST cancel   forgets the login, and sends the browser to Config.Entry
//
// # Scripts
//
// Scripts that replace the refresh fetch state at the pace that it names, show qr.svg anew and go to wait once it says
// "ready" or "none"; only wait logs in. Instead of asking again they can have the answers come to them:
//
//	const events = new EventSource("events");
//	events.onmessage = (e) => {
//		const state = JSON.parse(e.data); // as of GET state; another pace alone is not told
//		if (state.state !== "waiting") { events.close(); location.replace("wait"); }
//	};
//
// The stream begins with the state of the moment, has a comment at the first look after 15 seconds of silence, and ends
// after the first state that is not "waiting", and after 5 minutes in any case; an EventSource that is not closed then opens
// another one. It looks as often as state would be fetched, as long as the session is the same. A server that cannot stream
// answers 501. A browser that holds a stream holds a connection: with HTTP/1.1 it has six for a host, in all its tabs.
//
// # Sessions
//
// A browser session has one login at a time, in all its tabs. Whoever starts another one while it is outstanding, by a
// second tab, a double click or the back button, is sent to the one that there is, and no phone rings again. Other sessions
// see nothing of it.
//
// Config.Done is called once for a login, by the tab and instance that comes first; all others are sent to Config.Entry.
// It must give the session a new id: whoever knew the old one, having planted it in the person's browser perhaps, would be
// logged in as well (session fixation). If the process dies in it, or its answer is lost, it is not called again, and the
// person starts anew.
//
// # Posts
//
// start and cancel want the header Origin, with the origin of Config.URL and nothing else. All browsers send it with a
// form, unless the page of the form has the Referrer-Policy no-referrer, which turns it into "null": use same-origin there.
// No answer is stored by browsers and proxies (Cache-Control: no-store).
//
// # Signing
//
// A Handler with requests of the purpose mss.Signing has somebody sign who is logged in: Config.Session returns "" for who is
// not, Config.Done compares the signer with whoever is, and it has a URL and a Page of its own.
//
// # Return
//
// Apps that a link has opened on the same device return to a URL. Config.Request gets one for each login, with a nonce, and
// puts it into the provider's options (mssp.Options.RedirectURI). It proves nothing about a signature, but tells the
// browser that started the login from one to which somebody sent the link. With Config.MustReturn a login ends only where
// the app has returned in the same session.
//
// # Orders that nobody picked up
//
// Some services ring no phone: the person opens the app, by a code or a link, and if they take too long the order ends. With
// Config.RestartIf the page then starts another one by itself, at most 5 times for a login. The policy must say yes to the
// fault that means that nobody picked it up, and to no other. It is only asked of faults 208, and only where a QR code or
// a link was shown; so a phone that rang never rings again by itself.
//
// # Security
//
// What the person must compare is on the page, and neither their number nor the text is; the provider's link to its help
// may name the number. Links are offered only if they open one of the known apps. The address of the person's browser is
// taken from the connection, or from Config.ClientIP: no header is believed by itself.
package login
