package hermod

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/gomss/gomss/mss"
)

// standing is how a command stands.
type standing int

const (
	running  standing = iota // nobody has answered
	answered                 // a device has, with whatever result
	expired                  // the time is up
	ended                    // it ended in another way
)

// standing is how the command of a record stands.
func (t *Inferred) standing(r *record) standing {
	silent := r.Header == nil && r.Response == nil
	switch {
	case slices.Contains(t.Expired, r.State):
		return expired
	case slices.Contains(t.Done, r.State) && r.Header != nil && r.Response != nil:
		return answered
	case slices.Contains(t.Running, r.State), silent && !slices.Contains(t.Done, r.State):
		return running
	}
	return ended
}

// fault is what a record that is final says where it is no success; nil for a success, which takes all three: the state, the
// status of the device's answer and the code in it. None of it is signed.
func (t *Inferred) fault(r *record, kind commandKind) *mss.Fault {
	f := &mss.Fault{Operation: kind.operation()}
	stands := t.standing(r)
	switch {
	case stands == expired:
		f.Code, f.Native = mss.ExpiredTransaction, native(r.State)
	case r.Response != nil && r.Response.Code != 0:
		f.Code, f.Native = t.code(r.Response.Code), "code "+strconv.Itoa(r.Response.Code)
	case stands != answered:
		f.Code, f.Native = mss.PBSignatureProcess, native(r.State)
	case r.Header.Status != t.StatusOK:
		f.Code, f.Native = mss.PBSignatureProcess, "status "+strconv.Itoa(r.Header.Status)
	default:
		return nil
	}
	f.Sub = subCode(f.Code)
	if kind.operation() == mss.OpRegistration && f.Code != mss.ExpiredTransaction {
		f.Code, f.Sub = mss.RegistrationNOK, registrationRefused
	}
	return f
}

// native is a state that looks like one; other text could be anything.
func native(state string) string {
	if !nativePattern.MatchString(state) {
		return ""
	}
	return state
}

var nativePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,63}$`)

// registrationRefused is FiCom's sub-code of RegistrationNOK where it was the device that refused.
const registrationRefused mss.Code = 4073

// subCode is the finer code where there can be one only: that the device told the end is known.
func subCode(c mss.Code) mss.Code {
	switch c {
	case mss.ExpiredTransaction:
		return mss.FiComUserTimeout
	case mss.UserCancel:
		return mss.FiComUserCancel
	}
	return 0
}

// deadlineFault is the outcome of a command whose deadline has passed without a callback.
func deadlineFault(kind commandKind) *mss.Fault {
	return &mss.Fault{Code: mss.ExpiredTransaction, Sub: mss.FiComServerTimeout, Operation: kind.operation()}
}
