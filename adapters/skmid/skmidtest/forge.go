package skmidtest

// Forge is one way in which an answer is wrong. A client must refuse every one of them. None is random: a person who is
// scripted with a Forge always answers so. Each group, or constant where it differs, says where it fits: O in Person.Forge,
// S in Person.ForgeStart, C in Person.ForgeCertificate.
type Forge int

const (
	Genuine Forge = iota // nothing is wrong

	// The certificate is not one of this person, of this service, or of now. Its key is the person's own, so that the
	// signature verifies with it. O C

	ForgeOtherCA    // issued by a CA of the right name that nobody trusts
	ForgeRealCA     // as the real service's: neither the CA, which nobody trusts, nor the certificate has the mark of a simulator
	ForgeUnmarked   // issued by the right CA, without the mark of a simulator
	ForgeExpired    // expired an hour ago
	ForgeNotYet     // valid from in five days
	ForgeSHA1       // the CA signed it with SHA-1
	ForgePerson     // names and code of another person of the same country
	ForgeCountry    // the same digits in another country: LT for EE, EE for the others
	ForgeContradict // the serial number is of the right country, C is another one (not ESTEIDOld, which has no prefix)
	ForgeSerials    // two serial numbers in the subject, another person's first
	ForgeKeyPair    // a certificate of this person for another key, with which the signature does not verify

	// ForgeKind takes the other key pair: the authentication key and its certificate for a signature, and the other way
	// round. All is in order but the key usage. In ForgeCertificate it is the authentication certificate beside a signature
	// by the signing key. O C
	ForgeKind

	// The signature is not the one that was asked for, or is none. O

	ForgeHash      // over another hash
	ForgeSwapped   // r and s have changed places; in RSA the octets are in reverse order
	ForgeZero      // all zero, in the right length
	ForgeTruncated // one octet too short
	ForgeDER       // a DER sequence with a superfluous zero octet in front of r; in RSA wrapped in an OCTET STRING
	ForgeNameHash  // algorithm names another hash than was asked for
	ForgeNameKey   // algorithm names the other kind of key
	ForgeBase64    // value has characters that Base64 does not have

	// The status contradicts itself. O

	ForgeNoSignature   // OK without signature
	ForgeNoCertificate // OK without cert, where there should be one. O C
	ForgeRunning       // result OK with signature and certificate, yet the state is RUNNING, for as long as the session lives
	ForgeState         // state is a word that nobody knows
	ForgeNoState       // no state
	ForgeNoResult      // COMPLETE without result. O C

	// The session is not what it should be. S

	ForgeNoSession   // no sessionID
	ForgeSessionPath // a sessionID that leads to another address when it is put into one

	// HTTP. Error answers are of the form that the service gives them. Forge401, Forge429, Forge503 and Forge580 are given
	// before anything is done, so that no phone rings; all others after it. O S C

	Forge401   // not authorised, all of a sudden
	Forge404   // session forgotten
	Forge429   // too many requests
	Forge500   // internal error
	Forge503   // unavailable
	Forge580   // maintenance
	ForgeEmpty // HTTP 500 without a body

	// The body is not what it should be. O S C

	ForgeTwice     // a member comes twice: first one that means nothing good
	ForgeMalformed // JSON that ends in the middle
	ForgeHTML      // a web page, with HTTP 200
	ForgeHTML502   // a proxy's error page, with HTTP 502
	ForgeOversized // 2 MiB of JSON that is in order
	ForgeSlow      // what is in order comes 5 minutes late
	ForgeBroken    // the connection breaks in the middle of the answer
	ForgeCut       // the connection ends without an answer

	forges // how many there are
)

// place is an answer that can be spoilt.
type place int

const (
	atOutcome place = 1 << iota
	atStart
	atCertificate
)

func (f Forge) ofCertificate() bool { return f >= ForgeOtherCA && f <= ForgeKind }

// places are the answers that a forgery fits.
func (f Forge) places() place {
	switch {
	case f == Genuine, f >= Forge401 && f < forges:
		return atOutcome | atStart | atCertificate
	case f.ofCertificate(), f == ForgeNoCertificate, f == ForgeNoResult:
		return atOutcome | atCertificate
	case f >= ForgeHash && f <= ForgeNoState:
		return atOutcome
	case f == ForgeNoSession, f == ForgeSessionPath:
		return atStart
	}
	return 0
}

func (f Forge) fits(p place) bool { return f.places()&p != 0 }
