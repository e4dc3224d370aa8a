package skmidtest

import (
	"errors"
	"math/rand/v2"
	"net"
	"regexp"
	"time"
)

// Options are a server's settings. The zero value, and a nil pointer, take the defaults.
type Options struct {
	RelyingPartyName string // compared without regard to case, 100 octets at most; "": "DEMO"
	RelyingPartyUUID string // 8-4-4-4-12 lower-case hexadecimal digits; "": all zero, as in SK's demo environment

	// Addr is what a server listens on: a loopback address or localhost, with a port ("127.0.0.1:8443"); "": a free port
	// of 127.0.0.1. Other addresses are refused: whoever reaches a simulator makes signatures with it.
	Addr string

	// Patience is how long a person has to answer before the result is TIMEOUT; 0: 2 minutes, which SK's service gives.
	// It is less than the 5 minutes that a session lives.
	Patience time.Duration

	// Legacy and Unknown are the Misbehaviour that the server begins with.
	Legacy, Unknown bool

	// Exchanged, where it is not nil, is called once for each answer, in the goroutine of the request: after the answer was
	// written, or in process before it is handed over. Answers that never come are not told of. Close waits for it.
	Exchanged func(Exchange)

	// Seed makes a server's session ids and trace ids repeatable. 0 draws a seed, which Server.Seed tells and NewServer logs.
	// Keys and certificates never depend on it. Where requests come at the same time, their order depends on the
	// scheduler and not on the seed.
	Seed uint64
}

// What the demo environment of the real service takes.
const (
	demoName = "DEMO"
	demoUUID = "00000000-0000-0000-0000-000000000000"
)

const (
	defaultPatience = 2 * time.Minute
	retention       = 5 * time.Minute // how long a session can be asked for
)

func (o *Options) complete() (Options, error) {
	var c Options
	if o != nil {
		c = *o
	}
	if c.RelyingPartyName == "" {
		c.RelyingPartyName = demoName
	}
	if c.RelyingPartyUUID == "" {
		c.RelyingPartyUUID = demoUUID
	}
	if c.Addr == "" {
		c.Addr = "127.0.0.1:0"
	}
	if c.Patience == 0 {
		c.Patience = defaultPatience
	}
	switch {
	case len(c.RelyingPartyName) > maxName:
		return c, errors.New("skmidtest: Options.RelyingPartyName is longer than 100 octets")
	case !isUUID(c.RelyingPartyUUID):
		return c, errors.New("skmidtest: Options.RelyingPartyUUID is not of the form 8-4-4-4-12 in lower-case hexadecimal digits")
	case !isLoopback(c.Addr):
		return c, errors.New("skmidtest: Options.Addr is not a loopback address (127.0.0.1, [::1] or localhost) with a port")
	case c.Patience < 0 || c.Patience >= retention:
		return c, errors.New("skmidtest: Options.Patience is negative, or not less than 5 minutes")
	}
	for c.Seed == 0 {
		c.Seed = rand.Uint64()
	}
	return c, nil
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// isUUID takes lower case only, as the service does since October 2024.
func isUUID(s string) bool { return uuid.MatchString(s) }

func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
