package hermod

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// httpFault is the fault that a HTTP status stands for; nil for one that is no word of the Hermod's, and for those that mean that
// it is busy (429, 503). What statuses it uses is not published, so this is inferred from what HTTP means by them.
func httpFault(operation string, r *transport.Reply) *mss.Fault {
	f := &mss.Fault{Operation: operation, Native: "HTTP " + strconv.Itoa(r.Status), Reason: reason(r.Body)}
	switch {
	case r.Status == http.StatusBadRequest:
		f.Code = mss.WrongParam
	case r.Status == http.StatusUnauthorized, r.Status == http.StatusForbidden:
		f.Code = mss.UnauthorizedAccess
	case r.Status == http.StatusNotFound, r.Status == http.StatusMethodNotAllowed, r.Status == http.StatusUnsupportedMediaType:
		f.Code = mss.IncompatibleInterface
	case r.Status == http.StatusRequestEntityTooLarge:
		f.Code = mss.WrongDataLength
	case r.Status >= 500 && r.Status < 600 && r.Status != http.StatusServiceUnavailable:
		f.Code = mss.InternalError
	default:
		return nil
	}
	return f
}

const (
	maxReason = 200      // characters
	maxError  = 16 << 10 // octets of an error's body
)

// reason is the text of an error, for developers: what applications of its kind put into "message" or "error". It decides
// nothing.
func reason(body []byte) mss.Private {
	var e struct {
		Error   any `json:"error"`
		Message any `json:"message"`
	}
	if len(body) > maxError || strictjson.Unmarshal(body, &e) != nil {
		return mss.Private{}
	}
	message, _ := e.Message.(string)
	short, _ := e.Error.(string)
	return mss.Conceal(redact.Clean(cmp.Or(message, short), maxReason))
}

// statusAdvice explains the HTTP statuses that are no fault.
func statusAdvice(status int) string {
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return "the Hermod is busy or in maintenance"
	case status >= 300 && status < 400:
		return "a redirect, which is never followed: configure the final address"
	case status == http.StatusProxyAuthRequired:
		return "the proxy wants credentials"
	}
	return "not an answer of a Hermod"
}
