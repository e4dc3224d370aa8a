package skmid_test

import (
	"crypto"
	"crypto/ecdsa"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// BenchmarkVerify is what judging an authentication costs, beside the one signature check that no verifier can do without. The
// rest is the CA's signature on the certificate, parsing and comparing.
func BenchmarkVerify(b *testing.B) {
	r := newRealm(b)
	v := newVerifier(b, r.anchors)
	ev := genuine(b, r)
	sig, err := v.Verify(ev)
	require.NoError(b, err)
	pub, half := r.auth.cert.PublicKey.(*ecdsa.PublicKey), len(sig.Value)/2
	rr, ss := new(big.Int).SetBytes(sig.Value[:half]), new(big.Int).SetBytes(sig.Value[half:])
	b.Run("Verify", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := v.Verify(ev); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("floor/ecdsa", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !ecdsa.Verify(pub, sig.Content, rr, ss) {
				b.Fatal("does not verify")
			}
		}
	})
	b.Run("floor/ecdsa twice", func(b *testing.B) { // the person's signature and the CA's
		for b.Loop() {
			for range 2 {
				if !ecdsa.Verify(pub, sig.Content, rr, ss) {
					b.Fatal("does not verify")
				}
			}
		}
	})
}

// BenchmarkStartAndPoll is the client's part of a login before verification, without TLS.
func BenchmarkStartAndPoll(b *testing.B) {
	r := newRealm(b)
	answer := r.auth.answer(b, mss.Authentication, crypto.SHA256, sum256("x")).bytes(b)
	s := quick(answer)
	c := newClient(b, r, s)
	req := authentication(b)
	b.ReportAllocs()
	for b.Loop() {
		tx, err := c.Start(b.Context(), req)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Poll(b.Context(), tx, 30*time.Second); err != nil {
			b.Fatal(err)
		}
	}
}
