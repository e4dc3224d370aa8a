package hermodtest

import (
	"cmp"
	"crypto/rand"
	"errors"
	"net"
	"strings"
	"time"
)

// Options are a server's settings. The zero value takes the defaults.
type Options struct {
	// ClientID and ClientKey are what X-Api-Key must hold; "": "gomss" and a key that is drawn from Seed.
	ClientID, ClientKey string

	// Callback is what the server authenticates its callbacks with.
	Callback CallbackAuth

	// ServerName is profile.servername in Config; "": "gomss-simulator". Commands may name another one.
	ServerName string

	// Misbehaviour is how commands are answered. Server.Misbehave changes it.
	Misbehaviour Misbehaviour

	// Exchanged, where it is not nil, is called once for each answer to a command, in the goroutine of the request: after the
	// answer was written, or in process before it is handed over. Answers that never come are not told of, nor callbacks.
	// Close waits for it.
	Exchanged func(Exchange)

	// Addr is what a server listens on: a loopback address or localhost, with a port ("127.0.0.1:20400"); "": a free port
	// of 127.0.0.1. Other addresses are refused: whoever reaches a simulator makes signatures with it.
	Addr string

	// Now is the clock that certificates are made by; nil: time.Now. Waiting is by package time, whatever Now says.
	Now func() time.Time

	// Seed makes a server's ids, tokens and default secrets repeatable. "" draws a seed, which Server.Seed tells and New logs.
	// Keys, certificates and signatures never depend on it. Where requests come at the same time, their order depends on
	// the scheduler and not on the seed.
	Seed string
}

// CallbackAuth is HTTP Basic authentication (RFC 7617) of callbacks, callbackBasicAuth in a Hermod's configuration.
type CallbackAuth struct {
	User     string // without colon; "": "hermod"
	Password string // "": drawn from Options.Seed
	None     bool   // callbacks are not authenticated
}

const (
	defaultClientID     = "gomss"
	defaultCallbackUser = "hermod"
	defaultServerName   = "gomss-simulator"
)

// complete checks the options and fills in what was left out, but for what is drawn from the seed.
func (o Options) complete() (Options, error) {
	o.ClientID = cmp.Or(o.ClientID, defaultClientID)
	o.Callback.User = cmp.Or(o.Callback.User, defaultCallbackUser)
	o.ServerName = cmp.Or(o.ServerName, defaultServerName)
	o.Addr = cmp.Or(o.Addr, "127.0.0.1:0")
	o.Seed = cmp.Or(o.Seed, rand.Text())
	if o.Now == nil {
		o.Now = time.Now
	}
	switch {
	case strings.Contains(o.ClientID, ":"):
		return o, errors.New("hermodtest: Options.ClientID holds a colon, which ends the id in X-Api-Key")
	case strings.Contains(o.Callback.User, ":"):
		return o, errors.New("hermodtest: Options.Callback.User holds a colon (RFC 7617 2)")
	case !isLoopback(o.Addr):
		return o, errors.New("hermodtest: Options.Addr is not a loopback address (127.0.0.1, [::1] or localhost) with a port")
	case !o.Misbehaviour.known():
		return o, errors.New("hermodtest: Options.Misbehaviour is no Misbehaviour constant")
	}
	return o, nil
}

func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && isLoopbackHost(host)
}

func isLoopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
