package bankid

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Bounds of a signature. Genuine ones have 9,000 octets of XML with short texts and 300,000 with the longest, 70 elements and
// 9 levels.
const (
	maxSignatureText = 1 << 20 // octets of the Base64 text
	maxElements      = 1000
	maxLevels        = 16
	maxAttributes    = 8
)

// declaration is the only one that BankID writes.
const declaration = `<?xml version="1.0" encoding="UTF-8" standalone="no"?>`

// element is an element of a document in the small part of XML 1.0 that BankID's signatures use. It either has children or text.
type element struct {
	name       string
	space      string // the default namespace in scope; there are no prefixes
	attributes []attribute
	children   []*element
	text       string
	raw        []byte // from the first octet of its start tag to the last of its end tag
}

// attribute includes declarations of the default namespace, whose name is xmlns.
type attribute struct{ name, value string }

// parseDocument reads a document and refuses whatever BankID's signatures are written without and readers of XML have differed
// about: comments, CDATA sections, document types, processing instructions, references, prefixes, white space around elements,
// empty-element tags, quotes other than ". In what is left the octets of an element are its canonical form but for the order of
// attributes and needless declarations, which canonical looks for. Errors never quote the document.
func parseDocument(doc []byte) (*element, error) {
	if !utf8.Valid(doc) {
		return nil, errors.New("is not UTF-8")
	}
	body, _ := bytes.CutPrefix(doc, []byte(declaration))
	for i, c := range body {
		switch {
		case c < ' ' || c == 0x7F:
			return nil, offset(doc, body[i:], "white space between elements, or a control character")
		case c == '&':
			return nil, offset(doc, body[i:], "a reference")
		case c == '<' && i+1 < len(body) && (body[i+1] == '!' || body[i+1] == '?'):
			return nil, offset(doc, body[i:], "a comment, CDATA section, document type or processing instruction")
		}
	}
	p := &parser{doc: doc, rest: body}
	root, err := p.element("", 1)
	if err != nil {
		return nil, err
	}
	if len(p.rest) > 0 {
		return nil, p.fail("something behind the root element")
	}
	return root, nil
}

type parser struct {
	doc, rest []byte
	elements  int
}

func (p *parser) fail(what string) error { return offset(p.doc, p.rest, what) }

func offset(doc, rest []byte, what string) error {
	return fmt.Errorf("offset %d: %s, which BankID's signatures are without", len(doc)-len(rest), what)
}

// element reads one element with all that is in it.
func (p *parser) element(space string, level int) (*element, error) {
	p.elements++
	if level > maxLevels || p.elements > maxElements {
		return nil, p.fail("too many elements, or too many within each other")
	}
	start := p.rest
	e, err := p.startTag(space)
	if err != nil {
		return nil, err
	}
	if err := p.content(e, level); err != nil {
		return nil, err
	}
	if !p.take("</" + e.name + ">") {
		return nil, p.fail("text beside elements, or another end tag than " + e.name + "'s")
	}
	e.raw = start[:len(start)-len(p.rest)]
	return e, nil
}

// content reads text, or elements and nothing but elements.
func (p *parser) content(e *element, level int) error {
	n := bytes.IndexByte(p.rest, '<')
	if n < 0 {
		return p.fail("an element without end tag")
	}
	if n > 0 {
		e.text, p.rest = string(p.rest[:n]), p.rest[n:]
		return nil
	}
	for bytes.HasPrefix(p.rest, []byte("<")) && !bytes.HasPrefix(p.rest, []byte("</")) {
		child, err := p.element(e.space, level+1)
		if err != nil {
			return err
		}
		e.children = append(e.children, child)
	}
	return nil
}

func (p *parser) startTag(space string) (*element, error) {
	e := &element{space: space}
	if !p.take("<") || !p.name(&e.name) {
		return nil, p.fail("something else than an element, or a name with a prefix")
	}
	for p.take(" ") {
		a := attribute{}
		if !p.name(&a.name) || !p.take(`="`) || !p.value(&a.value) {
			return nil, p.fail("an attribute in another form, or with a prefix")
		}
		if len(e.attributes) == maxAttributes || slices.ContainsFunc(e.attributes, func(b attribute) bool { return b.name == a.name }) {
			return nil, p.fail("a repeated attribute, or too many of them")
		}
		if a.name == "xmlns" {
			e.space = a.value
		}
		e.attributes = append(e.attributes, a)
	}
	if !p.take(">") {
		return nil, p.fail("a tag in another form, or a name with a prefix")
	}
	return e, nil
}

// take reads a literal.
func (p *parser) take(literal string) bool {
	rest, ok := bytes.CutPrefix(p.rest, []byte(literal))
	p.rest = rest
	return ok
}

// name reads a name of ASCII letters and digits that begins with a letter. XML has more, BankID has not.
func (p *parser) name(into *string) bool {
	n := 0
	for n < len(p.rest) && (isLetter(p.rest[n]) || n > 0 && isDigit(p.rest[n])) {
		n++
	}
	*into, p.rest = string(p.rest[:n]), p.rest[n:]
	return n > 0
}

// value reads an attribute's value up to and with its closing quote.
func (p *parser) value(into *string) bool {
	value, rest, ok := bytes.Cut(p.rest, []byte(`"`))
	if !ok || bytes.ContainsAny(value, "<>") {
		return false
	}
	*into, p.rest = string(value), rest
	return true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
