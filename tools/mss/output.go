package main

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
)

// The outcomes of sign, status and verify.
const (
	outcomeSigned      = "signed"
	outcomeFault       = "fault"
	outcomeUnverified  = "unverified"
	outcomeOutstanding = "outstanding"
	outcomeError       = "error"
	outcomeReceipt     = "receipt" // of mss receipt: the service has accepted it
)

// report is the one object that --json prints. Its members and their order are documented in docs/cli.md; there may be
// more in later versions.
type report struct {
	Outcome     string             `json:"outcome"`
	Verified    bool               `json:"verified"`
	Environment string             `json:"environment"` // "" where the configuration could not be read
	Status      int                `json:"status"`      // 0 where the service gave none
	Fault       *faultReport       `json:"fault,omitempty"`
	Signer      *signerReport      `json:"signer,omitempty"`
	TestSigner  *bool              `json:"testSigner,omitempty"` // with signer
	Fresh       *bool              `json:"fresh,omitempty"`      // with signer, of sign and status
	Digest      *digestReport      `json:"digest,omitempty"`     // with signer, where a digest was signed
	Profile     string             `json:"profile,omitempty"`
	Transaction *transactionReport `json:"transaction,omitempty"`
	Handle      string             `json:"handle,omitempty"` // of sign --no-wait

	Location      *locationReport      `json:"location,omitempty"`      // of sign --geofencing: the service's word
	LocationError *locationErrorReport `json:"locationError,omitempty"` // instead of it
	Receipt       *receiptReport       `json:"receipt,omitempty"`
	Account       *accountReport       `json:"account,omitempty"` // of sign --account

	TimeSource   string     `json:"timeSource,omitempty"`   // of verify bankid: where JudgedAt comes from
	JudgedAt     *time.Time `json:"judgedAt,omitempty"`     // of verify bankid: as of when certificates were judged
	Reencoded    bool       `json:"reencoded,omitempty"`    // of verify bankid --signature: its Base64 was made here
	RelyingParty string     `json:"relyingParty,omitempty"` // of verify bankid --signature: for whom was signed

	Error *errorReport `json:"error,omitempty"`

	private private // what no member may hold
	title   string  // of a fault, for a reader; "" where a signature was asked for
	who     string  // has signed, for a reader; "": the serial number says it
	nonced  bool    // what was signed holds the transaction's nonce, beside the text
}

// faultReport is a mss.Fault. PortalURL is left out: services put the phone number into it.
type faultReport struct {
	Code    int      `json:"code"`
	Name    string   `json:"name"` // "" for a code without a known meaning
	Reason  string   `json:"reason"`
	Details []string `json:"details"`
	Native  string   `json:"native,omitempty"`  // the provider's own code, where it is not an ETSI one
	TraceID string   `json:"traceId,omitempty"` // for the provider's support
}

// locationReport is where the service says the phone is.
type locationReport struct {
	Country            string    `json:"country"`
	Accuracy           float64   `json:"accuracy"` // metres
	Timestamp          time.Time `json:"timestamp"`
	DeviceConfidence   float64   `json:"deviceConfidence"`
	LocationConfidence float64   `json:"locationConfidence"`
}

// locationErrorReport is why the service does not know where the phone is.
type locationErrorReport struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// receiptReport is what became of a receipt.
type receiptReport struct {
	Outcome string `json:"outcome"` // sent, accepted, cancelled, timed out, unheard; or failed, which says nothing of the signature
	Error   string `json:"error,omitempty"`
}

// accountReport is what became of an account's binding to the signer.
type accountReport struct {
	Outcome string `json:"outcome"`
}

// signerReport is the leaf of the verified chain.
type signerReport struct {
	Serial   string    `json:"serial"`
	Subject  string    `json:"subject"`
	NotAfter time.Time `json:"notAfter"`
}

// digestReport is what was signed, where that is a digest: of a document, or a challenge.
type digestReport struct {
	Hash  string `json:"hash"`  // SHA-256, SHA-384 or SHA-512
	Value string `json:"value"` // hexadecimal
}

// transactionReport is what the service's support asks for. Neither id says anything about the person.
type transactionReport struct {
	APTransID   string `json:"apTransId"`
	MSSPTransID string `json:"msspTransId,omitempty"`
}

