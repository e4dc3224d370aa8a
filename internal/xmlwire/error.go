package xmlwire

import (
	"strconv"
	"strings"
)

// Error is a document that cannot be read or written: broken syntax, a limit
// exceeded, or content that does not fit the message. It holds no content of
// the document; Path holds element and attribute names only, cut and cleaned.
type Error struct {
	Offset int    // octets from the beginning of the document; -1 when writing
	Path   string // local names of the open elements; @name is an attribute
	Reason string
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("xml: ")
	if e.Offset >= 0 {
		b.WriteString("offset ")
		b.WriteString(strconv.Itoa(e.Offset))
		b.WriteString(": ")
	}
	if e.Path != "" {
		b.WriteString(e.Path)
		b.WriteString(": ")
	}
	b.WriteString(e.Reason)
	return b.String()
}

const (
	maxPathName = 64  // characters of one name in a path
	maxPath     = 512 // characters of a path
)

// path collects names for an [Error]. Names can come from a hostile document,
// so each is cut, and characters other than those of ASCII names are replaced.
type path struct{ b []byte }

func (p *path) add(mark, name string) {
	if len(p.b) > 0 {
		p.b = append(p.b, '/')
	}
	p.b = append(p.b, mark...)
	for i := range min(len(name), maxPathName) {
		c := name[i]
		if class[c]&isName == 0 {
			c = '?'
		}
		p.b = append(p.b, c)
	}
}

func (p *path) String() string { return string(p.b[:min(len(p.b), maxPath)]) }
