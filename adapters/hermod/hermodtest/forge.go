package hermodtest

// Forge is one way in which an answer is wrong. A client must refuse every one of them. None is random: a person who is
// scripted with a Forge always answers so. One about what an answer does not have leaves it genuine; Forges tells which
// ones there are for a command.
type Forge int

const (
	Genuine Forge = iota // nothing is wrong

	// The command's own answer. The command is taken, and its callback is genuine.

	ForgeAnswerNoID       // no commandId
	ForgeAnswerID         // commandId is no number
	ForgeAnswerExternalID // externalId of another command
	ForgeAnswerType       // commandType of another command
	ForgeAnswerDone       // COMPLETED at once, without an answer by anybody
	ForgeAnswerNoBox      // no destinations
	ForgeAnswerScheme     // destinations[0].uri is a web address
	ForgeAnswerHost       // destinations[0].uri leads the app to another host
	ForgeAnswerFQDN       // fqdn of another host

	// The callback's way.

	ForgeNoAuth   // without Authorization
	ForgePassword // with another password
	ForgePath     // to the path of another command

	// The callback is not what JSON should be.

	ForgeTwice     // commandId comes twice: first one that belongs to nobody
	ForgeUnquoted  // location without quotation marks and the last brace missing, as on the vendor's page
	ForgeMalformed // ends in the middle
	ForgeEmpty     // nothing
	ForgeArray     // an array around the record
	ForgeDeep      // 10,000 arrays in each other, as one more member
	ForgeUTF8      // an octet that is no UTF-8, in one more member
	ForgeOversized // 2 MiB, in order but for that

	// The callback's record.

	ForgeCommandID     // another number
	ForgeNumber        // commandId is a number, not a string
	ForgeExternalID    // of another command that there is not
	ForgeNoExternalID  // none
	ForgeSwapped       // commandId and externalId of another command that is outstanding
	ForgeType          // commandType of another command
	ForgeState         // a word that nobody knows, with a good answer
	ForgeNotDone       // IN_PROGRESS, with a good answer
	ForgeTimeout       // TIMEOUT, with a good answer
	ForgeNoHeader      // no responseHeader
	ForgeStatus        // responseHeader.status 500, with a good answer
	ForgeInReplyTo     // a message that was never sent
	ForgeNoResponse    // COMPLETED without response
	ForgeOtherResponse // the response under the name of another command's
	ForgeNoCode        // no code
	ForgeCode          // code is a string
	ForgeFQDN          // of another host

	// CERT's answer, which nobody has signed.

	ForgePID // destinations[].pid of another profile
	ForgeBox // destinations[].bid of another mailbox

	// The result as such, of PROV, AUTH and SIGN.

	ForgeNoResult    // none
	ForgeContentType // contenttype is the other format, the data is not
	ForgeSignature   // the signature is off by a bit

	// JWS: of PROV the outer one, and those of AUTH and SIGN.

	ForgeNone        // alg none, and no signature
	ForgeHMAC        // alg HS256, with the public key for a secret
	ForgePSS         // alg PS256, and so it is; with EC ES384, and so it is not
	ForgeSHA1        // with SHA-1, and says so. Also of CMS
	ForgeCrit        // an extension that must be understood (RFC 7515 4.1.11)
	ForgeB64         // an unencoded payload (RFC 7797)
	ForgeHeaderTwice // alg comes twice: first none
	ForgeTwoSegments // the signature is missing with its dot
	ForgeMoreSegment // one segment too many
	ForgePadding     // the last segment is padded
	ForgeSpelling    // the last segment ends with bits that do not count
	ForgeLineEnd     // a line end in the last segment
	ForgeJSONForm    // in the JSON serialization (RFC 7515 7.2)
	ForgeDetached    // the payload is left out. Also of CMS

	// PROV: who signed.

	ForgeAttestationKey // another key: in jwk, and it has signed
	ForgeKeyHint        // jwk is the right key, another one has signed
	ForgeSelfAttested   // the device's new key: in jwk, and it has signed
	ForgeNoJWK          // no jwk
	ForgePrivateJWK     // jwk has a private member
	ForgeWeakJWK        // a key of 1024 bits: in jwk, and it has signed
	ForgeExponent       // jwk is the right modulus with exponent 3

	// PROV: what was signed.

	ForgeNonce        // another nonce in the outer header
	ForgeNoNonce      // none there
	ForgeReplay       // of another command: another nonce everywhere. Of AUTH and SIGN: the user's last genuine result, or one of another text
	ForgeHeaderFQDN   // fqdn of another host in the outer header
	ForgePayloadTwice // userid comes twice: first another one
	ForgeUserID       // another user
	ForgeServerName   // another server's profile
	ForgeProfileName  // another profile
	ForgeNoProfileID  // no id
	ForgeBoxHost      // boxurl at another host
	ForgeBoxHTTP      // boxurl without TLS
	ForgeBoxID        // boxurl that ends with no UUID
	ForgeMissingKey   // no keys
	ForgeExtraKey     // a key that nobody has asked for
	ForgeDoubleKey    // a key twice

	// PROV: a nested key.

	ForgeKeyID       // another kid
	ForgeKeyIDHeader // another kid in the header alone
	ForgeNestedNone  // alg none, and no signature
	ForgeNestedAlg   // RS512, and so it is, but for the payload's alg; with EC it only says so
	ForgeKeyAlg      // RS512 in the payload, not in the header
	ForgeNestedNonce // another nonce in the nested header
	ForgePossession  // signed by another key
	ForgeKeyType     // EC instead of RSA, and the other way round
	ForgeKeyLength   // 1024 bits that zeros and n#len make look like 2048; not of EC
	ForgeSharedKey   // the attestation key itself; not of EC
	ForgePrivateKey  // with a private member
	ForgeUse         // another use
	ForgeKeyState    // another keystate

	// PROV: the request. The rest of the answer is in order.

	ForgeNoRequest        // none
	ForgeRequestURL       // in base64url
	ForgeRequestTrailing  // an octet behind it
	ForgeRequestSignature // its signature is off by a bit
	ForgeRequestSHA1      // signed with SHA-1, and says so
	ForgeRequestKey       // of another key, which has signed it
	ForgeRequestTemplate  // the template as it came, with its own key
	ForgeRequestSubject   // another name
	ForgeRequestOrder     // the name's parts in reverse order
	ForgeRequestString    // the name in other string types
	ForgeRequestExtension // asks for an authority's certificate

	// AUTH and SIGN: who signed.

	ForgeOtherKey      // another key, under the right kid or certificate
	ForgeOtherUser     // another user's key; in CMS with their certificate, of the right CA
	ForgeSameKey       // CMS: another certificate of the right CA, with another name, for the same key
	ForgeOtherCA       // CMS: a certificate for the same key and name by a CA of the right name that nobody trusts
	ForgeUnmarked      // CMS: likewise by the right CA, without the mark of a simulator
	ForgeExpired       // CMS: likewise, expired an hour ago
	ForgeNoCertificate // CMS: none
	ForgeKID           // JWS: another kid
	ForgeEmbeddedKey   // JWS: the header brings another key as jwk, which has signed
	ForgeEmbeddedChain // JWS: likewise as x5c, with a certificate of the right CA

	// AUTH and SIGN: what was signed.

	ForgePayload      // another text
	ForgeAppended     // the text with a blank behind it
	ForgeFormat       // in the other format, and contenttype says so
	ForgeDigest       // CMS: the messageDigest attribute is of another text
	ForgeNoAttributes // CMS: no signed attributes
	ForgeTwoSigners   // CMS: twice the same SignerInfo
	ForgeNoSigner     // CMS: no SignerInfo
	ForgeTrailing     // CMS: an octet behind it

	// What a CA makes: see Server.Issuing.

	ForgeIssuedKey      // for another key
	ForgeIssuedSubject  // for another name
	ForgeIssuedExpired  // expired an hour ago
	ForgeIssuedNotYet   // valid from in five days
	ForgeIssuedCA       // an authority's
	ForgeIssuedOtherCA  // by a CA of the right name that nobody trusts
	ForgeIssuedUnmarked // without the mark of a simulator
	ForgeIssuedNothing  // no certificate

	forges // how many there are
)

