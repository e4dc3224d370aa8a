package msstest

import (
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net"
	"time"
)

// Options are a server's settings. The zero value, and a nil pointer, take the defaults.
type Options struct {
	APID   string // the application provider's AP_ID; "": "mid://simulator.example"
	Prefix string // every text must begin with it; "": "Simulator: "

	// Addr is what a server listens on: a loopback address or localhost, with a port ("127.0.0.1:8443"); "": a free port
	// of 127.0.0.1. Other addresses are refused: whoever reaches a simulator makes signatures with it.
	Addr string

	// ClockTolerance is how far a request's Instant may be off; 0: 5 minutes. The real service does not publish its own.
	ClockTolerance time.Duration

	// Clients are client certificates that are admitted beside the one in Server.HTTP: for tests with a certificate
	// from a file, or with one that is exchanged for another.
	Clients []*x509.Certificate

	// RPCResult and EmptyHeader vary answers in two ways that are seen on the wire and that clients must read over: an
	// rpc:result element before the message (SOAP 1.2 part 2, 4.2.1), and an empty soapenv:Header.
	RPCResult, EmptyHeader bool

	// NoGeofencing is a contract without the geofencing service: requests for it are answered with geofencing error 122,
	// and the profile Any-Geofencing-LoA4 with fault 109.
	NoGeofencing bool

	// Misbehave makes the server behave badly at random; nil: not, as most tests want it. See DefaultMisbehaviour.
	Misbehave *Misbehaviour

	// Exchanged, where it is not nil, is called once for each answer, in the goroutine of the request: after the answer was
	// written, or in process before it is handed over. Answers that never come are not told of. Close waits for it.
	Exchanged func(Exchange)

	// Seed makes a server's random choices repeatable: alphabet and length of each MSSP_TransID, the tokens of App2App
	// links, and all of Misbehave. 0 draws a seed, which Server.Seed tells and NewServer logs. Keys and certificates never
	// depend on it. Where requests come at the same time, their order depends on the scheduler and not on the seed.
	Seed uint64
}

func (o *Options) complete() (Options, error) {
	var c Options
	if o != nil {
		c = *o
	}
	if c.APID == "" {
		c.APID = "mid://simulator.example"
	}
	if c.Prefix == "" {
		c.Prefix = "Simulator: "
	}
	if c.Addr == "" {
		c.Addr = "127.0.0.1:0"
	}
	if !isLoopback(c.Addr) {
		return c, errors.New("msstest: Options.Addr is not a loopback address (127.0.0.1, [::1] or localhost) with a port")
	}
	if c.ClockTolerance < 0 {
		return c, errors.New("msstest: Options.ClockTolerance is negative")
	}
	if c.ClockTolerance == 0 {
		c.ClockTolerance = 5 * time.Minute
	}
	if c.Misbehave != nil {
		c.Misbehave = new(*c.Misbehave) // the caller's may change
	}
	if err := c.Misbehave.check(); err != nil {
		return c, err
	}
	for c.Seed == 0 {
		c.Seed = rand.Uint64()
	}
	return c, nil
}

func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
