package hermod

import (
	"errors"

	"github.com/gomss/gomss/mss"
)

// verifyCertified judges the outcome of a CERT command: whether the device has installed the certificates (step F20). Nothing of
// it is signed: it is worth what the authentication of callbacks is worth.
//
// It returns a *mss.Fault where the device installed nothing and a *mss.VerificationError where the answer is not one to this
// command. The checks of the latter are, in their order, "evidence", "answer", "command", "result", "destination" and "host".
func (v *Verifier) verifyCertified(ev *mss.Evidence) error {
	st, err := v.openEnrolment(ev, certificate)
	if err == nil && (st.ProfileID == "" || st.BoxID == "") {
		err = failed("evidence", errors.New("does not say which profile the certificates are for"))
	}
	if err != nil {
		return keep(err, ev)
	}
	r, d, err := v.openAnswer(ev, st)
	if err == nil {
		err = checkInstalled(r, d, st, func(host string) bool { return v.isHost(host, ev.Transaction.Provider) })
	}
	return keep(err, ev)
}

// checkInstalled: the device that answered is the one that made the keys. The command was addressed to the user, who may have
// others.
func checkInstalled(r *record, d *destination, st *state, ours func(string) bool) error {
	switch {
	case d.PID != st.ProfileID:
		return failed("destination", errors.New("the profile that answered is not the one that the certificates are for"))
	case d.BID != st.BoxID:
		return failed("destination", errors.New("the mailbox that answered is not the one of the device that made the keys"))
	case !ours(r.FQDN):
		return failed("host", errors.New("the fqdn is none of Config.Hosts"))
	}
	return nil
}
