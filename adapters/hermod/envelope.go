package hermod

import (
	"errors"
	"slices"
	"strings"

	"github.com/gomss/gomss/mss"
)

// openEnrolment reads the state of the transaction in evidence of one of the commands of an enrolment.
func (v *Verifier) openEnrolment(ev *mss.Evidence, kind commandKind) (*state, error) {
	if ev == nil {
		return nil, failed("evidence", errors.New("is nil"))
	}
	if !strings.HasPrefix(ev.Transaction.Provider, v.scopePrefix()) {
		return nil, failed("evidence", errors.New("is of another kind of service or environment than this verifier"))
	}
	st, err := decodeState(&ev.Transaction)
	if err == nil && st.Kind != kind {
		err = errors.New("is of another command")
	}
	if err != nil {
		return nil, failed("evidence", err)
	}
	return st, nil
}

// openAnswer reads the record of a callback and the mailbox that it came from (steps A1 to A3).
func (v *Verifier) openAnswer(ev *mss.Evidence, st *state) (*record, *destination, error) {
	if len(ev.Raw) == 0 {
		return nil, nil, deadlineFault(st.Kind)
	}
	r, err := readRecord(ev.Raw, st.Kind, v.cfg.Inferred)
	if err != nil {
		return nil, nil, failed("answer", err)
	}
	d, err := v.checkAnswer(r, &ev.Transaction, st)
	return r, d, err
}

// checkAnswer finds a record to be the answer to a command, and a success, for which its state, status and code must agree. It
// returns a *mss.Fault where it is none.
func (v *Verifier) checkAnswer(r *record, tx *mss.Transaction, st *state) (*destination, error) {
	if err := r.checkCommand(tx, st, v.cfg.Inferred); err != nil {
		return nil, failed("command", err)
	}
	if v.cfg.Inferred.standing(r) == running {
		return nil, failed("result", errors.New("the command is still running"))
	}
	if f := v.cfg.Inferred.fault(r, st.Kind); f != nil {
		return nil, f
	}
	if !slices.Contains(st.Locations, r.Header.InReplyTo) {
		return nil, failed("destination", errors.New("responseHeader.inReplyTo: is none of the messages of this command"))
	}
	i := slices.IndexFunc(r.Destinations, func(d destination) bool { return d.Location == r.Header.InReplyTo })
	if i < 0 {
		return nil, failed("destination", errors.New("responseHeader.inReplyTo: is the location of no destination"))
	}
	return &r.Destinations[i], nil
}
