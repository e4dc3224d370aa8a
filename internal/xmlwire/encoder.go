package xmlwire

import (
	"encoding/base64"
	"slices"
	"strings"
)

// Encoder writes one document. The first error is kept and given by Bytes, so
// that callers need not look at each step. It is not safe for concurrent use.
type Encoder struct {
	dst  []byte
	base int // where the document begins in dst
	err  *Error

	declareAt int       // behind the root's name, where declarations go
	binds     []Binding // namespaces used, with the prefixes given to them
	other     int       // prefixes ns1, ns2, ... given
	open      []written
	inTag     bool   // the start tag is not closed yet
	attrs     []Name // of the open start tag
	root      int    // number of open elements left out of paths

	openBuf  [12]written
	bindsBuf [8]Binding
	attrsBuf [8]Name
}

type written struct {
	local    string
	from, to int // the tag's name as it stands in dst
}

// NewEncoder prepares to append a document to dst.
func NewEncoder(dst []byte) *Encoder {
	e := &Encoder{dst: dst, base: len(dst)}
	e.open, e.binds, e.attrs = e.openBuf[:0], e.bindsBuf[:0], e.attrsBuf[:0]
	return e
}

// Start begins an element. The name's local part must be ASCII.
func (e *Encoder) Start(n Name) {
	e.closeTag()
	switch {
	case e.err != nil:
		return
	case len(e.open) == 0 && len(e.dst) > e.base:
		e.fail("a second root element")
		return
	case !isNCName(n.Local) || n == Name{Local: "xmlns"}:
		e.fail("a child element with a malformed name")
		return
	}
	e.dst = append(e.dst, '<')
	from := len(e.dst)
	e.appendName(n)
	e.open = append(e.open, written{n.Local, from, len(e.dst)})
	if len(e.open) == 1 {
		e.declareAt = len(e.dst)
	}
	e.inTag, e.attrs = true, e.attrs[:0]
}

// Attr adds an attribute to the element just begun.
func (e *Encoder) Attr(n Name, v string) {
	switch {
	case e.err != nil:
		return
	case !e.inTag:
		e.fail("an attribute after content")
		return
	case !isNCName(n.Local) || n == Name{Local: "xmlns"}:
		e.fail("an attribute with a malformed name")
		return
	case slices.Contains(e.attrs, n):
		e.failAttr(n.Local, "an attribute given twice")
		return
	}
	e.attrs = append(e.attrs, n)
	e.dst = append(e.dst, ' ')
	e.appendName(n)
	e.dst = append(e.dst, `="`...)
	if !e.appendEscaped(v, true) {
		e.failAttr(n.Local, unwritable)
	}
	e.dst = append(e.dst, '"')
}

const unwritable = "text with a character that XML cannot carry"

// Text adds character data. No text may contain what XML 1.0 cannot carry:
// control characters other than TAB, LF and CR, U+FFFE, U+FFFF, invalid UTF-8.
func (e *Encoder) Text(s string) {
	if s == "" || !e.content() {
		return
	}
	if !e.appendEscaped(s, false) {
		e.fail(unwritable)
	}
}

// Base64 adds b as character data in Base64.
func (e *Encoder) Base64(b []byte) {
	if len(b) > 0 && e.content() {
		e.dst = base64.StdEncoding.AppendEncode(e.dst, b)
	}
}

// QName adds n as character data in the form prefix:local, or local alone if n
// is in no namespace.
func (e *Encoder) QName(n Name) {
	if !e.content() {
		return
	}
	if !isNCName(n.Local) {
		e.fail("a malformed qualified name")
		return
	}
	e.appendName(n)
}

// End closes the innermost element.
func (e *Encoder) End() {
	switch {
	case e.err != nil:
		return
	case len(e.open) == 0:
		e.fail("an end without start")
		return
	}
	top := e.open[len(e.open)-1]
	e.open = e.open[:len(e.open)-1]
	if len(e.open) == e.root {
		e.root = 0
	}
	if e.inTag {
		e.inTag = false
		e.dst = append(e.dst, "/>"...)
		return
	}
	e.dst = append(e.dst, "</"...)
	e.dst = append(e.dst, e.dst[top.from:top.to]...)
	e.dst = append(e.dst, '>')
}

