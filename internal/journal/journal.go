// Package journal remembers what has reached a simulator.
package journal

import (
	"slices"
	"sync"
)

// Limit bounds how many requests are kept; the oldest are forgotten first.
const Limit = 10_000

// Log keeps notes of requests, and counts. The zero value is empty. It is safe for concurrent use.
type Log[Request any] struct {
	mu           sync.Mutex
	requests     []*Request
	handshakes   int
	active, peak int
}

// Arrive notes a request. The caller keeps the note and completes it with Set; Done must follow.
func (l *Log[Request]) Arrive(r *Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.requests) >= Limit {
		l.requests = slices.Delete(l.requests, 0, Limit/10)
	}
	l.requests = append(l.requests, r)
	l.active++
	l.peak = max(l.peak, l.active)
}

// Done notes that a request has ended.
func (l *Log[Request]) Done() { l.Set(func() { l.active-- }) }

// Shake notes a TLS handshake.
func (l *Log[Request]) Shake() { l.Set(func() { l.handshakes++ }) }

// Set completes a note, or reads or changes what else the log's lock guards; others may be reading meanwhile.
func (l *Log[Request]) Set(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
}

// Requests returns the requests so far in the order of arrival, of at most the last Limit.
func (l *Log[Request]) Requests() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]Request, len(l.requests))
	for i, r := range l.requests {
		list[i] = *r
	}
	return list
}

// Handshakes returns how many TLS handshakes were completed.
func (l *Log[Request]) Handshakes() (n int) {
	l.Set(func() { n = l.handshakes })
	return n
}

// Peak returns the highest number of requests that were under way at one time.
func (l *Log[Request]) Peak() (n int) {
	l.Set(func() { n = l.peak })
	return n
}
