// Package claims remembers what belongs to whom, so that a signature is accepted for one transaction, and a receipt sent by one
// request.
package claims

import (
	"slices"
	"sync"
)

// Memory remembers the last claims and forgets the oldest: memory that a peer cannot make grow. It is safe for concurrent use.
// Make it with New.
type Memory struct {
	mu    sync.Mutex
	m     map[[32]byte]string
	order [][32]byte // ring of the keys in m
	next  int
}

// New makes a memory of at most size claims.
func New(size int) *Memory {
	return &Memory{m: make(map[[32]byte]string), order: make([][32]byte, 0, size)}
}

// Claim enters a key for an owner and returns true, or false where another owner holds it. The key is a SHA-256 that nobody can
// make of anything else.
func (r *Memory) Claim(key [32]byte, owner string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if held, ok := r.m[key]; ok {
		return held == owner
	}
	if len(r.order) < cap(r.order) {
		r.order = append(r.order, key)
	} else {
		delete(r.m, r.order[r.next])
		r.order[r.next] = key
		r.next = (r.next + 1) % len(r.order)
	}
	r.m[key] = owner
	return true
}

// Release gives back what Claim gave to owner. The key's place in the ring stays taken, by none.
func (r *Memory) Release(key [32]byte, owner string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.m[key] != owner {
		return
	}
	delete(r.m, key)
	r.order[slices.Index(r.order, key)] = [32]byte{}
}
