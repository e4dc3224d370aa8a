package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/beevik/etree"
)

// builtin maps the simple types of XML Schema part 2 that the codec knows.
var builtin = map[string]kind{
	"string": kindString, "normalizedString": kindString, "anySimpleType": kindString,
	"token": kindToken, "language": kindToken, "NMTOKEN": kindToken, "Name": kindToken, "NCName": kindToken,
	"ID": kindToken, "IDREF": kindToken, "ENTITY": kindToken, "anyURI": kindToken,
	"NMTOKENS": kindList, "IDREFS": kindList,
	"boolean": kindBool, "dateTime": kindDateTime, "base64Binary": kindBase64, "QName": kindQName,
	"integer": kindInteger, "long": kindInteger, "int": kindInteger, "short": kindInteger, "byte": kindInteger,
	"nonPositiveInteger": kindInteger, "negativeInteger": kindInteger,
	"positiveInteger":    kindPositive,
	"nonNegativeInteger": kindNatural, "unsignedLong": kindNatural, "unsignedInt": kindNatural,
	"unsignedShort": kindNatural, "unsignedByte": kindNatural,
	"anyType": kindRaw,
}

// facets that only narrow a type. They are documented, not checked: the wire is
// read tolerantly, and what a field may hold is for the layer above to say.
var narrowing = map[string]bool{
	"length": true, "minLength": true, "maxLength": true, "pattern": true, "whiteSpace": true,
	"minInclusive": true, "maxInclusive": true, "minExclusive": true, "maxExclusive": true,
	"totalDigits": true, "fractionDigits": true,
}

// typeNamed resolves a reference to a type, simple or complex.
func (r *resolver) typeNamed(el *etree.Element, ref string) (*value, error) {
	name, err := r.resolve(el, ref)
	if err != nil {
		return nil, err
	}
	if name.space == spaceSchema {
		k, ok := builtin[name.local]
		if !ok {
			return nil, r.errorf(el, "type xs:%s is not supported", name.local)
		}
		return &value{kind: k}, nil
	}
	if r.overlay.keepRaw(name) {
		return &value{kind: kindRaw}, nil
	}
	d, ok := r.decls.types[name]
	switch {
	case ok && d.el.Tag == "simpleType":
		return r.simpleNamed(name, d)
	case r.overlay.excluded(name.space):
		return &value{kind: kindRaw}, nil
	case !ok:
		return nil, r.errorf(el, "type %s is not declared", r.show(name))
	}
	return r.complexNamed(name, d)
}

// simpleNamed resolves a global simple type once.
func (r *resolver) simpleNamed(name qname, d declared) (*value, error) {
	if v, ok := r.simple[name]; ok {
		if v == nil {
			return nil, r.errorf(d.el, "type %s is defined by itself", name.local)
		}
		return v, nil
	}
	r.simple[name] = nil
	v, err := r.simpleType(d.el, d.in, r.goTypeName(name))
	if err != nil {
		return nil, err
	}
	r.simple[name] = v
	return v, nil
}

// simpleAnonymous resolves a simple type declared inside an element or an
// attribute once: several types may refer to the declaration. goName is the name
// unless the overlay has one for the path.
func (r *resolver) simpleAnonymous(el *etree.Element, in *schema, path, goName string) (*value, error) {
	if v, ok := r.inner[el]; ok {
		return v, nil
	}
	v, err := r.simpleType(el, in, cmp.Or(r.overlay.typeName(path), goName))
	if err != nil {
		return nil, err
	}
	r.inner[el] = v
	return v, nil
}

// simpleType reads an xs:simpleType. goName names its constants, if it
// enumerates values.
func (r *resolver) simpleType(el *etree.Element, in *schema, goName string) (*value, error) {
	if err := r.allow(el, "name", "final"); err != nil {
		return nil, err
	}
	children, err := r.children(el, spaceSchema)
	if err != nil {
		return nil, err
	}
	if len(children) != 1 {
		return nil, r.errorf(el, "a simple type has exactly one of restriction, list and union")
	}
	switch c := children[0]; c.Tag {
	case "restriction":
		return r.restriction(c, in, goName, documentation(el))
	case "list":
		return r.list(c, in, goName)
	case "union":
		return r.union(c, in, goName)
	default:
		return nil, r.unknown(c)
	}
}

