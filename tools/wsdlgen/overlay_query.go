package main

import (
	"slices"
	"strings"
)

// namespace finds and marks the entry of a namespace.
func (o *overlay) namespace(uri string) *namespaceEntry {
	for _, n := range o.namespaces {
		if n.URI == uri {
			n.matched = true
			return n
		}
	}
	return nil
}

func (o *overlay) excluded(uri string) bool {
	n := o.namespace(uri)
	return n != nil && n.Exclude
}

// label is a name in the form that entries use, prefix:local.
func (o *overlay) label(n qname) string {
	if ns := o.namespace(n.space); ns != nil {
		return ns.Prefix + ":" + n.local
	}
	if n.space == spaceXML {
		return "xml:" + n.local
	}
	return n.local
}

// typeName is the name the overlay gives to the type at a path, or "".
func (o *overlay) typeName(at string) string {
	for _, e := range o.names {
		if e.At == at {
			e.matched = true
			return e.Name
		}
	}
	return ""
}

func (o *overlay) keepRaw(n qname) bool {
	label := o.label(n)
	for _, e := range o.raw {
		if e.Type == label {
			e.matched = true
			return true
		}
	}
	return false
}

// elementsOf lists the entries about a Go type's elements.
func (o *overlay) elementsOf(goName string) []*elementEntry {
	var list []*elementEntry
	for _, e := range o.elements {
		if e.In == goName {
			list = append(list, e)
		}
	}
	return list
}

func (o *overlay) foldAttributes(goName string) bool {
	for _, e := range o.attributes {
		if e.In == goName {
			e.matched = true
			return true
		}
	}
	return false
}

// unmatched is an error for the first entry that the WSDL gave no use for.
func (o *overlay) unmatched() error {
	for e := range o.entries {
		if c := e.common(); !c.matched && !c.Optional {
			return o.problem(e, "matches nothing in the WSDL")
		}
	}
	return nil
}

func (o *overlay) entries(yield func(overlayEntry) bool) {
	var all []overlayEntry
	for _, e := range o.namespaces {
		all = append(all, e)
	}
	for _, e := range o.names {
		all = append(all, e)
	}
	for _, e := range o.elements {
		all = append(all, e)
	}
	for _, e := range o.attributes {
		all = append(all, e)
	}
	for _, e := range o.raw {
		all = append(all, e)
	}
	for _, e := range all {
		if !yield(e) {
			return
		}
	}
}

// accepted lists the names under which an element is read beside the wire's.
func (o *overlay) accepted(e *elementEntry, wire qname, declared ...string) []qname {
	var list []qname
	for _, p := range e.Accept {
		declared = append(declared, o.namespace(o.byPrefix(p).URI).URI)
	}
	for _, space := range declared {
		n := qname{space, wire.local}
		if n != wire && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b qname) int { return strings.Compare(a.space, b.space) })
	return list
}
