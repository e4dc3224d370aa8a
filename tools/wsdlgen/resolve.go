package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// resolver turns declarations into the model.
type resolver struct {
	*sources
	overlay *overlay
	decls   *declarations

	named     map[qname]*typ            // complex types, also those under construction
	anonymous map[*etree.Element]*typ   // by their xs:complexType
	simple    map[qname]*value          // simple types; nil while under construction
	inner     map[*etree.Element]*value // anonymous simple types, by their xs:simpleType
	expanded  map[*etree.Element]bool   // groups that something refers to
	owners    map[string]position       // of the Go names in the package
	types     []*typ
	enums     []*enum
}

func newResolver(s *sources, o *overlay, d *declarations) *resolver {
	return &resolver{
		sources: s, overlay: o, decls: d,
		named: map[qname]*typ{}, anonymous: map[*etree.Element]*typ{},
		simple: map[qname]*value{}, inner: map[*etree.Element]*value{},
		expanded: map[*etree.Element]bool{}, owners: map[string]position{},
	}
}

// declareAll resolves every global declaration of the schemas that are not
// excluded, in an order that does not depend on the files they come from.
func (r *resolver) declareAll() error {
	for _, ns := range r.overlay.namespaces {
		if err := r.claim(ns.Const, position{r.overlay.file, ns.line}); err != nil {
			return err
		}
	}
	for _, name := range sortedNames(r.decls.types) {
		d := r.decls.types[name]
		if d.in.excluded || r.overlay.keepRaw(name) {
			continue
		}
		var err error
		if d.el.Tag == "simpleType" {
			_, err = r.simpleNamed(name, d)
		} else {
			_, err = r.complexNamed(name, d)
		}
		if err != nil {
			return err
		}
	}
	for _, name := range sortedNames(r.decls.elements) {
		if d := r.decls.elements[name]; !d.in.excluded {
			if _, err := r.global(name, d.el); err != nil {
				return err
			}
		}
	}
	if err := r.declareUnused(); err != nil {
		return err
	}
	slices.SortFunc(r.types, func(a, b *typ) int { return cmp.Compare(a.goName, b.goName) })
	slices.SortFunc(r.enums, func(a, b *enum) int { return cmp.Compare(a.goName, b.goName) })
	return nil
}

// declareUnused checks the global declarations that are read only where
// something refers to them: one that nothing refers to must be as good.
func (r *resolver) declareUnused() error {
	for _, name := range sortedNames(r.decls.attributes) {
		if d := r.decls.attributes[name]; !d.in.excluded {
			if _, err := r.globalAttribute(name, d); err != nil {
				return err
			}
		}
	}
	for _, name := range sortedNames(r.decls.groups) {
		if d := r.decls.groups[name]; !d.in.excluded && !r.expanded[d.el] {
			if err := r.scratch(name, d).expandGroup(d, false); err != nil {
				return err
			}
		}
	}
	for _, name := range sortedNames(r.decls.attributeGroups) {
		if d := r.decls.attributeGroups[name]; !d.in.excluded && !r.expanded[d.el] {
			if err := r.scratch(name, d).expandAttributes(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// scratch builds a type that is not generated.
func (r *resolver) scratch(name qname, d declared) *builder {
	t := &typ{goName: r.goTypeName(name), xmlName: r.overlay.label(name), space: name.space, at: d.el}
	return &builder{resolver: r, t: t, in: d.in}
}

func sortedNames(m map[qname]declared) []qname {
	names := make([]qname, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b qname) int {
		return cmp.Or(strings.Compare(a.space, b.space), strings.Compare(a.local, b.local))
	})
	return names
}

func (r *resolver) show(n qname) string { return "{" + n.space + "}" + n.local }

// goTypeName is the Go name of a global type.
func (r *resolver) goTypeName(n qname) string {
	if name := r.overlay.typeName(r.overlay.label(n)); name != "" {
		return name
	}
	return r.typePrefix(n.space) + exported(n.local, true)
}

func (r *resolver) typePrefix(space string) string {
	if ns := r.overlay.namespace(space); ns != nil {
		return ns.Types
	}
	return ""
}

// claim makes a Go name of the package the property of a declaration.
func (r *resolver) claim(goName string, at position) error {
	if slices.Contains(packageNames, goName) {
		return &problem{at.file, at.line, fmt.Sprintf("the Go name %s is taken by generated code; choose another in the overlay", goName)}
	}
	if first, ok := r.owners[goName]; ok {
		return &problem{at.file, at.line, fmt.Sprintf(
			"the Go name %s is taken by %s:%d; choose another for one of them in the overlay", goName, first.file, first.line)}
	}
	r.owners[goName] = at
	return nil
}

// complexNamed resolves a global complex type once. A type that refers to
// itself finds the typ that is being filled.
func (r *resolver) complexNamed(name qname, d declared) (*value, error) {
	if t, ok := r.named[name]; ok {
		return r.valueOf(t), nil
	}
	mixed, err := r.boolean(d.el, "mixed")
	if err != nil || mixed {
		return &value{kind: kindRaw}, err
	}
	t := &typ{goName: r.goTypeName(name), xmlName: r.overlay.label(name), space: name.space, at: d.el}
	r.named[name] = t
	return r.valueOf(t), r.complexType(t, d.el, d.in)
}

// complexAnonymous resolves a complex type declared inside an element.
func (r *resolver) complexAnonymous(el *etree.Element, in *schema, at string) (*value, error) {
	mixed, err := r.boolean(el, "mixed")
	if err != nil || mixed {
		return &value{kind: kindRaw}, err
	}
	if t, ok := r.anonymous[el]; ok {
		return r.valueOf(t), nil
	}
	last := at[strings.LastIndexAny(at, "/:")+1:]
	name := r.overlay.typeName(at)
	if name == "" {
		name = r.typePrefix(in.space) + exported(last, false)
	}
	t := &typ{goName: name, xmlName: at, space: in.space, at: el}
	r.anonymous[el] = t
	return r.valueOf(t), r.complexType(t, el, in)
}

func (r *resolver) valueOf(t *typ) *value { return &value{kind: kindComplex, typ: t} }

// complexType fills t from an xs:complexType.
func (r *resolver) complexType(t *typ, el *etree.Element, in *schema) (err error) {
	if err := r.allow(el, "name", "abstract", "mixed", "final", "block"); err != nil {
		return err
	}
	if err := r.claim(t.goName, r.at[el]); err != nil {
		return err
	}
	r.types = append(r.types, t)
	t.doc = documentation(el)
	if t.doc == "" && el.Parent().Tag == "element" {
		t.doc = documentation(el.Parent())
	}
	if t.abstract, err = r.boolean(el, "abstract"); err != nil {
		return err
	}
	children, err := r.children(el, spaceSchema)
	if err != nil {
		return err
	}
	b := &builder{resolver: r, t: t, in: in}
	if len(children) == 1 && (children[0].Tag == "complexContent" || children[0].Tag == "simpleContent") {
		return b.derived(children[0])
	}
	return b.body(children)
}
