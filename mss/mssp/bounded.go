package mssp

import (
	"slices"
	"sync"
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

// release gives back what claim gave to owner. The key's place in the ring stays taken, by none.
func (b *bounded) release(key [32]byte, owner string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.m[key] != owner {
		return
	}
	delete(b.m, key)
	b.order[slices.Index(b.order, key)] = [32]byte{}
}
