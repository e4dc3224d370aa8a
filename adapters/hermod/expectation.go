package hermod

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/gomss/gomss/internal/strictjson"
)

// expectation is what the answer to a PROV command is held against: state.Expect. It is derived from the command as it was
// sent, and from a stored command in the same way.
type expectation struct {
	Nonce       string        `json:"n"`
	UserID      string        `json:"u"`
	ServerName  string        `json:"s"`
	ProfileName string        `json:"p"`
	Keys        []expectedKey `json:"k"`
}

// expectedKey is one key that was asked for.
type expectedKey struct {
	ID       string    `json:"i"`
	Usage    string    `json:"u"`
	State    string    `json:"s"`
	Types    []KeyType `json:"t,omitempty"`
	Template template  `json:"c,omitzero"`
}

const (
	maxKeyTypes = 8       // of a key
	maxCertReq  = 4 << 10 // octets of base64
)

// expect is what the answer to the command must be. Errors name the member.
func (c *provCommand) expect() (*expectation, error) {
	e := &expectation{Nonce: c.Nonce, UserID: c.UserID, ServerName: c.Profile.ServerName, ProfileName: c.Profile.Name}
	n := len(c.Profile.KeyGenRequests)
	switch {
	case c.Nonce == "", len(c.Nonce) > maxName:
		return nil, errors.New("nonce: is empty or too long: no answer could be told from a copy of another")
	case c.UserID == "":
		return nil, errors.New("userid: is missing")
	case c.ResponseSignatureKey != attestationName:
		return nil, errors.New("responsesignaturekey: is not " + attestationName)
	case n == 0, n > MaxDeviceKeys:
		return nil, fmt.Errorf("profile.keygenrequests: has no entry, or more than %d", MaxDeviceKeys)
	}
	for i := range n {
		k, err := c.Profile.KeyGenRequests[i].expect()
		if err != nil {
			return nil, fmt.Errorf("profile.keygenrequests[%d].%w", i, err)
		}
		if e.key(k.ID) != nil {
			return nil, fmt.Errorf("profile.keygenrequests[%d].keyid: stands there before", i)
		}
		e.Keys = append(e.Keys, k)
	}
	return e, nil
}

func (r *keyGenRequest) expect() (k expectedKey, err error) {
	k = expectedKey{ID: r.KeyID, Usage: r.Usage, State: r.KeyState}
	if !isDeviceID(r.KeyID) {
		return k, errors.New("keyid: is no id")
	}
	if len(r.KeyTypePrios) == 0 || len(r.KeyTypePrios) > maxKeyTypes {
		return k, fmt.Errorf("keytypeprios: has no entry, or more than %d", maxKeyTypes)
	}
	for _, t := range r.KeyTypePrios {
		bits, err := strconv.Atoi(t.KeyLength)
		if err != nil {
			return k, errors.New("keytypeprios: a keylength is no number in a string")
		}
		k.Types = append(k.Types, KeyType{Type: t.KeyType, Bits: bits, Mechanism: t.ResponseMechanism})
	}
	if len(r.CertReq) > maxCertReq {
		return k, fmt.Errorf("certreq: is longer than %d octets", maxCertReq)
	}
	der, err := decodeBase64Std(r.CertReq)
	if err == nil {
		k.Template, err = readTemplate(der)
	}
	if err != nil {
		return k, fmt.Errorf("certreq: %w", err)
	}
	return k, nil
}

// key returns the request for a key id; nil where there is none.
func (e *expectation) key(id string) *expectedKey {
	i := slices.IndexFunc(e.Keys, func(k expectedKey) bool { return k.ID == id })
	if i < 0 {
		return nil
	}
	return &e.Keys[i]
}

// encode writes the expectation for state.Expect. There is little room in a sealed transaction, and keys are mostly alike: what
// one has in common with the one before it is left out.
func (e *expectation) encode() ([]byte, error) {
	short := *e
	short.Keys = slices.Clone(e.Keys)
	for i := len(e.Keys) - 1; i > 0; i-- {
		k, before := &short.Keys[i], &e.Keys[i-1]
		if slices.Equal(k.Types, before.Types) {
			k.Types = nil
		}
		if reflect.DeepEqual(k.Template, before.Template) {
			k.Template = template{}
		}
	}
	return json.Marshal(short)
}

// decodeExpectation reads what encode wrote.
func decodeExpectation(b []byte) (*expectation, error) {
	e := new(expectation)
	if strictjson.UnmarshalKnown(b, e) != nil || e.Nonce == "" || e.UserID == "" || len(e.Keys) == 0 {
		return nil, errState
	}
	for i := range e.Keys {
		k := &e.Keys[i]
		if i > 0 && k.Types == nil {
			k.Types = e.Keys[i-1].Types
		}
		if i > 0 && k.Template.Subject == nil {
			k.Template = e.Keys[i-1].Template
		}
		if len(k.Types) == 0 || len(k.Template.Subject) != sha256.Size {
			return nil, errState
		}
	}
	return e, nil
}