// Root makes the element just begun the first one in the paths of errors, until
// it is ended.
func (e *Encoder) Root() { e.root = max(len(e.open)-1, 0) }

// Bytes returns the given slice with the document appended, or the first error.
func (e *Encoder) Bytes() ([]byte, error) {
	switch {
	case e.err != nil:
	case len(e.dst) == e.base:
		e.fail("no root element")
	case len(e.open) > 0:
		e.fail("an element that is not ended")
	default:
		e.insertDeclarations()
	}
	if e.err != nil {
		return nil, e.err
	}
	return e.dst, nil
}

// insertDeclarations puts the namespaces found on the way into the root's tag:
// it writes them behind the document and swaps them with what follows the name.
func (e *Encoder) insertDeclarations() {
	end := len(e.dst)
	for _, b := range e.binds {
		e.appendDeclaration(b)
	}
	e.binds = e.binds[:0] // Bytes may be called again
	var buf [512]byte
	decls := append(buf[:0], e.dst[end:]...)
	copy(e.dst[e.declareAt+len(decls):], e.dst[e.declareAt:end])
	copy(e.dst[e.declareAt:], decls)
}

// appendDeclaration writes a namespace declaration as an attribute. The prefix
// must have been checked.
func (e *Encoder) appendDeclaration(b Binding) {
	e.dst = append(e.dst, " xmlns"...)
	if b.Prefix != "" {
		e.dst = append(e.dst, ':')
		e.dst = append(e.dst, b.Prefix...)
	}
	e.dst = append(e.dst, `="`...)
	if !e.appendEscaped(b.Space, true) {
		e.fail("a namespace with a character that XML cannot carry")
	}
	e.dst = append(e.dst, '"')
}

// content closes the open start tag, if any, and reports whether content may follow.
func (e *Encoder) content() bool {
	if e.closeTag(); len(e.open) == 0 {
		e.fail("text outside the root element")
	}
	return e.err == nil
}

// closeTag ends the start tag. Until then it may still become an empty-element
// tag or get attributes.
func (e *Encoder) closeTag() {
	if e.inTag {
		e.inTag = false
		e.dst = append(e.dst, '>')
	}
}

func (e *Encoder) fail(reason string) { e.failAttr("", reason) }

func (e *Encoder) failAttr(attr, reason string) {
	if e.err != nil {
		return
	}
	var p path
	for _, w := range e.open[e.root:] {
		p.add("", w.local)
	}
	if attr != "" {
		p.add("@", attr)
	}
	e.err = &Error{Offset: -1, Path: p.String(), Reason: reason}
}

// Raw adds an element as it was received, with those declarations of its scope
// written into its tag that its names may refer to and it does not make itself.
// An XML that is not exactly one element the Decoder accepts is an error.
func (e *Encoder) Raw(r Raw) {
	if !e.content() {
		return
	}
	if len(r.XML) < 2 || r.XML[0] != '<' || class[r.XML[1]]&isNameStart == 0 {
		e.fail("a raw element that does not begin with its start tag")
		return
	}
	begin, name := len(e.dst), strings.IndexAny(r.XML, " \t\r\n/>")
	if name < 0 {
		name = len(r.XML)
	}
	for _, b := range r.Scope {
		if b.Prefix != "" && !isNCName(b.Prefix) {
			e.fail("a raw element with a malformed prefix")
			return
		}
	}
	scope, err := r.needed()
	if err != nil {
		e.fail("a raw element that is not well-formed: " + err.(*Error).Reason)
		return
	}
	e.dst = append(e.dst, r.XML[:name]...)
	for _, b := range scope {
		e.appendDeclaration(b)
	}
	e.dst = append(e.dst, r.XML[name:]...)
	d := NewDecoder(e.dst[begin:], Limits{})
	for {
		switch kind, err := d.Next(); {
		case err != nil:
			e.fail("a raw element that is not well-formed: " + d.err.Reason)
			return
		case kind == EOF:
			return
		}
	}
}
