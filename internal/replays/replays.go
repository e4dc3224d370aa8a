// Package replays remembers signatures that were accepted, so that none is accepted for two transactions.
package replays

import "sync"

// Memory remembers the last signatures that were accepted, each for one transaction, and forgets the oldest: memory that a
// peer cannot make grow. It is safe for concurrent use. Make it with New.
type Memory struct {
	mu    sync.Mutex
	m     map[[32]byte]string
	order [][32]byte // ring of the keys in m
	next  int
}

// New makes a memory of at most size signatures.
func New(size int) *Memory {
	return &Memory{m: make(map[[32]byte]string), order: make([][32]byte, 0, size)}
}

// Claim enters a signature, by a SHA-256 that nobody but the signer could have made another way, for a transaction and returns
// true, or false where it was accepted for another one.
func (r *Memory) Claim(key [32]byte, transaction string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if held, ok := r.m[key]; ok {
		return held == transaction
	}
	if len(r.order) < cap(r.order) {
		r.order = append(r.order, key)
	} else {
		delete(r.m, r.order[r.next])
		r.order[r.next] = key
		r.next = (r.next + 1) % len(r.order)
	}
	r.m[key] = transaction
	return true
}
