package replay

import "github.com/gomss/gomss/internal/xmlwire"

const soapNS = "http://www.w3.org/2003/05/soap-envelope"

// maxDocument bounds both directions, in octets, like the transport's default for answers.
const maxDocument = 1 << 20

// node is an element of XML, or a value of JSON. An element with children has no text: messages have no mixed content.
type node struct {
	kind     kind
	name     xmlwire.Name // of a JSON value its member's; in an array that of the array
	attrs    []xmlwire.Attr
	children []*node      // elements, members or values
	text     string       // exact, where there are no children
	qname    xmlwire.Name // of a text that is a qualified name; zero: it is none
}

// kind is what a node is.
type kind int

const (
	isElement kind = iota
	isObject
	isArray
	isString
	isLiteral // a number, true, false or null: text is how it was written
)

// place is where a value stands. A member of a JSON object stands like an attribute: the two forms of a message have the
// same names for nearly everything, and {"StatusCode": {"Value": "500"}} is <StatusCode Value="500"/>.
type place struct {
	owner xmlwire.Name // of the element, or of the JSON object
	attr  xmlwire.Name // of the attribute or member; zero: the text of the owner
	leaf  *node        // the element or JSON value that the value is all of; nil: an attribute's
}

// name is what a value is called, whether it is an attribute's, an element's or a member's. The text of a JSON
// DataToBeSigned or Message, which is a member of it, is called like that of the XML element.
func (p place) name() string {
	switch {
	case p.attr.Local == "", p.attr.Local == "Data" && p.leaf != nil:
		return p.owner.Local
	}
	return p.attr.Local
}

// is reports whether the value is all of an element, or of a JSON member, of that name.
func (p place) is(name string) bool { return p.leaf != nil && p.name() == name }

// each calls f with every attribute value, every text of the elements without children, and every JSON value that is
// neither object nor array. f may change them.
func (n *node) each(f func(at place, value *string)) { n.eachIn(xmlwire.Name{}, f) }

func (n *node) eachIn(owner xmlwire.Name, f func(at place, value *string)) {
	for i, a := range n.attrs {
		f(place{owner: n.name, attr: a.Name}, &n.attrs[i].Value)
	}
	switch {
	case n.kind == isString, n.kind == isLiteral:
		f(place{owner: owner, attr: n.name, leaf: n}, &n.text)
		return
	case n.kind == isElement && len(n.children) == 0:
		f(place{owner: n.name, leaf: n}, &n.text)
	case n.kind != isArray:
		owner = n.name
	}
	for _, c := range n.children {
		c.eachIn(owner, f)
	}
}

// values is each without the possibility to change anything.
func (n *node) values(f func(at place, value string)) {
	n.each(func(at place, value *string) { f(at, *value) })
}

// names calls f with every name in the document.
func (n *node) names(f func(xmlwire.Name)) {
	f(n.name)
	f(n.qname)
	for _, a := range n.attrs {
		f(a.Name)
	}
	for _, c := range n.children {
		c.names(f)
	}
}

// body returns the message: what the envelope holds, or the only member of a JSON document; nil: there is none.
func (n *node) body() *node {
	if n.kind == isObject && len(n.children) > 0 {
		return n.children[0]
	}
	for _, body := range n.children {
		if body.name == (xmlwire.Name{Space: soapNS, Local: "Body"}) && len(body.children) > 0 {
			return body.children[0]
		}
	}
	return nil
}

// isFault reports whether the document is a fault.
func (n *node) isFault() bool {
	fault := xmlwire.Name{Space: soapNS, Local: "Fault"}
	if n.kind == isObject {
		fault.Space = ""
	}
	body := n.body()
	return body != nil && body.name == fault
}

// operation is the local name of the rpc wrapper or of the JSON message, or of the root where there is neither.
func (n *node) operation() string {
	if body := n.body(); body != nil {
		return body.name.Local
	}
	return n.name.Local
}
