package main

import (
	"cmp"
	"errors"
	"slices"
	"strconv"

	"github.com/beevik/etree"

	"github.com/gomss/gomss/internal/xmlwire"
)

// attributes reads what may stand after a content model.
func (b *builder) attributes(el *etree.Element) error {
	switch el.Tag {
	case "attribute":
		a, err := b.attribute(el)
		if a == nil || err != nil {
			return err
		}
		b.t.attrs = append(b.t.attrs, a)
		return nil
	case "attributeGroup":
		return b.attributeGroup(el)
	case "anyAttribute":
		w, err := b.wildcard(el)
		if err != nil {
			return err
		}
		if b.t.anyAttrs != nil {
			return b.errorf(el, "two attribute wildcards in one type are not supported")
		}
		b.t.anyAttrs = w
		return nil
	}
	return b.unknown(el)
}

// attributeGroup expands a reference, in the schema of the group.
func (b *builder) attributeGroup(el *etree.Element) error {
	if err := b.allow(el, "ref"); err != nil {
		return err
	}
	ref, _ := attribute(el, "ref")
	name, err := b.resolve(el, ref)
	if err != nil {
		return err
	}
	d, ok := b.decls.attributeGroups[name]
	if !ok {
		return b.errorf(el, "attribute group %s is not declared", b.show(name))
	}
	if slices.Contains(b.groups, d.el) {
		return b.errorf(el, "attribute group %s contains itself", b.show(name))
	}
	return b.expandAttributes(d)
}

// expandAttributes adds what a declared attribute group holds.
func (b *builder) expandAttributes(d declared) error {
	b.expanded[d.el] = true
	if err := b.allow(d.el, "name"); err != nil {
		return err
	}
	children, err := b.children(d.el, spaceSchema)
	if err != nil {
		return err
	}
	outer := b.in
	b.groups, b.in = append(b.groups, d.el), d.in
	for _, c := range children {
		if err = b.attributes(c); err != nil {
			break
		}
	}
	b.groups, b.in = b.groups[:len(b.groups)-1], outer
	return err
}

// attribute reads an attribute declaration or a reference to one; nil if its
// use is prohibited.
func (b *builder) attribute(el *etree.Element) (*attr, error) {
	if err := b.allow(el, "name", "ref", "type", "use", "default", "form"); err != nil {
		return nil, err
	}
	a := &attr{doc: documentation(el)}
	switch use := attributeOr(el, "use", "optional"); use {
	case "required":
		a.required = true
	case "optional":
	case "prohibited":
		return nil, nil
	default:
		return nil, b.errorf(el, "use %q is not supported", use)
	}
	var err error
	if ref, ok := attribute(el, "ref"); ok {
		err = b.attributeRef(a, el, ref)
	} else {
		err = b.attributeLocal(a, el)
	}
	if err != nil {
		return nil, err
	}
	if _, ok := attribute(el, "default"); ok && a.required {
		return nil, b.errorf(el, "a required attribute has no default")
	}
	return a, b.attributeDefault(a, el)
}

func (b *builder) attributeLocal(a *attr, el *etree.Element) (err error) {
	a.name.local = attributeOr(el, "name", "")
	if !isASCIIName(a.name.local) {
		return b.errorf(el, "the name of the attribute is missing or not an ASCII name")
	}
	qualified, err := b.form(el, "form", b.in.qualifiedAttrs)
	if err != nil {
		return err
	}
	if qualified {
		a.name.space = b.in.space
	}
	a.value, err = b.attributeType(el, b.in, b.t.xmlName+"/@"+a.name.local, b.t.goName+exported(a.name.local, false))
	return err
}

// attributeRef resolves a reference to a global attribute. Those of XML itself
// and of excluded schemas that declare none are strings.
func (b *builder) attributeRef(a *attr, el *etree.Element, ref string) (err error) {
	if a.name, err = b.resolve(el, ref); err != nil {
		return err
	}
	d, ok := b.decls.attributes[a.name]
	switch {
	case ok:
		g, err := b.globalAttribute(a.name, d)
		if err != nil {
			return err
		}
		a.doc, a.value = cmp.Or(a.doc, g.doc), g.value
		if !a.required { // else it is never absent
			a.def = g.def
		}
	case a.name.space == spaceXML || b.overlay.excluded(a.name.space):
		a.value = &value{kind: kindString}
	default:
		err = b.errorf(el, "attribute %s is not declared", b.show(a.name))
	}
	return err
}

// globalAttribute reads a global attribute declaration.
func (r *resolver) globalAttribute(name qname, d declared) (a *attr, err error) {
	if err := r.allow(d.el, "name", "type", "default"); err != nil {
		return nil, err
	}
	a = &attr{name: name, doc: documentation(d.el)}
	goName := r.typePrefix(d.in.space) + exported(name.local, false)
	if a.value, err = r.attributeType(d.el, d.in, r.overlay.label(qname{name.space, "@" + name.local}), goName); err != nil {
		return nil, err
	}
	return a, r.attributeDefault(a, d.el)
}

// attributeType is the type of an attribute declaration. path and goName name
// it if it is anonymous.
func (r *resolver) attributeType(el *etree.Element, in *schema, path, goName string) (*value, error) {
	v, err := r.attributeValue(el, in, path, goName)
	switch {
	case err != nil:
		return nil, err
	case v.kind >= kindComplex:
		return nil, r.errorf(el, "the type of an attribute is not simple")
	case v.kind == kindQName:
		// The encoder gives out prefixes while it writes content.
		return nil, r.errorf(el, "an attribute of type xs:QName is not supported")
	}
	return v, nil
}

func (r *resolver) attributeValue(el *etree.Element, in *schema, path, goName string) (*value, error) {
	children, err := r.children(el, spaceSchema)
	if err != nil {
		return nil, err
	}
	ref, named := attribute(el, "type")
	switch {
	case named && len(children) == 0:
		return r.typeNamed(el, ref)
	case !named && len(children) == 0:
		return &value{kind: kindString}, nil // xs:anySimpleType
	case !named && len(children) == 1 && children[0].Tag == "simpleType":
		return r.simpleAnonymous(children[0], in, path, goName)
	}
	return nil, r.errorf(el, "an attribute has one type")
}

// attributeDefault takes the default over; the decoder sets it where the
// attribute is absent.
func (r *resolver) attributeDefault(a *attr, el *etree.Element) error {
	for _, x := range el.Attr {
		if x.Space != "" || x.Key != "default" {
			continue
		}
		text, err := canonical(a.value.kind, x.Value)
		if err != nil {
			return r.errorf(el, "default %q: %v", x.Value, err)
		}
		a.def = &text
	}
	return nil
}

// canonical is the text of a default as the generated code holds it.
func canonical(k kind, text string) (string, error) {
	switch k {
	case kindString:
		return text, nil
	case kindToken:
		return xmlwire.TrimSpace(text), nil
	case kindBool:
		v, err := xmlwire.ParseBool(text)
		return strconv.FormatBool(v), err
	case kindInteger, kindNatural, kindPositive:
		v, err := xmlwire.ParseInteger(text)
		if err == nil && (k != kindInteger && v[0] == '-' || k == kindPositive && v == "0") {
			err = errors.New("out of the range of the type")
		}
		return string(v), err
	}
	return "", errors.New("not supported for an attribute of this type")
}
