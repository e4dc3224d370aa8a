package hermod

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/strictjson"
)

// TestThumbprint holds the thumbprint against the one in RFC 7638 section 3.1, also for a modulus with zeros before it.
func TestThumbprint(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`{"kty":"RSA","e":"AQAB","n":"` + rfc7638Modulus + `"}`,
		`{"kty":"RSA","e":"AAEAAQ","n":"AAAA` + rfc7638Modulus + `","n#len":"2072"}`,
	} {
		k := new(jwk)
		require.NoError(t, strictjson.Unmarshal([]byte(doc), k))
		key, err := k.public()
		require.NoError(t, err)
		require.Equal(t, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", thumbprint(key))
		require.Equal(t, 2048, key.N.BitLen())
	}
}

const rfc7638Modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
