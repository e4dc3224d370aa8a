package skmid

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"strings"

	"github.com/gomss/gomss/mss"
)

const maxSignature = maxRSABits / 8 // octets; longer than any of EC

// scheme is what signature.algorithm names.
type scheme struct {
	hash crypto.Hash
	ec   bool
}

// schemes are the six algorithms of the service, in lower case: old answers spell them otherwise.
var schemes = func() map[string]scheme {
	m := make(map[string]scheme, 2*len(hashNames))
	for h, name := range hashNames {
		m[strings.ToLower(name+"WithECEncryption")] = scheme{h, true}
		m[strings.ToLower(name+"WithRSAEncryption")] = scheme{h, false}
	}
	return m
}()

// checkAlgorithm holds the name of the algorithm against the digest that was sent and the key of the certificate.
func checkAlgorithm(name string, digest []byte, key crypto.PublicKey) error {
	s, ok := schemes[strings.ToLower(name)]
	if !ok {
		return errors.New("is none of those that the service documents")
	}
	if s.hash != hashOf(len(digest)) {
		return errors.New("names another hash than the one that was sent")
	}
	if _, ec := key.(*ecdsa.PublicKey); ec != s.ec {
		return errors.New("names another kind of key than the certificate has")
	}
	return nil
}

// verified is a signature that holds.
type verified struct {
	format mss.Format
	value  []byte // r and s at the full length of the curve's field, or the RSA value
	unique []byte // the part that nobody but the signer can change: of (r, s), (r, -s) holds as well
}

var errSignature = errors.New("does not verify with the certificate's key over the digest that was sent")

// verifySignature checks a signature over a digest, which is what was signed: it is not hashed again.
func verifySignature(key crypto.PublicKey, digest, sig []byte) (*verified, error) {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if rsa.VerifyPKCS1v15(key, hashOf(len(digest)), digest, sig) != nil {
			return nil, errSignature
		}
		return &verified{mss.RawRSA, sig, sig}, nil
	case *ecdsa.PublicKey:
		size := (key.Curve.Params().BitSize + 7) / 8
		raw, err := rawECDSA(sig, size)
		if err != nil {
			return nil, err
		}
		r, s := new(big.Int).SetBytes(raw[:size]), new(big.Int).SetBytes(raw[size:])
		if !ecdsa.Verify(key, digest, r, s) {
			return nil, errSignature
		}
		return &verified{mss.RawECDSA, raw, raw[:size]}, nil
	}
	return nil, errSignature
}

// rawECDSA returns r and s, each of size octets. The length alone tells the form: twice the size is r and s one behind the
// other, as all captured answers have it, whatever octet they begin with; anything else must be strict DER (RFC 3279 2.2.3).
func rawECDSA(sig []byte, size int) ([]byte, error) {
	if len(sig) == 2*size {
		return sig, nil
	}
	var v struct{ R, S *big.Int }
	_, err := asn1.Unmarshal(sig, &v)
	if err != nil || v.R.Sign() <= 0 || v.S.Sign() <= 0 || v.R.BitLen() > 8*size || v.S.BitLen() > 8*size {
		return nil, errors.New("is neither r and s of the curve's length nor DER")
	}
	if again, err := asn1.Marshal(v); err != nil || !slices.Equal(again, sig) { // asn1 lets what follows pass, inside and behind
		return nil, errors.New("is not strict DER")
	}
	raw := make([]byte, 2*size)
	v.R.FillBytes(raw[:size])
	v.S.FillBytes(raw[size:])
	return raw, nil
}

// signatureKey is what a signature is remembered by.
func signatureKey(p mss.Purpose, leaf *x509.Certificate, digest []byte, sig *verified) [sha256.Size]byte {
	h := sha256.New()
	spki := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	h.Write([]byte{byte(p), byte(len(digest))})
	h.Write(spki[:])
	h.Write(digest)
	h.Write(sig.unique)
	return [sha256.Size]byte(h.Sum(nil))
}