// errorReport is everything that is neither a signature nor the service's refusal.
type errorReport struct {
	Kind        string `json:"kind"` // usage, verification, transport, interrupted, unknown, registry
	Message     string `json:"message"`
	MayHaveRung bool   `json:"mayHaveRung"`
}

// signed fills in what a verified signature proves and says.
func (r *report) signed(p mss.Proven) {
	leaf := p.Signer.Chain[0]
	r.Outcome, r.Verified = outcomeSigned, true
	r.Signer = &signerReport{
		Serial:   p.Signer.ID,
		Subject:  redact.Clean(leaf.Subject.String(), 200),
		NotAfter: leaf.NotAfter.UTC(),
	}
	r.TestSigner = new(p.Signer.Test)
	if !p.Signer.Person.IsZero() { // the certificate holds name and identity code, and the ID is the latter
		r.Signer.Serial, r.Signer.Subject, r.who = concealed, concealed, cmp.Or(r.who, whoWasAsked)
	}
	r.nonced = p.Format == mss.XMLDSig
	if h, ok := hashOf(len(p.Content)); ok && (p.Format == mss.RawECDSA || p.Format == mss.RawRSA) {
		r.Digest = &digestReport{h.String(), hex.EncodeToString(p.Content)}
	}
}

// concealed stands for what is not printed: of a person's name and identity code.
var concealed = mss.Conceal("-").String()

// whoWasAsked has signed: verification has compared the certificate's identity code and country with those in the request.
const whoWasAsked = "the person who was asked"

// asked notes whom a request was for. Where that was nobody in particular, whoever took it up has signed.
func (r *report) asked(u mss.User) {
	if u == (mss.User{}) {
		r.who = "whoever took up the order: nobody in particular was asked"
	}
}

// details fills in what the service says beside a signature.
func (r *report) details(d *mssp.Details) {
	if d == nil {
		return
	}
	if l := d.Location; l != nil {
		r.Location = &locationReport{l.Country, l.Accuracy, l.At, l.DeviceConfidence, l.LocationConfidence}
	}
	if d.LocationError != 0 {
		r.LocationError = &locationErrorReport{int(d.LocationError), d.LocationError.Error()}
	}
}

// failed fills in what an error says.
func (r *report) failed(err error) {
	r.Verified = false // also of a receipt that failed after a verified signature
	if f, ok := errors.AsType[*mss.Fault](err); ok {
		r.Outcome, r.Status = outcomeFault, int(f.Code)
		r.Fault = newFaultReport(f, r.private)
		return
	}
	if isRefused(err) {
		r.Transaction = nil // nothing was sent
	}
	r.Outcome = outcomeError
	e := &errorReport{Kind: "usage", Message: message(err)}
	switch code := exitCode(err); {
	case code == exitUnverified:
		r.Outcome, e.Kind = outcomeUnverified, "verification"
	case isA[*interruptedError](err):
		e.Kind = "interrupted"
	case isA[*registryError](err):
		e.Kind = "registry"
	case errors.Is(err, mss.ErrUnknownOutcome), code == exitTransport && isA[*mss.RequestError](err):
		e.Kind = "unknown"
	case code == exitTransport:
		e.Kind = "transport"
	}
	e.MayHaveRung = e.Kind != "usage" && mss.MayHaveRung(err)
	r.Error = e
}

// newFaultReport reveals the service's words, which mssp has bounded and cleaned. This and the human form of it are the
// only places where they are printed.
func newFaultReport(f *mss.Fault, p private) *faultReport {
	r := &faultReport{
		Code: int(f.Code), Name: f.Code.Name(), Reason: p.conceal(f.Reason.Reveal()), Details: []string{},
		Native: p.conceal(f.Native), TraceID: p.conceal(f.TraceID),
	}
	for _, d := range f.Details {
		r.Details = append(r.Details, p.conceal(d.Reveal()))
	}
	return r
}

// conclude prints the report of a command that ended with err, and returns err marked as printed.
func (a *app) conclude(asJSON bool, r *report, err error) error {
	if asJSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		if failed := enc.Encode(r); failed != nil {
			return fmt.Errorf("%w: writing the result: %w", mss.ErrUnknownOutcome, failed)
		}
	} else {
		r.human(a.stdout, a.stderr, err)
	}
	if err == nil {
		return nil
	}
	return printedError{err}
}

