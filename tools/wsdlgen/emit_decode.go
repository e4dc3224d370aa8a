package main

import (
	"fmt"
	"slices"
	"strings"
)

// readers name, for every kind, the helper that reads an element's content and
// the one that reads an attribute's value.
var readers = map[kind]struct{ element, attr string }{
	kindString:   {"d.Content", ""},
	kindToken:    {"readToken", "xmlwire.TrimSpace"},
	kindBool:     {"readBool", "attrBool"},
	kindInteger:  {"readInteger", "attrInteger"},
	kindPositive: {"readPositive", "attrPositive"},
	kindNatural:  {"readNatural", "attrNatural"},
	kindDateTime: {"readDateTime", "attrDateTime"},
	kindBase64:   {"readBase64", "attrBase64"},
	kindQName:    {"readQName", ""},
	kindList:     {"readList", "attrList"},
}

// decoder writes DecodeXML of a type. It handles attributes and elements of the
// bases, too: one loop for each, whatever the depth of derivation. A base that
// is abstract is never on the wire and gets no method.
func (p *printer) decoder(t *typ) {
	if t.abstract {
		return
	}
	p.use(runtime)
	attrs, fields := t.allAttrs(), t.allFields()
	p.f("// DecodeXML reads the element whose start tag d has just given, up to its end.")
	p.f("func (t *%s) DecodeXML(d *xmlwire.Decoder) error {", t.goName)
	seen := p.seenBits(attrs, fields)
	p.decodeAttrs(t, attrs, fields)
	for _, a := range attrs {
		if a.required {
			p.f("if seen&got%s == 0 {\nreturn d.FailAttr(%q, \"missing\")\n}", a.goName, a.name.local)
		}
	}
	switch text := t.content(); {
	case text != nil:
		p.f("value, err := %s", p.read(text))
		p.f("if err != nil {\nreturn err\n}\nt.Value = value\nreturn nil")
	case len(fields) == 0:
		p.f("return %s(d)", p.helper("skipChildren"))
	default:
		p.decodeChildren(fields)
		p.checkCounts(fields, seen)
		p.f("return nil")
	}
	p.f("}\n")
}

// seenBits declares one bit for everything that may not come twice or must not
// be missing.
func (p *printer) seenBits(attrs []*attr, fields []*field) bool {
	var names []string
	for _, a := range attrs {
		if bit := a.bit(); bit != "" {
			names = append(names, bit)
		}
	}
	for _, f := range fields {
		if bit := f.bit(); bit != "" && !slices.Contains(names, bit) {
			names = append(names, bit)
		}
	}
	if len(names) == 0 {
		return false
	}
	p.f("const (\n%s = 1 << iota\n%s\n)", names[0], strings.Join(names[1:], "\n"))
	size := 8
	for size < len(names) {
		size *= 2
	}
	p.f("var seen uint%d", size)
	return true
}

// bit names the bit of an attribute, "" if it has none.
func (a *attr) bit() string {
	if a.required || a.fold || a.def != nil {
		return "got" + a.goName
	}
	return ""
}

// bit names the bit of a field, "" if it has none; alternatives of a choice
// share one. No field can have the name behind "got" in that of a choice:
// exported drops the underscore.
func (f *field) bit() string {
	switch {
	case f.choice != nil:
		return fmt.Sprintf("got_choice%d", f.choice.index)
	case f.element != nil && f.high == 1:
		return "got" + f.goName
	}
	return ""
}
