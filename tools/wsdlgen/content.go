package main

import (
	"cmp"
	"slices"

	"github.com/beevik/etree"
)

// builder fills one type from its declaration.
type builder struct {
	*resolver
	t      *typ
	in     *schema
	groups []*etree.Element // group references being expanded
}

// derived reads simpleContent or complexContent.
func (b *builder) derived(content *etree.Element) error {
	if err := b.allow(content, "mixed"); err != nil {
		return err
	}
	if mixed, err := b.boolean(content, "mixed"); err != nil || mixed {
		return cmp.Or(err, b.errorf(content, "mixed content is supported on xs:complexType only"))
	}
	children, err := b.children(content, spaceSchema)
	if err != nil {
		return err
	}
	if len(children) != 1 {
		return b.errorf(content, "%s has exactly one extension", content.Tag)
	}
	derivation := children[0]
	ref, ok := attribute(derivation, "base")
	if !ok {
		return b.errorf(derivation, "%s without base", derivation.Tag)
	}
	if err := b.allow(derivation, "base"); err != nil {
		return err
	}
	base, err := b.typeNamed(derivation, ref)
	if err != nil {
		return err
	}
	// A restriction of xs:anyType is how a type without a base is spelled out.
	// Any other raw base, a mixed one for instance, has members to restrict.
	if derivation.Tag == "restriction" && (content.Tag != "complexContent" || !b.isAnyType(derivation, ref)) {
		return b.errorf(derivation, "a restriction of a complex type is not supported")
	}
	switch {
	case derivation.Tag != "extension" && derivation.Tag != "restriction":
		return b.unknown(derivation)
	case base.kind == kindComplex && slices.Contains(base.typ.inherited(), b.t):
		return b.errorf(derivation, "type %s is derived from itself", b.t.xmlName)
	case base.kind == kindComplex:
		b.t.base = base.typ
	case content.Tag == "simpleContent" && base.kind != kindRaw:
		b.t.text = base
	case derivation.Tag == "extension":
		return b.errorf(derivation, "type %s cannot be extended", ref)
	}
	if children, err = b.children(derivation, spaceSchema); err != nil {
		return err
	}
	return b.body(children)
}

func (b *builder) isAnyType(el *etree.Element, ref string) bool {
	name, err := b.resolve(el, ref)
	return err == nil && name == qname{spaceSchema, "anyType"}
}

// body reads a content model and attributes.
func (b *builder) body(children []*etree.Element) error {
	for _, c := range children {
		var err error
		switch c.Tag {
		case "sequence", "choice", "all", "group":
			if b.t.text != nil {
				return b.errorf(c, "elements in simple content")
			}
			err = b.particle(c, false)
		default:
			err = b.attributes(c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// particle reads one member of a content model. optional: what surrounds it may
// be absent.
func (b *builder) particle(el *etree.Element, optional bool) error {
	low, high, err := b.occurs(el)
	if err != nil {
		return err
	}
	if high == 0 {
		return nil
	}
	switch el.Tag {
	case "element":
		f, err := b.element(el)
		if err != nil {
			return err
		}
		f.low, f.high = low, high
		return b.add(f, optional)
	case "any":
		w, err := b.wildcard(el, "minOccurs", "maxOccurs")
		if err != nil {
			return err
		}
		return b.add(&field{any: w, low: low, high: high, doc: documentation(el)}, optional)
	case "group":
		return b.group(el, optional || low == 0, high)
	case "choice":
		return b.choice(el, optional || low == 0, low, high)
	case "sequence", "all":
		return b.sequence(el, optional || low == 0, low, high)
	}
	return b.unknown(el)
}

func (b *builder) add(f *field, optional bool) error {
	if optional {
		f.low = 0
	}
	b.t.fields = append(b.t.fields, f)
	return nil
}

// sequence reads a sequence or all. One that may be absent is taken as members
// that may be absent; for more than one required member that would lose a rule.
func (b *builder) sequence(el *etree.Element, optional bool, low, high int) error {
	if err := b.allow(el, "minOccurs", "maxOccurs"); err != nil {
		return err
	}
	children, err := b.children(el, spaceSchema)
	if err != nil {
		return err
	}
	if high != 1 {
		// (choice)+ in a repeated sequence of one is a repeated choice.
		if len(children) == 1 && children[0].Tag == "choice" && attributeOr(children[0], "maxOccurs", "1") == "1" {
			if optional || attributeOr(children[0], "minOccurs", "1") == "0" {
				low = 0
			}
			return b.choice(children[0], low == 0, low, high)
		}
		return b.errorf(el, "a repeated sequence is supported only around one choice")
	}
	before := len(b.t.fields)
	for _, c := range children {
		if err := b.particle(c, false); err != nil {
			return err
		}
	}
	if optional && release(b.t.fields[before:]) > 1 {
		return b.errorf(el, "an optional sequence with several required members is not supported")
	}
	return nil
}

// release lets fields be absent and says how many members were required; the
// alternatives of one choice are one member.
func release(fields []*field) (required int) {
	for _, f := range fields {
		if f.low > 0 {
			required++
		}
		f.low = 0
		if f.choice != nil && f.choice.required {
			required++
			f.choice.required = false
		}
	}
	return required
}

// group expands a reference to a model group.
func (b *builder) group(el *etree.Element, optional bool, high int) error {
	if err := b.allow(el, "ref", "minOccurs", "maxOccurs"); err != nil {
		return err
	}
	ref, _ := attribute(el, "ref")
	name, err := b.resolve(el, ref)
	if err != nil {
		return err
	}
	d, ok := b.decls.groups[name]
	if !ok {
		return b.errorf(el, "group %s is not declared", b.show(name))
	}
	if slices.Contains(b.groups, d.el) {
		return b.errorf(el, "group %s contains itself", b.show(name))
	}
	if high != 1 {
		return b.errorf(el, "a repeated group is not supported")
	}
	return b.expandGroup(d, optional)
}

// expandGroup adds the members of a declared model group.
func (b *builder) expandGroup(d declared, optional bool) error {
	b.expanded[d.el] = true
	if err := b.allow(d.el, "name"); err != nil {
		return err
	}
	children, err := b.children(d.el, spaceSchema)
	if err != nil {
		return err
	}
	if len(children) != 1 {
		return b.errorf(d.el, "a group has exactly one content model")
	}
	outer := b.in
	b.groups, b.in = append(b.groups, d.el), d.in
	err = b.particle(children[0], optional)
	b.groups, b.in = b.groups[:len(b.groups)-1], outer
	return err
}
