package cms

import "errors"

// Identifier octets of the ASN.1 types a SignedData is made of (X.690 8.1.2).
const (
	tagInteger         = 0x02
	tagOctetString     = 0x04
	tagNull            = 0x05
	tagOID             = 0x06
	tagUTCTime         = 0x17
	tagGeneralizedTime = 0x18
	tagSequence        = 0x30
	tagSet             = 0x31
	tagKeyID           = 0x80 // [0] IMPLICIT, primitive
	tagContext0        = 0xa0 // [0] constructed
	tagContext1        = 0xa1
	tagContext2        = 0xa2
	tagContext3        = 0xa3

	constructed            = 0x20
	constructedOctetString = tagOctetString | constructed
)

// maxDepth bounds the nesting of values. A certificate inside a SignedData
// reaches 13.
const maxDepth = 24

var errNotDER = errors.New("not well-formed DER (definite, minimal lengths; values inside their parents; nothing after the end)")

// header reads the identifier and length octets at the start of b: a low tag
// number and a definite, minimal length that fits into b. It returns the
// identifier, the number of octets read and the length of the contents.
func header(b []byte) (tag byte, size, length int, ok bool) {
	if len(b) < 2 {
		return 0, 0, 0, false
	}
	tag, length, size = b[0], int(b[1]), 2
	if tag == 0 || tag&0x1f == 0x1f {
		return 0, 0, 0, false
	}
	if length >= 0x80 {
		// Two octets of length reach as far as MaxSize.
		n := length & 0x7f
		if n == 0 || n > 2 || len(b) < 2+n || b[2] == 0 {
			return 0, 0, 0, false
		}
		length = 0
		for _, o := range b[2 : 2+n] {
			length = length<<8 | int(o)
		}
		if length < 0x80 {
			return 0, 0, 0, false
		}
		size += n
	}
	return tag, size, length, length <= len(b)-size
}

// guard accepts b if it is one DER value in form: every length definite and
// minimal, every value inside its parent, strings primitive, at most maxDepth
// deep, nothing behind it. It walks b once and allocates nothing, and runs
// before any parser that recurses: the parsers in use today re-read a child
// that runs past its parent, which costs time exponential in the input.
func guard(b []byte) error {
	var ends [maxDepth]int // where the open values end
	open := 0
	for i := 0; ; {
		for open > 0 && i == ends[open-1] {
			open--
		}
		if open == 0 && i > 0 {
			if i != len(b) {
				return errNotDER
			}
			return nil
		}
		end := len(b)
		if open > 0 {
			end = ends[open-1]
		}
		tag, size, length, ok := header(b[i:end])
		if !ok || !formAllowed(tag) {
			return errNotDER
		}
		i += size
		if tag&constructed == 0 {
			i += length
			continue
		}
		if open == maxDepth {
			return errNotDER
		}
		ends[open] = i + length
		open++
	}
}

// formAllowed tells whether DER allows the form (primitive or constructed)
// for the type: of the universal types SEQUENCE and SET are constructed, all
// others here are primitive (X.690 10.2).
func formAllowed(tag byte) bool {
	const classes = 0xc0
	if tag&classes != 0 {
		return true
	}
	number := tag & 0x1f
	return (tag&constructed != 0) == (number == tagSequence&0x1f || number == tagSet&0x1f)
}

// cursor reads DER values one after the other.
type cursor []byte

// element is one DER value: full with its header, body without.
type element struct {
	full, body []byte
}

// peek returns the identifier octet of the next value, 0 at the end.
func (c cursor) peek() byte {
	if len(c) == 0 {
		return 0
	}
	return c[0]
}

// next reads the next value whatever its type.
func (c *cursor) next() (element, bool) {
	_, size, length, ok := header(*c)
	if !ok {
		return element{}, false
	}
	n := size + length
	e := element{full: (*c)[:n:n], body: (*c)[size:n:n]}
	*c = (*c)[n:]
	return e, true
}

// take reads the next value, which must have the given identifier octet.
func (c *cursor) take(tag byte) (element, bool) {
	if c.peek() != tag {
		return element{}, false
	}
	return c.next()
}

// only reads b as exactly one value with the given identifier octet.
func only(b []byte, tag byte) (element, bool) {
	c := cursor(b)
	e, ok := c.take(tag)
	return e, ok && len(c) == 0
}
