package etsi

import (
	"strings"

	"github.com/gomss/gomss/internal/xmlwire"
)

// Fault is a SOAP 1.2 fault as MSS providers use it (TS 102 204 clause 10 and
// Annex B), in whatever binding it came. Reason, Details and PortalURL are the provider's words and can hold
// personal data, such as a telephone number in the address of a portal.
type Fault struct {
	Code       string         // Sender or Receiver, or another code of SOAP 1.2
	Subcodes   []xmlwire.Name // from the outermost in; {NSMSS}_105
	Reason     string         // the name of the code, for example UNKNOWN_CLIENT
	Lang       string         // language of Reason; written as "en" if empty
	Node, Role string         // who raised it, where told
	Details    []string       // free text; the last is often the telling one
	PortalURL  string         // where the user finds help (sco:UserAssistance)
}

// MSSCode finds the fault code in the subcodes, and the finer code of a subcode
// nested in it, 0 if there is none. It takes what providers write: _101, 101, in
// any namespace. ok is false if no subcode is a number of one to five digits.
func (f *Fault) MSSCode() (code, sub int, ok bool) {
	for _, s := range f.Subcodes {
		n, isCode := mssCode(s.Local)
		switch {
		case !isCode:
		case !ok:
			code, ok = n, true
		default:
			return code, n, true
		}
	}
	return code, 0, ok
}

func mssCode(s string) (int, bool) {
	s = strings.TrimPrefix(s, "_")
	if len(s) < 1 || len(s) > 5 || s[0] == '0' {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
