package bankid_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// BenchmarkVerify is a signature with its OCSP answer, offline.
func BenchmarkVerify(b *testing.B) {
	bank := newBank(b, false)
	v, p := bank.verifier(b, mss.Test), bank.draft(b, "Signing").pair(b, bank)
	ev := newOrder("Signing").evidence(b, p)
	b.ReportAllocs()
	for b.Loop() {
		_, err := v.Verify(ev)
		require.NoError(b, err)
	}
}

// BenchmarkRSA is the RSA checks alone that Verify cannot do without: signature, three certificates, responder, OCSP answer.
func BenchmarkRSA(b *testing.B) {
	sum := sha256.Sum256([]byte(visibleText))
	value, err := personKey().Sign(nil, sum[:], crypto.SHA256)
	require.NoError(b, err)
	for b.Loop() {
		for range 6 {
			require.NoError(b, rsa.VerifyPKCS1v15(&personKey().PublicKey, crypto.SHA256, sum[:], value))
		}
	}
}

// BenchmarkRefuse is a signature that was changed: it costs no more than one that holds.
func BenchmarkRefuse(b *testing.B) {
	bank := newBank(b, false)
	v, d := bank.verifier(b, mss.Test), bank.draft(b, "Signing")
	d.edit = func(s string) string { return replaceOnce(b, s, "<name>", "<name>AAAA") }
	doc := []byte(in64(d.xml(b)))
	for b.Loop() {
		_, err := v.VerifySignature(doc, nil, time.Unix(0, 0))
		require.Error(b, err)
	}
}
