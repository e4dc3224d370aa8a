package scenario

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport/replay"
)

// The words of scenario.json and what they stand for.
var (
	environments = map[string]mss.Environment{"production": mss.Production, "test": mss.Test, "simulator": mss.Simulator}
	purposes     = map[string]mss.Purpose{"authentication": mss.Authentication, "signing": mss.Signing}
	rules        = map[string]replay.Rule{"": replay.Exact, "anyWrapper": replay.AnyWrapper}
)

// The modes of a signature, and its outcomes.
const (
	modeSync  = "sync"
	modeAsync = "async"

	outcomeSigned      = "signed"
	outcomeFault       = "fault"
	outcomeUnverified  = "unverified"
	outcomeOutstanding = "outstanding"
	outcomeError       = "error"

	kindRequest   = "request"
	kindTransport = "transport"
)

// maxPolls bounds what one signature may ask for.
const maxPolls = 50

// check refuses what would make a run meaningless: a scenario that expects nothing cannot fail. What the client itself
// refuses, such as a wrong number, is left to it: a scenario may be about that.
func (s *Scenario) check() error {
	if s.Now.IsZero() {
		return errors.New("now: is required, as 2026-01-15T12:00:00Z")
	}
	if _, ok := environments[s.Environment]; !ok {
		return errors.New("environment: must be production, test or simulator")
	}
	if _, ok := rules[s.Compare]; !ok {
		return errors.New(`compare: must be "anyWrapper" or absent`)
	}
	for _, name := range s.Anchors {
		if !filepath.IsLocal(name) || filepath.Base(name) != name {
			return fmt.Errorf("anchors: %q is not the name of a file in the scenario's directory", name)
		}
	}
	if len(s.Signatures) == 0 {
		return errors.New("signatures: is empty: nothing would be asked")
	}
	for i := range s.Signatures {
		if err := s.Signatures[i].check(); err != nil {
			return fmt.Errorf("signatures[%d]: %w", i, err)
		}
	}
	return nil
}

func (q *Signature) check() error {
	if q.Mode != modeSync && q.Mode != modeAsync {
		return errors.New("mode: must be sync or async")
	}
	if _, ok := purposes[q.Purpose]; !ok {
		return errors.New("purpose: must be authentication or signing")
	}
	if q.Expect.Requests < 0 || q.Expect.Requests > maxPolls {
		return errors.New("expect.requests: must be 0 to " + strconv.Itoa(maxPolls))
	}
	if err := q.Expect.check(); err != nil {
		return fmt.Errorf("expect: %w", err)
	}
	return nil
}

// check refuses an expectation that says too little, or something that its outcome does not have.
func (o Outcome) check() error {
	bare := Outcome{Outcome: o.Outcome, Requests: o.Requests}
	switch o.Outcome {
	case outcomeSigned:
		if o.Status == 0 || o.Signer == "" || o.Profile == "" || !o.Verified {
			return errors.New("signed: status, signer, profile and verified are required")
		}
		bare.Status, bare.Signer, bare.Profile, bare.Verified = o.Status, o.Signer, o.Profile, true
	case outcomeFault:
		if o.Code == 0 {
			return errors.New("fault: code is required")
		}
		bare.Code, bare.Name = o.Code, o.Name
	case outcomeUnverified:
		if o.Check == "" {
			return errors.New("unverified: check is required")
		}
		bare.Check = o.Check
	case outcomeOutstanding:
	case outcomeError:
		switch o.Kind {
		case kindRequest:
			bare.Kind, bare.Field = o.Kind, o.Field
		case kindTransport:
			bare.Kind, bare.HTTP = o.Kind, o.HTTP
		default:
			return errors.New("error: kind must be request or transport")
		}
	default:
		return errors.New("outcome: must be signed, fault, unverified, outstanding or error")
	}
	if o != bare {
		return fmt.Errorf("%s: has a member that belongs to another outcome", o.Outcome)
	}
	return nil
}
