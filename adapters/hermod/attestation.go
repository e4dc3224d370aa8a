package hermod

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gomss/gomss/internal/strictjson"
)

// AttestationPolicy says what a provisioning response without the signature of a pinned attestation key is worth.
type AttestationPolicy int

const (
	// AttestationRequired refuses it. It also refuses all responses where no key is pinned.
	AttestationRequired AttestationPolicy = iota

	// AttestationOptional takes a response that names no key, or another one than a pinned one, with Provisioning.Attested
	// false: any program can have made it. One that names a key must be signed by it.
	AttestationOptional

	// InsecureAttestationOff looks at no attestation key and no attestation signature. Attested is false.
	InsecureAttestationOff
)

// Attestation is how the app that made the keys is told from any other program. The private half of an attestation key is in
// every installation of the app, so a good signature says "a genuine build of the app", not which device. The key that a
// response carries is a hint alone: whoever makes a response can put their own into it.
type Attestation struct {
	Policy AttestationPolicy
	Keys   []AttestationKey // pinned; from the app's vendor
}

// AttestationKey pins one attestation key. ParseAttestationKey makes it; it is comparable.
type AttestationKey struct {
	spki       [sha256.Size]byte // of the SubjectPublicKeyInfo; zero where the pin is a thumbprint
	thumbprint string            // by RFC 7638; "" where the pin is of the SubjectPublicKeyInfo
}

// ParseAttestationKey reads a pin, in one of these forms:
//
//   - "sha256:" and the SHA-256 of the DER SubjectPublicKeyInfo in 64 hexadecimal digits;
//   - the SHA-256 thumbprint of RFC 7638, 43 characters of base64url;
//   - the public key as a JWK, which is how Smart ID Identity Manager is given it;
//   - the public key in PEM ("PUBLIC KEY").
//
// A modulus with zero octets before it, which the app writes, is the same key as without them. The key is RSA of 2048 to 4096
// bits with exponent 65537.
func ParseAttestationKey(s string) (AttestationKey, error) {
	s = strings.TrimSpace(s)
	digits, isSum := strings.CutPrefix(s, "sha256:")
	var key AttestationKey
	var err error
	switch {
	case isSum:
		key.spki, err = parseSum(digits)
	case strings.HasPrefix(s, "{"):
		key, err = pinJWK([]byte(s))
	case strings.HasPrefix(s, "-----BEGIN "):
		key, err = pinPEM([]byte(s))
	default:
		key.thumbprint, err = parseThumbprint(s)
	}
	if err != nil {
		return AttestationKey{}, fmt.Errorf("hermod: attestation key: %w", err)
	}
	return key, nil
}

// parseSum reads the digits behind "sha256:". Zeros alone are no sum of anything, and are what a pin of another form has here.
func parseSum(digits string) (sum [sha256.Size]byte, err error) {
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) != len(sum) {
		return sum, errors.New("behind sha256: there are 64 hexadecimal digits, without colons")
	}
	copy(sum[:], b)
	if sum == [sha256.Size]byte{} {
		return sum, errors.New("a SHA-256 of zeros belongs to no key")
	}
	return sum, nil
}

func parseThumbprint(s string) (string, error) {
	if b, err := decodeBase64URL(s); err != nil || len(b) != sha256.Size {
		return "", errors.New(`is neither "sha256:" with 64 hexadecimal digits, nor a thumbprint of 43 base64url characters, nor a JWK, nor a public key in PEM`)
	}
	return s, nil
}

func pinJWK(doc []byte) (AttestationKey, error) {
	k := new(jwk)
	if err := strictjson.Unmarshal(doc, k); err != nil {
		return AttestationKey{}, err
	}
	key, err := k.public()
	if err != nil {
		return AttestationKey{}, err
	}
	return pin(key)
}

func pinPEM(doc []byte) (AttestationKey, error) {
	block, rest := pem.Decode(doc)
	if block == nil || block.Type != "PUBLIC KEY" || len(strings.TrimSpace(string(rest))) != 0 {
		return AttestationKey{}, errors.New("the PEM text is not one block of type PUBLIC KEY")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return AttestationKey{}, errors.New("the PEM text holds no public key")
	}
	key, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return AttestationKey{}, errors.New("the PEM text holds no RSA key")
	}
	if err := checkRSA(key); err != nil {
		return AttestationKey{}, err
	}
	return pin(key)
}

func pin(key *rsa.PublicKey) (AttestationKey, error) {
	sum, err := spkiSum(key)
	return AttestationKey{spki: sum}, err
}

// String returns the pin in the form that ParseAttestationKey reads.
func (k AttestationKey) String() string {
	if k.thumbprint != "" {
		return k.thumbprint
	}
	return "sha256:" + hex.EncodeToString(k.spki[:])
}

// pins reports whether the key is the pinned one. The zero AttestationKey pins none: no sum is zero.
func (k AttestationKey) pins(key *rsa.PublicKey) bool {
	if k.thumbprint != "" {
		return k.thumbprint == thumbprint(key)
	}
	sum, err := spkiSum(key)
	return err == nil && sum == k.spki
}

// attest checks the signature of a provisioning response by the policy (steps B6 and B7). attested says that the key in its header
// is a pinned one, which the response is signed with: the header's copy is not believed then but known. The key is nil where the
// policy takes a response that has none.
func (a *Attestation) attest(j *compactJWS) (key *rsa.PublicKey, attested bool, err error) {
	if a.Policy == InsecureAttestationOff {
		return nil, false, nil
	}
	required := a.Policy != AttestationOptional
	switch {
	case required && len(a.Keys) == 0:
		return nil, false, failed("attestation", errors.New("no attestation key is pinned: set Config.Attestation.Keys"))
	case required && j.header.JWK == nil:
		return nil, false, failed("attestation", errors.New("the response does not say which attestation key signed it"))
	case j.header.JWK == nil:
		return nil, false, nil
	}
	if key, err = j.header.JWK.public(); err != nil {
		return nil, false, failed("attestation", err)
	}
	attested = slices.ContainsFunc(a.Keys, func(k AttestationKey) bool { return k.pins(key) })
	if required && !attested {
		return nil, false, failed("attestation", errors.New("the attestation key in the response is not pinned: it is of another build of the app, or of another program"))
	}
	if err := j.verify(key); err != nil {
		return nil, false, failed("attestation signature", err)
	}
	return key, attested, nil
}
