package mssp

import (
	"net/url"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
)

const (
	maxFaultText    = 200 // characters of a reason or detail
	maxFaultDetails = 8
	maxPortalURL    = 1000 // characters
)

// newFault makes the model's fault of a SOAP fault. Codes are kept as they came; the provider's words are bounded,
// escaped and concealed (SEC-10).
func newFault(f *etsi.Fault, operation string) *mss.Fault {
	code, sub, _ := f.MSSCode()
	out := &mss.Fault{
		Code:      mss.Code(code),
		Sub:       mss.Code(sub),
		Operation: operation,
		Reason:    mss.Conceal(redact.Clean(f.Reason, maxFaultText)),
		PortalURL: portalURL(f.PortalURL),
	}
	for _, d := range f.Details[:min(len(f.Details), maxFaultDetails)] {
		out.Details = append(out.Details, mss.Conceal(redact.Clean(d, maxFaultText)))
	}
	return out
}

// portalURL lets web addresses through and nothing else: a person may be sent there (SEC-17). One that would have to be cut
// or escaped is dropped, because it would be another address then.
func portalURL(s string) mss.Private {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return mss.Private{}
	}
	link := u.String()
	if redact.Clean(link, maxPortalURL) != link {
		return mss.Private{}
	}
	return mss.Conceal(link)
}

// aboutQuestion reports whether a fault that answers a status query is about the query and says nothing of the outcome:
// the parameters, the account, the interface (101 to 104, 106 to 108).
func aboutQuestion(c mss.Code) bool {
	return c >= mss.WrongParam && c <= mss.IncompatibleInterface && c != mss.UnknownClient
}
