package skmidtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// hashes are the values of hashType.
var hashes = map[string]crypto.Hash{"SHA256": crypto.SHA256, "SHA384": crypto.SHA384, "SHA512": crypto.SHA512}

// sign makes what the person's SIM card makes of a question.
func (sub *subscriber) sign(ca *pki, p Person, q *question) (*signed, error) {
	k := q.kind
	if p.Forge == ForgeKind {
		k = k.other()
	}
	key, err := sub.key(p, k)
	if err != nil {
		return nil, err
	}
	hash := q.hash
	if p.Forge == ForgeHash {
		hash = slices.Clone(hash)
		hash[len(hash)/2] ^= 1 // in the middle: the verification code stays
	}
	out := &signed{algorithm: algorithm(q.hashType, p)}
	if out.value, err = signature(key, hashes[q.hashType], hash, p); err != nil {
		return nil, err
	}
	out.certificate, err = sub.certificate(ca, p, q.kind, p.Forge)
	return out, err
}

// signature signs a hash, in the encoding that the person's script says.
func signature(key crypto.Signer, h crypto.Hash, hash []byte, p Person) ([]byte, error) {
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, key, hash)
		if err != nil {
			return nil, err
		}
		return encodeEC(r, s, (key.Params().BitSize+7)/8, p)
	case *rsa.PrivateKey:
		value, err := rsa.SignPKCS1v15(rand.Reader, key, h, hash)
		if err != nil {
			return nil, err
		}
		return encodeRSA(value, p.Forge)
	}
	return nil, fmt.Errorf("skmidtest: a %T does not sign", key)
}

// encodeEC writes r and s side by side, each as long as the field, unless the script says otherwise.
func encodeEC(r, s *big.Int, size int, p Person) ([]byte, error) {
	switch p.Forge {
	case ForgeSwapped:
		r, s = s, r
	case ForgeZero:
		r, s = new(big.Int), new(big.Int)
	case ForgeDER:
		return nonMinimalDER(r, s, size), nil
	}
	value := append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	if p.DER {
		var err error
		if value, err = asn1.Marshal(struct{ R, S *big.Int }{r, s}); err != nil {
			return nil, err
		}
	}
	if p.Forge == ForgeTruncated {
		value = value[:len(value)-1]
	}
	return value, nil
}

// nonMinimalDER is a SEQUENCE whose first INTEGER has more octets than it needs, which DER forbids (X.690 8.3.2).
func nonMinimalDER(r, s *big.Int, size int) []byte {
	first := append([]byte{0, 0}, r.FillBytes(make([]byte, size))...)
	second := append([]byte{0}, s.FillBytes(make([]byte, size))...)
	content := append([]byte{asn1.TagInteger, byte(len(first))}, first...)
	content = append(append(content, asn1.TagInteger, byte(len(second))), second...)
	return append([]byte{0x30, byte(len(content))}, content...) // P-384: 103 octets, the short form of a length
}

func encodeRSA(value []byte, f Forge) ([]byte, error) {
	switch f {
	case ForgeSwapped:
		slices.Reverse(value)
	case ForgeZero:
		clear(value)
	case ForgeTruncated:
		value = value[:len(value)-1]
	case ForgeDER:
		return asn1.Marshal(value)
	}
	return value, nil
}

// algorithm is the name of what was made: hash and kind of key.
func algorithm(hashType string, p Person) string {
	ec := p.Key != RSA
	switch p.Forge {
	case ForgeNameKey:
		ec = !ec
	case ForgeNameHash:
		hashType = map[string]string{"SHA256": "SHA384", "SHA384": "SHA512", "SHA512": "SHA256"}[hashType]
	}
	if ec {
		return hashType + "WithECEncryption"
	}
	return hashType + "WithRSAEncryption"
}

// legacyAlgorithm is the spelling of years ago.
func legacyAlgorithm(name string) string { return strings.Replace(name, "SHA", "sha", 1) }
