package mssp

import (
	"crypto/rand"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/legible"
	"github.com/gomss/gomss/mss"
)

// question is a checked request: everything that goes onto the wire, and nothing that is left to chance.
type question struct {
	transID  string
	purpose  mss.Purpose
	user     mss.MSISDN
	source   netip.Addr
	mimeType string // of text
	text     string // what is read and signed
	approval []Pair // of a transaction approval: what text holds
	code     string // the comparison code inside text; "" none
	language string
	profile  string
	options  Options
	timeout  time.Duration
}

// mimeText is the type of plain text.
const mimeText = "text/plain"

const (
	minTimeout  = 15 * time.Second
	maxTimeout  = 300 * time.Second
	maxTransID  = 64 // octets of AP_TransID
	codeLetters = 5  // of the comparison code, 5 bits each
)

// check turns a request into a question or says, with a *mss.RequestError, what is wrong with it.
func (c *Client) check(req *mss.Request) (*question, error) {
	if req == nil {
		return nil, &mss.RequestError{Field: "Request", Reason: "is nil"}
	}
	q := &question{transID: req.TransID, purpose: req.Purpose, user: req.User.MSISDN, source: req.EndUserIP, timeout: req.Timeout}
	for _, step := range []func(*question, *mss.Request) error{
		c.checkUser, c.checkOptions, c.checkText, c.checkLanguage, c.checkTimes, checkTransID, checkUnused,
	} {
		if err := step(q, req); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func (c *Client) checkUser(_ *question, req *mss.Request) error {
	if req.Purpose != mss.Authentication && req.Purpose != mss.Signing {
		return &mss.RequestError{Field: "Purpose", Reason: "is required: mss.Authentication or mss.Signing"}
	}
	if err := checkMSISDN("User.MSISDN", req.User.MSISDN); err != nil {
		return err
	}
	if !c.cfg.AllowTestNumbers && c.cfg.Dialect.isTestNumber(req.User.MSISDN.Digits()) {
		return &mss.RequestError{Field: "User.MSISDN", Reason: "is a test number of the service, behind which there is no person; tests set Config.AllowTestNumbers"}
	}
	return nil
}

// checkText takes what the person reads and signs: a text, or a transaction approval.
func (c *Client) checkText(q *question, req *mss.Request) error {
	if req.Data.MimeType == mimeApproval {
		return c.checkApproval(q, req)
	}
	return c.checkPlainText(q, req)
}

// checkPlainText takes the text from Display or Data: this service shows what it signs, so the two cannot differ.
func (c *Client) checkPlainText(q *question, req *mss.Request) error {
	field, text := "Display", req.Display
	if !req.Data.IsZero() {
		if req.Data.Hash != 0 || req.Data.MimeType != mimeText || req.Data.Encoding != "UTF-8" {
			return &mss.RequestError{Field: "Data", Reason: "this service signs the text that the person reads: use mss.Text or Display"}
		}
		if req.Display != "" && req.Display != string(req.Data.Content) {
			return &mss.RequestError{Field: "Display", Reason: "differs from Data: this service shows what it signs; set one of them"}
		}
		field, text = "Data", string(req.Data.Content)
	}
	if err := c.checkReadable(text); err != nil {
		return &mss.RequestError{Field: field, Reason: err.Error()}
	}
	if req.AddCode {
		q.code = newCode()
		text = withCode(text, q.code)
	}
	if err := c.cfg.Dialect.CheckText(text); err != nil {
		return &mss.RequestError{Field: field, Reason: err.Error()}
	}
	q.mimeType, q.text = mimeText, text
	return nil
}

// checkReadable refuses text that is not there, that the service would refuse, or that a person cannot read whole.
func (c *Client) checkReadable(text string) error {
	if text == "" {
		return errors.New("is required: the person must read what they sign")
	}
	if !strings.HasPrefix(text, c.account.Prefix) {
		return errors.New("does not begin with the prefix of the account, exactly as assigned; the service would refuse it with 107")
	}
	if c.cfg.InsecureAllowInvisible {
		return nil
	}
	return legible.Check(text)
}

// withCode appends a comparison code to what is read and signed.
func withCode(text, code string) string { return text + " (" + code + ")" }

func (c *Client) checkLanguage(q *question, req *mss.Request) error {
	q.language = primaryLanguage(req.Language)
	return c.checkPhoneLanguage("Language", q.language)
}

// checkPhoneLanguage accepts what the phone speaks.
func (c *Client) checkPhoneLanguage(field, primary string) error {
	if !slices.Contains(c.cfg.Dialect.Languages, primary) {
		return &mss.RequestError{Field: field, Reason: "is required, and must be the text's: one of " + strings.Join(c.cfg.Dialect.Languages, ", ")}
	}
	return nil
}

// primaryLanguage returns the ISO 639-1 code that a BCP 47 tag begins with.
func primaryLanguage(tag string) string {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return primary
}

func (c *Client) checkTimes(q *question, _ *mss.Request) error {
	if q.timeout == 0 {
		q.timeout = c.cfg.Dialect.timeout(q.profile)
	}
	if q.timeout < minTimeout || q.timeout > maxTimeout || q.timeout%time.Second != 0 {
		return &mss.RequestError{Field: "Timeout", Reason: "must be whole seconds from 15 to 300"}
	}
	return nil
}

func checkTransID(q *question, _ *mss.Request) error {
	if q.transID == "" {
		q.transID = newTransID()
	}
	if !isTransID(q.transID) {
		return &mss.RequestError{Field: "TransID", Reason: "is an XML NCName of at most 64 octets: a letter or _ first, then letters, digits, . _ -"}
	}
	return nil
}

// checkUnused refuses what this service cannot honour: to ignore it would change what the caller asked for.
func checkUnused(_ *question, req *mss.Request) error {
	if req.Key != nil {
		return &mss.RequestError{Field: "Key", Reason: "cannot be chosen with this service: leave it nil"}
	}
	return nil
}

// newTransID returns an AP_TransID of 128 random bits. The letter in front makes it an NCName.
func newTransID() string { return "T" + rand.Text() }

// isTransID accepts the ASCII part of NCName (Namespaces in XML 1.0, 3).
func isTransID(s string) bool {
	if s == "" || len(s) > maxTransID {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		case i > 0 && ('0' <= c && c <= '9' || c == '.' || c == '-'):
		default:
			return false
		}
	}
	return true
}

// newCode returns a comparison code of 25 random bits, in letters and digits that are hard to confuse (RFC 4648 base32).
func newCode() string { return rand.Text()[:codeLetters] }
