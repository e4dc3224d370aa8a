package skmidtest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gomss/gomss/internal/strictjson"
)

// maxName bounds relyingPartyName. SK publishes no limit; 110 octets are known to be too many.
const maxName = 100

// body is what a start and /certificate send. Members that it does not have are passed over, as SK announces for its own
// service.
type body struct {
	RelyingPartyName       *string `json:"relyingPartyName"`
	RelyingPartyUUID       *string `json:"relyingPartyUUID"`
	PhoneNumber            *string `json:"phoneNumber"`
	NationalIdentityNumber *string `json:"nationalIdentityNumber"`
	Hash                   *string `json:"hash"`
	HashType               *string `json:"hashType"`
	Language               *string `json:"language"`
	DisplayText            string  `json:"displayText"`
	DisplayTextFormat      string  `json:"displayTextFormat"`
}

// question is a request that has been understood.
type question struct {
	subscription
	kind     kind
	hash     []byte
	hashType string
	language string
	text     string // as the phone shows it
}

// refusal is an error answer. Its text is for developers.
type refusal struct {
	status int
	text   string
}

func (e refusal) Error() string { return e.text }

func badRequest(text string) error { return refusal{http.StatusBadRequest, text} }

// unauthorised is what a relying party gets that was not agreed upon.
var unauthorised = refusal{http.StatusUnauthorized, "Failed to authorize user"}

// read understands a start, or with certificate a request for the signing certificate, and checks whether the relying
// party is the agreed one: parameters come first, so that a malformed UUID is 400 and an unknown one 401.
func (s *Server) read(doc []byte, k kind, certificate bool) (*question, error) {
	var b body
	if err := strictjson.Unmarshal(doc, &b); err != nil {
		return nil, badRequest("the body is not the JSON that it should be")
	}
	q := &question{kind: k}
	checks := []func(*body) error{checkRelyingParty, q.readUser}
	if !certificate {
		checks = append(checks, q.readHash, q.readDisplay)
	}
	for _, check := range checks {
		if err := check(&b); err != nil {
			return nil, err
		}
	}
	if !strings.EqualFold(*b.RelyingPartyName, s.options.RelyingPartyName) || *b.RelyingPartyUUID != s.options.RelyingPartyUUID {
		return nil, unauthorised
	}
	return q, nil
}

// required checks that a member is there; null is as good as absent.
func required(name string, value *string) error {
	if value == nil {
		return badRequest(name + " must not be null")
	}
	return nil
}

func checkRelyingParty(b *body) error {
	if err := required("relyingPartyUUID", b.RelyingPartyUUID); err != nil {
		return err
	}
	if err := required("relyingPartyName", b.RelyingPartyName); err != nil {
		return err
	}
	switch {
	case !isUUID(*b.RelyingPartyUUID):
		return badRequest("relyingPartyUUID must be a UUID in lower case")
	case len(*b.RelyingPartyName) > maxName:
		return badRequest("relyingPartyName is too long")
	}
	return nil
}

func (q *question) readUser(b *body) error {
	if err := required("phoneNumber", b.PhoneNumber); err != nil {
		return err
	}
	if err := required("nationalIdentityNumber", b.NationalIdentityNumber); err != nil {
		return err
	}
	q.phone, q.code = *b.PhoneNumber, *b.NationalIdentityNumber
	switch {
	case !isPhone(q.phone):
		return badRequest("phoneNumber must contain of + and numbers(8-30)")
	case !isCode(q.code):
		return badRequest("nationalIdentityNumber must contain of 11 digits")
	}
	return nil
}

func (q *question) readHash(b *body) error {
	if err := required("hash", b.Hash); err != nil {
		return err
	}
	if err := required("hashType", b.HashType); err != nil {
		return err
	}
	h, ok := hashes[*b.HashType]
	if !ok {
		return badRequest(fmt.Sprintf("Unknown hash type '%.20s'", *b.HashType))
	}
	hash, err := base64.StdEncoding.Strict().DecodeString(*b.Hash)
	switch {
	case err != nil, len(*b.Hash) < 44, len(*b.Hash) > 88, strings.ContainsAny(*b.Hash, "\r\n"):
		return badRequest("hash must be valid Base64 string with length between 44 and 88")
	case len(hash) != h.Size():
		return badRequest("hash does not have the length of its hashType")
	}
	q.hash, q.hashType = hash, *b.HashType
	return nil
}

// languages that phones know.
var languages = []string{"EST", "ENG", "RUS", "LIT"}

func (q *question) readDisplay(b *body) (err error) {
	if err := required("language", b.Language); err != nil {
		return err
	}
	q.language = *b.Language
	if !slices.Contains(languages, q.language) {
		return badRequest(fmt.Sprintf("Unknown language '%.20s'", q.language))
	}
	// A SIM card of one country does not know the language of the other one.
	if q.language == "LIT" && strings.HasPrefix(q.phone, "+372") || q.language == "EST" && strings.HasPrefix(q.phone, "+370") {
		q.language = "ENG"
	}
	q.text, err = shown(b.DisplayText, b.DisplayTextFormat)
	return err
}

// control is the verification code that the phone shows: the first 6 and the last 7 bits of the hash as one number.
func control(hash []byte) string {
	return fmt.Sprintf("%04d", int(hash[0]>>2)<<7|int(hash[len(hash)-1]&0x7f))
}
