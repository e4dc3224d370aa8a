package hermod

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

// jwk is an RSA key as Hermod writes it (RFC 7517, RFC 7518 section 6.3, and members of its own). encoding/json reads names in
// any case, and strictjson refuses those that differ in case alone: no private member hides behind a spelling.
type jwk struct {
	KeyType  string `json:"kty"`
	Alg      string `json:"alg"`
	KeyID    string `json:"kid"`
	Use      string `json:"use"`
	KeyState string `json:"keystate"`
	N        string `json:"n"`
	E        string `json:"e"`
	CertReq  string `json:"certreq"` // of a nested key: PKCS#10, standard base64

	// What makes a key private (RFC 7518 section 6.3.2 and 6.4): a response that holds one gave the key away.
	D   json.RawMessage `json:"d"`
	P   json.RawMessage `json:"p"`
	Q   json.RawMessage `json:"q"`
	DP  json.RawMessage `json:"dp"`
	DQ  json.RawMessage `json:"dq"`
	QI  json.RawMessage `json:"qi"`
	Oth json.RawMessage `json:"oth"`
	K   json.RawMessage `json:"k"`
}

// What an RSA key may be (SEC-8): the cost of a signature check is the choice of whoever made the key. The upper bound is
// that of the JOSE library, too.
const (
	minRSABits   = 2048
	maxRSABits   = 4096
	rsaExponent  = 65537
	maxRSADigits = (maxRSABits/8 + 8) * 4 / 3 // characters of a modulus in base64url, with some zeros before it
)

// public returns the key. Hermod writes an attestation key's modulus with a zero octet before it, against RFC 7518 section
// 6.3.1.1, so that octet is no part of the number, of its length or of a fingerprint.
func (k *jwk) public() (*rsa.PublicKey, error) {
	if k.KeyType != "RSA" {
		return nil, errors.New("the JWK is not an RSA key")
	}
	for _, private := range []json.RawMessage{k.D, k.P, k.Q, k.DP, k.DQ, k.QI, k.Oth, k.K} {
		if private != nil {
			return nil, errors.New("the JWK is a private key")
		}
	}
	if len(k.N) > maxRSADigits || len(k.E) > 8 {
		return nil, errRSA
	}
	n, err := decodeBase64URL(k.N)
	if err != nil {
		return nil, fmt.Errorf("the JWK's n %w", err)
	}
	e, err := decodeBase64URL(k.E)
	if err != nil {
		return nil, fmt.Errorf("the JWK's e %w", err)
	}
	if new(big.Int).SetBytes(e).Cmp(big.NewInt(rsaExponent)) != 0 {
		return nil, errRSA
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: rsaExponent}
	return key, checkRSA(key)
}

var errRSA = errors.New("the RSA key is outside 2048 to 4096 bits, or has another exponent than 65537")

// checkRSA bounds a key before it is used.
func checkRSA(key *rsa.PublicKey) error {
	if bits := key.N.BitLen(); bits < minRSABits || bits > maxRSABits || key.E != rsaExponent {
		return errRSA
	}
	return nil
}

// spkiSum is the SHA-256 of a key's SubjectPublicKeyInfo in DER.
func spkiSum(key crypto.PublicKey) ([sha256.Size]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return [sha256.Size]byte{}, errors.New("the public key is of a kind that has no SubjectPublicKeyInfo")
	}
	return sha256.Sum256(der), nil
}

// thumbprint is a key's SHA-256 thumbprint by RFC 7638, whose text for an RSA key is section 3.2's, in base64url.
func thumbprint(key *rsa.PublicKey) string {
	encode := base64.RawURLEncoding.EncodeToString
	sum := sha256.Sum256([]byte(`{"e":"` + encode(big.NewInt(int64(key.E)).Bytes()) + `","kty":"RSA","n":"` + encode(key.N.Bytes()) + `"}`))
	return encode(sum[:])
}
