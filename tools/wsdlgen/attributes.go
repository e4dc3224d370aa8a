package main

import (
	"slices"

	"github.com/beevik/etree"
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
	if a.value.kind >= kindComplex {
		return nil, b.errorf(el, "the type of attribute %s is not simple", a.name.local)
	}
	if a.value.kind == kindQName {
		// The encoder gives out prefixes while it writes content.
		return nil, b.errorf(el, "an attribute of type xs:QName is not supported")
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
	a.value, err = b.attributeType(el, b.in, b.t.goName+exported(a.name.local, false))
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
		if a.doc == "" {
			a.doc = documentation(d.el)
		}
		a.value, err = b.attributeType(d.el, d.in, b.typePrefix(d.in.space)+exported(a.name.local, false))
	case a.name.space == spaceXML || b.overlay.excluded(a.name.space):
		a.value = &value{kind: kindString}
	default:
		err = b.errorf(el, "attribute %s is not declared", b.show(a.name))
	}
	return err
}

func (b *builder) attributeType(el *etree.Element, in *schema, goName string) (*value, error) {
	children, err := b.children(el, spaceSchema)
	if err != nil {
		return nil, err
	}
	ref, named := attribute(el, "type")
	switch {
	case named && len(children) == 0:
		return b.typeNamed(el, ref)
	case !named && len(children) == 0:
		return &value{kind: kindString}, nil // xs:anySimpleType
	case !named && len(children) == 1 && children[0].Tag == "simpleType":
		return b.simpleType(children[0], in, goName)
	}
	return nil, b.errorf(el, "an attribute has one type")
}

// attributeDefault takes the default over; the decoder sets it where the
// attribute is absent. Its text is checked by the type when it is read.
func (b *builder) attributeDefault(a *attr, el *etree.Element) error {
	for _, x := range el.Attr {
		if x.Space != "" || x.Key != "default" {
			continue
		}
		if a.required {
			return b.errorf(el, "a required attribute has no default")
		}
		if a.value.kind != kindString && a.value.kind != kindToken && a.value.kind != kindBool && a.value.kind != kindInteger &&
			a.value.kind != kindNatural && a.value.kind != kindPositive {
			return b.errorf(el, "a default of this type of attribute is not supported")
		}
		a.def = new(x.Value)
	}
	return nil
}
