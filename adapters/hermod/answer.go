package hermod

import (
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/gomss/gomss/mss"
)

// stateOf reads the state of a transaction that this verifier may judge.
func (v *Verifier) stateOf(tx *mss.Transaction) (*state, error) {
	if !strings.HasPrefix(tx.Provider, v.scopePrefix()) {
		return nil, errors.New("is of another kind of service or environment than this verifier")
	}
	return decodeState(tx)
}

// openEnrolment reads the state of the transaction in evidence of one of the commands of an enrolment.
func (v *Verifier) openEnrolment(ev *mss.Evidence, kind commandKind) (*state, error) {
	if ev == nil {
		return nil, failed("evidence", errors.New("is nil"))
	}
	st, err := v.stateOf(&ev.Transaction)
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
	if r.Header.InReplyTo == "" || !slices.Contains(st.Locations, r.Header.InReplyTo) {
		return nil, failed("destination", errors.New("responseHeader.inReplyTo: is none of the messages of this command"))
	}
	i := slices.IndexFunc(r.Destinations, func(d destination) bool { return d.Location == r.Header.InReplyTo })
	if i < 0 {
		return nil, failed("destination", errors.New("responseHeader.inReplyTo: is the location of no destination"))
	}
	return &r.Destinations[i], nil
}

// checkCommand checks that the record is of this command: the number of the command, which can be guessed, and our own id, which
// cannot (SEC-22).
func (r *record) checkCommand(tx *mss.Transaction, st *state, t *Inferred) error {
	switch {
	case r.ExternalID != st.ExternalID:
		return errors.New("externalId: is of another command")
	case transIDPrefix+r.CommandID != tx.MSSPTransID:
		return errors.New("commandId: is of another command")
	case r.CommandType != t.names(st.Kind).Type:
		return errors.New("commandType: is of another kind of command")
	}
	return nil
}

// transIDPrefix makes a commandId, which is a number, an NCName: what an MSSP_TransID is.
const transIDPrefix = "h"

// isHost reports whether a Hermod that is configured calls itself so. Names of hosts are compared without case (RFC 4343).
func (v *Verifier) isHost(fqdn, scope string) bool {
	hosts := v.cfg.Hosts
	if len(hosts) == 0 {
		hosts = []string{scopeHost(scope)}
	}
	return fqdn != "" && slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, fqdn) })
}

// scopeHost is the host in a transaction's scope, without port; "" where there is none.
func scopeHost(scope string) string {
	parts := strings.Split(scope, "|")
	if len(parts) != 4 {
		return ""
	}
	if host, _, err := net.SplitHostPort(parts[2]); err == nil {
		return host
	}
	return strings.Trim(parts[2], "[]") // there is no port
}
