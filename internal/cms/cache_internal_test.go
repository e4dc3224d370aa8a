package cms

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"hash/maphash"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The search for a path checks names, octets and times itself; these tests are
// for the second line of defence, which no message can reach while the first
// one stands.

// selfSigned is any certificate, valid for some hours around noon.
func selfSigned(t *testing.T, serial int64, from, to time.Time) *certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: from, NotAfter: to}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	c, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	return newCertificate(c)
}

func TestVerifiedPathHolds(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	hour := func(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }
	user := selfSigned(t, 1, hour(-9), hour(3))
	issuer := selfSigned(t, 2, hour(-2), hour(9))
	anchor := selfSigned(t, 3, hour(-9), hour(9))
	path := []*certificate{user, issuer, anchor}
	for name, p := range map[string]*verifiedPath{
		"as verified":     newVerifiedPath(path),
		"in other orders": newVerifiedPath([]*certificate{anchor, user, issuer}),
	} {
		p.certificates = path
		require.True(t, p.holds(path, noon), name)
		require.True(t, p.holds(path, hour(-2)))
		require.True(t, p.holds(path, hour(3)))
		require.False(t, p.holds(path, hour(-2).Add(-time.Second)), name)
		require.False(t, p.holds(path, hour(3).Add(time.Second)), name)
		require.False(t, p.holds([]*certificate{user, issuer, user}, noon), "another anchor")
		require.False(t, p.holds(path[:2], noon), "a shorter path")
	}
	require.False(t, (*verifiedPath)(nil).holds(path, noon))
}

// TestCacheComparesOctets: equal hashes are not enough.
func TestCacheComparesOctets(t *testing.T) {
	t.Parallel()
	c := newCache(4)
	a := selfSigned(t, 1, time.Unix(0, 0), time.Unix(9, 0))
	other := []byte("other octets")
	c.certificates.put(maphash.Bytes(c.seed, a.Raw), a)
	c.certificates.put(maphash.Bytes(c.seed, other), a)
	require.Same(t, a, c.certificate(a.Raw))
	require.Nil(t, c.certificate(other))
}

func TestLRU(t *testing.T) {
	t.Parallel()
	l := newLRU[int, string](2)
	l.put(1, "a")
	l.put(1, "b")
	require.Equal(t, 1, l.order.Len())
	l.put(2, "b")
	l.put(1, "c")
	require.Equal(t, "c", l.get(1))
	l.put(3, "d") // drops 2, which was used least recently
	require.Equal(t, []string{"c", "", "d"}, []string{l.get(1), l.get(2), l.get(3)})
	require.Equal(t, 2, l.order.Len())
	require.Len(t, l.entries, 2)
}
