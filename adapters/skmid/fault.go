package skmid

import (
	"net/http"
	"strconv"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// results are what the service says of a session without a signature, as codes of TS 102 204. EXPIRED_TRANSACTION is an older
// value. What is not here is an internal error, with the value in Fault.Native.
var results = map[string]mss.Code{
	"TIMEOUT":                 mss.ExpiredTransaction,
	"EXPIRED_TRANSACTION":     mss.ExpiredTransaction,
	"NOT_MID_CLIENT":          mss.UnknownClient,
	"USER_CANCELLED":          mss.UserCancel,
	"PHONE_ABSENT":            mss.OTAError,
	"DELIVERY_ERROR":          mss.OTAError,
	"SIM_ERROR":               mss.PBSignatureProcess,
	"SIGNATURE_HASH_MISMATCH": mss.PBSignatureProcess,
}

// sessionFault is the outcome without a signature.
func sessionFault(a *sessionAnswer) *mss.Fault {
	code, ok := results[a.Result]
	if !ok {
		code = mss.InternalError
	}
	return &mss.Fault{Code: code, Operation: mss.OpStatusQuery, Native: native(a.Result), TraceID: traceID(a.TraceID)}
}

// certificateFault is the answer of /certificate that has no certificate. NOT_ACTIVE is an older value.
func certificateFault(a *certificateAnswer) *mss.Fault {
	code := mss.InternalError
	if a.Result == "NOT_FOUND" || a.Result == "NOT_ACTIVE" {
		code = mss.NoCertFound
	}
	return &mss.Fault{Code: code, Operation: mss.OpProfileQuery, Native: native(a.Result), TraceID: traceID(a.TraceID)}
}

const maxReason = 200 // characters

// httpFault is the fault that a HTTP status stands for; nil for one that is not the service's. The words of the body are for
// developers and decide nothing.
func httpFault(operation string, r *transport.Reply) *mss.Fault {
	f := &mss.Fault{Operation: operation, Native: "HTTP " + strconv.Itoa(r.Status)}
	switch {
	case r.Status == http.StatusBadRequest:
		f.Code = mss.WrongParam
	case r.Status == http.StatusUnauthorized:
		f.Code = mss.UnauthorizedAccess
	case r.Status == http.StatusNotFound && operation == mss.OpStatusQuery:
		f.Code = mss.ExpiredTransaction // sessions are forgotten within five minutes
	case r.Status == http.StatusMethodNotAllowed:
		f.Code = mss.IncompatibleInterface
	case passing(r.Status):
		f.Code = mss.InternalError
	default:
		return nil
	}
	var body errorAnswer
	if len(r.Body) <= maxAnswer && strictjson.Unmarshal(r.Body, &body) == nil {
		f.TraceID = traceID(body.TraceID)
		f.Reason = mss.Conceal(redact.Clean(body.Error, maxReason))
	}
	return f
}

// passing reports whether a status is of trouble that may be over soon: a rate limit, an error or maintenance (580) there.
func passing(status int) bool {
	return status == http.StatusTooManyRequests || status >= 500 && status < 600
}
