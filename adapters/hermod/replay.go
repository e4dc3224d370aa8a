package hermod

import "sync"

// replays remembers the last signatures that were accepted, each for one command, and forgets the oldest: memory that a
// peer cannot make grow.
type replays struct {
	mu    sync.Mutex
	m     map[[32]byte]string
	order [][32]byte // ring of the keys in m
	next  int
}

func newReplays(size int) *replays {
	return &replays{m: make(map[[32]byte]string), order: make([][32]byte, 0, size)}
}

// claim enters a signature for a command and returns true, or false where it was accepted for another one.
func (r *replays) claim(key [32]byte, externalID string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if held, ok := r.m[key]; ok {
		return held == externalID
	}
	if len(r.order) < cap(r.order) {
		r.order = append(r.order, key)
	} else {
		delete(r.m, r.order[r.next])
		r.order[r.next] = key
		r.next = (r.next + 1) % len(r.order)
	}
	r.m[key] = externalID
	return true
}
