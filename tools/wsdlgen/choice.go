package main

import "github.com/beevik/etree"

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
			// The items are counted together, not for each alternative.
			if m.low > 1 || m.high != 1 && high != unbounded {
				return b.errorf(el, "a repeated member of a choice is supported only if it need not be repeated and the choice is unbounded")
			}
			optional = optional || m.low == 0
			m.low, m.high = 0, 1
		}
		return b.add(&field{items: members, low: low, high: high, doc: documentation(el)}, optional)
	}
	c := &choice{required: !optional}
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
		if high == 0 {
			continue
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
				g.low, g.high = both(g.low, low), widest(g.high, high)
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
	if len(list) == 0 {
		return nil, b.errorf(el, "a choice without members is not supported")
	}
	return list, nil
}

// both and widest combine the limits of a choice in a choice. Of the product
// only matters whether it is 0, 1 or more.
func both(a, b int) int {
	if a == 0 || b == 0 {
		return 0
	}
	return max(a, b)
}

func widest(a, b int) int {
	if a == unbounded || b == unbounded {
		return unbounded
	}
	return max(a, b)
}
