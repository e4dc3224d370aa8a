package bankid_test

import (
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// requireNoFlip flips single bits of a signature and of its OCSP answer, each step bits from the last.
func requireNoFlip(t *testing.T, step int, v *bankid.Verifier, doc, ocsp []byte, at time.Time) {
	t.Helper()
	for i := 0; i < 8*len(doc); i += step {
		doc[i/8] ^= 1 << (i % 8)
		_, err := v.VerifySignature([]byte(in64(string(doc))), nil, at)
		require.Error(t, err, "bit %d of the signature", i)
		doc[i/8] ^= 1 << (i % 8)
	}
	_, err := v.VerifySignature(doc, nil, at)
	require.NoError(t, err, "unchanged again")
	for i := 0; i < 8*len(ocsp); i += step {
		ocsp[i/8] ^= 1 << (i % 8)
		_, err := v.VerifySignature(doc, []byte(in64(string(ocsp))), time.Time{})
		require.Error(t, err, "bit %d of the OCSP answer", i)
		ocsp[i/8] ^= 1 << (i % 8)
	}
	_, err = v.VerifySignature(doc, ocsp, time.Time{})
	require.NoError(t, err, "unchanged again")
}

// TestFlip flips one bit of each octet.
func TestFlip(t *testing.T) {
	t.Parallel()
	b := newBank(t, false)
	d := b.draft(t, "Signing")
	doc := d.xml(t)
	requireNoFlip(t, 9, b.verifier(t, mss.Test), []byte(doc), b.answer(d.person.Certificate, in64(doc)).der(t), signedAt)
}

// TestConformanceFlip flips every bit.
func TestConformanceFlip(t *testing.T) {
	v := genuineVerifier(t)
	requireNoFlip(t, flipStep, v, corpus(t, "sign-20220913.signature.xml"), corpus(t, "sign-20220913.ocsp.der"), time.Date(2022, 9, 13, 14, 9, 19, 0, time.UTC))
}
