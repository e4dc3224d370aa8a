package main

import (
	"fmt"
	"slices"
	"strings"
)

// branch is a field together with the slice of items it belongs to, if any.
type branch struct {
	f    *field
	list *field
}

// decodeChildren writes the loop over child elements. They are read in any
// order; the local name decides, and then the namespace must be right: the same
// name elsewhere is no extension but an attempt to be taken for it (SEC-11).
func (p *printer) decodeChildren(fields []*field) {
	branches := map[string][]branch{}
	var locals []string
	var wild []branch
	add := func(b branch) {
		if b.f.any != nil {
			wild = append(wild, b)
			return
		}
		local := b.f.element.name.local
		if branches[local] == nil {
			locals = append(locals, local)
		}
		branches[local] = append(branches[local], b)
	}
	for _, f := range fields {
		if f.items == nil {
			add(branch{f, nil})
		}
		for _, it := range f.items {
			add(branch{it, f})
		}
	}
	p.f("for {\nname, more, err := d.Child()\nif err != nil {\nreturn err\n}\nif !more {\nbreak\n}")
	p.foldLocals(branches, locals)
	p.f("switch name.Local {")
	for _, local := range locals {
		p.f("case %q:", local)
		p.decodeLocal(branches[local])
	}
	p.f("default:")
	p.decodeWild(wild)
	p.f("}\n}")
}

// foldLocals gives elements that may come in any case their proper name.
func (p *printer) foldLocals(branches map[string][]branch, locals []string) {
	for _, local := range locals {
		if slices.ContainsFunc(branches[local], func(b branch) bool { return b.f.element.fold }) {
			p.use("strings")
			p.f("if strings.EqualFold(name.Local, %q) {\nname.Local = %q\n}", local, local)
		}
	}
}

// decodeLocal handles all elements with one local name.
func (p *printer) decodeLocal(same []branch) {
	if len(same) == 1 {
		var parts []string
		for _, n := range append([]qname{same[0].f.element.name}, same[0].f.element.accept...) {
			parts = append(parts, "name.Space != "+p.space(n.space))
		}
		p.f("if %s {\nreturn d.Fail(\"in the wrong namespace\")\n}", strings.Join(parts, " && "))
		p.decodeElement(same[0])
		return
	}
	p.f("switch name.Space {")
	for _, b := range same {
		spaces := []string{p.space(b.f.element.name.space)}
		for _, n := range b.f.element.accept {
			spaces = append(spaces, p.space(n.space))
		}
		p.f("case %s:", strings.Join(spaces, ", "))
		p.decodeElement(b)
	}
	p.f("default:\nreturn d.Fail(\"in the wrong namespace\")\n}")
}

func (p *printer) decodeElement(b branch) {
	f, v := b.f, b.f.element.value
	if bit := f.bit(); bit != "" && b.list == nil {
		reason := "occurs twice"
		if f.choice != nil {
			reason = "more than one of a choice"
		}
		p.f("if seen&%s != 0 {\nreturn d.Fail(%q)\n}\nseen |= %s", bit, reason, bit)
	}
	repeated := b.list == nil && f.high != 1
	if repeated && f.high != unbounded {
		p.f("if len(t.%s) == %d {\nreturn d.Fail(\"occurs more than %d times\")\n}", f.goName, f.high, f.high)
	}
	if v.kind == kindComplex {
		p.decodeComplex(b, repeated)
		return
	}
	p.f("v, err := %s\nif err != nil {\nreturn err\n}", p.read(v))
	p.elementDefault("v", f)
	pointer := "&v"
	if isSlice(v) {
		pointer = "v"
	}
	switch {
	case b.list != nil:
		p.appendItem(b.list, f.goName+": "+pointer)
	case repeated:
		p.f("t.%s = append(t.%s, v)", f.goName, f.goName)
	case f.low == 0:
		p.f("t.%s = %s", f.goName, pointer)
	default:
		p.f("t.%s = v", f.goName)
	}
}

