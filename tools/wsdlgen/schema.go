package main

import (
	"slices"

	"github.com/beevik/etree"
)

// schema is one xs:schema element, a file of its own or inside the WSDL.
type schema struct {
	el                *etree.Element
	file              string // that imports are relative to
	space             string
	qualifiedElements bool
	qualifiedAttrs    bool
	excluded          bool
}

// declared is a global declaration.
type declared struct {
	el *etree.Element
	in *schema
}

// declarations are the global declarations of all schemas, by kind.
type declarations struct {
	elements, types, attributes, groups, attributeGroups map[qname]declared
}

func newDeclarations() *declarations {
	return &declarations{
		map[qname]declared{}, map[qname]declared{}, map[qname]declared{},
		map[qname]declared{}, map[qname]declared{},
	}
}

// schemaSet holds the schemas that were added.
type schemaSet map[*etree.Element]bool

// loader collects the schemas of a WSDL.
type loader struct {
	*sources
	overlay *overlay
	decls   *declarations
	seen    schemaSet
}

// schema adds a schema and what it imports. A schema that is on its way
// already, because imports form a cycle, is not added again.
func (l *loader) schema(el *etree.Element, file string) error {
	if l.seen[el] {
		return nil
	}
	l.seen[el] = true
	if nameOf(el) != (qname{spaceSchema, "schema"}) {
		return l.errorf(el, "%s is not an XML schema", el.Tag)
	}
	err := l.allow(el, "targetNamespace", "elementFormDefault", "attributeFormDefault", "version")
	if err != nil && !l.overlay.excluded(attributeOr(el, "targetNamespace", "")) {
		return err
	}
	s := &schema{el: el, file: file, space: attributeOr(el, "targetNamespace", "")}
	if s.qualifiedElements, err = l.form(el, "elementFormDefault", false); err != nil {
		return err
	}
	if s.qualifiedAttrs, err = l.form(el, "attributeFormDefault", false); err != nil {
		return err
	}
	s.excluded = l.overlay.excluded(s.space)
	for _, child := range el.ChildElements() {
		if err := l.global(s, child); err != nil {
			return err
		}
	}
	if l.overlay.namespace(s.space) == nil && slices.ContainsFunc(el.ChildElements(), isDeclaration) {
		return l.errorf(el, "namespace %q is not listed in the overlay", s.space)
	}
	return nil
}

func isDeclaration(el *etree.Element) bool {
	return el.Tag != "import" && el.Tag != "include" && el.Tag != "annotation"
}

// form reads a form attribute: true is qualified.
func (l *sources) form(el *etree.Element, name string, otherwise bool) (bool, error) {
	switch v, ok := attribute(el, name); {
	case !ok:
		return otherwise, nil
	case v == "qualified":
		return true, nil
	case v == "unqualified":
		return false, nil
	}
	return false, l.errorf(el, "%s is neither qualified nor unqualified", name)
}

// global registers one child of a schema.
func (l *loader) global(s *schema, el *etree.Element) error {
	if el.NamespaceURI() != spaceSchema {
		return l.unknown(el)
	}
	var into map[qname]declared
	switch el.Tag {
	case "annotation":
		return nil
	case "import":
		return l.imported(s, el)
	case "include":
		return l.included(s, el)
	case "element":
		into = l.decls.elements
	case "complexType", "simpleType":
		into = l.decls.types
	case "attribute":
		into = l.decls.attributes
	case "group":
		into = l.decls.groups
	case "attributeGroup":
		into = l.decls.attributeGroups
	default:
		return l.unknown(el)
	}
	name := qname{s.space, attributeOr(el, "name", "")}
	if !isASCIIName(name.local) && !s.excluded {
		return l.errorf(el, "the name of a global %s is missing or not an ASCII name", el.Tag)
	}
	if first, ok := into[name]; ok {
		p := l.at[first.el]
		return l.errorf(el, "%s %s is declared twice, first in %s:%d", el.Tag, name.local, p.file, p.line)
	}
	into[name] = declared{el, s}
	return nil
}

// imported follows an import. Without schemaLocation the namespace is expected
// among the other schemas; a reference that finds nothing there is an error.
func (l *loader) imported(s *schema, el *etree.Element) error {
	if err := l.allow(el, "namespace", "schemaLocation"); err != nil {
		return err
	}
	// An excluded schema, such as SOAP's own with its import of xml.xsd by address, needs nothing from elsewhere.
	if s.excluded || attributeOr(el, "namespace", "") == spaceXML {
		return nil
	}
	location, ok := attribute(el, "schemaLocation")
	if !ok {
		return nil
	}
	root, file, err := l.follow(s, el, location)
	if err != nil {
		return err
	}
	if got, want := attributeOr(root, "targetNamespace", ""), attributeOr(el, "namespace", ""); got != want {
		return l.errorf(el, "%s declares namespace %q, not %q", location, got, want)
	}
	return l.schema(root, file)
}

func (l *loader) included(s *schema, el *etree.Element) error {
	if err := l.allow(el, "schemaLocation"); err != nil {
		return err
	}
	root, file, err := l.follow(s, el, attributeOr(el, "schemaLocation", ""))
	if err != nil {
		return err
	}
	if got := attributeOr(root, "targetNamespace", ""); got != s.space {
		return l.errorf(el, "the included schema declares namespace %q, not %q", got, s.space)
	}
	return l.schema(root, file)
}

func (l *loader) follow(s *schema, el *etree.Element, location string) (*etree.Element, string, error) {
	file, err := locate(s.file, location)
	if err != nil {
		return nil, "", l.errorf(el, "%v", err)
	}
	root, err := l.read(file, el)
	return root, file, err
}
