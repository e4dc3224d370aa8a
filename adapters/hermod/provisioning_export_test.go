package hermod

import (
	"crypto/x509"
	"time"

	"github.com/gomss/gomss/mss"
)

// Sent is what a client remembers of a command of an enrolment, for tests.
type Sent struct {
	Kind                 string // "PROV", "CERT", or "SIGN"
	Scope, MSSPTransID   string
	ExternalID           string
	User                 string
	ProvCommand          []byte   // of which the answer to a PROV is expected; nil: no answer is
	Locations            []string // of the messages that the command was put into
	ProfileID, MailboxID string
}

// Evidence is that of an answer to the command.
func (s Sent) Evidence(raw []byte, at time.Time) (*mss.Evidence, error) {
	st := &state{
		Kind: map[string]commandKind{"PROV": provision, "CERT": certificate, "SIGN": sign}[s.Kind], ExternalID: s.ExternalID,
		Locations: s.Locations, ProfileID: s.ProfileID, BoxID: s.MailboxID,
	}
	if s.ProvCommand != nil {
		command := new(provCommand)
		if _, err := readCommand(s.ProvCommand, "provCommand", command); err != nil {
			return nil, err
		}
		e, err := command.expect()
		if err != nil {
			return nil, err
		}
		if st.Expect, err = e.encode(); err != nil {
			return nil, err
		}
	}
	b, err := st.encode()
	if err != nil {
		return nil, err
	}
	user, err := mss.ParseUserID(s.User)
	tx := mss.Transaction{
		Provider: s.Scope, TransID: s.ExternalID, MSSPTransID: s.MSSPTransID, Purpose: st.Kind.purpose(), User: mss.User{ID: user},
		Started: at, Deadline: at.Add(time.Minute), State: b,
	}
	return &mss.Evidence{Transaction: tx, Received: at, Raw: raw}, err
}

// VerifyCertified is what Certify does with the answer.
func (v *Verifier) VerifyCertified(ev *mss.Evidence) error { return v.verifyCertified(ev) }

// CheckIssued is what Certify does with what the certification authority returned.
func (v *Verifier) CheckIssued(k *ProvisionedKey, chain []*x509.Certificate, at time.Time) ([]*x509.Certificate, error) {
	return v.checkIssued(k, chain, at)
}

// NewProvCommand returns a PROV command as it is sent.
func NewProvCommand(e *Enrollment, serverName string) ([]byte, error) {
	c, err := newProvCommand(e, serverName, "jws")
	if err != nil {
		return nil, err
	}
	return envelope(commandHeader{Lifespan: 300, Timeout: 300, ExternalID: "EXT1"}, "provCommand", c)
}

// ExpectationSize is how many octets of a transaction's state an expectation takes.
func ExpectationSize(provCommandDocument []byte) (int, error) {
	ev, err := Sent{Kind: "PROV", User: "a", ExternalID: "E", ProvCommand: provCommandDocument}.Evidence(nil, time.Now())
	if err != nil {
		return 0, err
	}
	return len(ev.Transaction.State), nil
}
