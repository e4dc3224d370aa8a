package registranttest_test

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/stretchr/testify/require"
)

// TestConformanceTokenVectors: the published tokens are read, and made again octet by octet.
func TestConformanceTokenVectors(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("MSS_CORPUS")
	if dir == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	doc, err := os.ReadFile(filepath.Join(dir, "registrant", "token_vectors.json"))
	require.NoError(t, err)
	var vectors struct {
		Key, WrongKey string
		Tokens        []struct{ Token, Plain string }
	}
	require.NoError(t, json.Unmarshal(doc, &vectors))
	require.Len(t, vectors.Tokens, 2)
	for _, v := range vectors.Tokens {
		var want struct {
			Ident     *string `json:"user_ident"`
			Username  string  `json:"user_username"`
			ExpiresAt string  `json:"expires_at"`
		}
		require.NoError(t, json.Unmarshal([]byte(v.Plain), &want))

		ident, username, expires, err := registranttest.Open(vectors.Key, v.Token)
		require.NoError(t, err)
		require.Equal(t, want.Ident, ident)
		require.Equal(t, want.Username, username)
		require.Equal(t, want.ExpiresAt, expires)

		again, err := registranttest.Seal(vectors.Key, ident, username, expires)
		require.NoError(t, err)
		require.Equal(t, v.Token, again)

		_, _, _, err = registranttest.Open(vectors.WrongKey, v.Token)
		require.Error(t, err)
	}
}

const key = "an invented secret of thirty-two octets, and more"

func TestToken(t *testing.T) {
	t.Parallel()
	ident := "EE-60001019906"
	token, err := registranttest.Seal(key, &ident, "Mari-Liis O'Näidis <&>", "2026-01-02 03:04:05 UTC")
	require.NoError(t, err)
	again, err := registranttest.Seal(key[:32], &ident, "Mari-Liis O'Näidis <&>", "2026-01-02 03:04:05 UTC")
	require.NoError(t, err)
	require.Equal(t, token, again, "deterministic, by 32 octets of the key")
	got, username, expires, err := registranttest.Open(key, token)
	require.NoError(t, err)
	require.Equal(t, ident, *got)
	require.Equal(t, "Mari-Liis O'Näidis <&>", username)
	require.Equal(t, "2026-01-02 03:04:05 UTC", expires)

	for name, damaged := range map[string]string{
		"empty": "", "not Base64": "*", "no padding": strings.TrimRight(token, "="), "not a multiple of the block": "AAAA",
		"another last block": token[:len(token)-24] + strings.Repeat("A", 22) + "==",
	} {
		_, _, _, err := registranttest.Open(key, damaged)
		require.ErrorIs(t, err, registranttest.ErrCipher, name)
	}
	_, _, _, err = registranttest.Open("another secret of thirty-two octets", token)
	require.Error(t, err)

	data, err := base64.URLEncoding.DecodeString(token)
	require.NoError(t, err)
	data[0] ^= 1 // spoils the first block, where the JSON begins, and one bit of the second
	_, _, _, err = registranttest.Open(key, base64.URLEncoding.EncodeToString(data))
	require.ErrorIs(t, err, registranttest.ErrJSON)

	// 17 as the length of the padding of a block of 16.
	block, err := aes.NewCipher([]byte(key[:32]))
	require.NoError(t, err)
	long := []byte(strings.Repeat("\x11", 32))
	cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(long, long)
	_, _, _, err = registranttest.Open(key, base64.URLEncoding.EncodeToString(long))
	require.ErrorIs(t, err, registranttest.ErrCipher)
}
