package xmlwire

import (
	"fmt"
	"strings"
)

// readStart reads the start tag or empty-element tag at the position. The
// element is opened before its attributes are read, so that errors in them name
// it, and its prefix is looked up after them, since its own declarations count.
func (d *Decoder) readStart() {
	raw, prefix, local, ok := d.readName(d.pos + 1)
	switch {
	case !ok:
		d.fail(d.start, notATag(d.doc[d.start:]))
		return
	case d.sawRoot && len(d.open) == 0:
		d.fail(d.start, "a second root element")
		return
	case len(d.open) == d.lim.Depth:
		d.fail(d.start, fmt.Sprintf("elements are nested deeper than %d", d.lim.Depth))
		return
	case prefix == "xmlns" || raw == "xmlns":
		d.fail(d.start, "an element named xmlns")
		return
	}
	d.sawRoot = true
	d.open = append(d.open, element{name: Name{Local: local}, raw: raw, binds: len(d.binds)})
	d.attrs = d.attrs[:0]
	if !d.readAttrs() || !d.resolveAttrs() {
		return
	}
	space, ok := d.lookup(prefix)
	if !ok {
		d.fail(d.start, "an undeclared namespace prefix")
		return
	}
	d.open[len(d.open)-1].name.Space = space
	d.token(Start)
}

// readEnd reads the end tag at the position. It must repeat the start tag's
// name letter by letter, prefix included.
func (d *Decoder) readEnd() {
	if len(d.open) == 0 {
		d.fail(d.start, "an end tag without start tag")
		return
	}
	raw := d.open[len(d.open)-1].raw
	i := d.pos + len("</")
	if !strings.HasPrefix(d.doc[i:], raw) {
		d.fail(d.start, "an end tag that does not match the start tag")
		return
	}
	i = spaceEnd(d.doc, i+len(raw))
	if i == len(d.doc) || d.doc[i] != '>' {
		d.fail(d.start, "an end tag that does not match the start tag")
		return
	}
	d.pos = i + 1
	d.token(End)
}

// notATag says what is wrong with markup that does not begin like a tag.
func notATag(s string) string {
	switch {
	case strings.HasPrefix(s, "<!--"):
		return "a comment"
	case strings.HasPrefix(s, "<![CDATA["):
		return "a CDATA section"
	case strings.HasPrefix(s, "<!DOCTYPE"):
		return "a document type declaration"
	case strings.HasPrefix(s, "<!"):
		return "a markup declaration"
	case strings.HasPrefix(s, "<?"):
		return "a processing instruction, or an XML declaration that is malformed or not at the beginning"
	default:
		return "a malformed tag or element name"
	}
}

// readName reads a qualified name at i, as written and in its parts, and moves
// the position behind it.
func (d *Decoder) readName(i int) (raw, prefix, local string, ok bool) {
	s := d.doc
	if i >= len(s) || class[s[i]]&isNameStart == 0 {
		return "", "", "", false
	}
	end := nameEnd(s, i+1)
	localAt := i
	if end < len(s) && s[end] == ':' {
		localAt = end + 1
		if localAt == len(s) || class[s[localAt]]&isNameStart == 0 {
			return "", "", "", false
		}
		prefix = s[i:end]
		end = nameEnd(s, localAt+1)
	}
	// A second colon or a non-ASCII letter would be part of the name.
	if end < len(s) && (s[end] == ':' || s[end] >= 0x80) {
		return "", "", "", false
	}
	d.pos = end
	return s[i:end], prefix, s[localAt:end], true
}

// readAttrs reads what follows the element name up to the end of the tag.
// Namespace declarations go to binds; of the others the prefix stands in
// Name.Space until all declarations are known.
func (d *Decoder) readAttrs() bool {
	s := d.doc
	for n := 0; ; n++ {
		i := spaceEnd(s, d.pos)
		switch {
		case i == len(s):
			d.fail(i, "the document ends inside a tag")
			return false
		case s[i] == '>':
			d.pos = i + 1
			return true
		case s[i] == '/':
			if i+1 == len(s) || s[i+1] != '>' {
				d.fail(i, "a malformed tag")
				return false
			}
			d.pos, d.empty = i+2, true
			return true
		case i == d.pos:
			d.fail(i, "white space missing before an attribute")
			return false
		case n == d.lim.Attrs:
			d.fail(i, fmt.Sprintf("an element has more than %d attributes", d.lim.Attrs))
			return false
		}
		if !d.readAttr(i) {
			return false
		}
	}
}

// readAttr reads the attribute or declaration at i.
func (d *Decoder) readAttr(i int) bool {
	raw, prefix, local, ok := d.readName(i)
	if !ok {
		d.fail(i, "a malformed attribute name")
		return false
	}
	at := spaceEnd(d.doc, d.pos)
	if at == len(d.doc) || d.doc[at] != '=' {
		d.fail(at, "an attribute without value")
		return false
	}
	d.pos = spaceEnd(d.doc, at+1)
	value, ok := d.readValue()
	switch {
	case !ok:
		return false
	case raw == "xmlns":
		return d.declare(i, "", value)
	case prefix == "xmlns":
		return d.declare(i, local, value)
	}
	d.attrs = append(d.attrs, Attr{Name{prefix, local}, value})
	return true
}

// readValue reads a quoted attribute value. Literal TAB, LF and CR are refused:
// XML 1.0 section 3.3.3 makes spaces of them, and readers differ on that.
func (d *Decoder) readValue() (string, bool) {
	s, i := d.doc, d.pos
	if i == len(s) || s[i] != '"' && s[i] != '\'' {
		d.fail(i, "an attribute value without quotes")
		return "", false
	}
	quote, begin, dirty := s[i], i+1, false
	for i++; ; {
		for i < len(s) && class[s[i]]&isPlainAttr != 0 {
			i++
		}
		if i == len(s) {
			d.fail(i, "the document ends inside an attribute value")
			return "", false
		}
		switch c := s[i]; {
		case c == quote:
			d.pos = i + 1
			if dirty {
				return expand(s[begin:i]), true
			}
			return s[begin:i], true
		case c == '&':
			_, end, reason := reference(s, i)
			if reason != "" {
				d.fail(i, reason)
				return "", false
			}
			i, dirty = end, true
		case c == '<':
			d.fail(i, "< in an attribute value")
			return "", false
		case class[c]&isSpace != 0:
			d.fail(i, "a literal tab or line end in an attribute value")
			return "", false
		default:
			n := charLen(s, i) // 1 for the other quote
			if n == 0 {
				d.fail(i, notAChar)
				return "", false
			}
			i += n
		}
	}
}
