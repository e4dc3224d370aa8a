package main

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/beevik/etree"
)

// qname is an expanded name.
type qname struct{ space, local string }

func nameOf(el *etree.Element) qname { return qname{el.NamespaceURI(), el.Tag} }

// attribute reads an attribute without namespace, trimmed of white space.
func attribute(el *etree.Element, name string) (string, bool) {
	for _, a := range el.Attr {
		if a.Space == "" && a.Key == name {
			return strings.TrimSpace(a.Value), true
		}
	}
	return "", false
}

func attributeOr(el *etree.Element, name, otherwise string) string {
	if v, ok := attribute(el, name); ok {
		return v
	}
	return otherwise
}

// binding finds the namespace of a prefix in the scope of el.
func binding(el *etree.Element, prefix string) (string, bool) {
	if prefix == "xml" {
		return spaceXML, true
	}
	for ; el != nil; el = el.Parent() {
		for _, a := range el.Attr {
			if prefix == "" && a.Space == "" && a.Key == "xmlns" || prefix != "" && a.Space == "xmlns" && a.Key == prefix {
				return a.Value, true
			}
		}
	}
	return "", prefix == ""
}

// resolve expands a qualified name that stands in an attribute of el.
func (s *sources) resolve(el *etree.Element, name string) (qname, error) {
	prefix, local, ok := strings.Cut(name, ":")
	if !ok {
		prefix, local = "", name
	}
	space, bound := binding(el, prefix)
	switch {
	case local == "" || strings.Contains(local, ":"):
		return qname{}, s.errorf(el, "%q is not a qualified name", name)
	case !bound:
		return qname{}, s.errorf(el, "prefix %q is not declared", prefix)
	}
	return qname{space, local}, nil
}

// allow refuses attributes of el other than those named. What the generator
// does not know could change the wire: it is an error, never dropped.
func (s *sources) allow(el *etree.Element, names ...string) error {
	for _, a := range el.Attr {
		switch {
		case a.Space == "xmlns" || a.Space == "" && (a.Key == "xmlns" || a.Key == "id"):
		case a.Space == "" && slices.Contains(names, a.Key):
		case a.Space == "xml" && a.Key == "lang":
		default:
			if space, _ := binding(el, a.Space); a.Space != "" && space == spaceXSI {
				continue // schemaLocation, a hint to validators
			}
			return s.errorf(el, "attribute %s of %s is not supported", a.FullKey(), el.Tag)
		}
	}
	return nil
}

// children gives the child elements of an element of the given vocabulary
// without annotations. An element of another vocabulary is an error.
func (s *sources) children(el *etree.Element, space string) ([]*etree.Element, error) {
	var list []*etree.Element
	for _, child := range el.ChildElements() {
		name := nameOf(child)
		switch {
		case name == qname{spaceSchema, "annotation"} || name == qname{spaceWSDL, "documentation"}:
		case name.space != space:
			return nil, s.unknown(child)
		default:
			list = append(list, child)
		}
	}
	return list, nil
}

// unknown is the error for a construct that the generator does not know.
func (s *sources) unknown(el *etree.Element) error {
	in := ""
	if p := el.Parent(); p != nil && p.Tag != "" {
		in = " in " + p.Tag
	}
	return s.errorf(el, "%s%s is not supported", el.Tag, in)
}

// documentation collects the text of an element's own annotation.
func documentation(el *etree.Element) string {
	var parts []string
	for _, a := range el.ChildElements() {
		switch nameOf(a) {
		case qname{spaceSchema, "annotation"}:
			for _, d := range a.ChildElements() {
				if nameOf(d) == (qname{spaceSchema, "documentation"}) {
					parts = append(parts, deepText(d))
				}
			}
		case qname{spaceWSDL, "documentation"}:
			parts = append(parts, deepText(a))
		}
	}
	return strings.TrimSpace(strings.Join(parts, "\n"))
}

// deepText is the text of an element and of the markup inside it.
func deepText(el *etree.Element) string {
	var b strings.Builder
	for _, t := range el.Child {
		switch t := t.(type) {
		case *etree.CharData:
			b.WriteString(t.Data)
		case *etree.Element:
			b.WriteString(deepText(t))
		}
	}
	return b.String()
}

const unbounded = -1

// occurs reads minOccurs and maxOccurs.
func (s *sources) occurs(el *etree.Element) (low, high int, err error) {
	low, high = 1, 1
	if v, ok := attribute(el, "minOccurs"); ok {
		if low, err = strconv.Atoi(v); err != nil || low < 0 {
			return 0, 0, s.errorf(el, "minOccurs is not a number")
		}
	}
	if v, ok := attribute(el, "maxOccurs"); v == "unbounded" {
		high = unbounded
	} else if ok {
		if high, err = strconv.Atoi(v); err != nil || high < 0 {
			return 0, 0, s.errorf(el, "maxOccurs is not a number")
		}
	}
	if high != unbounded && low > high {
		return 0, 0, s.errorf(el, "minOccurs is greater than maxOccurs")
	}
	return low, high, nil
}

// boolean reads a boolean attribute that is false where absent.
func (s *sources) boolean(el *etree.Element, name string) (bool, error) {
	switch v := attributeOr(el, name, "false"); v {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	default:
		return false, s.errorf(el, "%s is not a boolean", name)
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
