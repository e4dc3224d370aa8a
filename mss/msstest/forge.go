package msstest

// Forge is one way in which an answer is wrong. A client must refuse every one of them; where the signature is good and
// only the answer of an additional service is wrong, it must refuse at least that. None is random: a person who is
// scripted with a Forge always answers so.
type Forge int

const (
	Genuine Forge = iota // nothing is wrong

	// The echo is wrong (TS 102 204 clause 8.1: AP_Info comes back as it was sent).

	ForgeTransID // another AP_TransID
	ForgeMSISDN  // another telephone number
	ForgeAPID    // another AP_ID

	// The signature is by itself in order, and is not the one that was asked for.

	ForgeText   // over another text
	ForgeReplay // the person's signature before this one; the first time they sign it is genuine

	// The signer's certificate is not a person's of this service.

	ForgeAnchor   // issued under a root of the same name that nobody trusts
	ForgePolicy   // without the certificate policies of user certificates
	ForgeSerial   // the serial number does not begin with MIDCHE
	ForgeSerials  // two serial numbers in the subject, the person's own last
	ForgeExpired  // expired an hour ago
	ForgeUnmarked // without the mark that every certificate of a simulator carries
	ForgeSHA1     // digest and signature with SHA-1

	// Status and content disagree.

	ForgeStatus503   // INVALID_SIGNATURE, yet with a good signature
	ForgeNoSignature // 500, without a signature
	ForgeBase64      // the signature's Base64 has characters that Base64 does not have

	// What only MSS_SignatureResp carries. In asynchronous mode that is the acknowledgement, so there it makes no
	// difference whether Person.Forge or Person.ForgeAck is set.

	ForgeProfile     // names the other method than the one that was asked for, or used
	ForgeMSSPTransID // the MSSP_TransID of another transaction that is outstanding, where there is one

	// Additional services (guide section 3.2.4). What App2App answers is in the acknowledgement, so it makes no difference
	// whether Person.Forge or Person.ForgeAck is set.

	ForgeLinkHTTP   // AuthUri is a web address
	ForgeLinkScript // AuthUri is a script
	ForgeConfidence // DeviceConfidence and LocationConfidence are 7
	ForgeNaN        // they are no numbers
	ForgeAccuracy   // the accuracy is negative

	// What was signed is not the transaction approval that was asked for, but the next thing to it.

	ForgePairValue     // the last pair has another value
	ForgePairOrder     // the first and the last pair have changed places; a single pair stays
	ForgePairTwice     // the last pair has two values, of which a careless reader takes the right one
	ForgeFormatVersion // format_version is 2
	ForgeFormatMember  // one more member beside content_string
	ForgeContentTwice  // two members content_string, of which a careless reader takes the right one

	// The answer to a receipt contradicts itself.

	ForgeReceiptUnheard // UserAck is false, yet there is a UserResponse
	ForgeReceiptWord    // UserResponse is none of the three that there are
	ForgeReceiptText    // UserResponse is no JSON

	// The encoded answer is not of the form that it should be.

	ForgeTwice  // the status comes twice, first one that means nothing good
	ForgeNumber // the status code is of another type: no number in XML, a bare number in JSON, which has strings there
	ForgeBoth   // a fault stands beside the answer

	// HTTP and content disagree.

	ForgeSuccess500 // an answer that is no fault with HTTP 500
	ForgeFault200   // a fault with HTTP 200: the person's, or 401 where they sign
	ForgeHTML502    // a proxy's error page, with HTTP 502
	ForgeHTML403    // a proxy's error page, with HTTP 403
	ForgeTruncated  // the connection breaks in the middle of the answer

	forges // how many there are
)

// ofSignatureResp tells the forgeries that are about what only MSS_SignatureResp carries.
func (f Forge) ofSignatureResp() bool {
	switch f {
	case ForgeProfile, ForgeMSSPTransID, ForgeLinkHTTP, ForgeLinkScript:
		return true
	}
	return false
}

// fitsAck tells the forgeries that an acknowledgement can have.
func (f Forge) fitsAck() bool {
	switch f {
	case Genuine, ForgeTransID, ForgeMSISDN, ForgeAPID, ForgeTwice, ForgeNumber, ForgeBoth,
		ForgeSuccess500, ForgeHTML502, ForgeHTML403, ForgeTruncated:
		return true
	}
	return f.ofSignatureResp()
}

// ack is the forgery of a person's acknowledgement.
func (p Person) ack() Forge {
	if p.Forge.ofSignatureResp() {
		return p.Forge
	}
	return p.ForgeAck
}
