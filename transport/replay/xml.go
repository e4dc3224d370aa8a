package replay

import (
	"fmt"
	"strings"

	"github.com/gomss/gomss/internal/xmlwire"
)

// qnameElements are those whose text is a qualified name, which means nothing without the declarations in force.
var qnameElements = map[xmlwire.Name]bool{
	{Space: soapNS, Local: "Value"}:                                true, // SOAP 1.2 part 1, 5.4.1.1 and 5.4.1.3
	{Space: "http://www.w3.org/2003/05/soap-rpc", Local: "result"}: true, // SOAP 1.2 part 2, 4.2.1
}

// parseXML reads a document within the limits of the strict tokenizer.
func parseXML(doc []byte) (*node, error) {
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

// encodeXML writes a tree, indented, with the usual prefixes.
func encodeXML(root *node) ([]byte, error) {
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

// escapeXML escapes a value for text and for attribute values alike.
func escapeXML(s string) string { return xmlEscaper.Replace(s) }

var xmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;",
	"\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

// isXML is RFC 7303.
func isXML(media string) bool {
	return media == "text/xml" || media == "application/xml" || strings.HasSuffix(media, "+xml")
}
