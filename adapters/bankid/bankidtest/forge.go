package bankidtest

// Forge is one way in which an answer is wrong. A client must refuse every one of them. None is random: a person who is
// scripted with a Forge always answers so. Each group says where it fits: O in Person.Forge, S in Person.ForgeStart. All
// is in order but what is said.
type Forge int

const (
	Genuine Forge = iota // nothing is wrong

	// What was signed is not what was asked for. Digests and signature are right. O

	ForgeVisible      // another text
	ForgeNoVisible    // no text, or one where none was asked for
	ForgeFormat       // simpleMarkdownV1 for plain text, and the other way round
	ForgeNonVisible   // other non-visible data
	ForgeNoNonVisible // no non-visible data, or some where none was asked for
	ForgeRelyingParty // for another relying party
	ForgeFuncID       // Identification for Signing, and the other way round; the certificate is that of the order

	// The certificate is not one of this person, of this service, for this purpose or of now. Its key is the person's own,
	// so that the signature verifies with it, and OCSP says that it is good. O

	ForgePerson     // another person's names and number
	ForgeKeyUsage   // the other key pair: the one to identify with for a signature, and the other way round
	ForgeOtherCA    // issued by a CA of the right name that nobody trusts
	ForgeShortChain // issued by the right CA, the certificates of the CAs left out
	ForgeUnmarked   // issued by the right CA, without the mark of a simulator
	ForgeExpired    // expired an hour ago
	ForgeNotYet     // valid from in five days

	// The signature does not hold. OCSP's nonce is that of the signature as it is. O

	ForgeDataDigest    // the digest of the signed data is off by a bit; the signature is over it as it is
	ForgeKeyInfoDigest // likewise the digest of KeyInfo
	ForgeSignature     // the signature value is off by a bit
	ForgeOtherKey      // signed with another key
	ForgeSHA1          // signed with RSA and SHA-1, and says so
	ForgeBase64        // the signature has characters that Base64 does not have

	// OCSP does not confirm the certificate. O

	ForgeOCSPMissing   // no ocspResponse
	ForgeOCSPRevoked   // revoked an hour ago
	ForgeOCSPUnknown   // unknown
	ForgeOCSPTryLater  // responseStatus tryLater and nothing else
	ForgeOCSPNonce     // the nonce of another signature
	ForgeOCSPNoNonce   // no nonce
	ForgeOCSPIssuer    // by a responder of another CA, which the root vouches for
	ForgeOCSPByUser    // by the person's own certificate, which the right CA issued
	ForgeOCSPExpired   // by a responder whose certificate expired an hour ago
	ForgeOCSPSerial    // about another certificate of the same CA
	ForgeOCSPStale     // of an hour ago
	ForgeOCSPFuture    // of in an hour
	ForgeOCSPSignature // its signature is off by a bit

	// The answer contradicts itself or the order. O

	ForgeUser         // completionData.user is another person than the certificate's
	ForgeOrderRef     // the answer to another order
	ForgeMRTD         // stepUp.mrtd is false
	ForgeNoStepUp     // stepUp is missing
	ForgeNoSignature  // no signature
	ForgeNoCompletion // complete without completionData
	ForgeStatus       // status is a word that nobody knows
	ForgeNoStatus     // no status

	// The order cannot be followed. S

	ForgeNoOrder    // no orderRef
	ForgeNoTokens   // no autoStartToken, qrStartToken, qrStartSecret
	ForgeEmptyOrder // an orderRef of no characters

	// HTTP: an error after the order began, or after its outcome was given away. O S

	Forge500 // internalError
	Forge503 // Maintenance

	// The body is not what it should be; the order was begun, and the outcome is not given again. O S

	ForgeTwice     // a member comes twice: first one that says something else
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
)

func (f Forge) ofCertificate() bool { return f >= ForgePerson && f <= ForgeNotYet }

func (f Forge) fits(p place) bool {
	switch {
	case f == Genuine, f >= Forge500 && f < forges:
		return true
	case f >= ForgeVisible && f <= ForgeNoStatus:
		return p == atOutcome
	case f >= ForgeNoOrder && f <= ForgeEmptyOrder:
		return p == atStart
	}
	return false
}
