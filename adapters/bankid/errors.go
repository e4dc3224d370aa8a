package bankid

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
)

// errorCodes are what the service calls its errors (errorCode), in lower case: both "Maintenance" and "maintenance" have been
// seen. What is not here is an internal error, with the code in Fault.Native.
var errorCodes = map[string]struct {
	code    mss.Code
	message string // for the person; "": it is none of theirs
}{
	"alreadyinprogress":    {mss.PBSignatureProcess, "RFA4"},
	"invalidparameters":    {mss.WrongParam, ""},
	"unauthorized":         {mss.UnauthorizedAccess, ""},
	"notfound":             {mss.InternalError, ""},
	"methodnotallowed":     {mss.InternalError, ""},
	"requesttimeout":       {mss.InternalError, "RFA5"},
	"unsupportedmediatype": {mss.InternalError, ""},
	"toomanyrequests":      {mss.InternalError, "RFA5"},
	"internalerror":        {mss.InternalError, "RFA5"},
	"maintenance":          {mss.InternalError, "RFA5"},
}

// errorNames are the codes that stand for a HTTP status, where the body says none.
var errorNames = map[int]string{
	http.StatusBadRequest:           "HTTP 400",
	http.StatusUnauthorized:         "unauthorized",
	http.StatusForbidden:            "unauthorized",
	http.StatusNotFound:             "notFound",
	http.StatusMethodNotAllowed:     "methodNotAllowed",
	http.StatusRequestTimeout:       "requestTimeout",
	http.StatusUnsupportedMediaType: "unsupportedMediaType",
	http.StatusTooManyRequests:      "tooManyRequests",
	http.StatusInternalServerError:  "internalError",
	http.StatusServiceUnavailable:   "Maintenance",
}

const maxReason = 200 // characters

// errorFault is the fault of an error answer; nil where neither status nor body are the service's.
func errorFault(operation string, status int, errorCode, details string) *mss.Fault {
	name, ok := errorNames[status]
	refused := status >= 400 && status < 500
	if errorCode != "" && (ok || refused) {
		name, ok = errorCode, true
	}
	if !ok {
		return nil
	}
	f := &mss.Fault{Code: mss.InternalError, Operation: operation, Native: name}
	if e, ok := errorCodes[strings.ToLower(name)]; ok && refused { // what failed within may have made an order, whatever its name
		f.Code = e.code
	}
	if details != "" {
		f.Reason = mss.Conceal(redact.Clean(details, maxReason)) // for logs, not for the person
	}
	return f
}

// passing reports whether a status is of trouble that may be over soon: maintenance, and a rate limit.
func passing(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// outcomeFault is the outcome of an order that ended without a signature, by its hint.
func outcomeFault(hint string) *mss.Fault {
	hint = native(text(hint))
	f := &mss.Fault{Code: mss.InternalError, Operation: mss.OpStatusQuery, Native: hint}
	if h, ok := failedHints[hint]; ok {
		f.Code = h.code
	}
	return f
}

// NotStarted reports whether an order failed because nobody started the app or scanned the QR code within StartTime. A new
// order may take its place without a word to the person, until OrderTime has passed since the first one.
func NotStarted(err error) bool {
	f, ok := errors.AsType[*mss.Fault](err)
	return ok && f.Operation == mss.OpStatusQuery && f.Native == hintNotStarted
}
