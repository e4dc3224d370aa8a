package mssp

import (
	"crypto/sha256"
	"encoding/json"
	"errors"

	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// state is what a transaction must remember beyond its ids: what was asked, so that the answer can be held against it.
// It is Transaction.State, and its JSON is part of every sealed handle; hence the short names.
type state struct {
	Digest  []byte `json:"d"`           // SHA-256 of the text that was sent
	Asked   string `json:"p"`           // signature profile that was asked for
	Method  string `json:"m,omitempty"` // signature profile of the acknowledgement; a status answer has none
	Code    string `json:"c,omitempty"` // comparison code, for the prompt
	Fresh   bool   `json:"f,omitempty"` // the text holds a comparison code
	Sync    bool   `json:"s,omitempty"` // the answer is a MSS_SignatureResp
	QueryID string `json:"q,omitempty"` // AP_TransID of the message that Evidence.Raw answers
}

func (q *question) state() state {
	digest := sha256.Sum256([]byte(q.text))
	return state{Digest: digest[:], Asked: q.profile, Code: q.code, Fresh: q.code != ""}
}

func (s state) encode() []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic("mssp: state of strings, octets and booleans: " + err.Error())
	}
	return b
}

func decodeState(tx *mss.Transaction) (state, error) {
	var s state
	if err := strictjson.Unmarshal(tx.State, &s); err != nil || len(s.Digest) != sha256.Size {
		return state{}, errors.New("the transaction's state is not of this package")
	}
	return s, nil
}
