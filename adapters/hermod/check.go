package hermod

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/legible"
	"github.com/gomss/gomss/mss"
)

// Limits of a request.
const (
	defaultTimeout = 2 * time.Minute
	minTimeout     = 15 * time.Second
	maxTimeout     = 30 * time.Minute
	maxText        = 16 << 10 // octets of a text
	maxTransID     = 64       // octets
	codeLetters    = 5        // of a comparison code
)

// question is a checked request.
type question struct {
	transID string
	purpose mss.Purpose
	user    mss.UserID
	display string // what the person reads beside what they sign; "" where they read what they sign
	tbs     []byte // what is signed; nil: a challenge, which is made with the command
	shown   bool   // tbs is text, for the person to read
	code    string // of AddCode
	format  string // as in state.Format
	timeout time.Duration
}

// check turns a request into a question or says, with a *mss.RequestError, what is wrong with it. Language and EndUserIP have no
// place in Hermod's commands, and a person's other names than User.ID none either.
func check(req *mss.Request) (*question, error) {
	if req == nil {
		return nil, refuse("Request", "is nil")
	}
	q := &question{transID: req.TransID, purpose: req.Purpose, user: req.User.ID, timeout: req.Timeout}
	for _, step := range []func(*question, *mss.Request) error{checkUser, checkContent, checkOptions, checkTimeout, checkTransID} {
		if err := step(q, req); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func checkUser(q *question, _ *mss.Request) error { return checkUserID(q.user) }

// checkUserID refuses what Hermod would not take for a user: "@" begins an address there, and "@tmp" is a mailbox for whoever
// comes first.
func checkUserID(id mss.UserID) error {
	s := id.Reveal()
	if s == "" {
		return &mss.RequestError{Field: "User.ID", Reason: "is required: Hermod knows persons by nothing else", Err: mss.UnknownClient}
	}
	if parsed, err := mss.ParseUserID(s); err != nil || parsed != id || s[0] == '@' || strings.EqualFold(s, "tmp") {
		return &mss.RequestError{
			Field: "User.ID", Reason: `is not one of mss.ParseUserID, begins with "@" or is "tmp", which Hermod takes for another address`,
			Err: mss.FiComMalformedUserID,
		}
	}
	return nil
}

// checkContent settles what is read and what is signed.
func checkContent(q *question, req *mss.Request) error {
	if req.AddCode {
		q.code = rand.Text()[:codeLetters]
	}
	switch req.Purpose {
	case mss.Authentication:
		return q.authenticate(req)
	case mss.Signing:
		return q.sign(req)
	}
	return refuse("Purpose", "is required: mss.Authentication or mss.Signing")
}

// authenticate: Display is read, and a challenge is signed.
func (q *question) authenticate(req *mss.Request) error {
	if !req.Data.IsZero() {
		return refuse("Data", "goes with mss.Signing: the client makes the challenge of an authentication")
	}
	q.display = q.withCode(req.Display)
	return checkReadable("Display", q.display)
}

// sign: Data is signed, and Display read beside it; or Display alone is both.
func (q *question) sign(req *mss.Request) error {
	field := "Data"
	switch {
	case req.Data.IsZero():
		field, q.shown, q.tbs = "Display", true, []byte(q.withCode(req.Display))
	case req.Data.Hash != 0:
		q.tbs = req.Data.Content
		if err := q.checkDigest(req); err != nil {
			return err
		}
	case req.Data.MimeType == "text/plain" && req.Data.Encoding == "UTF-8":
		q.shown, q.tbs = true, []byte(q.withCode(string(req.Data.Content)))
	default:
		return refuse("Data", "is neither mss.Text nor mss.Digest")
	}
	if q.shown {
		if err := checkReadable(field, string(q.tbs)); err != nil {
			return err
		}
	}
	if looksLikeChallenge(q.tbs) {
		return refuse(field, "begins like the challenge of an authentication: its signature could be taken for a login")
	}
	if req.Data.IsZero() {
		return nil
	}
	if q.display = req.Display; q.display == "" && q.shown {
		return nil
	}
	return checkReadable("Display", q.display)
}

// checkDigest accepts what mss.Digest makes. Nobody can read a digest, so no code can be added to it.
func (q *question) checkDigest(req *mss.Request) error {
	d := req.Data
	if !d.Hash.Available() || len(d.Content) != d.Hash.Size() || d.Hash.Size() < 32 {
		return refuse("Data", "is no mss.Digest of SHA-256 or a longer hash that is linked into this program, or has not its length")
	}
	if req.AddCode {
		return refuse("AddCode", "cannot change what is signed, a digest: leave it false")
	}
	return nil
}

// withCode appends the comparison code.
func (q *question) withCode(text string) string {
	if q.code == "" || text == "" {
		return text
	}
	return text + " (" + q.code + ")"
}

// checkReadable refuses text that is not there, is too long, or cannot be read whole (SEC-9).
func checkReadable(field, text string) error {
	switch {
	case text == "":
		return refuse(field, "is required: the person must read what they are asked")
	case len(text) > maxText:
		return refuse(field, fmt.Sprintf("is longer than %d octets", maxText))
	}
	if err := legible.Check(text); err != nil {
		return refuse(field, err.Error())
	}
	return nil
}

func checkOptions(q *question, req *mss.Request) error {
	o, err := readOptions(req)
	if err != nil {
		return err
	}
	q.format, err = o.format()
	return err
}

func checkTimeout(q *question, _ *mss.Request) error {
	if q.timeout == 0 {
		q.timeout = defaultTimeout
	}
	if q.timeout < minTimeout || q.timeout > maxTimeout || q.timeout%time.Second != 0 {
		return refuse("Timeout", fmt.Sprintf("is not whole seconds from %v to %v", minTimeout, maxTimeout))
	}
	return nil
}

func checkTransID(q *question, _ *mss.Request) error {
	if q.transID != "" && !isTransID(q.transID) {
		return refuse("TransID", fmt.Sprintf("has at most %d octets: a letter or _ first, then letters, digits, . _ -", maxTransID))
	}
	return nil
}

// isTransID accepts the ASCII part of NCName, which all services of TS 102 204 do.
func isTransID(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		case i > 0 && ('0' <= c && c <= '9' || c == '.' || c == '-'):
		default:
			return false
		}
	}
	return s != "" && len(s) <= maxTransID
}

// newExternalID returns the id by which a command's answers are told apart from all others: 128 random bits, so that nobody can
// name what is outstanding. It is an NCName, and serves as AP_TransID as well.
func newExternalID() string { return "T" + rand.Text() }

// params are what goes onto the wire.
func (q *question) params(tbs []byte, t *Inferred) operands {
	p := params{
		Filter:    &filter{Op: "eq", Param: "key.type", Value: t.KeyType},
		Format:    t.formatName(q.format),
		Mechanism: t.RSA,
	}
	if q.display != "" {
		p.Description = []content{newContent("requester", "Request", "text/plain", []byte(q.display), true)}
	}
	kind := "application/octet-stream"
	if q.shown {
		kind = "text/plain"
	}
	p.TBS = []content{newContent("tbs", "Text to sign", kind, tbs, q.shown)}
	return operands{p}
}
