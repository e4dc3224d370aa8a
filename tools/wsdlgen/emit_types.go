package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// goType is the Go form of a required single value.
func (p *printer) goType(v *value) string {
	switch v.kind {
	case kindString, kindToken:
		return "string"
	case kindBool:
		return "bool"
	case kindBase64:
		return "[]byte"
	case kindList:
		return "[]string"
	case kindComplex:
		return v.typ.goName
	}
	p.use(runtime)
	switch v.kind {
	case kindDateTime:
		return "xmlwire.DateTime"
	case kindQName:
		return "xmlwire.Name"
	case kindRaw:
		return "xmlwire.Raw"
	default:
		return "xmlwire.Integer"
	}
}

// isSlice reports whether nil stands for an absent value.
func isSlice(v *value) bool { return v.kind == kindBase64 || v.kind == kindList }

// optional is the Go form of a value that may be absent.
func (p *printer) optional(v *value) string {
	if isSlice(v) {
		return p.goType(v)
	}
	return "*" + p.goType(v)
}

// structOf declares the struct of a type, and those of its items.
func (p *printer) structOf(t *typ) {
	p.comment(t.goName + " is " + t.xmlName + ". " + t.doc)
	p.f("type %s struct {", t.goName)
	if t.base != nil {
		p.f("%s", t.base.goName)
	}
	if t.text != nil {
		p.f("Value %s // content%s", p.goType(t.text), about(t.text))
	}
	for _, f := range t.fields {
		p.member(f)
	}
	if len(t.fields) > 0 && len(t.attrs) > 0 {
		p.f("")
	}
	for _, a := range t.attrs {
		p.comment(a.doc)
		form := p.optional(a.value)
		if a.required {
			form = p.goType(a.value)
		}
		p.f("%s %s // @%s%s", a.goName, form, p.overlay.label(a.name), attrRemark(a))
	}
	if t.anyAttrs != nil {
		p.use(runtime)
		p.f("AnyAttrs []xmlwire.Attr // attributes of %s", t.anyAttrs)
	}
	p.f("}\n")
	for _, f := range t.fields {
		if f.items != nil {
			p.itemStruct(t, f)
		}
	}
}

func (p *printer) member(f *field) {
	p.comment(f.doc)
	switch {
	case f.items != nil:
		p.f("%s []%s // in their order%s", f.goName, f.itemType, limits(f))
	case f.any != nil:
		p.use(runtime)
		p.f("%s []xmlwire.Raw // elements of %s%s", f.goName, f.any, limits(f))
	case f.high != 1:
		p.f("%s []%s // %s%s%s", f.goName, p.goType(f.element.value), p.elementRemark(f), limits(f), about(f.element.value))
	case f.low == 0:
		p.f("%s %s // %s%s", f.goName, p.optional(f.element.value), p.elementRemark(f), about(f.element.value))
	default:
		p.f("%s %s // %s, required%s", f.goName, p.goType(f.element.value), p.elementRemark(f), about(f.element.value))
	}
}

func (p *printer) elementRemark(f *field) string {
	label := p.overlay.label(f.element.name)
	if f.choice != nil {
		label += ", excludes its alternatives"
	}
	if f.element.def != nil {
		label += fmt.Sprintf(", empty means %q", *f.element.def)
	}
	return label
}

func attrRemark(a *attr) string {
	remark := ""
	if a.required {
		remark = ", required"
	}
	if a.def != nil {
		remark += fmt.Sprintf(", default %q", *a.def)
	}
	return remark + about(a.value)
}

func limits(f *field) string {
	switch {
	case f.low > 0 && f.high == unbounded:
		return fmt.Sprintf(", at least %d", f.low)
	case f.high == unbounded:
		return ""
	case f.low == f.high:
		return fmt.Sprintf(", exactly %d", f.low)
	}
	return fmt.Sprintf(", %d to %d", f.low, f.high)
}

// about is the rest of a trailing comment: what a value may be.
func about(v *value) string {
	var parts []string
	switch v.kind {
	case kindPositive:
		parts = append(parts, "greater than zero")
	case kindNatural:
		parts = append(parts, "not negative")
	}
	if v.enum != nil {
		parts = append(parts, "see "+v.enum.values[0].goName)
	}
	parts = append(parts, v.facets...)
	if len(parts) == 0 {
		return ""
	}
	return ", " + strings.Join(slices.Collect(func(yield func(string) bool) {
		for _, s := range parts {
			if !yield(oneLine(s)) {
				return
			}
		}
	}), ", ")
}

// oneLine makes text safe at the end of a line of code.
func oneLine(text string) string {
	lines := comment(text)
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, "// ")
	}
	return strings.Join(lines, " ")
}

// String describes a wildcard in comments.
func (w *wildcard) String() string {
	switch {
	case w.any:
		return "any namespace"
	case w.other:
		return "other namespaces"
	}
	var spaces []string
	for _, s := range w.spaces {
		spaces = append(spaces, cmp.Or(s, "none"))
	}
	return "namespace " + oneLine(strings.Join(spaces, " or "))
}

func (p *printer) itemStruct(t *typ, f *field) {
	p.comment(fmt.Sprintf("%s is one alternative of %s.%s: exactly one field is set.", f.itemType, t.goName, f.goName))
	p.f("type %s struct {", f.itemType)
	for _, it := range f.items {
		p.comment(it.doc)
		if it.any != nil {
			p.use(runtime)
			p.f("%s *xmlwire.Raw // an element of %s", it.goName, it.any)
			continue
		}
		p.f("%s %s // %s%s", it.goName, p.optional(it.element.value), p.elementRemark(it), about(it.element.value))
	}
	p.f("}\n")
}

// constants declares the values of an enumeration.
func (p *printer) constants(e *enum) {
	p.comment("Values of " + e.goName + ". " + e.doc)
	p.f("const (")
	for _, v := range e.values {
		p.comment(v.doc)
		p.f("%s = %q", v.goName, v.text)
	}
	p.f(")\n")
}
