package scenario

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/transport/replay"
)

// The words of scenario.json and what they stand for.
var (
	environments = map[string]mss.Environment{"production": mss.Production, "test": mss.Test, "simulator": mss.Simulator}
	purposes     = map[string]mss.Purpose{"authentication": mss.Authentication, "signing": mss.Signing}
	rules        = map[string]replay.Rule{"": replay.Exact, "anyWrapper": replay.AnyWrapper}
	bindings     = map[string]mssp.Binding{"": mssp.SOAP, mssp.SOAP.String(): mssp.SOAP, mssp.JSON.String(): mssp.JSON}
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
	outcomeReceipt     = "receipt"
	outcomeProfile     = "profile"
	outcomeHealthy     = "healthy"

	kindRequest   = "request"
	kindTransport = "transport"
)

// maxPolls bounds the requests of one question.
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
	if _, ok := bindings[s.Binding]; !ok {
		return errors.New("binding: must be soap, rest or absent")
	}
	for i := range s.Signatures {
		if err := s.Signatures[i].check(); err != nil {
			return fmt.Errorf("signatures[%d]: %w", i, err)
		}
	}
	steps := s.steps()
	if len(steps) == 0 {
		return errors.New("profiles, signatures and health: are all absent: nothing would be asked")
	}
	for _, step := range steps {
		if err := step.check(); err != nil {
			return fmt.Errorf("%s: %w", step.at, err)
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
	return nil
}

// check refuses an expectation that does not fit its question.
func (s *step) check() error {
	if s.expect.Requests < 0 || s.expect.Requests > maxPolls {
		return errors.New("expect.requests: must be 0 to " + strconv.Itoa(maxPolls))
	}
	if !slices.Contains(s.outcomes, s.expect.Outcome) {
		return fmt.Errorf("expect: outcome: must be %s", strings.Join(s.outcomes, ", "))
	}
	if err := s.expect.check(); err != nil {
		return fmt.Errorf("expect: %w", err)
	}
	return nil
}

// check refuses an expectation that says too little, or something that its outcome does not have.
func (o Outcome) check() error {
	bare := Outcome{Outcome: o.Outcome, Requests: o.Requests, Link: o.Link}
	switch o.Outcome {
	case outcomeSigned:
		if o.Status == 0 || o.Signer == "" || o.Profile == "" || !o.Verified {
			return errors.New("signed: status, signer, profile and verified are required")
		}
		bare.Status, bare.Signer, bare.Profile, bare.Verified = o.Status, o.Signer, o.Profile, true
		bare.Location, bare.LocationError, bare.Subscriber, bare.Network = o.Location, o.LocationError, o.Subscriber, o.Network
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
	case outcomeError:
		switch o.Kind {
		case kindRequest:
			bare.Kind, bare.Field = o.Kind, o.Field
		case kindTransport:
			bare.Kind, bare.HTTP = o.Kind, o.HTTP
		default:
			return errors.New("error: kind must be request or transport")
		}
	case outcomeReceipt:
		if o.Receipt == "" {
			return errors.New("receipt: receipt is required")
		}
		bare.Receipt = o.Receipt
	case outcomeProfile:
		bare.SignatureProfiles, bare.SIM, bare.Apps = o.SignatureProfiles, o.SIM, o.Apps
		bare.RecoveryCode, bare.AutoActivation = o.RecoveryCode, o.AutoActivation
	}
	if !reflect.DeepEqual(o, bare) {
		return fmt.Errorf("%s: has a member that belongs to another outcome", o.Outcome)
	}
	return nil
}
