package mssp

import (
	"errors"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
)

// echo is what every answer must repeat of its question.
type echo struct {
	transID string // AP_TransID of the message that is answered
	apID    string
	user    mss.MSISDN
}

// checkEcho holds an answer against the question (guide section 4.1.2): it must name the message that it answers, this
// account, this service and the person who was asked. An answer that does not is somebody else's.
func (v *Verifier) checkEcho(m *etsi.MessageAbstract, u *etsi.MobileUser, asked echo) error {
	if err := v.checkEchoed(m, asked.transID, asked.apID); err != nil {
		return err
	}
	if u.MSISDN == nil || strings.TrimPrefix(*u.MSISDN, "+") != asked.user.Digits() {
		return errors.New("the answer's MSISDN is not that of the person who was asked")
	}
	return nil
}

// checkEchoed is checkEcho for an answer that names no person.
func (v *Verifier) checkEchoed(m *etsi.MessageAbstract, transID, apID string) error {
	switch {
	case transID == "" || m.APInfo.APTransID != transID:
		return errors.New("the answer's AP_TransID is not that of the question")
	case m.APInfo.APID != apID:
		return errors.New("the answer's AP_ID is not this account's")
	case m.MSSPInfo.MSSPID.URI != nil && *m.MSSPInfo.MSSPID.URI != v.cfg.Dialect.MSSPID:
		return errors.New("the answer names another MSSP")
	}
	return nil
}

// checkMethod refuses an answer by the SIM card where the app was asked for, and the reverse (SEC-6). Where the profile
// leaves the method open, or the answer names none, it stays what it says: the provider's word.
func (v *Verifier) checkMethod(asked, answered string) error {
	if answered != "" && !isProfile(answered) {
		return errProfile
	}
	want, got := v.cfg.Dialect.method(asked), v.cfg.Dialect.method(answered)
	if want != MethodAny && got != MethodAny && want != got {
		return errors.New("the person signed with another method than the profile asked for")
	}
	return nil
}

var errProfile = errors.New("the answer's SignatureProfile is no URI of at most 256 octets")

// isProfile reports whether s can be the URI of a signature profile.
func isProfile(s string) bool {
	return s != "" && len(s) <= maxProfileURI && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// checkTransaction refuses an answer that names another transaction. A status need not name any.
func checkTransaction(answered string, tx *mss.Transaction) error {
	if answered != "" && tx.MSSPTransID != "" && answered != tx.MSSPTransID {
		return errors.New("the answer's MSSP_TransID is another transaction's")
	}
	return nil
}

// statusCode returns the outermost status code. One that does not fit an int is no code, and no success.
func statusCode(s etsi.Status) mss.Code {
	n, ok := s.StatusCode.Value.Int()
	if !ok {
		return 0
	}
	return mss.Code(n)
}

func profileURI(p *etsi.MssURI) string {
	if p == nil {
		return ""
	}
	return strings.TrimSpace(p.MssURI)
}

func instant(m *etsi.MessageAbstract) time.Time {
	if m.MSSPInfo.Instant == nil {
		return time.Time{}
	}
	return m.MSSPInfo.Instant.Time
}