func (r *resolver) restriction(el *etree.Element, in *schema, goName, doc string) (*value, error) {
	if err := r.allow(el, "base"); err != nil {
		return nil, err
	}
	children, err := r.children(el, spaceSchema)
	if err != nil {
		return nil, err
	}
	var base *value
	if ref, ok := attribute(el, "base"); ok {
		base, err = r.typeNamed(el, ref)
	} else if len(children) > 0 && children[0].Tag == "simpleType" {
		base, err = r.simpleType(children[0], in, goName)
		children = children[1:]
	} else {
		err = r.errorf(el, "restriction without base")
	}
	if err != nil {
		return nil, err
	}
	if base.kind >= kindComplex {
		return nil, r.errorf(el, "the base of a simple type is not simple")
	}
	v := &value{kind: base.kind, facets: base.facets, enum: base.enum}
	values := &enum{goName: goName, space: in.space, doc: doc}
	names := newScope()
	for _, c := range children {
		if err := r.facet(c, v, values, names); err != nil {
			return nil, err
		}
	}
	if len(values.values) == 0 || in.excluded {
		return v, nil
	}
	if v.kind != kindString && v.kind != kindToken {
		return nil, r.errorf(el, "an enumeration of values other than strings is not supported")
	}
	v.enum = values
	r.enums = append(r.enums, values)
	for _, c := range values.values {
		if err := r.claim(c.goName, r.at[el]); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// facet reads one facet: an enumerated value becomes a constant, others words.
func (r *resolver) facet(el *etree.Element, v *value, values *enum, names scope) error {
	if err := r.allow(el, "value", "fixed"); err != nil {
		return err
	}
	text, ok := attribute(el, "value")
	switch {
	case !ok:
		return r.errorf(el, "%s without value", el.Tag)
	case el.Tag == "enumeration":
		name := names.take(values.goName + exported(text, false))
		values.values = append(values.values, enumValue{name, text, documentation(el)})
	case narrowing[el.Tag]:
		v.facets = append(v.facets[:len(v.facets):len(v.facets)], el.Tag+" "+text)
	default:
		return r.unknown(el)
	}
	return nil
}

func (r *resolver) list(el *etree.Element, in *schema, goName string) (*value, error) {
	if err := r.allow(el, "itemType"); err != nil {
		return nil, err
	}
	children, err := r.children(el, spaceSchema)
	if err != nil {
		return nil, err
	}
	item := &value{}
	switch ref, ok := attribute(el, "itemType"); {
	case ok && len(children) == 0:
		item, err = r.typeNamed(el, ref)
	case !ok && len(children) == 1 && children[0].Tag == "simpleType":
		item, err = r.simpleType(children[0], in, goName)
	default:
		err = r.errorf(el, "a list has either itemType or one simpleType")
	}
	if err != nil {
		return nil, err
	}
	if item.kind != kindString && item.kind != kindToken {
		return nil, r.errorf(el, "a list of values other than strings is not supported")
	}
	return &value{kind: kindList, facets: item.facets, enum: item.enum}, nil
}

// union is supported where every member is a string: its text is kept.
func (r *resolver) union(el *etree.Element, in *schema, goName string) (*value, error) {
	if err := r.allow(el, "memberTypes"); err != nil {
		return nil, err
	}
	var members []*value
	for ref := range strings.FieldsSeq(attributeOr(el, "memberTypes", "")) {
		v, err := r.typeNamed(el, ref)
		if err != nil {
			return nil, err
		}
		members = append(members, v)
	}
	children, err := r.children(el, spaceSchema)
	if err != nil {
		return nil, err
	}
	for i, c := range children {
		if c.Tag != "simpleType" {
			return nil, r.unknown(c)
		}
		v, err := r.simpleType(c, in, fmt.Sprintf("%s%d", goName, i+1))
		if err != nil {
			return nil, err
		}
		members = append(members, v)
	}
	for _, v := range members {
		if v.kind != kindString && v.kind != kindToken {
			return nil, r.errorf(el, "a union with members other than strings is not supported")
		}
	}
	return &value{kind: kindString}, nil
}
