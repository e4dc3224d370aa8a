package bankid

import (
	"fmt"
	"log/slog"

	"github.com/gomss/gomss/mss"
)

// Markdown is Options.Format for a text in BankID's own subset of Markdown, simpleMarkdownV1.
const Markdown = "simpleMarkdownV1"

// Who called whom, for Options.CallInitiator.
const (
	UserCalled = "user" // the person called the relying party
	RPCalled   = "RP"   // the relying party called the person
)

// Options are the part of a Request that is particular to BankID. They print without what they hold.
type Options struct {
	// ReturnURL is where the app sends the person when they are done on the device that they started on: 1 to 512 characters,
	// https or one of Config.RedirectSchemes. Put a nonce into it and check it, and the session, when the person comes
	// back; that they do proves nothing. An app that is too old for it makes the order fail.
	ReturnURL string

	Requirement Requirement

	// Format says how Request.Display is written: "" is plain text, Markdown the other way. It is never guessed.
	Format string

	// NonVisible is signed beside what this package puts into userNonVisibleData: the nonce, the transaction's id and the
	// document's SHA-256. It is not shown. There is room for about 600 octets in an authentication or payment,
	// and for 100,000 in a signing.
	NonVisible []byte

	// App and Web tell BankID's risk assessment where the person is. At most one of them.
	App *App
	Web *Web

	// ReturnRisk has BankID tell its risk assessment (Details). It wants the true EndUserIP, and App or Web.
	ReturnRisk bool

	// CallInitiator makes it an order for a person who is on the telephone: UserCalled or RPCalled. It says who called.
	CallInitiator string

	// AnyCaller lets a telephone order go without Request.User.Person: whoever scans or knows of it can answer. BankID's
	// documents disagree on whether that is allowed.
	AnyCaller bool

	// Payment makes it a payment, of purpose mss.Signing. Recipient and amount are what the app shows; that they are signed
	// BankID does not document.
	Payment *Payment

	// OtherPayment says that the person confirms Payment on a device that is not connected with the purchase: it goes to
	// Request.User.Person, without a link and a QR code.
	OtherPayment bool
}

// Requirement restricts who can answer, and how. The person is required with Request.User.Person.
type Requirement struct {
	PinCode    bool   // the security code, also where the app would take a fingerprint or face
	MRTD       bool   // the person's passport or identity card is read; not on the telephone
	CardReader string // "class1" or "class2", with a policy for cards

	// CertificatePolicies are the object identifiers of which the certificate must have one, dotted; the fifth or a later arc
	// may be "*" and ends it. One of them replaces all that BankID allows by default. Those of the test environment and
	// of production are different.
	CertificatePolicies []string

	// Risk is the highest risk at which Options.OtherPayment goes through: "low" or "moderate". Other orders do not have it
	// any more: see ReturnRisk.
	Risk string
}

// App describes the relying party's app. At least one field is set; each has at most 256 octets.
type App struct {
	Identifier string // the bundle's or package's; a wrong one gets orders blocked
	OS         string
	Model      string
	Device     string // identifies the device
}

// Web describes the person's browser. At least one field is set.
type Web struct {
	Device    string // identifies the browser, 1 to 64 octets: a persistent cookie or its hash, never the session's
	Domain    string // of the relying party's page, 3 to 253 of a-z 0-9 . -
	UserAgent string // as the browser sent it; what is beyond 256 octets is cut off
}

// Provider returns "bankid".
func (Options) Provider() string { return "bankid" }

// String returns the type alone: a return URL holds a nonce, and an app's or browser's description leads to a person.
func (Options) String() string { return "bankid.Options" }

// GoString is String: %#v reveals nothing either.
func (o Options) GoString() string { return o.String() }

// LogValue is String, for log/slog.
func (o Options) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalText is String, for encoding/json and encoding/xml.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// options returns the request's, or the defaults.
func (c *Client) options(req *mss.Request) (Options, error) {
	if req.Options == nil {
		return c.cfg.Defaults, nil
	}
	o, ok := req.Options.(Options)
	if !ok {
		return Options{}, &mss.RequestError{Field: "Options", Reason: fmt.Sprintf("are %T, of provider %q; use bankid.Options", req.Options, req.Options.Provider())}
	}
	return o, nil
}
