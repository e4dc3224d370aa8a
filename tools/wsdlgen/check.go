package main

import "strings"

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

// checkBits makes sure that nothing shares a bit of the decoder but the
// alternatives of one choice.
func (r *resolver) checkBits(t *typ) error {
	owners := map[string]*choice{}
	claim := func(bit string, c *choice) error {
		if owner, taken := owners[bit]; bit != "" && taken && (c == nil || owner != c) {
			return r.errorf(t.at, "two members of %s would share %s", t.xmlName, bit)
		}
		owners[bit] = c
		return nil
	}
	for _, a := range t.allAttrs() {
		if err := claim(a.bit(), nil); err != nil {
			return err
		}
	}
	for _, f := range t.allFields() {
		if err := claim(f.bit(), f.choice); err != nil {
			return err
		}
	}
	return nil
}

// checkDerived refuses a derivation that would lose members.
func (r *resolver) checkDerived(t *typ) error {
	switch {
	case t.content() != nil && len(t.allFields()) > 0:
		return r.errorf(t.at, "type %s has elements and simple content", t.xmlName)
	case t.base != nil && t.anyAttrs != nil && t.base.attrWildcard() != nil:
		// What is admitted is the union of the two, XML Schema part 1, 3.4.2.
		return r.errorf(t.at, "an attribute wildcard beside that of a base is not supported")
	}
	return nil
}

// checkFinite refuses types that hold themselves by value, through bases and
// required members: Go has no such struct, and no document would end.
func (r *resolver) checkFinite() error {
	finite := map[*typ]bool{} // false while under way
	var visit func(t *typ) error
	visit = func(t *typ) error {
		if done, seen := finite[t]; seen && !done {
			return r.errorf(t.at, "type %s requires itself", t.xmlName)
		} else if done {
			return nil
		}
		finite[t] = false
		for _, u := range held(t) {
			if err := visit(u); err != nil {
				return err
			}
		}
		finite[t] = true
		return nil
	}
	for _, t := range r.types {
		if err := visit(t); err != nil {
			return err
		}
	}
	return nil
}

// held lists the types whose structs are part of the struct of t.
func held(t *typ) []*typ {
	var list []*typ
	if t.base != nil {
		list = append(list, t.base)
	}
	for _, f := range t.fields {
		if f.element != nil && f.element.value.kind == kindComplex && f.low > 0 && f.high == 1 {
			list = append(list, f.element.value.typ)
		}
	}
	return list
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
