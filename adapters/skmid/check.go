package skmid

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"strings"

	"github.com/gomss/gomss/mss"
)

// question is a checked request: everything that goes onto the wire.
type question struct {
	transID     string
	purpose     mss.Purpose
	user        mss.User
	country     string
	code        string // identity code without the country
	digest      []byte
	display     string
	format      string
	language    string
	certificate *x509.Certificate // that will sign; nil for an authentication, or where it has to be fetched
}

const maxTransID = 64 // octets

// check turns a request into a question or says, with a *mss.RequestError, what is wrong with it.
func (c *Client) check(req *mss.Request) (*question, error) {
	if req == nil {
		return nil, &mss.RequestError{Field: "Request", Reason: "is nil"}
	}
	q := &question{transID: req.TransID, purpose: req.Purpose, display: req.Display}
	for _, step := range []func(*question, *mss.Request) error{c.checkUser, checkData, checkDisplay, checkLanguage, checkTransID, checkUnused} {
		if err := step(q, req); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func (c *Client) checkUser(q *question, req *mss.Request) (err error) {
	q.country, q.code, err = c.address(req.User)
	q.user = mss.User{MSISDN: req.User.MSISDN, Person: req.User.Person}
	return err
}

// address checks whom to ask. Number and code must be of one country: Estonian and Lithuanian codes have the same form, and the
// service is not told the country (SEC-21).
func (c *Client) address(u mss.User) (country, code string, err error) {
	phone, err := phoneCountry(u.MSISDN)
	if err != nil {
		return "", "", &mss.RequestError{Field: "User.MSISDN", Reason: err.Error()}
	}
	if country, code, err = checkPerson(u.Person); err != nil {
		return "", "", &mss.RequestError{Field: "User.Person", Reason: err.Error()}
	}
	if country != phone {
		return "", "", &mss.RequestError{Field: "User.Person", Reason: "is of another country than User.MSISDN: EE goes with +372, LT with +370"}
	}
	if isTest(u.Person) && c.Verifier.cfg.Anchors.Environment() == mss.Production {
		return "", "", &mss.RequestError{Field: "User.Person", Reason: errDemoPerson.Error()}
	}
	return country, code, nil
}

// checkData settles what is signed: a fresh challenge, or the digest that the caller gave.
func checkData(q *question, req *mss.Request) error {
	o, err := readOptions(req)
	if err != nil {
		return err
	}
	switch req.Purpose {
	case mss.Authentication:
		return q.challenge(req, o)
	case mss.Signing:
		return q.sign(req, o)
	}
	return &mss.RequestError{Field: "Purpose", Reason: "is required: mss.Authentication or mss.Signing"}
}

func (q *question) challenge(req *mss.Request, o Options) error {
	if !req.Data.IsZero() {
		return &mss.RequestError{Field: "Data", Reason: "goes with mss.Signing: the client makes the challenge of an authentication"}
	}
	if req.Key != nil {
		return &mss.RequestError{Field: "Key", Reason: "goes with mss.Signing: the answer to an authentication says its certificate"}
	}
	h := o.Hash
	if h == 0 {
		h = crypto.SHA256
	}
	if hashNames[h] == "" {
		return &mss.RequestError{Field: "Options.Hash", Reason: "is none of SHA-256, SHA-384 and SHA-512"}
	}
	q.digest = make([]byte, h.Size())
	_, err := rand.Read(q.digest) // never fails
	return err
}

func (q *question) sign(req *mss.Request, o Options) error {
	if err := checkDigest(req.Data); err != nil {
		return &mss.RequestError{Field: "Data", Reason: err.Error()}
	}
	if o.Hash != 0 {
		return &mss.RequestError{Field: "Options.Hash", Reason: "goes with mss.Authentication: of a signing, Data says it"}
	}
	if req.AddCode {
		return &mss.RequestError{Field: "AddCode", Reason: "cannot change what is signed, a digest: leave it false; Prompt.Code is there in any case"}
	}
	q.digest, q.certificate = req.Data.Content, req.Key
	return nil
}

// checkDigest accepts what mss.Digest makes with one of the service's hashes.
func checkDigest(d mss.Data) error {
	if hashNames[d.Hash] == "" {
		return errors.New("is not a mss.Digest made with SHA-256, SHA-384 or SHA-512, which is what is signed")
	}
	if len(d.Content) != d.Hash.Size() {
		return errors.New("has not the length of its hash: give the hash value itself")
	}
	return nil
}

func checkDisplay(q *question, req *mss.Request) (err error) {
	if q.format, err = displayFormat(req.Display); err != nil {
		return &mss.RequestError{Field: "Display", Reason: err.Error()}
	}
	return nil
}

// languages are the service's names of the languages that its dialogue has.
var languages = map[string]string{"et": "EST", "en": "ENG", "ru": "RUS", "lt": "LIT"}

// checkLanguage refuses what the service would change to English without a word: Lithuanian for Estonian numbers, and the
// reverse.
func checkLanguage(q *question, req *mss.Request) error {
	primary, _, _ := strings.Cut(strings.ToLower(req.Language), "-")
	q.language = languages[primary]
	switch {
	case q.language == "":
		return &mss.RequestError{Field: "Language", Reason: "is required: et, en, ru or lt"}
	case primary == "lt" && q.country == estonia, primary == "et" && q.country == lithuania:
		return &mss.RequestError{Field: "Language", Reason: "et goes with +372 and lt with +370 alone; take en or ru"}
	}
	return nil
}

// checkTransID accepts what all ETSI services do: the ASCII part of NCName.
func checkTransID(q *question, _ *mss.Request) error {
	if q.transID == "" {
		q.transID = newTransID()
	}
	if !isTransID(q.transID) {
		return &mss.RequestError{Field: "TransID", Reason: "has at most 64 octets: a letter or _ first, then letters, digits, . _ -"}
	}
	return nil
}

// checkUnused refuses what this service cannot honour.
func checkUnused(_ *question, req *mss.Request) error {
	if req.Timeout != 0 {
		return &mss.RequestError{Field: "Timeout", Reason: "cannot be chosen: the person has about two minutes; leave it 0"}
	}
	return nil
}

// newTransID returns an id of 128 random bits.
func newTransID() string { return "T" + rand.Text() }

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
