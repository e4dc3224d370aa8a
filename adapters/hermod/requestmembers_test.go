package hermod_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRequestMembers has a device put something behind the members of its request, which crypto/x509 passes over: a certification
// authority might not.
func TestRequestMembers(t *testing.T) {
	t.Parallel()
	attributes := []byte{0xa0, 0} // once more
	for name, edit := range map[string]func(d *emulator, der []byte) []byte{
		"in what is signed": func(d *emulator, der []byte) []byte {
			csr := sequence(t, der)
			csr[0] = asn1.RawValue{FullBytes: marshalSequence(t, append(sequence(t, csr[0].FullBytes), asn1.RawValue{FullBytes: attributes}))}
			sum := sha256.Sum256(csr[0].FullBytes)
			signature, err := rsa.SignPKCS1v15(nil, d.signer().key, crypto.SHA256, sum[:])
			require.NoError(t, err)
			csr[2] = asn1.RawValue{Tag: asn1.TagBitString, Bytes: append([]byte{0}, signature...)}
			return marshalSequence(t, csr)
		},
		"behind the signature": func(_ *emulator, der []byte) []byte {
			return marshalSequence(t, append(sequence(t, der), asn1.RawValue{FullBytes: attributes}))
		},
		"nothing": func(_ *emulator, der []byte) []byte { return marshalSequence(t, sequence(t, der)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newEmulator(t)
			d.signer().der = func(der []byte) []byte { return edit(d, der) }
			_, err := newVerifier(t, nil).VerifyExchange(d.exchange())
			if name == "nothing" {
				require.NoError(t, err)
				return
			}
			requireCheck(t, err, "request attributes", "others")
		})
	}
}

func sequence(t *testing.T, der []byte) (list []asn1.RawValue) {
	t.Helper()
	_, err := asn1.Unmarshal(der, &list)
	require.NoError(t, err)
	return slices.Clip(list)
}

func marshalSequence(t *testing.T, list []asn1.RawValue) []byte {
	t.Helper()
	der, err := asn1.Marshal(list)
	require.NoError(t, err)
	return der
}

// TestExchangeWithoutMessage has stored answers say of no message that they answer it, nor where any is.
func TestExchangeWithoutMessage(t *testing.T) {
	t.Parallel()
	nowhere := func(o object) {
		delete(o["responseHeader"].(object), "inReplyTo")
		for _, d := range o["destinations"].([]any) {
			delete(d.(object), "location")
		}
	}
	d := newEmulator(t)
	d.record = nowhere
	_, err := newVerifier(t, nil).VerifyExchange(d.exchange())
	requireCheck(t, err, "destination", "inReplyTo")
	d = newEmulator(t)
	d.certRecord = nowhere
	_, err = newVerifier(t, nil).VerifyExchange(d.exchange())
	requireCheck(t, err, "installation destination", "inReplyTo")
}
