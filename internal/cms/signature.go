package cms

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha512"
)

const (
	minRSABits       = 2048
	maxRSABits       = 4096 // of a key in a message or of an intermediate
	maxAnchorRSABits = 8192 // of an anchor
	rsaExponent      = 65537
)

// keyProblem says why a key is not used, "" if it is. The cost of checking a
// signature depends on the key, which the sender of a message chooses: RSA with
// 32768 bits and a large exponent costs half a second a check.
func keyProblem(key crypto.PublicKey, maxBits int) string {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < minRSABits || bits > maxBits {
			return "RSA modulus outside the accepted sizes"
		}
		if key.E != rsaExponent {
			return "RSA exponent other than 65537"
		}
		return ""
	case *ecdsa.PublicKey:
		switch key.Curve {
		case elliptic.P256(), elliptic.P384(), elliptic.P521():
			return ""
		}
		return "curve other than P-256, P-384 and P-521"
	}
	return "key that is neither RSA nor ECDSA"
}

// verify checks the signature over signed by the key. The scheme of the message
// must be one of the key's kind.
func (m *message) verify(key crypto.PublicKey, signed []byte) error {
	var buffer [sha512.Size]byte
	sum := digest(m.digest, signed, &buffer)
	valid := false
	switch key := key.(type) {
	case *rsa.PublicKey:
		switch m.scheme {
		case schemeRSA:
			valid = rsa.VerifyPKCS1v15(key, m.digest, sum, m.signature) == nil
		case schemePSS:
			// The salt length is the parameters', which pssHash has checked.
			valid = rsa.VerifyPSS(key, m.digest, sum, m.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		default:
			return refuse(checkAlgorithm, "signature algorithm is not one for the signer's RSA key")
		}
	case *ecdsa.PublicKey:
		if m.scheme != schemeECDSA {
			return refuse(checkAlgorithm, "signature algorithm is not one for the signer's ECDSA key")
		}
		// Takes r and s in strict DER; (r, -s) is valid as well, see Result.
		valid = ecdsa.VerifyASN1(key, sum, m.signature)
	}
	if !valid {
		return refuse(checkSignature, "the signature over the signed attributes does not verify with the signer's key")
	}
	return nil
}
