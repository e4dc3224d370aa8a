package cms

import (
	"bytes"
	"container/list"
	"crypto/sha256"
	"hash/maphash"
	"slices"
	"sync"
	"time"
)

const (
	defaultCacheSize = 1024
	issuerCacheSize  = 64
)

// verifiedPath is a path x509 has verified, signer or issuer first, anchor last,
// and the time for which that holds: the intersection of all validities.
type verifiedPath struct {
	certificates        []*certificate
	notBefore, notAfter time.Time
}

func newVerifiedPath(path []*certificate) *verifiedPath {
	p := &verifiedPath{path, path[0].NotBefore, path[0].NotAfter}
	for _, c := range path[1:] {
		if c.NotBefore.After(p.notBefore) {
			p.notBefore = c.NotBefore
		}
		if c.NotAfter.Before(p.notAfter) {
			p.notAfter = c.NotAfter
		}
	}
	return p
}

// holds tells whether p says that this very path is good at the time.
func (p *verifiedPath) holds(path []*certificate, at time.Time) bool {
	return p != nil && !at.Before(p.notBefore) && !at.After(p.notAfter) &&
		slices.EqualFunc(p.certificates, path, func(a, b *certificate) bool { return a.digest == b.digest })
}

// link names a certificate and its issuer by the SHA-256 digests of their DER.
type link struct {
	certificate, issuer [sha256.Size]byte
}

func linkOf(path []*certificate) link { return link{path[0].digest, path[1].digest} }

// cache remembers paths that were verified, so that the next signature of the
// same person costs one public-key operation. It belongs to one Verifier: other
// anchors or another key usage are another cache.
//
// The rule it keeps: a hit only where a verification without the cache would
// succeed for the same octets. Therefore the search for a path does not know the
// cache; it asks about paths it has made from the certificates of this message
// and of the configuration, compared by digest, and the time is checked at every
// use. Entries are made after the signature and the path of a message verified;
// failures leave nothing.
//
// The part of a path above the signer's certificate is remembered apart, for the
// next signer of the same authority. It is good for any other signer, because
// x509 looks at path length, authority flag, extended key usage and critical
// extensions of each authority without regard to what is below, except under
// name and policy constraints: no such entry is made where an authority has any,
// and none is used for a signer's certificate that has.
//
// The lock is held for look-ups and insertions alone.
type cache struct {
	seed         maphash.Seed
	mu           sync.Mutex
	certificates lru[uint64, *certificate] // by a hash of the octets, which are then compared
	signers      lru[link, *verifiedPath]
	issuers      lru[link, *verifiedPath]
}

// newCache makes a cache for a number of signers; none remembers nothing.
func newCache(signers int) *cache {
	issuers := min(signers, issuerCacheSize)
	return &cache{
		seed:         maphash.MakeSeed(),
		certificates: newLRU[uint64, *certificate](signers + issuers),
		signers:      newLRU[link, *verifiedPath](signers),
		issuers:      newLRU[link, *verifiedPath](issuers),
	}
}

// certificate returns the parsed certificate with exactly these octets, nil if
// there is none.
func (c *cache) certificate(raw []byte) *certificate {
	hash := maphash.Bytes(c.seed, raw)
	c.mu.Lock()
	certificate := c.certificates.get(hash)
	c.mu.Unlock()
	if certificate == nil || !bytes.Equal(certificate.Raw, raw) {
		return nil
	}
	return certificate
}

// signer returns the remembered form of a signer's path that holds at the time.
func (c *cache) signer(path []*certificate, at time.Time) *verifiedPath {
	c.mu.Lock()
	p := c.signers.get(linkOf(path))
	c.mu.Unlock()
	if !p.holds(path, at) {
		return nil
	}
	return p
}

// issuer tells whether the path from an issuer to its anchor is remembered and
// holds at the time. An anchor alone needs no verification and has no entry.
func (c *cache) issuer(path []*certificate, at time.Time) bool {
	if len(path) < 2 {
		return false
	}
	c.mu.Lock()
	p := c.issuers.get(linkOf(path))
	c.mu.Unlock()
	return p.holds(path, at)
}

// remember stores a signer's path after everything else about a message has
// been verified.
func (c *cache) remember(p *verifiedPath) {
	path := p.certificates
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.signers.get(linkOf(path)) == p {
		return // it came out of the cache
	}
	c.signers.put(linkOf(path), p)
	for _, certificate := range path {
		if !certificate.configured {
			c.certificates.put(maphash.Bytes(c.seed, certificate.Raw), certificate)
		}
	}
	if issuer := path[1:]; len(issuer) > 1 && !slices.ContainsFunc(issuer, (*certificate).isConstrained) {
		c.issuers.put(linkOf(issuer), newVerifiedPath(issuer))
	}
}

func (c *certificate) isConstrained() bool { return c.constrained }

// lru is a map bounded by dropping what was used least recently.
type lru[K comparable, V any] struct {
	size    int
	entries map[K]*list.Element
	order   *list.List // of lruEntry, most recently used first
}

type lruEntry[K comparable, V any] struct {
	key   K
	value V
}

func newLRU[K comparable, V any](size int) lru[K, V] {
	return lru[K, V]{size, make(map[K]*list.Element), list.New()}
}

// get returns the value of key, the zero value if there is none.
func (l *lru[K, V]) get(key K) (value V) {
	e, ok := l.entries[key]
	if !ok {
		return value
	}
	l.order.MoveToFront(e)
	return e.Value.(lruEntry[K, V]).value
}

// put stores the value of key.
func (l *lru[K, V]) put(key K, value V) {
	if l.size == 0 {
		return
	}
	entry := lruEntry[K, V]{key, value}
	if e, ok := l.entries[key]; ok {
		e.Value = entry
		l.order.MoveToFront(e)
		return
	}
	if len(l.entries) == l.size {
		oldest := l.order.Back()
		l.order.Remove(oldest)
		delete(l.entries, oldest.Value.(lruEntry[K, V]).key)
	}
	l.entries[key] = l.order.PushFront(entry)
}
