package hermod

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"strings"

	"github.com/gomss/gomss/mss"
)

// proveJWS verifies a result in JWS with the enrolled key. What the header brings along of keys and certificates (jwk, jku, x5c,
// x5u) is the word of whoever made it and is not looked at: the key is known. A kid must be that of the key, which devices write
// there when they enrol. The algorithm is one for the key's kind, the payload what was sent.
func (v *Verifier) proveJWS(compact string, st *state, leaf *x509.Certificate) (*proven, error) {
	j, err := parseJWS(compact, maxJWS)
	if err != nil {
		return nil, failed("jws", err)
	}
	if j.header.KeyID != "" && j.header.KeyID != st.KeyID {
		return nil, failed("jws", errors.New("the header's kid names another key than the one that was to sign"))
	}
	content := j.payload
	if v.cfg.Inferred.JWSContent != nil {
		if content, err = v.cfg.Inferred.JWSContent(j.payload); err != nil {
			return nil, failed("content", errors.New("Inferred.JWSContent refuses the payload")) // its error can quote it
		}
	}
	if err := st.checkContent(content); err != nil {
		return nil, failed("content", err)
	}
	key, ok := leaf.PublicKey.(*rsa.PublicKey)
	if !ok { // parseUserCertificate lets no other pass
		return nil, failed("certificate", errors.New("has a key that is not RSA"))
	}
	if err := j.verify(key); err != nil {
		return nil, failed("signature", err)
	}
	signingInput := compact[:strings.LastIndexByte(compact, '.')]
	return &proven{
		format: mss.JWS, value: []byte(compact), content: content, unique: sha256.Sum256([]byte(signingInput)),
	}, nil
}
