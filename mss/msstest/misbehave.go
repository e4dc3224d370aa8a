package msstest

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Misbehaviour is how often a server behaves as real ones do on bad days, and as their interfaces allow on good ones. All
// of it is within the rules: a client must get along with it. Rates are probabilities from 0 to 1, each drawn for every
// request by itself; the zero value does nothing.
type Misbehaviour struct {
	// Outstanding: MSS_StatusQuery answers 504 although the outcome is there.
	Outstanding float64

	// Slow: the request is performed, and the answer comes later, by up to 15 seconds of package time.
	Slow float64

	// Cut: the request is performed, and the connection ends without an answer. A phone may have rung.
	Cut float64

	// Unavailable: the request is not performed; the answer is HTTP 503 with Retry-After of 1 to 5 seconds.
	Unavailable float64

	// Rewrite: other prefixes, quotes, order of attributes and white space in XML; another order of members, other blanks
	// and escapes in JSON.
	Rewrite float64

	// Unknown: an element that no schema has in the place for extensions; in JSON an unknown member.
	Unknown float64
}

// DefaultMisbehaviour returns the rates of a bad day.
func DefaultMisbehaviour() *Misbehaviour {
	return &Misbehaviour{Outstanding: 0.05, Slow: 0.05, Cut: 0.02, Unavailable: 0.02, Rewrite: 0.5, Unknown: 0.2}
}

const (
	maxLinger     = 15 * time.Second
	maxRetryAfter = 5 // seconds
)

func (m *Misbehaviour) check() error {
	if m == nil {
		return nil
	}
	for _, rate := range []float64{m.Outstanding, m.Slow, m.Cut, m.Unavailable, m.Rewrite, m.Unknown} {
		if !(rate >= 0 && rate <= 1) { // NaN neither
			return errors.New("msstest: a rate of the Misbehaviour is not within 0 and 1")
		}
	}
	return nil
}

// mood is what a server makes of one request. The zero value is good.
type mood struct {
	retryAfter  int // seconds; 0: the request is performed
	linger      time.Duration
	cut         bool
	outstanding bool
	layout      *layout // nil: as encoded
}

// SetMisbehaviour makes the server behave so from now on, as Options.Misbehave does from the start; nil: well. Requests that
// are under way go on as they were. It panics if a rate is not within 0 and 1, as that is a mistake in the test.
func (s *Server) SetMisbehaviour(m *Misbehaviour) {
	if err := m.check(); err != nil {
		panic(err.Error())
	}
	if m != nil {
		m = new(*m) // the caller's may change
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misbehave = m
}

// mood draws. One number of the server's sequence is the seed for a request, and the draws from it come in a fixed order
// whatever the request is about: so what happens to the n-th request depends on Options.Seed alone, and on the number of
// transactions that were begun before, whose ids come from the same sequence.
func (s *Server) mood() *mood {
	m, r := s.draw()
	if m == nil {
		return new(mood)
	}
	hit := func(rate float64) bool { return r.Float64() < rate }
	md := new(mood)
	unavailable, retryAfter := hit(m.Unavailable), 1+r.IntN(maxRetryAfter)
	slow, linger := hit(m.Slow), time.Duration(r.Int64N(int64(maxLinger)))
	md.cut, md.outstanding = hit(m.Cut), hit(m.Outstanding)
	l := &layout{rewrite: hit(m.Rewrite), unknown: hit(m.Unknown), rand: r}
	if unavailable {
		md.retryAfter = retryAfter
	}
	if slow {
		md.linger = linger
	}
	if l.rewrite || l.unknown {
		md.layout = l
	}
	return md
}

// draw returns how the server behaves, with the random numbers of one request; nil if it behaves well.
func (s *Server) draw() (*Misbehaviour, *rand.Rand) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.misbehave == nil {
		return nil, nil
	}
	return s.misbehave, rand.New(rand.NewPCG(s.rand.Uint64(), 0))
}

// layout is how an answer is written differently. What is to be chosen comes from rand.
type layout struct {
	rewrite, unknown bool
	rand             *rand.Rand
}

// unavailable is the answer of an overloaded service.
func (m *mood) unavailable() *reply {
	p := plainReply(http.StatusServiceUnavailable)
	p.header.Set("Retry-After", strconv.Itoa(m.retryAfter))
	return p
}

// errCut is what a client sees of a connection that was cut.
var errCut = io.ErrUnexpectedEOF

// linger makes an answer late, or cuts it off.
func (s *Server) linger(ctx context.Context, m *mood) error {
	if m.linger > 0 {
		if err := s.pause(ctx, m.linger); err != nil {
			return err
		}
	}
	if m.cut {
		return errCut
	}
	return nil
}

// pause lets time pass, unless ctx ends or the server is closed before.
func (s *Server) pause(ctx context.Context, d time.Duration) error {
	wake := make(chan struct{}) // made here: in a bubble of testing/synctest it must be the bubble's own
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return errClosed
	}
	s.pauses[wake] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.pauses, wake)
		s.mu.Unlock()
	}()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-wake:
		return errClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
