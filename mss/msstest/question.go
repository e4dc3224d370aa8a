package msstest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/gsm0338"
	"github.com/gomss/gomss/mss"
)

const (
	serviceUserLang = "http://mss.ficom.fi/TS102204/v1.0.0#userLang"

	maxTimeOut = 24 * 60 * 60 // seconds; the real limit is not published
)

// question is what MSS_Signature asks, after it was checked.
type question struct {
	msisdn  string // as sent
	digits  string
	profile string
	text    string
	timeout time.Duration // 0: the method's own
	synch   bool
}

// read checks the parameters of a request that do not depend on the person. Test numbers come before the text, so that a
// fault can be asked for without knowing the prefix. What is kept is cloned, as it would keep the whole message alive.
func (s *Server) read(req *etsi.SignatureReq) (*question, *etsi.Fault) {
	q := &question{msisdn: strings.Clone(value(req.MobileUser.MSISDN)), text: strings.Clone(req.DataToBeSigned.Value)}
	for _, check := range []func(*question, *etsi.SignatureReq) *etsi.Fault{
		checkNumber, checkMode, checkTimeOut, checkProfile, checkLanguage, s.checkText,
	} {
		if f := check(q, req); f != nil {
			return nil, f
		}
	}
	return q, nil
}

func checkNumber(q *question, req *etsi.SignatureReq) *etsi.Fault {
	if req.MobileUser.MSISDN == nil {
		return refuse(mss.MissingParam, "MSISDN is missing")
	}
	number, err := mss.ParseMSISDN(q.msisdn)
	if err != nil || number.Digits() == heartbeat {
		return refuse(mss.WrongParam, detailMSISDN)
	}
	q.digits = number.Digits()
	if code, ok := testFault(q.digits); ok {
		return refuseUser(code, q.msisdn)
	}
	return nil
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
	q.profile = req.SignatureProfile.MssURI
	return nil
}

// checkLanguage demands the additional service UserLang, in any case of letters.
func checkLanguage(_ *question, req *etsi.SignatureReq) *etsi.Fault {
	lang, ok := userLang(req)
	if !ok {
		return refuse(mss.MissingParam, "UserLang is missing")
	}
	if !slices.Contains([]string{"EN", "DE", "FR", "IT"}, strings.ToUpper(lang)) {
		return refuse(mss.WrongParam, "UserLang is none of EN, DE, FR and IT")
	}
	return nil
}

func userLang(req *etsi.SignatureReq) (string, bool) {
	if req.AdditionalServices == nil {
		return "", false
	}
	for _, service := range req.AdditionalServices.Service {
		if service.Description.MssURI != serviceUserLang {
			continue
		}
		for _, item := range service.Items {
			if item.UserLang != nil {
				return item.UserLang.Value, true
			}
		}
	}
	return "", false
}

// checkText checks kind, prefix and length of what is to be signed, which is also what is displayed.
func (s *Server) checkText(q *question, req *etsi.SignatureReq) *etsi.Fault {
	data := &req.DataToBeSigned
	if data.MimeType != nil && *data.MimeType != "text/plain" || data.Encoding != nil && *data.Encoding != "UTF-8" {
		return refuse(mss.InappropriateData, "only text/plain in UTF-8 is offered")
	}
	if !strings.HasPrefix(q.text, s.options.Prefix) {
		return refuse(mss.InappropriateData, detailPrefix)
	}
	limit := 119 // UTF-16 units
	n, gsm := gsm0338.Length(q.text)
	if gsm {
		limit = 239 // septets
	}
	if n > limit {
		return refuse(mss.WrongDataLength, fmt.Sprintf("the text has %d characters, %d are allowed", n, limit))
	}
	return nil
}
