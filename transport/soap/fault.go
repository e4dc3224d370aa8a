package soap

import (
	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// AppendFault appends f as a document, the way providers write it. The code and
// the subcodes must be names; an error is an *xmlwire.Error.
func AppendFault(dst []byte, f *etsi.Fault) ([]byte, error) {
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

func appendDetail(e *xmlwire.Encoder, f *etsi.Fault) {
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
