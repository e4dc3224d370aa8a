package main

import "fmt"

// encoder writes EncodeXML of a type: attributes, then elements in the order of
// the schema, those of the bases first.
func (p *printer) encoder(t *typ) {
	if !t.abstract {
		p.typeEncoder(t)
	}
	for _, f := range t.fields {
		if f.items != nil { // of an abstract type, too: its extensions hold them
			p.itemEncoder(f)
		}
	}
}

func (p *printer) typeEncoder(t *typ) {
	p.use(runtime)
	p.f("// EncodeXML writes attributes and content of the element that e has begun.")
	p.f("func (t *%s) EncodeXML(e *xmlwire.Encoder) {", t.goName)
	for _, a := range t.allAttrs() {
		p.encodeAttr(a)
	}
	if t.attrWildcard() != nil {
		p.f("for _, a := range t.AnyAttrs {\ne.Attr(a.Name, a.Value)\n}")
	}
	if text := t.content(); text != nil {
		p.encodeText(text, "t.Value")
	}
	for _, f := range t.allFields() {
		p.encodeField(f)
	}
	p.f("}\n")
}

func (p *printer) encodeAttr(a *attr) {
	value := "t." + a.goName
	if a.required {
		p.f("e.Attr(%s, %s)", p.name(a.name), p.lexical(a.value, value))
		return
	}
	p.f("if t.%s != nil {", a.goName)
	if !isSlice(a.value) {
		value = "*" + value
	}
	p.f("e.Attr(%s, %s)\n}", p.name(a.name), p.lexical(a.value, value))
}

// lexical is the expression for the text of a simple value.
func (p *printer) lexical(v *value, expr string) string {
	switch v.kind {
	case kindBool:
		p.use("strconv")
		return fmt.Sprintf("strconv.FormatBool(%s)", expr)
	case kindInteger, kindPositive, kindNatural:
		return fmt.Sprintf("%s(%s)", p.helper("integerText"), expr)
	case kindDateTime:
		if expr[0] == '*' {
			expr = expr[1:]
		}
		return expr + ".String()"
	case kindBase64:
		p.use("encoding/base64")
		return fmt.Sprintf("base64.StdEncoding.EncodeToString(%s)", expr)
	case kindList:
		p.use("strings")
		return fmt.Sprintf("strings.Join(%s, \" \")", expr)
	}
	return expr
}

// encodeText writes a simple value as content.
func (p *printer) encodeText(v *value, expr string) {
	switch v.kind {
	case kindBase64:
		p.f("e.Base64(%s)", expr)
	case kindQName:
		p.f("e.QName(%s)", expr)
	default:
		p.f("e.Text(%s)", p.lexical(v, expr))
	}
}

func (p *printer) encodeField(f *field) {
	switch {
	case f.items != nil:
		p.f("for i := range t.%s {\nt.%s[i].encodeXML(e)\n}", f.goName, f.goName)
	case f.any != nil:
		p.f("for _, raw := range t.%s {\ne.Raw(raw)\n}", f.goName)
	case f.high != 1:
		p.f("for i := range t.%s {", f.goName)
		p.encodeElement(f, fmt.Sprintf("t.%s[i]", f.goName), false)
		p.f("}")
	case f.low == 0:
		p.f("if t.%s != nil {", f.goName)
		p.encodeElement(f, "t."+f.goName, true)
		p.f("}")
	default:
		p.encodeElement(f, "t."+f.goName, false)
	}
}

func (p *printer) encodeElement(f *field, expr string, pointer bool) {
	v := f.element.value
	if v.kind == kindRaw {
		if pointer {
			expr = "*" + expr
		}
		p.f("e.Raw(%s)", expr)
		return
	}
	p.f("e.Start(%s)", p.name(f.element.name))
	if v.kind == kindComplex {
		p.f("%s.EncodeXML(e)", expr)
	} else {
		if pointer && !isSlice(v) {
			expr = "*" + expr
		}
		p.encodeText(v, expr)
	}
	p.f("e.End()")
}

// itemEncoder writes one alternative. An item with several fields set is
// written as several items: nothing the caller gave is dropped.
func (p *printer) itemEncoder(f *field) {
	p.use(runtime)
	p.f("func (t *%s) encodeXML(e *xmlwire.Encoder) {", f.itemType)
	for _, it := range f.items {
		p.f("if t.%s != nil {", it.goName)
		if it.any != nil {
			p.f("e.Raw(*t.%s)", it.goName)
		} else {
			p.encodeElement(it, "t."+it.goName, true)
		}
		p.f("}")
	}
	p.f("}\n")
}
