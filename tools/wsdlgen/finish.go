package main

import (
	"slices"
	"strings"
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
	fold := r.overlay.foldAttributes(t.goName)
	for _, a := range t.attrs {
		a.fold = fold
	}
	return r.nameFields(t)
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
	for _, u := range t.inherited()[:len(t.inherited())-1] {
		taken.take(u.goName)
		for _, name := range fieldNames(u) {
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
	if t.anyAttrs != nil {
		taken.take("AnyAttrs")
	}
	return r.checkNames(t)
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
			if err := r.claim(f.itemType, t.at); err != nil {
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
	if t.anyAttrs != nil {
		names = append(names, "AnyAttrs")
	}
	return names
}

// checkNames refuses what the decoder could not tell apart.
func (r *resolver) checkNames(t *typ) error {
	locals := map[qname]bool{}
	wildcards := 0
	for _, f := range flat(t.allFields()) {
		if f.element == nil {
			if wildcards++; wildcards > 1 {
				return r.errorf(t.at, "a type with two wildcards is not supported")
			}
			continue
		}
		for _, n := range append([]qname{f.element.name}, f.element.accept...) {
			if locals[n] {
				return r.errorf(t.at, "element %s occurs in more than one place of a content model", n.local)
			}
			locals[n] = true
		}
	}
	folded := map[string]bool{}
	for _, a := range t.allAttrs() {
		key := a.name.space + " " + a.name.local
		if a.fold {
			key = strings.ToLower(key)
		}
		if folded[key] {
			return r.errorf(t.at, "attribute %s is declared twice", a.name.local)
		}
		folded[key] = true
	}
	if n := len(t.allFields()) + len(t.allAttrs()); n > 64 {
		return r.errorf(t.at, "a type with more than 64 members is not supported")
	}
	return nil
}

// flat replaces lists of items by their alternatives.
func flat(fields []*field) []*field {
	var list []*field
	for _, f := range fields {
		if f.items != nil {
			list = append(list, f.items...)
		} else {
			list = append(list, f)
		}
	}
	return list
}