// human prints the report for a reader: a result to out, a mistake or failure to errs.
func (r *report) human(out, errs io.Writer, err error) {
	switch r.Outcome {
	case outcomeSigned:
		r.humanSigned(out)
	case outcomeFault:
		fmt.Fprintf(out, "\n%s: %s\n", cmp.Or(r.title, "Not signed"), strings.TrimPrefix(err.Error(), "mss: "))
		line(out, "reason", r.Fault.Reason)
		for _, d := range r.Fault.Details {
			line(out, "detail", d)
		}
		line(out, "native", r.Fault.Native)
		line(out, "trace id", r.Fault.TraceID)
		line(out, "environment", r.Environment)
	case outcomeReceipt:
		fmt.Fprintf(out, "\nReceipt: %s\n", r.Receipt.Outcome)
		line(out, "environment", r.Environment)
	case outcomeOutstanding:
		if r.Handle != "" {
			fmt.Fprintln(out, r.Handle)
			return
		}
		fmt.Fprintln(out, "\nOutstanding: the person has not answered yet; ask again in 5 seconds, or with --wait")
	default:
		fmt.Fprintln(errs, "mss: "+message(err))
	}
}

func (r *report) humanSigned(out io.Writer) {
	fmt.Fprintf(out, "\nVerified: signed by %s\n", cmp.Or(r.who, r.Signer.Serial))
	line(out, "serial", r.Signer.Serial)
	line(out, "subject", r.Signer.Subject)
	line(out, "valid until", r.Signer.NotAfter.Format(time.RFC3339))
	line(out, "profile", r.Profile)
	if r.Status != 0 {
		line(out, "status", fmt.Sprintf("%d %s", r.Status, mss.Code(r.Status).Name()))
	}
	if r.Digest != nil {
		line(out, "digest", r.Digest.Hash+" "+r.Digest.Value)
	}
	switch {
	case r.Fresh != nil && r.Digest != nil:
		line(out, "fresh", map[bool]string{
			true:  "yes: the digest is a challenge, made for this transaction",
			false: "no: the digest names no transaction",
		}[*r.Fresh])
	case r.Fresh != nil && r.nonced:
		line(out, "fresh", "yes: what was signed holds this transaction's nonce")
	case r.Fresh != nil:
		line(out, "fresh", map[bool]string{
			true:  "yes: the signed text holds this transaction's code",
			false: "no: the signed text names no transaction; --code adds one",
		}[*r.Fresh])
	}
	if *r.TestSigner {
		line(out, "test signer", "yes: the service's robot, not a person; nobody has logged in")
	}
	line(out, "signed for", r.RelyingParty)
	switch r.TimeSource {
	case string(bankid.TimeOCSP):
		line(out, "judged", "as of "+r.JudgedAt.Format(time.RFC3339)+": timeSource ocsp, the issuer's responder says so")
	case string(bankid.TimeOperator):
		line(out, "judged", "as of "+r.JudgedAt.Format(time.RFC3339)+": timeSource operator, you say so; that nothing was revoked by then is not proven")
	}
	if r.Reencoded {
		line(out, "re-encoded", "the signature's Base64 text was made here, of XML; the OCSP answer's nonce is over it")
	}
	if l := r.Location; l != nil {
		line(out, "location", fmt.Sprintf("%s, within %g m at %s; confidence %g, in the device %g (the service's word)",
			l.Country, l.Accuracy, l.Timestamp.Format(time.RFC3339), l.LocationConfidence, l.DeviceConfidence))
	}
	if e := r.LocationError; e != nil {
		line(out, "location", "not known: "+e.Message)
	}
	if r.Receipt != nil {
		line(out, "receipt", r.Receipt.Outcome)
	}
	if r.Account != nil {
		line(out, "account", r.Account.Outcome)
	}
	environment := r.Environment
	if environment == mss.Simulator.String() {
		environment = "SIMULATOR: proves nothing about anybody"
	}
	line(out, "environment", environment)
}

// line prints one property, if there is one.
func line(w io.Writer, name, value string) {
	if value != "" {
		fmt.Fprintf(w, "  %-12s %s\n", name, value)
	}
}
