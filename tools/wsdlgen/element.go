package main

import (
	"cmp"
	"strings"

	"github.com/beevik/etree"
)

// element reads an element declaration or a reference to one.
func (b *builder) element(el *etree.Element) (*field, error) {
	if ref, ok := attribute(el, "ref"); ok {
		return b.elementRef(el, ref)
	}
	if err := b.allow(el, "name", "type", "minOccurs", "maxOccurs", "form", "default", "nillable", "block"); err != nil {
		return nil, err
	}
	local := attributeOr(el, "name", "")
	if !isASCIIName(local) {
		return nil, b.errorf(el, "the name of the element is missing or not an ASCII name")
	}
	qualified, err := b.form(el, "form", b.in.qualifiedElements)
	if err != nil {
		return nil, err
	}
	name := qname{"", local}
	if qualified {
		name.space = b.in.space
	}
	v, err := b.elementType(el, b.in, b.t.xmlName+"/"+local)
	if err != nil {
		return nil, err
	}
	f := &field{doc: documentation(el), element: &element{name: name, value: v}}
	return f, b.elementDefault(f.element, el)
}

func (b *builder) elementRef(el *etree.Element, ref string) (*field, error) {
	if err := b.allow(el, "ref", "minOccurs", "maxOccurs"); err != nil {
		return nil, err
	}
	name, err := b.resolve(el, ref)
	if err != nil {
		return nil, err
	}
	f, err := b.global(name, el)
	if f != nil && f.doc == "" {
		f.doc = documentation(el)
	}
	return f, err
}

// global makes a field for a global element.
func (r *resolver) global(name qname, at *etree.Element) (*field, error) {
	d, ok := r.decls.elements[name]
	switch {
	case r.overlay.excluded(name.space):
		return &field{element: &element{name: name, value: &value{kind: kindRaw}}}, nil
	case !ok:
		return nil, r.errorf(at, "element %s is not declared", r.show(name))
	}
	// elementType explains why some of these are refused.
	if err := r.allow(d.el, "name", "type", "default", "abstract", "nillable", "substitutionGroup", "block", "final"); err != nil {
		return nil, err
	}
	v, err := r.elementType(d.el, d.in, r.overlay.label(name))
	if err != nil {
		return nil, err
	}
	f := &field{doc: documentation(d.el), element: &element{name: name, value: v}}
	return f, r.elementDefault(f.element, d.el)
}

// elementType is the type of an element declaration. path names the type if it
// is anonymous.
func (r *resolver) elementType(el *etree.Element, in *schema, path string) (*value, error) {
	v, err := r.elementValue(el, in, path)
	if err == nil && v.kind == kindComplex && v.typ.abstract {
		return nil, r.errorf(el, "an element of the abstract type %s is not supported", v.typ.xmlName)
	}
	return v, err
}

func (r *resolver) elementValue(el *etree.Element, in *schema, path string) (*value, error) {
	for _, a := range []string{"abstract", "nillable"} {
		if set, err := r.boolean(el, a); err != nil || set {
			return nil, cmp.Or(err, r.errorf(el, "%s elements are not supported", a))
		}
	}
	if _, ok := attribute(el, "substitutionGroup"); ok {
		return nil, r.errorf(el, "substitution groups are not supported")
	}
	children, err := r.children(el, spaceSchema)
	if err != nil {
		return nil, err
	}
	ref, named := attribute(el, "type")
	switch {
	case named && len(children) == 0:
		return r.typeNamed(el, ref)
	case named || len(children) > 1:
		return nil, r.errorf(el, "an element has one type")
	case len(children) == 0:
		return &value{kind: kindRaw}, nil // xs:anyType
	case children[0].Tag == "complexType":
		return r.complexAnonymous(children[0], in, path)
	case children[0].Tag == "simpleType":
		name := r.typePrefix(in.space) + exported(path[strings.LastIndexAny(path, "/:")+1:], false)
		return r.simpleAnonymous(children[0], in, path, name)
	}
	return nil, r.unknown(children[0])
}

func (r *resolver) elementDefault(e *element, el *etree.Element) error {
	for _, a := range el.Attr {
		if a.Space != "" || a.Key != "default" {
			continue
		}
		v := e.value
		if v.kind == kindComplex && v.typ.content() != nil {
			v = v.typ.content()
		}
		if v.kind != kindString && v.kind != kindToken {
			return r.errorf(el, "a default of an element whose type is not a string is not supported")
		}
		e.def = new(a.Value)
	}
	return nil
}

// wildcard reads the namespaces of xs:any or xs:anyAttribute. What
// processContents says matters to validators only.
func (b *builder) wildcard(el *etree.Element, more ...string) (*wildcard, error) {
	if err := b.allow(el, append(more, "namespace", "processContents")...); err != nil {
		return nil, err
	}
	switch spaces := attributeOr(el, "namespace", "##any"); spaces {
	case "##any":
		return &wildcard{any: true}, nil
	case "##other":
		return &wildcard{other: true, not: b.in.space}, nil
	default:
		w := &wildcard{}
		for space := range strings.FieldsSeq(spaces) {
			switch space {
			case "##local":
				space = ""
			case "##targetNamespace":
				space = b.in.space
			}
			w.spaces = append(w.spaces, space)
		}
		return w, nil
	}
}
