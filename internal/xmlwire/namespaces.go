package xmlwire

import "strings"

// declare adds the declaration at offset i to the innermost open element
// (Namespaces in XML 1.0, sections 2.2, 3 and 5).
func (d *Decoder) declare(i int, prefix, space string) bool {
	var reason string
	switch {
	case prefix == "xml" || prefix == "xmlns":
		reason = "a declaration of the prefix xml or xmlns"
	case space == xmlSpace || space == xmlnsSpace || space == "xmlns":
		// encoding/xml takes a namespace named "xmlns" for declarations.
		reason = "a declaration of a reserved namespace"
	case space == "" && prefix != "":
		reason = "a prefix declared for no namespace"
	case !isURIReference(space):
		reason = "a namespace name that is no URI reference"
	case len(d.binds) == maxBindings:
		reason = "too many namespace declarations in force"
	}
	for _, b := range d.binds[d.open[len(d.open)-1].binds:] {
		if b.Prefix == prefix {
			reason = "a prefix declared twice in one tag"
		}
	}
	if reason != "" {
		d.fail(i, reason)
		return false
	}
	d.binds = append(d.binds, Binding{prefix, space})
	return true
}

// lookup finds the namespace of a prefix where the innermost open element is.
// Without a declaration the empty prefix means no namespace.
func (d *Decoder) lookup(prefix string) (space string, ok bool) {
	for i := len(d.binds) - 1; i >= 0; i-- {
		if d.binds[i].Prefix == prefix {
			return d.binds[i].Space, true
		}
	}
	if prefix == "xml" {
		return xmlSpace, true
	}
	return "", prefix == ""
}

// resolveAttrs puts namespaces in the place of prefixes. An attribute without
// prefix is in no namespace (section 6.2), and two with the same expanded name
// are refused (section 6.3). The pairwise search is bounded by Limits.Attrs.
func (d *Decoder) resolveAttrs() bool {
	for i := range d.attrs {
		name := &d.attrs[i].Name
		if name.Space != "" {
			space, ok := d.lookup(name.Space)
			if !ok {
				d.fail(d.start, "an undeclared namespace prefix")
				return false
			}
			name.Space = space
		}
		for j := range i {
			if d.attrs[j].Name == *name {
				d.fail(d.start, "an attribute given twice")
				return false
			}
		}
	}
	return true
}

// Resolve expands an xs:QName found in content, with the declarations in force
// at the innermost open element; at an End that is the element that ends.
// White space around it is ignored. Without prefix it is in the default
// namespace (XML Schema part 2, 3.2.18).
func (d *Decoder) Resolve(qname string) (Name, error) {
	prefix, local, found := strings.Cut(TrimSpace(qname), ":")
	if !found {
		prefix, local = "", prefix
	}
	if !isNCName(local) || found && prefix == "" {
		return Name{}, d.Fail("not a qualified name")
	}
	space, ok := d.lookup(prefix)
	if !ok {
		return Name{}, d.Fail("a qualified name with an undeclared prefix")
	}
	return Name{space, local}, nil
}
