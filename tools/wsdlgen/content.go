package main

import (
	"cmp"
	"slices"

	"github.com/beevik/etree"
)

// builder fills one type from its declaration.
type builder struct {
	*resolver
	t       *typ
	in      *schema
	choices int
	groups  []*etree.Element // group references being expanded
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
	if derivation.Tag == "restriction" && (content.Tag != "complexContent" || base.kind != kindRaw) {
		return b.errorf(derivation, "a restriction of a complex type is not supported")
	}
	switch {
	case derivation.Tag != "extension" && derivation.Tag != "restriction":
		return b.unknown(derivation)
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
		return b.sequence(el, optional || low == 0, high)
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
func (b *builder) sequence(el *etree.Element, optional bool, high int) error {
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
			low := 1
			if optional || attributeOr(children[0], "minOccurs", "1") == "0" {
				low = 0
			}
			return b.choice(children[0], low == 0, low, high)
		}
		return b.errorf(el, "a repeated sequence is supported only around one choice")
	}
	before := len(b.t.fields)
	required := 0
	for _, c := range children {
		if err := b.particle(c, false); err != nil {
			return err
		}
	}
	if !optional {
		return nil
	}
	for _, f := range b.t.fields[before:] {
		if f.low > 0 {
			required++
		}
		f.low = 0
		if f.choice != nil {
			f.choice.required = false
		}
	}
	if required > 1 {
		return b.errorf(el, "an optional sequence with several required members is not supported")
	}
	return nil
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
	if err := b.allow(d.el, "name"); err != nil {
		return err
	}
	children, err := b.children(d.el, spaceSchema)
	if err != nil {
		return err
	}
	if len(children) != 1 || high != 1 {
		return b.errorf(el, "a group has exactly one content model and is not repeated")
	}
	outer := b.in
	b.groups, b.in = append(b.groups, d.el), d.in
	err = b.particle(children[0], optional)
	b.groups, b.in = b.groups[:len(b.groups)-1], outer
	return err
}

// choice reads a choice: repeated, it becomes one ordered list of items; once,
// fields that exclude each other.
func (b *builder) choice(el *etree.Element, optional bool, low, high int) error {
	if err := b.allow(el, "minOccurs", "maxOccurs"); err != nil {
		return err
	}
	members, err := b.alternatives(el)
	if err != nil {
		return err
	}
	if high != 1 {
		for _, f := range b.t.fields {
			if f.items != nil {
				return b.errorf(el, "two repeated choices in one type are not supported")
			}
		}
		for _, m := range members {
			optional = optional || m.low == 0
			m.low, m.high = 0, 1
		}
		return b.add(&field{items: members, low: low, high: high, doc: documentation(el)}, optional)
	}
	b.choices++
	c := &choice{required: !optional, index: b.choices}
	for _, m := range members {
		if m.high != 1 {
			return b.errorf(el, "a repeated member of a choice that is not repeated is not supported")
		}
		c.required = c.required && m.low > 0
		m.low, m.choice = 0, c
		b.t.fields = append(b.t.fields, m)
	}
	return nil
}

// alternatives reads the members of a choice: elements and wildcards, or
// choices of them.
func (b *builder) alternatives(el *etree.Element) ([]*field, error) {
	children, err := b.children(el, spaceSchema)
	if err != nil {
		return nil, err
	}
	var list []*field
	for _, c := range children {
		low, high, err := b.occurs(c)
		if err != nil {
			return nil, err
		}
		var f *field
		switch c.Tag {
		case "element":
			f, err = b.element(c)
		case "any":
			f = &field{doc: documentation(c)}
			f.any, err = b.wildcard(c, "minOccurs", "maxOccurs")
		case "choice":
			inner, err := b.alternatives(c)
			if err != nil {
				return nil, err
			}
			for _, g := range inner {
				g.low, g.high = min(g.low, low), widest(g.high, high)
			}
			list = append(list, inner...)
			continue
		default:
			return nil, b.errorf(c, "%s in a choice is not supported", c.Tag)
		}
		if err != nil {
			return nil, err
		}
		f.low, f.high = low, high
		list = append(list, f)
	}
	return list, nil
}

func widest(a, b int) int {
	if a == unbounded || b == unbounded {
		return unbounded
	}
	return max(a, b)
}
