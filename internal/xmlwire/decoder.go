package xmlwire

import "fmt"

// Decoder reads one document. It is not safe for concurrent use. After an error
// about syntax or a limit every further call of Next returns the same error.
type Decoder struct {
	doc string
	lim Limits
	pos int // next octet to read
	err *Error

	kind    Kind
	start   int    // offset of the current token
	text    string // current Text, as in the document until dirty is resolved
	dirty   bool   // text has references or CR
	empty   bool   // the current Start is an empty-element tag
	sawRoot bool
	tokens  int
	root    int // number of open elements left out of paths

	// An element stays open until the call after its End, so that its
	// declarations and its name serve whoever looks at its content.
	open  []element
	binds []Binding
	attrs []Attr

	// The scope of the Raw read last, for its siblings: the first scopeBinds
	// declarations in force, none of which has ended since.
	scope      []Binding
	scopeBinds int
	scoped     int // declarations in all scopes made so far

	// What nearly every document needs, so that it comes in one allocation.
	openBuf  [12]element
	bindsBuf [16]Binding
	attrsBuf [8]Attr
}

type element struct {
	name  Name
	raw   string // as in the tag, to compare with the end tag
	binds int    // declarations in force outside the element
}

// NewDecoder prepares to read doc, which must not change until it returns. A
// document over lim.Bytes is refused by the first Next and is never copied.
func NewDecoder(doc []byte, lim Limits) *Decoder {
	d := &Decoder{lim: lim.withDefaults()}
	d.open, d.binds, d.attrs = d.openBuf[:0], d.bindsBuf[:0], d.attrsBuf[:0]
	if len(doc) > d.lim.Bytes {
		d.err = &Error{Reason: fmt.Sprintf("the document is longer than %d octets", d.lim.Bytes)}
		return d
	}
	d.doc = string(doc)
	return d
}

// Next reads the next token. It returns EOF only after a complete document. An
// empty-element tag is a Start and then an End.
func (d *Decoder) Next() (Kind, error) {
	if d.err == nil {
		d.next()
	}
	if d.err != nil {
		return EOF, d.err
	}
	return d.kind, nil
}

// next reads one token, or sets err. Each branch consumes at least one octet or
// closes an element, so that a document costs time linear in its length.
func (d *Decoder) next() {
	if d.kind == End {
		d.pop()
	}
	switch {
	case d.empty:
		d.empty = false
		d.token(End)
		return
	case len(d.open) == 0:
		if done := d.outside(); done {
			return
		}
	case d.pos == len(d.doc):
		d.fail(d.pos, "the document ends inside an element")
		return
	}
	d.start = d.pos
	switch {
	case d.doc[d.pos] != '<':
		d.readText()
	case d.pos+1 < len(d.doc) && d.doc[d.pos+1] == '/':
		d.readEnd()
	default:
		d.readStart()
	}
}

// outside passes over what may stand outside the root element. It reports
// whether there is nothing more to read, because of the end or an error.
func (d *Decoder) outside() bool {
	if d.pos == 0 {
		d.readProlog()
	}
	d.pos = spaceEnd(d.doc, d.pos)
	switch {
	case d.err != nil:
	case d.pos == len(d.doc) && d.sawRoot:
		d.kind, d.start = EOF, d.pos
	case d.pos == len(d.doc):
		d.fail(d.pos, "the document has no root element")
	case d.doc[d.pos] != '<':
		d.fail(d.pos, "text outside the root element")
	default:
		return false
	}
	return true
}

// token makes k the current token and counts it.
func (d *Decoder) token(k Kind) {
	d.kind = k
	if d.tokens++; d.tokens > d.lim.Tokens {
		d.fail(d.start, fmt.Sprintf("the document has more than %d tags and texts", d.lim.Tokens))
	}
}

// pop closes the innermost element and forgets its declarations.
func (d *Decoder) pop() {
	top := len(d.open) - 1
	d.binds = d.binds[:d.open[top].binds]
	if len(d.binds) < d.scopeBinds {
		d.scope, d.scopeBinds = nil, 0
	}
	d.open = d.open[:top]
	if top == d.root {
		d.root = 0
	}
}

// readText reads the character data up to the next "<". Since comments, CDATA
// sections and processing instructions are refused, that is all the text there
// is before the next tag. References are checked here and expanded only when
// somebody asks for the text.
func (d *Decoder) readText() {
	s, i := d.doc, d.pos
	d.dirty = false
	for {
		i = plainEnd(s, i)
		if i == len(s) {
			d.fail(i, "the document ends inside an element")
			return
		}
		switch c := s[i]; {
		case c == '<':
			d.text, d.pos = s[d.pos:i], i
			d.token(Text)
			return
		case c == '&':
			_, end, reason := reference(s, i)
			if reason != "" {
				d.fail(i, reason)
				return
			}
			d.dirty = true
			i = end
		case c == '\r':
			d.dirty = true
			i++
		case c == ']':
			if i+2 < len(s) && s[i+1] == ']' && s[i+2] == '>' {
				d.fail(i, "]]> in text")
				return
			}
			i++
		default:
			n := charLen(s, i)
			if n == 0 {
				d.fail(i, notAChar)
				return
			}
			i += n
		}
	}
}

const notAChar = "an octet sequence that is not a character of XML in UTF-8"

// Name is the name of the current Start or End.
func (d *Decoder) Name() Name {
	if d.kind != Start && d.kind != End {
		return Name{}
	}
	return d.open[len(d.open)-1].name
}

// Attrs are the attributes of the current Start without namespace declarations,
// in document order. The slice is valid until the next token is read.
func (d *Decoder) Attrs() []Attr {
	if d.kind != Start {
		return nil
	}
	return d.attrs
}

// Text is the current Text with references expanded and line ends normalised.
func (d *Decoder) Text() string {
	if d.kind != Text {
		return ""
	}
	if d.dirty {
		d.text, d.dirty = expand(d.text), false
	}
	return d.text
}

// Offset is where the current token begins, in octets.
func (d *Decoder) Offset() int { return d.start }
