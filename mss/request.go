package mss

import (
	"crypto"
	"crypto/x509"
	"net/netip"
	"strconv"
	"time"
)

// Purpose is why the person signs. Providers use other keys, texts and laws for the two, so the zero value is refused.
type Purpose int

const (
	Authentication Purpose = 1 // to log in
	Signing        Purpose = 2 // to agree to something
)

// String returns "authentication" or "signing".
func (p Purpose) String() string {
	switch p {
	case Authentication:
		return "authentication"
	case Signing:
		return "signing"
	}
	return "Purpose(" + strconv.Itoa(int(p)) + ")"
}

// Request is one question to a person (MSS_SignatureReq, TS 102 204 clause 8.2). Fields that a provider has no use for
// are ignored where that is harmless, and refused with a *RequestError where it is not.
type Request struct {
	// TransID is the AP_TransID, unique per request; "" makes one of 128 random bits. Set it where it must be on record
	// before the phone rings.
	TransID string

	Purpose Purpose // required
	User    User

	// Display is what the person reads (DataToBeDisplayed); with a zero Data it is also what is signed.
	Display string

	// Data is what is signed (DataToBeSigned), where that is not Display.
	Data Data

	// AddCode appends a fresh comparison code, such as " (7F3KQ)", to what is read and signed. The same code is in
	// Prompt.Code. It is what makes Signature.Fresh true where a provider signs nothing but the text: without it an old
	// signature over the same text cannot be told from a new one.
	AddCode bool

	Key       *x509.Certificate // the certificate that must sign (KeyReference); nil: the provider chooses
	Language  string            // of Display: "en", "de"… (BCP 47)
	Timeout   time.Duration     // how long the person has (TimeOut); 0: the provider's own
	EndUserIP netip.Addr        // of the person's browser; BankID demands it
	Options   Options           // of the provider; nil: its defaults
}

// Options is a provider's own part of a Request, such as mssp.Options. A service refuses another provider's, like a
// crypto.Signer that meets foreign crypto.SignerOpts.
type Options interface {
	// Provider names the package that the options belong to: "mssp", "bankid".
	Provider() string
}

// Data is something to be signed (ETSI DataType). Make it with Text or Digest, or with a provider's own constructor.
type Data struct {
	MimeType, Encoding string
	Content            []byte
	Hash               crypto.Hash // of a digest; 0: Content itself is signed
}

// Text is UTF-8 text to be signed.
func Text(s string) Data {
	return Data{MimeType: "text/plain", Encoding: "UTF-8", Content: []byte(s)}
}

// Digest is a hash value to be signed, made by h.
func Digest(h crypto.Hash, sum []byte) Data {
	return Data{MimeType: "application/octet-stream", Encoding: "base64", Content: sum, Hash: h}
}

// IsZero reports whether nothing was given.
func (d Data) IsZero() bool { return d.Content == nil && d.Hash == 0 && d.MimeType == "" }