// place is where something can be spoilt.
type place int

const (
	atAnswer place = 1 << iota
	atCallback
	atCertificate // CERT
	atProvision   // PROV
	atJWS         // AUTH and SIGN in jws
	atCMS         // AUTH and SIGN in pkcs7
	atIssue
)

// places are what a forgery fits.
func (f Forge) places() place {
	switch {
	case f <= Genuine || f >= forges:
		return 0
	case f <= ForgeAnswerFQDN:
		return atAnswer
	case f <= ForgeFQDN:
		return atCallback
	case f <= ForgeBox:
		return atCertificate
	case f <= ForgeSignature:
		return atProvision | atJWS | atCMS
	case f == ForgeSHA1, f == ForgeDetached:
		return atProvision | atJWS | atCMS
	case f <= ForgeJSONForm:
		return atProvision | atJWS
	case f == ForgeReplay:
		return atProvision | atJWS | atCMS
	case f <= ForgeRequestExtension:
		return atProvision
	case f >= ForgeSameKey && f <= ForgeNoCertificate, f >= ForgeDigest && f <= ForgeTrailing:
		return atCMS
	case f >= ForgeKID && f <= ForgeEmbeddedChain:
		return atJWS
	case f <= ForgeFormat:
		return atJWS | atCMS
	}
	return atIssue
}

// Forges returns what can be wrong with a command's answer, by its type ("PROV", "CERT", "AUTH", "SIGN", "PING") and, of AUTH
// and SIGN, its format ("jws", "pkcs7").
func Forges(commandType, format string) []Forge {
	at := atAnswer | atCallback
	switch {
	case commandType == "CERT":
		at |= atCertificate
	case commandType == "PROV":
		at |= atProvision
	case commandType == "PING":
	case format == "pkcs7":
		at |= atCMS
	default:
		at |= atJWS
	}
	var list []Forge
	for f := Genuine + 1; f < forges; f++ {
		if f.places()&at != 0 {
			list = append(list, f)
		}
	}
	return list
}
