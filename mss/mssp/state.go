package mssp

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// state is what a transaction must remember beyond its ids: what was asked, so that the answer can be held against it.
// It is Transaction.State, and its JSON is part of every sealed handle; hence the short names.
type state struct {
	Digest []byte `json:"d"`           // SHA-256 of the text that was sent
	Asked  string `json:"p"`           // signature profile that was asked for
	Method string `json:"m,omitempty"` // signature profile of the acknowledgement; a status answer has none
	Code   string `json:"c,omitempty"` // comparison code, for the prompt
	Link   string `json:"l,omitempty"` // AuthUri of App2App, for the prompt; holds the session's secret
	Fresh  bool   `json:"f,omitempty"` // the text holds a comparison code
	Sync   bool   `json:"s,omitempty"` // the answer is a MSS_SignatureResp
	JSON   bool   `json:"j,omitempty"` // the answer is in the JSON binding

	Approval   bool          `json:"a,omitempty"` // a transaction approval: Digest is of its pairs
	Geofencing bool          `json:"g,omitempty"` // the location was asked for
	Policy     *storedPolicy `json:"y,omitempty"` // that the location must satisfy
	Subscriber bool          `json:"u,omitempty"` // facts about the subscription were asked for
	Superseded bool          `json:"x,omitempty"` // this client asked the same person again before the answer
	QueryID    string        `json:"q,omitempty"` // AP_TransID of the message that Evidence.Raw answers
}

func (q *question) state() state {
	digest := sha256.Sum256([]byte(q.text))
	if q.approval != nil {
		digest = digestPairs(q.approval)
	}
	st := state{
		Digest:     digest[:],
		Asked:      q.profile,
		Code:       q.code,
		Fresh:      q.code != "",
		Approval:   q.approval != nil,
		Geofencing: q.options.Geofencing != nil,
		Subscriber: q.options.SubscriberInfo,
	}
	if st.Geofencing && q.options.Geofencing.Policy != nil {
		st.Policy = q.options.Geofencing.Policy.stored()
	}
	return st
}

var errOtherText = errors.New("what was signed is not the text that was sent")

// matches holds what was signed against what was sent: the same octets, or of a transaction approval the same pairs.
func (s state) matches(content []byte) error {
	digest := sha256.Sum256(content)
	if s.Approval {
		pairs, err := decodeSigned(content)
		if err != nil {
			return fmt.Errorf("what was signed as a transaction approval %w", err)
		}
		digest = digestPairs(pairs)
	}
	if !bytes.Equal(digest[:], s.Digest) {
		return errOtherText
	}
	return nil
}

func (s state) encode() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // which would make six octets of each & in a link
	if err := e.Encode(s); err != nil {
		panic("mssp: state of strings, octets, booleans and finite numbers: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func decodeState(tx *mss.Transaction) (state, error) {
	var s state
	if err := strictjson.Unmarshal(tx.State, &s); err != nil || len(s.Digest) != sha256.Size {
		return state{}, errors.New("the transaction's state is not of this package")
	}
	return s, nil
}
