package mss

import (
	"crypto/x509"
	"strconv"
	"time"

	"github.com/gomss/gomss/internal/proof"
)

// Signature is a verified signature. Only a Service's Verify makes one. What cryptography proves is in Proven; what the
// provider merely says is in Asserted, and stays the provider's word.
type Signature struct {
	Proven
	Asserted

	// Fresh reports whether the signed octets name this transaction: through Request.AddCode, a nonce or a challenge.
	// Where it is false, an older signature of the same person over the same text would have passed too.
	Fresh bool

	Evidence *Evidence // to be stored and verified again later

	verified seal // of what a verifier found proven
}

// seal says which values were verified: not what they are, but that they are these very ones. A signature that was copied
// keeps it; one in which somebody replaced what was proven does not.
type seal struct {
	valid          bool
	id             string
	person         PersonID
	leaf           *x509.Certificate
	value, content *byte
	lengths        [2]int
}

func (p *Proven) seal() seal {
	s := seal{valid: true, id: p.Signer.ID, person: p.Signer.Person, lengths: [2]int{len(p.Value), len(p.Content)}}
	if len(p.Signer.Chain) > 0 {
		s.leaf = p.Signer.Chain[0]
	}
	if len(p.Value) > 0 {
		s.value = &p.Value[0]
	}
	if len(p.Content) > 0 {
		s.content = &p.Content[0]
	}
	return s
}

// Proven is what the signature proves, given the anchors.
type Proven struct {
	Signer  Signer
	Format  Format
	Value   []byte // the signature as received: CMS, XML-DSig document, JWS, raw value
	Content []byte // the octets, or the digest, that were signed
}

// Asserted is what the provider says about the signature. Nobody signed it.
type Asserted struct {
	Status  Code      // 500 or 502 from ETSI services
	Profile string    // the method that was really used; "" unknown
	User    User      // as the provider named the person
	At      time.Time // the provider's clock at the answer; zero where it gave none
	Display Private   // what was shown, where it is not what was signed
	Details any       // the provider's own, *mssp.Details or *bankid.Details; nil
}

// Signer is the person, as the certificate names them.
type Signer struct {
	// ID is the stable key of the person's account with this provider, normalised: "MIDCHE…", "PNOEE-…".
	ID string

	Person             PersonID // zero for pseudonyms
	GivenName, Surname Private
	Chain              []*x509.Certificate // leaf first, anchor last

	// Test says that the signer is the provider's test person, a robot, and nobody logged in.
	Test bool
}

// Document is a signature verified by itself, without the transaction that it came from: it says who signed what, not
// why, for whom or when. It is never a Signature.
type Document struct {
	Proven
}

// Format is the form of Proven.Value.
type Format int

const (
	CMS      Format = iota + 1 // RFC 5652 SignedData
	XMLDSig                    // XML Signature
	JWS                        // RFC 7515
	RawECDSA                   // r and s, concatenated
	RawRSA                     // RSASSA-PKCS1-v1_5 value
)

// String names the format.
func (f Format) String() string {
	switch f {
	case CMS:
		return "CMS"
	case XMLDSig:
		return "XMLDSig"
	case JWS:
		return "JWS"
	case RawECDSA:
		return "raw ECDSA"
	case RawRSA:
		return "raw RSA"
	}
	return "Format(" + strconv.Itoa(int(f)) + ")"
}

// Verified marks the signature as verified. The token is of an internal package: only this module's verifiers have it.
func Verified(s *Signature, t proof.Token) *Signature {
	s.verified = s.Proven.seal()
	s.verified.valid = t.Valid()
	return s
}

// Verified reports whether the signature came out of a verifier of this module, with the signer, the value and the content
// that it has now. It is false for a Signature that a caller composed, and for a copy in which they were replaced.
func (s *Signature) Verified() bool {
	return s != nil && s.verified.valid && s.verified == s.Proven.seal()
}
