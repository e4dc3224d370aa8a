package skmid

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDecodeBase64: standard Base64 with padding, of a bounded length, which is checked before it is decoded.
func TestDecodeBase64(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, 64, 512} {
		b, err := decodeBase64(base64.StdEncoding.EncodeToString(make([]byte, n)), 512)
		require.NoError(t, err)
		require.Len(t, b, n)
	}
	for name, s := range map[string]string{
		"empty": "", "too long": base64.StdEncoding.EncodeToString(make([]byte, 516)), "no padding": "AA", "bits behind": "AB==", "URL": "_-__",
		"space": "AAAA ", "line": "AAAA\n", "inside": "AA\r\nAA", "padding inside": "AA==AAAA",
	} {
		_, err := decodeBase64(s, 512)
		require.Error(t, err, name)
	}
	_, err := decodeBase64(strings.Repeat("*", 1<<16), 512)
	require.ErrorContains(t, err, "longer", "and not that it is no Base64: nothing was decoded")
}
