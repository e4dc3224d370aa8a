package hermod_test

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
)

// The key of RFC 7638 section 3.1, whose thumbprint is published there.
const (
	rfc7638Key = `{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}`
	rfc7638Sum = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
)

func publicPEM(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// TestParseAttestationKey: all forms of one key pin it, and nothing else.
func TestParseAttestationKey(t *testing.T) {
	t.Parallel()
	key := &fixtureKeys()["attestation"].PublicKey
	withZero, err := json.Marshal(publicJWK(key, true, object{"n#len": "2056", "kid": "attestation"}))
	require.NoError(t, err)
	without, err := json.Marshal(publicJWK(key, false, object{}))
	require.NoError(t, err)
	pin, err := hermod.ParseAttestationKey(string(without))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(pin.String(), "sha256:"))
	for _, form := range []string{string(withZero), publicPEM(t, key), pin.String(), "\n" + pin.String() + " "} {
		same, err := hermod.ParseAttestationKey(form)
		require.NoError(t, err)
		require.Equal(t, pin, same)
	}
	sum := sha256.Sum256([]byte(`{"e":"AQAB","kty":"RSA","n":"` + b64url(string(key.N.Bytes())) + `"}`))
	thumbprint := b64url(string(sum[:]))
	byThumbprint, err := hermod.ParseAttestationKey(thumbprint)
	require.NoError(t, err)
	require.Equal(t, thumbprint, byThumbprint.String())
	for _, pin := range []hermod.AttestationKey{pin, byThumbprint} {
		v := newVerifier(t, func(c *hermod.VerifierConfig) { c.Attestation.Keys = []hermod.AttestationKey{{}, pin} })
		_, err = v.VerifyExchange(newEmulator(t).exchange())
		require.NoError(t, err)
		d := newEmulator(t)
		d.attestation = fixtureKeys()["other"]
		_, err = v.VerifyExchange(d.exchange())
		requireCheck(t, err, "attestation", "not pinned")
	}
}

func TestParseAttestationKeyRefuses(t *testing.T) {
	t.Parallel()
	short, other := newRSAKey(1024), fixtureKeys()["other"]
	private, err := json.Marshal(publicJWK(&other.PublicKey, false, object{"d": "AQAB"}))
	require.NoError(t, err)
	twice := strings.Replace(rfc7638Key, `{`, `{"N":"AQAB",`, 1)
	for name, s := range map[string]string{
		"nothing":               "",
		"a word":                "attestation",
		"42 characters":         rfc7638Sum[1:],
		"44 characters":         rfc7638Sum + "A",
		"another spelling":      rfc7638Sum[:42] + "t",
		"few digits":            "sha256:89aa",
		"colons":                "sha256:" + strings.Repeat("89:", 31) + "89",
		"no digits":             "sha256:" + strings.Repeat("xy", 32),
		"zeros":                 "sha256:" + strings.Repeat("00", 32),
		"digits alone":          strings.Repeat("89", 32),
		"another sum":           "sha1:" + strings.Repeat("89", 20),
		"a JWK that is none":    "{",
		"a JWK of another kind": `{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`,
		"a private JWK":         string(private),
		"a JWK, n twice":        twice,
		"a PEM of a short key":  publicPEM(t, &short.PublicKey),
		"a PEM of an EC key":    publicPEM(t, newECKey().Public()),
		"two keys in PEM":       publicPEM(t, &other.PublicKey) + publicPEM(t, &other.PublicKey),
		"a certificate in PEM":  string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: fixtureCA().Raw})),
		"an empty PEM":          "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
	} {
		_, err := hermod.ParseAttestationKey(s)
		require.ErrorContains(t, err, "hermod: attestation key: ", name)
	}
}

// ExampleParseAttestationKey pins a key by the thumbprint of RFC 7638, and tells the sum of another form.
func ExampleParseAttestationKey() {
	byThumbprint, err := hermod.ParseAttestationKey(rfc7638Sum)
	if err != nil {
		panic(err)
	}
	byKey, err := hermod.ParseAttestationKey(rfc7638Key)
	if err != nil {
		panic(err)
	}
	fmt.Println(byThumbprint)
	fmt.Println(byKey)
	// Output:
	// NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
	// sha256:ad32320cf6c596d884b05381ba573aba8ddd5749b4de8f4a23a79f9a89ddaeb2
}
