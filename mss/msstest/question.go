package msstest

import (
	"fmt"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/gsm0338"
	"github.com/gomss/gomss/mss"
)

// maxTimeOut is in seconds; the real limit is not published.
const maxTimeOut = 24 * 60 * 60

// question is what MSS_Signature asks, after it was checked.
type question struct {
	msisdn  string // as sent
	digits  string
	profile string
	text    string // as sent
	shown   string // on the phone: text, or the lines of a transaction approval
	signed  string // what is signed: text, or what is made of a transaction approval
	services
	timeout time.Duration // 0: the method's own
	synch   bool
}

// read checks the parameters of a request that do not depend on the person. Test numbers come before the text, so that a
// fault can be asked for without knowing the prefix. What is kept is cloned, as it would keep the whole message alive.
func (s *Server) read(req *etsi.SignatureReq) (*question, *etsi.Fault) {
	q := &question{msisdn: strings.Clone(value(req.MobileUser.MSISDN)), text: strings.Clone(req.DataToBeSigned.Value)}
	var f *etsi.Fault
	if q.digits, f = readNumber(&req.MobileUser); f != nil {
		return nil, f
	}
	for _, check := range []func(*question, *etsi.SignatureReq) *etsi.Fault{
		checkMode, checkTimeOut, checkProfile, checkServices, s.checkData,
	} {
		if f := check(q, req); f != nil {
			return nil, f
		}
	}
	return q, nil
}

// readNumber returns the digits of a telephone number that is not one of the test numbers with a fault.
func readNumber(user *etsi.MobileUser) (string, *etsi.Fault) {
	if user.MSISDN == nil {
		return "", refuse(mss.MissingParam, "MSISDN is missing")
	}
	number, err := mss.ParseMSISDN(*user.MSISDN)
	if err != nil || number.Digits() == heartbeat {
		return "", refuse(mss.WrongParam, detailMSISDN)
	}
	digits := strings.Clone(number.Digits())
	if code, ok := testFault(digits); ok {
		return "", refuseUser(code, *user.MSISDN)
	}
	return digits, nil
}

// checkMode also refuses what TS 102 204 has and the simulated service has not: ignoring it would sign something else
// than was asked for.
func checkMode(q *question, req *etsi.SignatureReq) *etsi.Fault {
	switch {
	case req.MessagingMode != etsi.MessagingModeSynch && req.MessagingMode != etsi.MessagingModeAsynchClientServer:
		return refuse(mss.WrongParam, "MessagingMode is neither synch nor asynchClientServer")
	case req.DataToBeDisplayed != nil:
		return refuse(mss.WrongParam, "DataToBeDisplayed is not offered")
	case req.KeyReference != nil:
		return refuse(mss.WrongParam, "KeyReference is not offered")
	case req.Format != nil:
		return refuse(mss.WrongParam, "MSS_Format is not offered")
	case req.SignatureProfileComparison != nil:
		return refuse(mss.WrongParam, "SignatureProfileComparison is not offered")
	case req.ValidityDate != nil:
		return refuse(mss.WrongParam, "ValidityDate is not offered")
	}
	q.synch = req.MessagingMode == etsi.MessagingModeSynch
	return nil
}

func checkTimeOut(q *question, req *etsi.SignatureReq) *etsi.Fault {
	if req.TimeOut == nil {
		return nil
	}
	seconds, ok := req.TimeOut.Int()
	if !ok || seconds < 1 || seconds > maxTimeOut {
		return refuse(mss.WrongParam, "TimeOut is not within 1 and 86400")
	}
	q.timeout = time.Duration(seconds) * time.Second
	return nil
}

func checkProfile(q *question, req *etsi.SignatureReq) *etsi.Fault {
	if req.SignatureProfile == nil {
		return refuse(mss.MissingParam, "SignatureProfile is missing")
	}
	q.profile = strings.Clone(req.SignatureProfile.MssURI)
	return nil
}

// checkData checks kind, prefix and length of what is to be signed, which is also what is displayed.
func (s *Server) checkData(q *question, req *etsi.SignatureReq) *etsi.Fault {
	if value(req.DataToBeSigned.MimeType) == mimeApproval {
		return s.checkApproval(q, req)
	}
	q.shown, q.signed = q.text, q.text
	return s.checkText(&req.DataToBeSigned)
}

// checkText checks a text for a phone, of a signature or of a receipt.
func (s *Server) checkText(data *etsi.Data) *etsi.Fault {
	if data.MimeType != nil && *data.MimeType != "text/plain" || data.Encoding != nil && *data.Encoding != "UTF-8" {
		return refuse(mss.InappropriateData, "only text/plain in UTF-8 is offered")
	}
	if !strings.HasPrefix(data.Value, s.options.Prefix) {
		return refuse(mss.InappropriateData, detailPrefix)
	}
	limit := 119 // UTF-16 units
	n, gsm := gsm0338.Length(data.Value)
	if gsm {
		limit = 239 // septets
	}
	if n > limit {
		return refuse(mss.WrongDataLength, fmt.Sprintf("the text has %d characters, %d are allowed", n, limit))
	}
	return nil
}
