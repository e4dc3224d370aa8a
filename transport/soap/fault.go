package soap

import (
	"strings"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// Fault is a SOAP 1.2 fault as MSS providers use it (TS 102 204 clause 10 and
// Annex B). Reason, Details and PortalURL are the provider's words and can hold
// personal data, such as a telephone number in the address of a portal.
type Fault struct {
	Code       string         // Sender or Receiver, or another code of SOAP 1.2
	Subcodes   []xmlwire.Name // from the outermost in; {etsi.NSMSS}_105
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

// AppendFault appends f as a document, the way providers write it. The code and
// the subcodes must be names; an error is an *xmlwire.Error.
func AppendFault(dst []byte, f *Fault) ([]byte, error) {
	return appendEnvelope(dst, func(e *xmlwire.Encoder) {
		e.Start(env("Fault"))
		e.Root()
		e.Start(env("Code"))
		appendCode(e, env(f.Code), f.Subcodes)
		e.End()
		e.Start(env("Reason"))
		e.Start(env("Text"))
		e.Attr(xmlwire.Name{Space: nsXML, Local: "lang"}, orDefault(f.Lang, "en"))
		e.Text(f.Reason)
		e.End()
		e.End()
		if f.Node != "" {
			appendText(e, env("Node"), f.Node)
		}
		if f.Role != "" {
			appendText(e, env("Role"), f.Role)
		}
		appendDetail(e, f)
		e.End()
	})
}

// appendCode writes Value and Subcode, each Subcode inside the one before.
func appendCode(e *xmlwire.Encoder, value xmlwire.Name, subcodes []xmlwire.Name) {
	e.Start(env("Value"))
	e.QName(value)
	e.End()
	if len(subcodes) > 0 {
		e.Start(env("Subcode"))
		appendCode(e, subcodes[0], subcodes[1:])
		e.End()
	}
}

func appendDetail(e *xmlwire.Encoder, f *Fault) {
	if len(f.Details) == 0 && f.PortalURL == "" {
		return
	}
	e.Start(env("Detail"))
	for _, s := range f.Details {
		appendText(e, kiuruDetail, s)
	}
	if f.PortalURL != "" {
		e.Start(userAssistance)
		appendText(e, portalURL, f.PortalURL)
		e.End()
	}
	e.End()
}

var (
	kiuruDetail    = xmlwire.Name{Space: etsi.NSKiuru, Local: "detail"}
	userAssistance = xmlwire.Name{Space: etsi.NSSco, Local: "UserAssistance"}
	portalURL      = xmlwire.Name{Space: etsi.NSSco, Local: "PortalUrl"}
)

func appendText(e *xmlwire.Encoder, n xmlwire.Name, s string) {
	e.Start(n)
	e.Text(s)
	e.End()
}

func orDefault(s, def string) string {
	if s == "" {
		return def
	}
	return s
}
