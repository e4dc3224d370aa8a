package skmid_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
)

func sum256(s string) []byte { h := sha256.Sum256([]byte(s)); return h[:] }
func sum384(s string) []byte { h := sha512.Sum384([]byte(s)); return h[:] }
func sum512(s string) []byte { h := sha512.Sum512([]byte(s)); return h[:] }

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// codeVectors are of the service's documentation and of its clients' tests, and the edges of the formula.
func codeVectors(t testing.TB) map[string][]struct {
	hash []byte
	code string
} {
	type vector = struct {
		hash []byte
		code string
	}
	return map[string][]vector{
		"documentation": {{unhex(t, "2f665f6a6999e0ef0752e00ec9f453adf59d8cb6"), "1462"}},
		"official client": {
			{sum256("HACKERMAN_SHA256"), "6008"}, {sum384("HACKERMAN_SHA384"), "7230"}, {sum512("HACKERMAN_SHA512"), "3843"},
			{sum256("HACKERMAN"), "0104"}, {sum384("HACKERMAN"), "5781"}, {sum512("HACKERMAN"), "4667"},
		},
		"other clients": {
			{sum256("test"), "5000"}, {sum512("test"), "7679"},
			{sum256("Hello World!"), "4073"}, {sum384("Hello World!"), "6090"}, {sum512("Hello World!"), "4296"},
			{unhex(t, "78225701eab0c124a4909e28a7e3323f48c9e0de828f690763bcc57ac06de0e1"), "3937"},
		},
		"edges": {
			{make([]byte, 32), "0000"}, {bytes.Repeat([]byte{0xFF}, 32), "8191"}, {bytes.Repeat([]byte{0xFF}, 64), "8191"},
			{unhex(t, "0300000000000000000000000000000000000000000000000000000000000080"), "0000"},
			{unhex(t, "0400000000000000000000000000000000000000000000000000000000000000"), "0128"},
			{unhex(t, "000000000000000000000000000000000000000000000000000000000000007f"), "0127"},
		},
	}
}

func TestVerificationCode(t *testing.T) {
	t.Parallel()
	for name, vectors := range codeVectors(t) {
		for _, v := range vectors {
			code, err := skmid.VerificationCode(v.hash)
			require.NoError(t, err)
			require.Equal(t, v.code, code, "%s: %x", name, v.hash)
		}
	}
	for _, short := range [][]byte{nil, {}, make([]byte, 19)} {
		code, err := skmid.VerificationCode(short)
		require.Error(t, err)
		require.Empty(t, code, "a code of nothing looks like a code")
	}
}

// smartID is the formula of SK's other service, which articles use for Mobile-ID.
func smartID(hash []byte) string {
	again := sha256.Sum256(hash)
	return fmt.Sprintf("%04d", binary.BigEndian.Uint16(again[30:])%10000)
}

// TestVerificationCodeIsNotSmartIDs: the two formulas agree for one digest in ten thousand. Of none here do they.
func TestVerificationCodeIsNotSmartIDs(t *testing.T) {
	t.Parallel()
	require.Equal(t, "6684", smartID(sum256("HACKERMAN_SHA256")), "the formula below is the one meant")
	for name, vectors := range codeVectors(t) {
		for _, v := range vectors {
			code, err := skmid.VerificationCode(v.hash)
			require.NoError(t, err)
			require.NotEqual(t, smartID(v.hash), code, "%s: %x", name, v.hash)
		}
	}
}
