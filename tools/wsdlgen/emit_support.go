package main

import (
	"maps"
	"slices"
	"strings"
)

// parsed describes the helpers of a kind of value: how its text is parsed.
type parsed struct{ suffix, goType, parse string }

var parsers = []parsed{
	{"Bool", "bool", "xmlwire.ParseBool(s)"},
	{"Integer", "xmlwire.Integer", "xmlwire.ParseInteger(s)"},
	{"Positive", "xmlwire.Integer", "parsePositive(s)"},
	{"Natural", "xmlwire.Integer", "parseNatural(s)"},
	{"DateTime", "xmlwire.DateTime", "xmlwire.ParseDateTime(s)"},
	{"Base64", "[]byte", "xmlwire.ParseBase64(s)"},
	{"QName", "xmlwire.Name", "d.Resolve(s)"},
	{"List", "[]string", "parseList(s)"},
}

// support writes the helpers that the codec uses, and only those.
func (p *printer) support() {
	if len(p.helpers) > 0 {
		p.use(runtime)
	}
	for _, k := range parsers {
		read, attr := p.helpers["read"+k.suffix], p.helpers["attr"+k.suffix]
		if read {
			p.f("func read%s(d *xmlwire.Decoder) (%s, error) {", k.suffix, k.goType)
			p.f("s, err := d.Content()\nvar v %s\nif err != nil {\nreturn v, err\n}", k.goType)
			p.f("if v, err = %s; err != nil {\nreturn v, d.Fail(\"%%v\", err)\n}\nreturn v, nil\n}\n", k.parse)
		}
		if attr {
			p.f("func attr%s(d *xmlwire.Decoder, a xmlwire.Attr) (%s, error) {", k.suffix, k.goType)
			p.f("v, err := %s", strings.Replace(k.parse, "(s)", "(a.Value)", 1))
			p.f("if err != nil {\nreturn v, d.FailAttr(a.Name.Local, \"%%v\", err)\n}\nreturn v, nil\n}\n")
		}
		if read || attr {
			p.helpers[strings.TrimSuffix(k.parse, "(s)")] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.helpers)) {
		if text, ok := supportFuncs[name]; ok {
			p.f("%s\n", text)
		}
	}
	if p.helpers["parsePositive"] || p.helpers["parseNatural"] {
		p.use("errors")
	}
}

var supportFuncs = map[string]string{
	"readToken": `func readToken(d *xmlwire.Decoder) (string, error) {
	s, err := d.Content()
	return xmlwire.TrimSpace(s), err
}`,
	"skipChildren": `// skipChildren passes over an element whose type has no content.
func skipChildren(d *xmlwire.Decoder) error {
	for {
		_, more, err := d.Child()
		if err != nil || !more {
			return err
		}
		if err := d.Skip(); err != nil {
			return err
		}
	}
}`,
	"integerText": `// integerText writes the zero Integer as the number it stands for.
func integerText(i xmlwire.Integer) string {
	if i == "" {
		return "0"
	}
	return string(i)
}`,
	"parsePositive": `func parsePositive(s string) (xmlwire.Integer, error) {
	v, err := xmlwire.ParseInteger(s)
	if err == nil && (v == "0" || v[0] == '-') {
		err = errors.New("not greater than zero")
	}
	return v, err
}`,
	"parseNatural": `func parseNatural(s string) (xmlwire.Integer, error) {
	v, err := xmlwire.ParseInteger(s)
	if err == nil && v[0] == '-' {
		err = errors.New("negative")
	}
	return v, err
}`,
	"parseList": `// parseList tells an empty list from an absent one, which is nil.
func parseList(s string) ([]string, error) {
	v, err := xmlwire.ParseList(s)
	if v == nil {
		v = []string{}
	}
	return v, err
}`,
}
