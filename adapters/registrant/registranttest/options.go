package registranttest

import (
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"time"
)

// Options are a server's settings. The zero value, and a nil pointer, take the defaults.
type Options struct {
	// Addr is what the server listens on: a loopback address or localhost, with a port ("127.0.0.1:8443"); "": a free port
	// of 127.0.0.1. Other addresses are refused: whoever reaches a simulator makes tokens with it.
	Addr string

	// Allowed are the addresses that may exchange identities for tokens; nil: those of the loopback interface. An empty list
	// allows none.
	Allowed []netip.Prefix

	// Key is the registry's secret, of which the first 32 octets encrypt tokens; "": a random one. Servers with the same key
	// read each other's tokens.
	Key string

	// Now is the clock that tokens are made and judged by; nil: time.Now.
	Now func() time.Time

	// Exchanged, where it is not nil, is called once for each answer after it was written, in the goroutine of the request.
	// Answers that never come are not told of. Close waits for it.
	Exchanged func(Exchange)

	// How many each person has. 0 of domains is 4, of contacts and companies 2; none at all is a negative number.
	Domains, Contacts, Companies int
}

func (o *Options) complete() (Options, error) {
	var c Options
	if o != nil {
		c = *o
	}
	if c.Addr == "" {
		c.Addr = "127.0.0.1:0"
	}
	if !isLoopback(c.Addr) {
		return c, errors.New("registranttest: Options.Addr is not a loopback address (127.0.0.1, [::1] or localhost) with a port")
	}
	if c.Allowed == nil {
		c.Allowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	if c.Key == "" {
		c.Key = rand.Text() + rand.Text()
	}
	if len(c.Key) < keyLength {
		return c, errors.New("registranttest: Options.Key is shorter than 32 octets")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Domains, c.Contacts, c.Companies = count(c.Domains, 4), count(c.Contacts, 2), count(c.Companies, 2)
	return c, nil
}

func count(n, standard int) int {
	if n == 0 {
		return standard
	}
	return max(n, 0)
}

func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
