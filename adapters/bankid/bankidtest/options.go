package bankidtest

import (
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net"
	"time"
)

// Options are a server's settings. The zero value, and a nil pointer, take the defaults.
type Options struct {
	// Addr is what a server listens on: a loopback address or localhost, with a port ("127.0.0.1:8443"); "": a free port
	// of 127.0.0.1. Other addresses are refused: whoever reaches a simulator makes signatures with it.
	Addr string

	// Clients are client certificates that are admitted beside the one in Server.HTTP. Signatures name the subject of the
	// certificate that the order came with.
	Clients []*x509.Certificate

	// StartWithin is how long an app has to pick up an order, and FinishWithin how long all of an order may last; 0: 30
	// seconds and 3 minutes, about what the service gives.
	StartWithin, FinishWithin time.Duration

	// CollectFreely lets an order be collected more often than once a second. Otherwise that is answered 429.
	CollectFreely bool

	// OptionalNumber takes orders for calls that name nobody, as newer descriptions of the service have it. They reach Anyone.
	OptionalNumber bool

	// PlainUnauthorized and Unknown are the Misbehaviour that the server begins with.
	PlainUnauthorized, Unknown bool

	// Exchanged, where it is not nil, is called once for each answer, in the goroutine of the request: after the answer was
	// written, or in process before it is handed over. Answers that never come are not told of. Close waits for it.
	Exchanged func(Exchange)

	// Seed makes a server's order references and tokens repeatable. 0 draws a seed, which Server.Seed tells and NewServer
	// logs. Keys, certificates and signatures never depend on it. Where requests come at the same time, their order depends
	// on the scheduler and not on the seed.
	Seed uint64
}

const (
	defaultStartWithin  = 30 * time.Second
	defaultFinishWithin = 3 * time.Minute

	// How long an answer that nobody collects is kept after the order has ended.
	keepComplete = 3 * time.Minute
	keepFailed   = 5 * time.Minute

	// collectPace is less than the second that the service asks for, by what a network may add to a first request.
	collectPace = 900 * time.Millisecond
)

func (o *Options) complete() (Options, error) {
	var c Options
	if o != nil {
		c = *o
	}
	if c.Addr == "" {
		c.Addr = "127.0.0.1:0"
	}
	if c.StartWithin == 0 {
		c.StartWithin = defaultStartWithin
	}
	if c.FinishWithin == 0 {
		c.FinishWithin = defaultFinishWithin
	}
	switch {
	case !isLoopback(c.Addr):
		return c, errors.New("bankidtest: Options.Addr is not a loopback address (127.0.0.1, [::1] or localhost) with a port")
	case c.StartWithin < 0 || c.FinishWithin < c.StartWithin:
		return c, errors.New("bankidtest: Options.StartWithin is negative, or longer than Options.FinishWithin")
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
