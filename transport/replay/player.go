package replay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Options are a Player's settings.
type Options struct {
	Rule Rule

	// Known are values that a Mismatch may quote although the recording does not hold them, such as what a test asks
	// its client for.
	Known []string
}

// Player is a http.RoundTripper that answers from a recording, without a network. Exchanges are played in order, each
// once. It is safe for concurrent use, although a recording of requests that overlap can hardly be replayed.
type Player struct {
	rule  Rule
	known map[string]bool
	plays []play

	mu       sync.Mutex
	bound    bindings
	transIDs map[string]bool // of the requests that were answered
	routes   routes          // theirs
	next     int
	requests int
}

// play is an exchange made ready.
type play struct {
	Exchange
	want *node
}

// NewPlayer checks the exchanges: requests must be XML or JSON, placeholders well-formed, and every name that an answer uses must
// have been bound by a request up to its own.
func NewPlayer(exchanges []Exchange, o Options) (*Player, error) {
	p := &Player{
		rule: o.Rule, known: make(map[string]bool), bound: make(bindings), transIDs: make(map[string]bool), routes: make(routes),
	}
	for _, v := range o.Known {
		p.known[v] = true
	}
	names := make(map[string]bool)
	for _, x := range exchanges {
		want, err := x.form().parse(x.Request)
		if err != nil {
			return nil, fmt.Errorf("replay: %s: %w", x.requestFile(), err)
		}
		if err := checkRequest(want, names); err != nil {
			return nil, fmt.Errorf("replay: %s: %w", x.requestFile(), err)
		}
		if err := checkAnswer(x.Answer, names); err != nil {
			return nil, fmt.Errorf("replay: %s: %w", x.AnswerFile(), err)
		}
		if err := x.complete(); err != nil {
			return nil, err
		}
		want.values(func(_ place, v string) { p.known[v] = true })
		p.plays = append(p.plays, play{x, want})
	}
	return p, nil
}

// RoundTrip holds the request against the next recorded one and returns the recorded answer, or a *Mismatch. A request
// after the last recorded one is an error, too, and one that HTTP carries wrongly, as the package comment says. A request
// that differs can be followed by one that does not.
func (p *Player) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, context.Cause(r.Context())
	}
	body, err := readRequest(r)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	if p.next == len(p.plays) {
		return nil, fmt.Errorf("replay: request %d: the recording has only %d; record it again, or see why the client sends more",
			p.requests, len(p.plays))
	}
	x := &p.plays[p.next]
	if err := p.compare(x, r, body); err != nil {
		return nil, err
	}
	p.next++
	return x.response(r, p.bound.fill(x.Answer, x.form().escape)), nil
}

// compare binds what placeholders match only if all of the request is as recorded.
func (p *Player) compare(x *play, r *http.Request, body []byte) error {
	file := x.requestFile()
	if err := checkHTTP(r, x.form()); err != nil {
		return fmt.Errorf("replay: %s: %w", file, err)
	}
	got, err := x.form().parse(body)
	if err != nil {
		return fmt.Errorf("replay: %s: the request cannot be read: %w", file, err)
	}
	c := comparison{rule: p.rule, bound: maps.Clone(p.bound), known: p.isKnown, used: p.transIDs}
	if m := c.document(x.want, got); m != nil {
		m.File = file
		return m
	}
	if err := p.routes.add(x.want.operation(), r.URL.Path); err != nil {
		return fmt.Errorf("replay: %s: %w", file, err)
	}
	p.bound = c.bound
	for _, id := range c.transIDs {
		p.transIDs[id] = true
	}
	return nil
}

// isKnown reports whether a value may be quoted. One without characters tells nothing.
func (p *Player) isKnown(value string) bool { return value == "" || p.known[value] }

var errTooLong = errors.New("replay: the request is larger than 1 MiB")

func readRequest(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxDocument+1))
	if err == nil && len(body) > maxDocument {
		err = errTooLong
	}
	return body, err
}

// response makes of an answer what a http.Transport would have read.
func (x *play) response(r *http.Request, body []byte) *http.Response {
	return &http.Response{
		Status:     strconv.Itoa(x.Status) + " " + http.StatusText(x.Status),
		StatusCode: x.Status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {x.ContentType}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       r,
	}
}

// Requests returns how many requests have come, those that differed included.
func (p *Player) Requests() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests
}

// Done returns an error that names the requests which never came, or nil.
func (p *Player) Done() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == len(p.plays) {
		return nil
	}
	var left []string
	for _, x := range p.plays[p.next:] {
		left = append(left, x.requestFile())
	}
	return fmt.Errorf("replay: %d of %d recorded requests never came: %s", len(left), len(p.plays), strings.Join(left, ", "))
}
