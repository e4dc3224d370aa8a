package main

import "github.com/beevik/etree"

// model is what is generated: the types of all namespaces and the operations.
type model struct {
	types      []*typ       // sorted by Go name
	enums      []*enum      // sorted by Go name
	operations []*operation // in the order of the WSDL
	overlay    *overlay
}

// typ is a complex type and becomes a struct.
type typ struct {
	goName   string
	xmlName  string // as documentation
	space    string // namespace of the schema that declares it
	doc      string
	abstract bool
	base     *typ // embedded
	text     *value
	attrs    []*attr
	anyAttrs *wildcard
	fields   []*field
	at       *etree.Element
	finished bool // fields named, overlay applied
}

// kind is the Go form of a value.
type kind int

const (
	kindString   kind = iota
	kindToken         // string, trimmed
	kindBool          // bool
	kindInteger       // xmlwire.Integer
	kindPositive      // the same, greater than zero
	kindNatural       // the same, not less than zero
	kindDateTime      // xmlwire.DateTime
	kindBase64        // []byte
	kindQName         // xmlwire.Name
	kindList          // []string
	kindComplex       // a generated struct
	kindRaw           // xmlwire.Raw
)

type value struct {
	kind   kind
	typ    *typ
	facets []string // restrictions that are documented but not checked
	enum   *enum
}

// attr is an attribute of a type.
type attr struct {
	goName   string
	name     qname
	doc      string
	value    *value
	required bool
	def      *string
	fold     bool // matched in any case
}

// field is a struct field that stands for child elements.
type field struct {
	goName string
	doc    string
	low    int
	high   int // unbounded or a number

	// Exactly one of these is set.
	element *element
	any     *wildcard
	items   []*field // the alternatives of a repeated choice

	itemType string // Go type of the items

	choice *choice // exclusive choice that the field is an alternative of
}

// choice is a choice that occurs once: its fields exclude each other.
type choice struct {
	required bool
	index    int // in its type and the bases, from 1; 0 until the type is finished
}

type element struct {
	name   qname   // as written
	accept []qname // further names that are read
	value  *value
	def    *string
	fold   bool // local name matched in any case
	asAttr bool // may also come as an attribute
}

// wildcard is xs:any or xs:anyAttribute.
type wildcard struct {
	any    bool     // every namespace
	not    string   // with other: every namespace but this one and none
	other  bool     //
	spaces []string // else: these; "" is no namespace
}

func (w *wildcard) admits(space string) bool {
	switch {
	case w.any:
		return true
	case w.other:
		return space != w.not && space != ""
	}
	for _, s := range w.spaces {
		if s == space {
			return true
		}
	}
	return false
}

// enum is a set of constants. Sets are open: values are not checked against it.
type enum struct {
	goName string
	space  string
	doc    string
	values []enumValue
}

type enumValue struct{ goName, text, doc string }

// operation is an rpc/literal operation.
type operation struct {
	goName                    string
	name                      string
	doc                       string
	requestPart, responsePart string
	request, response         *typ
}

// inherited lists a type and its bases, the outermost base first.
func (t *typ) inherited() []*typ {
	if t.base == nil {
		return []*typ{t}
	}
	return append(t.base.inherited(), t)
}

func (t *typ) allAttrs() (attrs []*attr) {
	for _, u := range t.inherited() {
		attrs = append(attrs, u.attrs...)
	}
	return attrs
}

func (t *typ) allFields() (fields []*field) {
	for _, u := range t.inherited() {
		fields = append(fields, u.fields...)
	}
	return fields
}

// attrWildcard is the anyAttribute of the type or the nearest base that has one.
func (t *typ) attrWildcard() *wildcard {
	for u := t; u != nil; u = u.base {
		if u.anyAttrs != nil {
			return u.anyAttrs
		}
	}
	return nil
}

// content is the simple content of the type or of its base.
func (t *typ) content() *value {
	for u := t; u != nil; u = u.base {
		if u.text != nil {
			return u.text
		}
	}
	return nil
}
