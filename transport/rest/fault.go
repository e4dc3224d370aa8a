package rest

import (
	"encoding/json"
	"strings"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// maxDetails is how many detail texts of a fault are kept, as in SOAP.
const maxDetails = 16

// AppendFault appends f as a document, the way the service writes it. An error
// is an *[Error]: this form has one detail text at most, no node, role and
// portal, and English alone.
func AppendFault(dst []byte, f *etsi.Fault) ([]byte, error) {
	e := newEncoder(dst)
	e.object("Fault", func() {
		e.object("Code", func() { e.faultCode(xmlwire.Name{Space: etsi.NSSoapenv, Local: f.Code}, f.Subcodes) })
		e.text("Reason", f.Reason)
		if len(f.Details) > 0 {
			e.text("Detail", f.Details[0])
		}
		e.refuse("Details[1]", len(f.Details) > 1)
		e.refuse("Lang", f.Lang != "" && f.Lang != "en")
		e.refuse("Node", f.Node != "")
		e.refuse("Role", f.Role != "")
		e.refuse("PortalURL", f.PortalURL != "")
	})
	return e.bytes()
}

// faultCode writes Value with its namespace, and each SubCode inside the one
// before. It is SubCode here and Subcode in SOAP.
func (e *encoder) faultCode(value xmlwire.Name, subcodes []xmlwire.Name) {
	if value.Local == "" || value.Local != localName(value.Local) {
		e.fail("Value", "not a code")
	}
	e.text("Value", value.Local)
	if value.Space != "" {
		e.text("ValueNs", value.Space)
	}
	if len(subcodes) > 0 {
		e.object("SubCode", func() { e.faultCode(subcodes[0], subcodes[1:]) })
	}
}

// fault reads a fault. It is strict about the structure and lenient about the
// values, since a fault whose code is not understood is worse than one badly
// written.
func (d *decoder) fault(f *etsi.Fault) {
	d.object(func(name string) {
		switch name {
		case "Code":
			code, subcodes := d.faultCode()
			f.Code, f.Subcodes = code.Local, subcodes
		case "Reason":
			f.Reason = xmlwire.TrimSpace(d.text())
		case "Detail":
			f.Details = d.details()
		default:
			d.skip()
		}
	}, "Code")
}

// faultCode reads what Code and SubCode have in common, and returns the value
// and those of the subcodes, from the outermost in.
func (d *decoder) faultCode() (value xmlwire.Name, subcodes []xmlwire.Name) {
	d.object(func(name string) {
		switch name {
		case "Value":
			value.Local = localName(d.text())
		case "ValueNs":
			value.Space = d.text()
		case "SubCode":
			sub, nested := d.faultCode()
			subcodes = append([]xmlwire.Name{sub}, nested...)
		default:
			d.skip()
		}
	}, "Value")
	return value, subcodes
}

// localName is a code without the prefix that some write before it, though the
// namespace stands in ValueNs.
func localName(code string) string {
	return xmlwire.TrimSpace(code[strings.LastIndexByte(code, ':')+1:])
}

// details reads Detail, which is a string wherever it was seen. Of an array or
// an object, which could carry what SOAP faults have more, the strings are kept.
func (d *decoder) details() (texts []string) {
	add := func() {
		s, ok := d.tok.(string)
		if !ok {
			d.skip()
		} else if s = xmlwire.TrimSpace(s); s != "" && len(texts) < maxDetails {
			texts = append(texts, s)
		}
	}
	switch d.tok {
	case json.Delim('['):
		d.array(add)
	case json.Delim('{'):
		d.object(func(string) { add() })
	default:
		add()
	}
	return texts
}
