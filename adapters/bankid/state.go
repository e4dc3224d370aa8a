package bankid

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// What a signature says that it is for (clientInfo/funcId).
const (
	funcIdentification = "Identification"
	funcSigning        = "Signing"
)

// state is what a transaction must remember beyond its ids: what was asked, so that the signature can be held against it, and
// what the prompt is made of. It is Transaction.State, as JSON.
type state struct {
	FuncID     string `json:"f"`           // what the signature must say
	Visible    []byte `json:"v,omitempty"` // SHA-256 of the octets of userVisibleData; nil: none was sent
	Format     string `json:"m,omitempty"` // userVisibleDataFormat
	NonVisible []byte `json:"n,omitempty"` // SHA-256 of the octets of userNonVisibleData
	RPSubject  string `json:"r,omitempty"` // of our certificate, as the signature has it; "" in process
	Person     string `json:"p,omitempty"` // 12 digits, that were required
	Phone      bool   `json:"c,omitempty"` // the person is on the telephone
	Payment    bool   `json:"y,omitempty"`

	// For the prompt alone; not in evidence.
	Token     string `json:"t,omitempty"` // qrStartToken
	Secret    string `json:"s,omitempty"` // qrStartSecret, which never leaves the server
	AutoStart string `json:"a,omitempty"` // autoStartToken
}

var errState = errors.New("the transaction's state is not of this package")

func (s *state) encode() ([]byte, error) { return json.Marshal(s) }

// decodeState reads a transaction's state. What the signature must say goes with the transaction's purpose.
func decodeState(tx *mss.Transaction) (*state, error) {
	s := new(state)
	if strictjson.UnmarshalKnown(tx.State, s) != nil {
		return nil, errState
	}
	switch {
	case s.FuncID == funcIdentification && tx.Purpose == mss.Authentication, s.FuncID == funcSigning && tx.Purpose == mss.Signing:
		return s, nil
	case s.FuncID == funcIdentification, s.FuncID == funcSigning:
		return nil, errors.New("the transaction's purpose is not the one that it was started with")
	}
	return nil, errState
}

// forEvidence is the transaction without what only the prompt needed.
func (s *state) forEvidence(tx *mss.Transaction) (mss.Transaction, error) {
	rest, t := *s, *tx
	rest.Token, rest.Secret, rest.AutoStart = "", "", ""
	var err error
	t.State, err = rest.encode()
	return t, err
}

// Times of an order, from when it was made.
const (
	// StartTime is about how long a person has to start the app, or to scan the QR code; then the order fails with the hint
	// startFailed (see NotStarted).
	StartTime = 30 * time.Second

	// OrderTime is about how long an order can take. A new one for an order that was not started should not go on after
	// this time from the first one.
	OrderTime = 3 * time.Minute
)

const (
	// outcomeGrace is how long after OrderTime the outcome is waited for: that the order has expired is one, too.
	outcomeGrace = 10 * time.Second

	// collectGrace is how long after its deadline a transaction can still be collected: failed orders are kept for up to five
	// minutes.
	collectGrace = 5 * time.Minute
)

// newState is the state of a new transaction.
func newState(q *question, subject string) *state {
	s := &state{
		FuncID: funcIdentification, Format: q.order.Format, RPSubject: subject, Person: q.number(),
		Phone: q.endpoint.phone, Payment: q.order.Transaction != nil,
	}
	if q.endpoint.signing {
		s.FuncID = funcSigning
	}
	if q.order.Visible != nil {
		s.Visible = sha256Of(q.order.Visible).Digest
	}
	s.NonVisible = sha256Of(q.order.NonVisible).Digest
	return s
}
