package skmid

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRawECDSA: the length alone tells r and s from DER, and DER is strict.
func TestRawECDSA(t *testing.T) {
	t.Parallel()
	sequence := func(content ...byte) []byte { return append([]byte{0x30, byte(len(content))}, content...) }
	padded := func(r, s byte) []byte {
		b := make([]byte, 64)
		b[31], b[63] = r, s
		return b
	}
	looksLikeDER := make([]byte, 64)
	copy(looksLikeDER, []byte{0x30, 62, 2, 29})
	for name, tt := range map[string]struct{ sig, want []byte }{
		"raw":                        {padded(1, 2), padded(1, 2)},
		"raw that begins as DER":     {looksLikeDER, looksLikeDER},
		"DER":                        {sequence(2, 1, 1, 2, 1, 2), padded(1, 2)},
		"DER with a needed zero":     {sequence(2, 2, 0, 0x80, 2, 1, 2), padded(0x80, 2)},
		"superfluous zero":           {sequence(2, 2, 0, 1, 2, 1, 2), nil},
		"negative":                   {sequence(2, 1, 0x80, 2, 1, 2), nil},
		"zero":                       {sequence(2, 1, 0, 2, 1, 2), nil},
		"s is zero":                  {sequence(2, 1, 1, 2, 1, 0), nil},
		"a third number":             {sequence(2, 1, 1, 2, 1, 2, 2, 1, 3), nil},
		"one number":                 {sequence(2, 1, 1), nil},
		"octets behind":              {append(sequence(2, 1, 1, 2, 1, 2), 0), nil},
		"long form of a length":      {[]byte{0x30, 0x81, 6, 2, 1, 1, 2, 1, 2}, nil},
		"indefinite length":          {[]byte{0x30, 0x80, 2, 1, 1, 2, 1, 2, 0, 0}, nil},
		"another tag":                {[]byte{0x31, 6, 2, 1, 1, 2, 1, 2}, nil},
		"larger than the field":      {sequence(slices.Concat([]byte{2, 34, 0x7f}, make([]byte, 33), []byte{2, 1, 1})...), nil},
		"one octet less":             {padded(1, 2)[1:], nil},
		"one octet more":             {append(padded(1, 2), 0), nil},
		"half, stripped of its zero": {append(make([]byte, 31), 1, 2), nil},
		"nothing":                    {nil, nil},
	} {
		raw, err := rawECDSA(tt.sig, 32)
		require.Equal(t, tt.want, raw, name)
		require.Equal(t, tt.want == nil, err != nil, name)
	}
}

// FuzzSignature: whatever is taken is r and s of the full length, and what is taken as DER is the one encoding of them.
func FuzzSignature(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(f, err)
	digest := sha256.Sum256([]byte("fuzz"))
	der, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	require.NoError(f, err)
	raw, err := rawECDSA(der, 32)
	require.NoError(f, err)
	for _, seed := range [][]byte{der, raw} {
		v, err := verifySignature(key.Public(), digest[:], seed)
		require.NoError(f, err, "a seed verifies")
		require.Equal(f, raw, v.value)
		f.Add(seed)
	}
	f.Add([]byte{0x30, 6, 2, 1, 1, 2, 1, 2})
	f.Fuzz(func(t *testing.T, sig []byte) {
		got, err := rawECDSA(sig, 32)
		if err != nil {
			require.Nil(t, got)
			return
		}
		require.Len(t, got, 64)
		if len(sig) != 64 {
			again, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(got[:32]), new(big.Int).SetBytes(got[32:])})
			require.NoError(t, err)
			require.Equal(t, sig, again)
		}
		if v, err := verifySignature(key.Public(), digest[:], sig); err == nil {
			require.Equal(t, raw[:32], v.unique, "nobody but the fuzzer's key signs")
		}
	})
}
