package mssp

import (
	"sync"
	"time"
)

// bounded is a map that remembers its last entries and forgets the oldest: memory that a peer cannot make grow.
type bounded struct {
	mu    sync.Mutex
	m     map[[32]byte]string
	order [][32]byte // ring of the keys in m
	next  int
}

func newBounded(size int) *bounded {
	return &bounded{m: make(map[[32]byte]string), order: make([][32]byte, 0, size)}
}

// claim enters key for owner and returns true, or false where another owner holds it.
func (b *bounded) claim(key [32]byte, owner string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if held, ok := b.m[key]; ok {
		return held == owner
	}
	if len(b.order) < cap(b.order) {
		b.order = append(b.order, key)
	} else {
		delete(b.m, b.order[b.next])
		b.order[b.next] = key
		b.next = (b.next + 1) % len(b.order)
	}
	b.m[key] = owner
	return true
}

// outstanding counts the signatures under way and knows their MSSP_TransIDs. Who never comes back for an outcome is
// forgotten at the deadline.
type outstanding struct {
	mu    sync.Mutex
	limit int
	count int                  // reserved, without id
	ids   map[string]time.Time // MSSP_TransID to deadline
}

func newOutstanding(limit int) *outstanding {
	return &outstanding{limit: limit, ids: make(map[string]time.Time)}
}

// reserve takes a place, or returns false where all are taken.
func (o *outstanding) reserve(now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.count+len(o.ids) >= o.limit {
		for id, deadline := range o.ids {
			if now.After(deadline) {
				delete(o.ids, id)
			}
		}
	}
	if o.count+len(o.ids) >= o.limit {
		return false
	}
	o.count++
	return true
}

// release gives a place back that got no id.
func (o *outstanding) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count--
}

// enter turns a reserved place into one with an id. It returns false, and gives the place back, where the id is already
// outstanding: two transactions would share one answer.
func (o *outstanding) enter(id string, now, deadline time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count--
	if old, ok := o.ids[id]; ok && now.Before(old) {
		return false
	}
	o.ids[id] = deadline
	return true
}

// leave ends what enter began.
func (o *outstanding) leave(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.ids, id)
}
