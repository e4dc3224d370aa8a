package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// decodeAttrs writes the loop over attributes.
func (p *printer) decodeAttrs(t *typ, attrs []*attr, fields []*field) {
	wild := t.attrWildcard()
	var elements []*field
	for _, f := range fields {
		if f.element != nil && f.element.asAttr {
			elements = append(elements, f)
		}
	}
	if len(attrs) == 0 && wild == nil && len(elements) == 0 {
		return
	}
	p.f("for _, a := range d.Attrs() {")
	if len(attrs)+len(elements) > 0 {
		p.attrSwitch(attrs, elements, wild)
	}
	if wild != nil {
		p.f("if %s {\nt.AnyAttrs = append(t.AnyAttrs, a)\n}", p.attrAdmits(wild))
	}
	p.f("}")
	for _, a := range attrs {
		if a.def != nil {
			p.f("if seen&got%s == 0 {\nt.%s = %s\n}", a.goName, a.goName, p.defaultOf(a))
		}
	}
}

// attrSwitch matches by local name, then by namespace.
func (p *printer) attrSwitch(attrs []*attr, elements []*field, wild *wildcard) {
	leave := ""
	if wild != nil {
		leave = "\ncontinue"
	}
	tag := "a.Name.Local"
	fold := slices.ContainsFunc(attrs, func(a *attr) bool { return a.fold }) ||
		slices.ContainsFunc(elements, func(f *field) bool { return f.element.fold })
	key := func(local string) string { return local }
	if fold {
		p.use("strings")
		tag = "strings.ToLower(a.Name.Local)"
		key = strings.ToLower
	}
	p.f("switch %s {", tag)
	locals := map[string][]*attr{}
	for _, a := range attrs {
		locals[key(a.name.local)] = append(locals[key(a.name.local)], a)
	}
	for _, a := range attrs { // in their order, each local name once
		same := locals[key(a.name.local)]
		if same == nil {
			continue
		}
		delete(locals, key(a.name.local))
		p.f("case %q:", key(a.name.local))
		for _, b := range same {
			exact := ""
			if fold && !b.fold {
				exact = fmt.Sprintf(" && a.Name.Local == %q", b.name.local)
			}
			p.f("if a.Name.Space == %s%s {", p.space(b.name.space), exact)
			p.decodeAttr(b)
			p.f("%s}", strings.TrimPrefix(leave+"\n", "\n"))
		}
	}
	for _, f := range elements {
		p.f("case %q:", key(f.element.name.local))
		p.f("if seen&%s != 0 {\nreturn d.FailAttr(a.Name.Local, \"occurs twice\")\n}", f.bit())
		p.f("seen |= %s", f.bit())
		p.f("t.%s = new(%s)%s", f.goName, p.attrValue(f.element.value), leave)
	}
	p.f("}")
}

func (p *printer) decodeAttr(a *attr) {
	if a.fold {
		p.f("if seen&got%s != 0 {\nreturn d.FailAttr(a.Name.Local, \"occurs twice\")\n}", a.goName)
	}
	if a.required || a.fold || a.def != nil {
		p.f("seen |= got%s", a.goName)
	}
	pointer := !a.required && !isSlice(a.value)
	if a.value.kind == kindString || a.value.kind == kindToken {
		if pointer {
			p.f("t.%s = new(%s)", a.goName, p.attrValue(a.value))
		} else {
			p.f("t.%s = %s", a.goName, p.attrValue(a.value))
		}
		return
	}
	p.f("v, err := %s(d, a)\nif err != nil {\nreturn err\n}", p.helper(readers[a.value.kind].attr))
	if pointer {
		p.f("t.%s = &v", a.goName)
	} else {
		p.f("t.%s = v", a.goName)
	}
}

// attrValue is the expression for a string in an attribute.
func (p *printer) attrValue(v *value) string {
	if v.kind == kindToken {
		return "xmlwire.TrimSpace(a.Value)"
	}
	return "a.Value"
}

func (p *printer) attrAdmits(w *wildcard) string {
	xsi := "a.Name.Space != " + strconv.Quote(spaceXSI)
	if w.any {
		return xsi
	}
	return xsi + " && " + p.condition(w, "a.Name.Space")
}

// condition is the expression that is true where w admits the namespace.
func (p *printer) condition(w *wildcard, space string) string {
	switch {
	case w.any:
		return "true"
	case w.other:
		return fmt.Sprintf(`%s != %s && %s != ""`, space, p.space(w.not), space)
	case len(w.spaces) == 0:
		return "false"
	}
	var parts []string
	for _, s := range w.spaces {
		parts = append(parts, space+" == "+p.space(s))
	}
	return strings.Join(parts, " || ")
}

// outside is the expression that is true where w does not admit the namespace.
func (p *printer) outside(w *wildcard, space string) string {
	if w.other {
		return fmt.Sprintf(`%s == %s || %s == ""`, space, p.space(w.not), space)
	}
	return "!(" + p.condition(w, space) + ")"
}

func (p *printer) defaultOf(a *attr) string {
	switch a.value.kind {
	case kindBool:
		return fmt.Sprintf("new(%s)", *a.def)
	case kindString, kindToken:
		return fmt.Sprintf("new(%q)", *a.def)
	}
	return fmt.Sprintf("new(xmlwire.Integer(%q))", *a.def)
}
