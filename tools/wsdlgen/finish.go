package main

import (
	"cmp"
	"slices"
)

// finish applies the overlay to a type and names its fields, bases first. It
// runs when all types are known, because types refer to each other.
func (r *resolver) finish(t *typ) error {
	if t.finished {
		return nil
	}
	t.finished = true
	if t.base != nil {
		if err := r.finish(t.base); err != nil {
			return err
		}
	}
	if err := r.applyElements(t); err != nil {
		return err
	}
	numberChoices(t)
	fold := r.overlay.foldAttributes(t.goName)
	for _, a := range t.attrs {
		a.fold = fold
	}
	return r.nameFields(t)
}

// numberChoices numbers the choices of t after those of its bases: one decoder
// handles them all.
func numberChoices(t *typ) {
	index := 0
	for _, f := range t.allFields() {
		if f.choice != nil && f.choice.index == 0 {
			f.choice.index = index + 1
		}
		if f.choice != nil {
			index = max(index, f.choice.index)
		}
	}
}

// applyElements puts the overlay's entries about t into effect.
func (r *resolver) applyElements(t *typ) error {
	for _, e := range r.overlay.elementsOf(t.goName) {
		wire := qname{r.overlay.namespace(r.overlay.byPrefix(e.Wire).URI).URI, e.Element}
		switch f := declaredField(t.fields, wire, r.overlay.accepted(e, wire)); {
		case f != nil:
			f.element.accept = r.overlay.accepted(e, wire, f.element.name.space)
			f.element.name = wire
			e.matched = true
			if err := r.loosen(t, f, e); err != nil {
				return err
			}
		case r.decls.elements[wire].el != nil:
			admitted, err := r.admit(t, wire)
			if err != nil {
				return err
			}
			if admitted != nil {
				admitted.element.accept = r.overlay.accepted(e, wire)
				e.matched = true
				if err := r.loosen(t, admitted, e); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// loosen lets an element be read in other spellings.
func (r *resolver) loosen(t *typ, f *field, e *elementEntry) error {
	f.element.fold, f.element.asAttr = e.AnyCase, e.Attribute
	text := f.element.value.kind == kindString || f.element.value.kind == kindToken
	direct := slices.Contains(t.fields, f) && f.low == 0 && f.high == 1 && f.choice == nil
	if e.Attribute && !(text && direct) {
		return r.overlay.problem(e, "only an optional string element that occurs once may come as an attribute")
	}
	return nil
}

// declaredField finds the element with that local name. Among several the one
// in the wire's namespace, or an accepted one, is meant.
func declaredField(fields []*field, wire qname, accept []qname) *field {
	var found *field
	for _, f := range fields {
		if g := declaredField(f.items, wire, accept); g != nil {
			return g
		}
		if f.element == nil || f.element.name.local != wire.local {
			continue
		}
		if f.element.name == wire {
			return f
		}
		found = f
	}
	return found
}

// admit gives the global element a field of its own beside the wildcard that
// lets it in, or returns nil if there is no such wildcard.
func (r *resolver) admit(t *typ, name qname) (*field, error) {
	for i, f := range t.fields {
		switch {
		case f.any != nil && f.any.admits(name.space):
			g, err := r.global(name, t.at)
			if err != nil {
				return nil, err
			}
			g.low, g.high = 0, 1
			if f.high == unbounded { // becomes an ordered list
				t.fields[i] = &field{items: []*field{g, {any: f.any, high: 1, doc: f.doc}}, low: f.low, high: unbounded}
				return g, nil
			}
			g.choice = f.choice
			t.fields = insert(t.fields, i, g)
			return g, nil
		case f.items != nil:
			for j, it := range f.items {
				if it.any == nil || !it.any.admits(name.space) {
					continue
				}
				g, err := r.global(name, t.at)
				if err != nil {
					return nil, err
				}
				g.low, g.high = 0, 1
				f.items = insert(f.items, j, g)
				return g, nil
			}
		}
	}
	return nil, nil
}

func insert(fields []*field, i int, f *field) []*field {
	return append(fields[:i:i], append([]*field{f}, fields[i:]...)...)
}

// nameFields gives every field of t a name that is unique in t and its bases.
func (r *resolver) nameFields(t *typ) error {
	taken := newScope()
	bases := t.inherited()[:len(t.inherited())-1]
	for _, u := range bases {
		taken[u.goName] = true
	}
	for _, u := range bases {
		for _, name := range fieldNames(u) {
			if taken[name] { // would stand for the embedded struct
				return r.errorf(t.at, "%s is a base and a member of a base; name the base in the overlay", name)
			}
			taken[name] = true
		}
	}
	if t.text != nil {
		taken.take("Value")
	}
	if err := r.nameAll(t, t.fields, taken); err != nil {
		return err
	}
	for _, a := range t.attrs {
		name := exported(a.name.local, false)
		a.goName = taken.take(name, name+"Attr")
	}
	return cmp.Or(r.checkNames(t), r.checkBits(t), r.checkDerived(t))
}

// nameAll names fields: elements first, so that wildcards do not take a name
// that an element has.
func (r *resolver) nameAll(t *typ, fields []*field, taken scope) error {
	for _, f := range fields {
		if f.element != nil {
			name := exported(f.element.name.local, false)
			f.goName = taken.take(name, r.typePrefix(f.element.name.space)+name)
		}
	}
	for _, f := range fields {
		switch {
		case f.any != nil:
			f.goName = taken.take("Any")
		case f.items != nil:
			f.goName, f.itemType = taken.take("Items"), t.goName+"Item"
			if err := r.claim(f.itemType, r.at[t.at]); err != nil {
				return err
			}
			if err := r.nameAll(t, f.items, newScope()); err != nil {
				return err
			}
		}
	}
	return nil
}

func fieldNames(t *typ) []string {
	names := []string{}
	if t.text != nil {
		names = append(names, "Value")
	}
	for _, f := range t.fields {
		names = append(names, f.goName)
	}
	for _, a := range t.attrs {
		names = append(names, a.goName)
	}
	return names
}
