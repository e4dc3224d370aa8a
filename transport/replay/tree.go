package replay

import (
	"fmt"

	"github.com/gomss/gomss/internal/xmlwire"
)

const soapNS = "http://www.w3.org/2003/05/soap-envelope"

// maxDocument bounds both directions, in octets, like the transport's default for answers.
const maxDocument = 1 << 20

// node is an element. One with children has no text: messages have no mixed content.
type node struct {
	name     xmlwire.Name
	attrs    []xmlwire.Attr
	children []*node
	text     string       // exact, where there are no children
	qname    xmlwire.Name // of a text that is a qualified name; zero: it is none
}

// qnameElements are those whose text is a qualified name, which means nothing without the declarations in force.
var qnameElements = map[xmlwire.Name]bool{
	{Space: soapNS, Local: "Value"}:                                true, // SOAP 1.2 part 1, 5.4.1.1 and 5.4.1.3
	{Space: "http://www.w3.org/2003/05/soap-rpc", Local: "result"}: true, // SOAP 1.2 part 2, 4.2.1
}

// parse reads a document within the limits of the strict tokenizer.
func parse(doc []byte) (*node, error) {
	d := xmlwire.NewDecoder(doc, xmlwire.Limits{Bytes: maxDocument})
	if _, err := d.Next(); err != nil { // the first token of a document is its root's Start
		return nil, err
	}
	root, err := parseElement(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Next(); err != nil { // the end, or what must not come after the root
		return nil, err
	}
	return root, nil
}

// parseElement reads from the current Start to its End. The tokenizer bounds the depth of the recursion.
func parseElement(d *xmlwire.Decoder) (*node, error) {
	n := &node{name: d.Name(), attrs: append([]xmlwire.Attr(nil), d.Attrs()...)}
	for {
		kind, err := d.Next()
		if err != nil {
			return nil, err
		}
		switch kind {
		case xmlwire.Start:
			child, err := parseElement(d)
			if err != nil {
				return nil, err
			}
			n.children = append(n.children, child)
		case xmlwire.Text:
			n.text += d.Text()
		case xmlwire.End:
			return n, n.finish(d)
		}
	}
}

// finish settles what an element's text is, at its End.
func (n *node) finish(d *xmlwire.Decoder) error {
	if len(n.children) > 0 {
		if xmlwire.TrimSpace(n.text) != "" {
			return d.Fail("text beside elements")
		}
		n.text = ""
		return nil
	}
	if qnameElements[n.name] {
		if q, err := d.Resolve(n.text); err == nil {
			n.qname = q
		}
	}
	return nil
}

// values calls f with every attribute value and every text of the elements without children.
func (n *node) values(f func(owner, attr xmlwire.Name, value string)) {
	for _, a := range n.attrs {
		f(n.name, a.Name, a.Value)
	}
	if len(n.children) == 0 {
		f(n.name, xmlwire.Name{}, n.text)
	}
	for _, c := range n.children {
		c.values(f)
	}
}

// isFault reports whether the document is an envelope with a fault in it.
func (n *node) isFault() bool {
	for _, body := range n.children {
		if body.name == (xmlwire.Name{Space: soapNS, Local: "Body"}) {
			for _, c := range body.children {
				if c.name == (xmlwire.Name{Space: soapNS, Local: "Fault"}) {
					return true
				}
			}
		}
	}
	return false
}

// operation is the local name of the rpc wrapper, or of the root where there is no envelope.
func (n *node) operation() string {
	for _, body := range n.children {
		if body.name == (xmlwire.Name{Space: soapNS, Local: "Body"}) && len(body.children) > 0 {
			return body.children[0].name.Local
		}
	}
	return n.name.Local
}

// encode writes a tree, indented, with the usual prefixes.
func encode(root *node) ([]byte, error) {
	e := xmlwire.NewEncoder(nil)
	encodeElement(e, root, "\n")
	doc, err := e.Bytes()
	if err != nil {
		return nil, fmt.Errorf("a message that cannot be written: %w", err)
	}
	return append(doc, '\n'), nil
}

func encodeElement(e *xmlwire.Encoder, n *node, indent string) {
	e.Start(n.name)
	for _, a := range n.attrs {
		e.Attr(a.Name, a.Value)
	}
	for _, c := range n.children {
		e.Text(indent + "  ")
		encodeElement(e, c, indent+"  ")
	}
	switch {
	case len(n.children) > 0:
		e.Text(indent)
	case n.qname != xmlwire.Name{}:
		e.QName(n.qname)
	default:
		e.Text(n.text)
	}
	e.End()
}
