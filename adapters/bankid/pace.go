package bankid

import (
	"sync"
	"time"
)

// pacer sees to it that one client collects an order not more than once within an interval, and not twice at the same time. It
// remembers two intervals at most.
type pacer struct {
	interval time.Duration

	mu       sync.Mutex
	busy     map[string]bool
	turned   time.Time // when recent was begun
	recent   map[string]glance
	previous map[string]glance
}

// glance is what the last collect of an order saw.
type glance struct {
	at   time.Time
	hint string
}

func newPacer(interval time.Duration) *pacer {
	return &pacer{interval: interval, busy: map[string]bool{}}
}

// begin returns 0 where the order may be collected, after which end must follow; else the time to wait, and the last hint.
func (p *pacer) begin(order string, now time.Time) (hint string, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	last, ok := p.recent[order]
	if !ok {
		last, ok = p.previous[order]
	}
	switch left := p.interval - now.Sub(last.at); {
	case p.busy[order]:
		return last.hint, p.interval
	case ok && left > 0:
		return last.hint, left
	}
	p.busy[order] = true
	p.note(order, glance{at: now, hint: last.hint})
	return "", 0
}

// end says that the collect that was begun at a time is over, and what it saw: "" is nothing.
func (p *pacer) end(order, hint string, begun time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, order)
	if hint != "" {
		p.note(order, glance{at: begun, hint: hint})
	}
}

func (p *pacer) note(order string, g glance) {
	if age := g.at.Sub(p.turned); p.recent == nil || age >= p.interval {
		p.previous = p.recent
		if age >= 2*p.interval {
			p.previous = nil
		}
		p.recent, p.turned = map[string]glance{}, g.at
	}
	p.recent[order] = g
}
