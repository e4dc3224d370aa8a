package bankid_test

import (
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// FuzzSignature: nothing but the signature that a person made is accepted, and nothing panics.
func FuzzSignature(f *testing.F) {
	b := newBank(f, false)
	v, doc := b.verifier(f, mss.Test), b.draft(f, "Signing").xml(f)
	_, err := v.VerifySignature([]byte(doc), nil, signedAt)
	require.NoError(f, err)
	f.Add([]byte(doc))
	f.Add([]byte(doc[:len(doc)/2]))
	f.Add([]byte(in64(doc)))
	f.Fuzz(func(t *testing.T, signature []byte) {
		d, err := v.VerifySignature(signature, nil, signedAt)
		if err != nil {
			refused(t, err, checkOf(err), "")
			return
		}
		require.Contains(t, []string{in64(doc), in64(doc[len(xmlHead):])}, string(d.Value), "but for the declaration")
	})
}

// FuzzOCSP: nothing but the answer that the responder gave is accepted, and nothing panics.
func FuzzOCSP(f *testing.F) {
	b := newBank(f, false)
	d := b.draft(f, "Signing")
	doc := d.xml(f)
	v, genuine := b.verifier(f, mss.Test), b.answer(d.person.Certificate, in64(doc)).der(f)
	_, err := v.VerifySignature([]byte(doc), genuine, time.Time{})
	require.NoError(f, err)
	f.Add(genuine)
	f.Add(genuine[:len(genuine)/2])
	f.Add(b.answer(b.root.Certificate, "").der(f))
	f.Fuzz(func(t *testing.T, der []byte) {
		if len(der) == 0 || der[0] != 0x30 {
			der = append([]byte{0x30}, der...)
		}
		_, err := v.VerifySignature([]byte(doc), der, time.Time{})
		require.True(t, err != nil || string(der) == string(genuine))
	})
}

func checkOf(err error) string { return err.(*mss.VerificationError).Check }
