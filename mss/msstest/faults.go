package msstest

import (
	"strconv"
	"strings"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
)

// How the service names itself (TS 102 207 has the role of a home MSSP).
const (
	msspURI  = "http://mid.swisscom.ch/"
	msspRole = "http://uri.etsi.org/TS102207/v1.1.3#role_HomeMSSP"
)

// portal is where PortalUrl sends a person; the telephone number follows, as it does in the real service.
const portal = "http://portal.example?msisdn="

// Details that clients and operators look for.
const (
	detailMSISDN  = "Illegal msisdn"
	detailUnknown = "MSISDN is unknown"
	detailPrefix  = "DTBD matching failed"
	detailCancel  = "User cancelled the request"
	detailTLS     = "Wrong SSL credentials"
)

// faultDetails is what the details say where nothing more precise is known. NoKeyFound has two, because the real
// service then reports hop by hop and only the last is of use; InternalError has none, because Detail is optional in SOAP
// (SOAP 1.2 part 1, 5.4).
var faultDetails = map[mss.Code][]string{
	mss.WrongParam:            {"A parameter is wrong"},
	mss.MissingParam:          {"A parameter is missing"},
	mss.WrongDataLength:       {"The text is too long"},
	mss.UnauthorizedAccess:    {"The application provider is unknown, or its authentication failed"},
	mss.UnknownClient:         {detailUnknown},
	mss.InappropriateData:     {detailPrefix},
	mss.IncompatibleInterface: {"The interface version is not supported"},
	mss.UnsupportedProfile:    {"The signature profile is not available"},
	mss.ExpiredTransaction:    {"No answer from the user in time"},
	mss.OTAError:              {"The phone could not be reached"},
	mss.UserCancel:            {detailCancel},
	mss.PinBlocked:            {"The PIN is blocked"},
	mss.CardBlocked:           {"The user is suspended"},
	mss.NoKeyFound:            {"Fault received from URL: http://next.example/\nAt node: " + msspURI, "The user has not activated the service"},
	mss.PBSignatureProcess:    {"Another signature is under way"},
	mss.NoCertFound:           {"The user's certificate has expired"},
}

// isStatus tells status codes from fault codes (TS 102 204 Annex B).
func isStatus(c mss.Code) bool {
	switch {
	case c == mss.StatusRequestOK, c == mss.StatusUserSign, c == mss.StatusRegistrationOK:
		return true
	}
	return mss.StatusSignature <= c && c <= mss.StatusConstraintMismatch ||
		mss.StatusReceivedPush <= c && c <= mss.StatusReceiveFailedNoPush
}

// faultClass is whose fault it is in the words of SOAP: the request's (Sender), or of what became of it (Receiver).
func faultClass(c mss.Code) string {
	if mss.WrongParam <= c && c <= mss.UnsupportedProfile {
		return "Sender"
	}
	return "Receiver"
}

// refuse makes a fault. Without details it has those of its code.
func refuse(c mss.Code, details ...string) *etsi.Fault {
	if details == nil {
		details = faultDetails[c]
	}
	reason := c.Name()
	if reason == "" {
		reason = "FAULT_" + strconv.Itoa(int(c))
	}
	return &etsi.Fault{
		Code:     faultClass(c),
		Subcodes: []xmlwire.Name{{Space: etsi.NSMSS, Local: "_" + strconv.Itoa(int(c))}},
		Reason:   reason,
		Lang:     "en",
		Node:     msspURI,
		Role:     msspRole,
		Details:  details,
	}
}

// refuseUser is refuse with the address where the person can help themselves, which goes with two of the codes.
func refuseUser(c mss.Code, msisdn string, details ...string) *etsi.Fault {
	f := refuse(c, details...)
	if c == mss.UnknownClient || c == mss.NoKeyFound {
		f.PortalURL = portal + strings.TrimPrefix(msisdn, "+")
	}
	return f
}
