package skmidtest_test

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
)

func TestSignatures(t *testing.T) {
	t.Parallel()
	for _, key := range []struct {
		key    skmidtest.Key
		suffix string
		length int // octets
	}{{skmidtest.P256, "WithECEncryption", 64}, {skmidtest.P384, "WithECEncryption", 96}, {skmidtest.RSA, "WithRSAEncryption", 256}} {
		for hashType, h := range map[string]crypto.Hash{"SHA256": crypto.SHA256, "SHA384": crypto.SHA384, "SHA512": crypto.SHA512} {
			for _, kind := range kinds {
				t.Run(fmt.Sprint(key.key, hashType, kind), func(t *testing.T) {
					t.Parallel()
					srv, c := inProcess(t, nil)
					srv.Script(phone, code, skmidtest.Person{Key: key.key})
					hash := make([]byte, h.Size()) // random octets will do for a hash
					_, err := rand.Read(hash)
					require.NoError(t, err)
					b := c.ask().with("hash", base64.StdEncoding.EncodeToString(hash)).with("hashType", hashType)
					a := c.outcome(kind, b)
					require.Equal(t, hashType+key.suffix, a.Signature.Algorithm)
					value, err := base64.StdEncoding.DecodeString(a.Signature.Value)
					require.NoError(t, err)
					require.Len(t, value, key.length)

					j := judgement{srv, kind, h, hash, "EE", code}
					signing := c.certificateOf(b)
					require.Empty(t, j.session(a, signing))
					j.hash = append([]byte{^hash[0]}, hash[1:]...)
					require.Equal(t, "signature", j.session(a, signing), "the judge sees another hash")
				})
			}
		}
	}
}

// A signature verifies with the certificate from /certificate, and the authentication certificate is of another key.
func TestKindsAreOfDifferentKeys(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(phone, code, skmidtest.Person{})
	auth, sign := c.authCertificate(c.ask()), c.certificateOf(c.ask())
	for kind, certs := range map[string][2]*x509.Certificate{authentication: {auth, sign}, signature: {sign, auth}} {
		a := c.outcome(kind, c.ask())
		value, err := base64.StdEncoding.DecodeString(a.Signature.Value)
		require.NoError(t, err)
		j := usual(srv, kind)
		require.Empty(t, j.signature(certs[0], a.Signature.Algorithm, value))
		require.Equal(t, "signature", j.signature(certs[1], a.Signature.Algorithm, value))
	}
}

// The same session is answered the same way as often as it is asked for.
func TestOutcomeStays(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(phone, code, skmidtest.Person{})
	path := c.start(authentication, c.ask())
	first, second := c.get(path), c.get(path)
	require.Equal(t, first.Signature, second.Signature)
	require.Equal(t, first.Cert, second.Cert)
	require.NotEqual(t, first.TraceID, second.TraceID)
	srv.Script(phone, code, skmidtest.Person{Result: skmidtest.Cancelled})
	require.Equal(t, "OK", c.get(path).result(t), "it goes on as it was")
	srv.AssertPrompts(t, 1)
}

func TestDER(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	for key, size := range map[skmidtest.Key]int{skmidtest.P256: 32, skmidtest.P384: 48} {
		srv.Script(phone, code, skmidtest.Person{Key: key, DER: true})
		require.Empty(t, c.judge(authentication))
		a := c.outcome(signature, c.ask())
		value, err := base64.StdEncoding.DecodeString(a.Signature.Value)
		require.NoError(t, err)
		var pair struct{ R, S *big.Int }
		rest, err := asn1.Unmarshal(value, &pair)
		require.NoError(t, err)
		require.Empty(t, rest)
		require.LessOrEqual(t, pair.R.BitLen(), 8*size)
	}
}

// The 13 bits of the verification code are the first 6 and the last 7 of the hash.
func TestControlCode(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(phone, code, skmidtest.Person{})
	test := sha256.Sum256([]byte("test"))
	for _, tt := range []struct{ hash, want string }{
		{"AE7S1QxYjqtVv+Tgukv2bMMi9gDCbc9ca2vy/iIG6ug=", "0104"},
		{base64.StdEncoding.EncodeToString(test[:]), "5000"},
		{base64.StdEncoding.EncodeToString(make([]byte, 32)), "0000"},
		{base64.StdEncoding.EncodeToString(append(append([]byte{3}, make([]byte, 30)...), 0x80)), "0000"},
		{"//////////////////////////////////////////8=", "8191"},
	} {
		c.start(authentication, c.ask().with("hash", tt.hash))
		list := srv.Requests()
		require.Equal(t, tt.want, list[len(list)-1].Control)
	}
}