// decodeComplex decodes in place, without a copy of the struct.
func (p *printer) decodeComplex(b branch, repeated bool) {
	f, goName := b.f, b.f.element.value.typ.goName
	target := "t." + f.goName
	switch {
	case b.list != nil:
		p.f("v := new(%s)", goName)
		target = "v"
	case repeated:
		p.f("t.%s = append(t.%s, %s{})", f.goName, f.goName, goName)
		target = fmt.Sprintf("t.%s[len(t.%s)-1]", f.goName, f.goName)
	case f.low == 0:
		p.f("t.%s = new(%s)", f.goName, goName)
	}
	p.f("if err := %s.DecodeXML(d); err != nil {\nreturn err\n}", target)
	p.elementDefault(target+".Value", f)
	if b.list != nil {
		p.appendItem(b.list, f.goName+": v")
	}
}

// elementDefault puts the default of an element declaration in for no content.
func (p *printer) elementDefault(target string, f *field) {
	if f.element.def != nil {
		p.f("if %s == \"\" {\n%s = %q\n}", target, target, *f.element.def)
	}
}

func (p *printer) appendItem(list *field, set string) {
	if list.high != unbounded {
		p.f("if len(t.%s) == %d {\nreturn d.Fail(\"more than %d elements of a choice\")\n}", list.goName, list.high, list.high)
	}
	p.f("t.%s = append(t.%s, %s{%s})", list.goName, list.goName, list.itemType, set)
}

// read is the expression that reads the content of an element.
func (p *printer) read(v *value) string {
	switch v.kind {
	case kindRaw:
		return "d.Raw()"
	case kindString:
		return "d.Content()"
	}
	return p.helper(readers[v.kind].element) + "(d)"
}

// decodeWild handles elements that no declaration names: kept where a wildcard
// admits their namespace, else skipped, so that newer answers stay readable.
func (p *printer) decodeWild(wild []branch) {
	if len(wild) == 0 {
		p.f("if err := d.Skip(); err != nil {\nreturn err\n}")
		return
	}
	b := wild[0]
	if !b.f.any.any {
		p.f("if %s {\nif err := d.Skip(); err != nil {\nreturn err\n}\ncontinue\n}", p.outside(b.f.any, "name.Space"))
	}
	if bit := b.f.bit(); bit != "" && b.list == nil {
		p.f("if seen&%s != 0 {\nreturn d.Fail(\"more than one of a choice\")\n}\nseen |= %s", bit, bit)
	} else if b.list == nil && b.f.high != unbounded {
		p.f("if len(t.%s) == %d {\nreturn d.Fail(\"more than %d elements for a wildcard\")\n}", b.f.goName, b.f.high, b.f.high)
	}
	p.f("raw, err := d.Raw()\nif err != nil {\nreturn err\n}")
	if b.list != nil {
		p.appendItem(b.list, b.f.goName+": &raw")
		return
	}
	p.f("t.%s = append(t.%s, raw)", b.f.goName, b.f.goName)
}

// checkCounts refuses what is missing at the end of the element.
func (p *printer) checkCounts(fields []*field, seen bool) {
	choices := map[string]bool{}
	for _, f := range fields {
		bit := f.bit()
		switch {
		case f.choice != nil && f.choice.required && seen && !choices[bit]:
			choices[bit] = true
			p.f("if seen&%s == 0 {\nreturn d.Fail(\"no element of a choice\")\n}", bit)
		case f.choice != nil:
		case f.low > 0 && bit != "":
			p.f("if seen&%s == 0 {\nreturn d.Fail(\"element %s is missing\")\n}", bit, f.element.name.local)
		case f.low > 0:
			what := "elements"
			if f.element != nil {
				what = "elements " + f.element.name.local
			}
			p.f("if len(t.%s) < %d {\nreturn d.Fail(\"fewer than %d %s\")\n}", f.goName, f.low, f.low, what)
		}
	}
}
