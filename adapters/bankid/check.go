package bankid

import (
	"crypto/rand"
	"encoding/base64"
	"net/netip"
	"strconv"

	"github.com/gomss/gomss/internal/legible"
	"github.com/gomss/gomss/mss"
)

// question is a checked request: everything that goes onto the wire, and what is kept of it.
type question struct {
	transID  string
	purpose  mss.Purpose
	person   mss.PersonID
	endpoint endpoint
	options  Options
	order    orderRequest
}

// check turns a request into a question or says, with a *mss.RequestError, what is wrong with it.
func (c *Client) check(req *mss.Request) (*question, error) {
	if req == nil {
		return nil, refuse("Request", "is nil")
	}
	o, err := c.options(req)
	if err != nil {
		return nil, err
	}
	q := &question{transID: req.TransID, purpose: req.Purpose, options: o}
	for _, step := range []func(*question, *mss.Request) error{
		checkEndpoint, checkTransID, checkUnused, checkUser, checkAddress, checkPayment, checkDisplay, checkDocument,
		c.checkReturnURL, checkWhere, c.checkRequirement,
	} {
		if err := step(q, req); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// refuse makes the error of a request that is not sent.
func refuse(field, reason string) error { return &mss.RequestError{Field: field, Reason: reason} }

// checkEndpoint says which order it is, of purpose and options.
func checkEndpoint(q *question, req *mss.Request) error {
	o := &q.options
	if req.Purpose != mss.Authentication && req.Purpose != mss.Signing {
		return refuse("Purpose", "is required: mss.Authentication or mss.Signing")
	}
	switch o.CallInitiator {
	case "", UserCalled, RPCalled:
		q.order.CallInitiator = o.CallInitiator
	default:
		return refuse("Options.CallInitiator", `is neither "user" nor "RP"; the case matters`)
	}
	phone, signing := o.CallInitiator != "", req.Purpose == mss.Signing
	switch {
	case o.OtherPayment && o.Payment == nil:
		return refuse("Options.OtherPayment", "goes with Options.Payment")
	case o.AnyCaller && !phone:
		return refuse("Options.AnyCaller", "goes with Options.CallInitiator")
	case o.Payment != nil && phone:
		return refuse("Options.CallInitiator", "does not go with Options.Payment")
	case o.Payment != nil && !signing:
		return refuse("Purpose", "of a payment is mss.Signing")
	case o.OtherPayment:
		q.endpoint = otherPaymentEndpoint
	case o.Payment != nil:
		q.endpoint = paymentEndpoint
	case phone && signing:
		q.endpoint = phoneSignEndpoint
	case phone:
		q.endpoint = phoneAuthEndpoint
	case signing:
		q.endpoint = signEndpoint
	default:
		q.endpoint = authEndpoint
	}
	return nil
}

// checkUser says who can answer. Nobody in particular is fine where they start the app themselves; but a telephone number or
// another provider's id does not say who, and the caller thinks that it does.
func checkUser(q *question, req *mss.Request) error {
	u := req.User
	if u.Person.IsZero() {
		switch {
		case !u.MSISDN.IsZero():
			return refuse("User.MSISDN", "does not address a person here; set User.Person, or leave User empty")
		case !u.ID.IsZero():
			return refuse("User.ID", "does not address a person here; set User.Person, or leave User empty")
		case q.endpoint.phone && !q.options.AnyCaller, q.options.OtherPayment:
			return refuse("User.Person", "is required for an order without link and QR code")
		}
		return nil
	}
	number, err := personalNumber(u.Person)
	if err != nil {
		return refuse("User.Person", err.Error())
	}
	q.person = u.Person
	if q.endpoint.phone || q.options.OtherPayment {
		q.order.PersonalNumber = number
		return nil
	}
	q.requirement().PersonalNumber = number
	return nil
}

// number returns the personal number that was required, "" for none.
func (q *question) number() string {
	if r := q.order.Requirement; r != nil && r.PersonalNumber != "" {
		return r.PersonalNumber
	}
	return q.order.PersonalNumber
}

// checkAddress checks the address of the person's device (endUserIp).
func checkAddress(q *question, req *mss.Request) error {
	ip := req.EndUserIP.Unmap()
	switch {
	case !q.endpoint.ip && ip.IsValid():
		return refuse("EndUserIP", "does not go with an order for a person who is on the telephone or pays elsewhere")
	case !q.endpoint.ip:
		return nil
	case !ip.IsValid():
		return refuse("EndUserIP", "is required: the address of the person's device as your server sees it, not a proxy's")
	case ip.Zone() != "", ip.IsUnspecified(), ip.IsMulticast(), ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return refuse("EndUserIP", "is no address that a person's device can have")
	}
	q.order.EndUserIP = ip.String()
	return nil
}

func checkPayment(q *question, _ *mss.Request) (err error) {
	p := q.options.Payment
	if p == nil {
		return nil
	}
	q.order.Transaction, err = p.wire()
	q.order.RiskFlags = p.RiskFlags
	return err
}

// checkDisplay checks the text that is shown and signed (userVisibleData).
func checkDisplay(q *question, req *mss.Request) error {
	switch q.options.Format {
	case "", Markdown:
	default:
		return refuse("Options.Format", `is neither "" nor "simpleMarkdownV1"`)
	}
	if req.Display == "" {
		if q.endpoint.signing && q.order.Transaction == nil {
			return refuse("Display", "is required for a signing")
		}
		if q.options.Format != "" {
			return refuse("Options.Format", "goes with a Display")
		}
		return nil
	}
	if n := base64.StdEncoding.EncodedLen(len(req.Display)); n > q.endpoint.visible {
		return refuse("Display", "has "+strconv.Itoa(n)+" characters in Base64, and "+strconv.Itoa(q.endpoint.visible)+" are allowed")
	}
	if err := legible.Check(req.Display); err != nil {
		return refuse("Display", err.Error())
	}
	q.order.Visible, q.order.Format = []byte(req.Display), q.options.Format
	return nil
}

// checkDocument makes what is signed and not shown (userNonVisibleData).
func checkDocument(q *question, req *mss.Request) error {
	if h := req.Data.Hash; h != 0 && (documentHashes[h] == "" || len(req.Data.Content) != h.Size()) {
		return refuse("Data", "is no digest made with SHA-256, SHA-384 or SHA-512")
	}
	n := nonVisible{Nonce: newNonce(), TransID: q.transID, Document: documentOf(req), Data: q.options.NonVisible}
	var err error
	if q.order.Transaction != nil {
		if n.Payment, err = q.order.Transaction.digest(); err != nil {
			return refuse("Options.Payment", "cannot be encoded")
		}
	}
	if q.order.NonVisible, err = n.octets(); err != nil {
		return refuse("Options.NonVisible", "cannot be encoded")
	}
	if size := base64.StdEncoding.EncodedLen(len(q.order.NonVisible)); size > q.endpoint.nonVisible {
		return refuse("Options.NonVisible", "makes userNonVisibleData, with the nonce and the document's hash, "+strconv.Itoa(size)+
			" characters long in Base64, and "+strconv.Itoa(q.endpoint.nonVisible)+" are allowed")
	}
	return nil
}

// checkUnused refuses what this service cannot honour.
func checkUnused(_ *question, req *mss.Request) error {
	switch {
	case req.Timeout != 0:
		return refuse("Timeout", "cannot be chosen: the person has about three minutes; leave it 0")
	case req.Key != nil:
		return refuse("Key", "cannot be chosen: a person may have several certificates; require the person instead")
	}
	return nil
}

const maxTransID = 64 // octets

// checkTransID accepts what all ETSI services do: the ASCII part of NCName.
func checkTransID(q *question, _ *mss.Request) error {
	if q.transID == "" {
		q.transID = "T" + rand.Text()
	}
	if !isTransID(q.transID) {
		return refuse("TransID", "has at most 64 octets: a letter or _ first, then letters, digits, . _ -")
	}
	return nil
}

func isTransID(s string) bool {
	if s == "" || len(s) > maxTransID {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case isLetter(c), c == '_':
		case i > 0 && (isDigit(c) || c == '.' || c == '-'):
		default:
			return false
		}
	}
	return true
}
