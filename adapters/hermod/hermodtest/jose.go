package hermodtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strconv"
)

// segment is base64url without padding (RFC 7515 2).
func segment(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// signJWS makes a compact JWS (RFC 7515 7.1). What the header says is not looked at: SHA-256 it is.
func signJWS(header object, payload []byte, key crypto.Signer) (string, error) {
	input := segment(compact(header)) + "." + segment(payload)
	value, err := signJOSE([]byte(input), key)
	if err != nil {
		return "", err
	}
	return input + "." + segment(value), nil
}

// signJOSE signs as RS256 or ES256 do (RFC 7518 3.3, 3.4).
func signJOSE(input []byte, key crypto.Signer) ([]byte, error) {
	sum := sha256.Sum256(input)
	return signDigest(sum[:], crypto.SHA256, key)
}

func signDigest(sum []byte, h crypto.Hash, key crypto.Signer) ([]byte, error) {
	if k, ok := key.(*ecdsa.PrivateKey); ok {
		r, s, err := ecdsa.Sign(rand.Reader, k, sum)
		if err != nil {
			return nil, err
		}
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...), nil
	}
	return key.Sign(rand.Reader, sum, h)
}

// attestationJWK is the attestation key as the app writes it: its modulus has a zero octet in front, which counts.
func attestationJWK(key *rsa.PublicKey) object {
	n := append([]byte{0}, key.N.Bytes()...)
	return object{
		{"kty", "RSA"}, {"n#len", strconv.Itoa(8 * len(n))}, {"alg", "RS256"}, {"e", segment(big.NewInt(int64(key.E)).Bytes())},
		{"kid", "attestation"}, {"use", "sig"}, {"n", segment(n)}, {"keystate", "active"},
	}
}

// deviceJWK is a device's own key as the app writes it, but for the request. The modulus has no zero in front.
func deviceJWK(id, use, keystate, mechanism string, key crypto.PublicKey) object {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return object{
			{"kty", "RSA"}, {"n#len", strconv.Itoa(8 * len(key.N.Bytes()))}, {"alg", mechanism}, {"e", segment(big.NewInt(int64(key.E)).Bytes())},
			{"kid", id}, {"use", use}, {"n", segment(key.N.Bytes())}, {"keystate", keystate},
		}
	case *ecdsa.PublicKey:
		point := spki(key) // ends with the two coordinates (RFC 5480 2.2)
		point = point[len(point)-64:]
		return object{
			{"kty", "EC"}, {"crv", "P-256"}, {"alg", mechanism}, {"x", segment(point[:32])}, {"y", segment(point[32:])},
			{"kid", id}, {"use", use}, {"keystate", keystate},
		}
	}
	return nil
}
