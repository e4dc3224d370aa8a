package cms

import "errors"

const (
	// MaxSize is the largest message taken, in octets.
	MaxSize = 64 << 10

	maxBERNodes = 64 // values visited while converting; a genuine message has 12
	maxBEROpen  = 16 // indefinite values open at once; a genuine message has 4
)

var errNotBER = errors.New("not BER that is converted: below indefinite lengths only further indefinite values, DER values and segmented OCTET STRINGs are, at most 64 values in 16 levels, nothing after the end")

// ToDER converts a CMS message from BER, as signature services send it, to
// DER. Input that is DER already is returned as it is, without a copy.
//
// A value of definite length is taken to be DER all the way down and is copied
// octet for octet, so that what was signed (certificates, signed attributes)
// stays what was received. Only values reached through indefinite lengths may
// be indefinite themselves or be an OCTET STRING in segments, which are joined.
//
// The result is well-formed DER in its framing: lengths definite and minimal,
// values inside their parents, at most 24 levels, nothing trailing. Errors are
// of type *Error with the checks "size" (more than MaxSize octets) and "ber".
// The cost is linear in the size, two passes without recursion.
func ToDER(ber []byte) ([]byte, error) {
	if len(ber) > MaxSize {
		return nil, refuse(checkSize, "message of %d octets, the limit is %d", len(ber), MaxSize)
	}
	der := ber
	if len(ber) >= 2 && ber[1] == 0x80 {
		var c converter
		if !c.scan(ber) {
			return nil, &Error{checkBER, errNotBER}
		}
		der = c.emit(ber)
	}
	if err := guard(der); err != nil {
		return nil, &Error{checkBER, err}
	}
	return der, nil
}

// berNode is a value the converter has visited. A container gets a new header;
// of any other node the octets from..to are copied.
type berNode struct {
	container byte // identifier octet of the DER container, 0: none
	from, to  int  // octets copied; to of a container: its end, -1: indefinite
	size      int  // length of a container's contents in DER
}

// converter holds the values of one message in the order they are met. Fixed
// arrays keep hostile input from allocating anything.
type converter struct {
	nodes [maxBERNodes]berNode
	n     int
	open  [maxBEROpen]int // indexes of the containers not yet closed
	depth int
}

// scan visits the values of b once and finds the sizes of the containers.
func (c *converter) scan(b []byte) bool {
	i := 0
	for {
		if c.depth > 0 {
			next, closed := c.close(b, i)
			if c.depth == 0 {
				return next == len(b)
			}
			if i = next; closed {
				continue
			}
		}
		next, ok := c.visit(b, i)
		if !ok {
			return false
		}
		i = next
	}
}

// close closes the innermost container if it ends at i: at its
// end-of-contents octets or, for a definite one, where its length says.
func (c *converter) close(b []byte, i int) (next int, closed bool) {
	top := &c.nodes[c.open[c.depth-1]]
	switch {
	case top.to >= 0:
		if i != top.to {
			return i, false
		}
	case len(b)-i < 2 || b[i] != 0 || b[i+1] != 0:
		return i, false
	default:
		i += 2
	}
	c.depth--
	c.grow(headerSize(top.size) + top.size)
	return i, true
}

// visit reads the value at i and returns where the next one starts: behind a
// value that is copied, inside one that is opened.
func (c *converter) visit(b []byte, i int) (next int, ok bool) {
	if c.n == maxBERNodes || len(b)-i < 2 {
		return 0, false
	}
	segment := false
	end := len(b)
	if c.depth > 0 {
		top := &c.nodes[c.open[c.depth-1]]
		segment = top.container == tagOctetString
		if top.to >= 0 {
			end = top.to
		}
	}
	if b[i+1] == 0x80 {
		if segment || b[i]&constructed == 0 {
			return 0, false
		}
		return i + 2, c.push(b[i], -1)
	}
	tag, size, length, ok := header(b[i:end])
	if !ok {
		return 0, false
	}
	body := i + size
	switch {
	case segment:
		// X.690 8.7.3.2 would allow segments in segments; no encoder makes them.
		if tag != tagOctetString {
			return 0, false
		}
		c.copy(body, body+length)
	case tag == constructedOctetString:
		return body, c.push(tag, body+length)
	default:
		c.copy(i, body+length)
	}
	return body + length, true
}

// push opens a container; end is -1 where its length is indefinite.
func (c *converter) push(tag byte, end int) bool {
	if c.depth == maxBEROpen {
		return false
	}
	if tag == constructedOctetString {
		tag = tagOctetString
	}
	c.nodes[c.n] = berNode{container: tag, to: end}
	c.open[c.depth] = c.n
	c.n++
	c.depth++
	return true
}

// copy notes octets to be copied.
func (c *converter) copy(from, to int) {
	c.nodes[c.n] = berNode{from: from, to: to}
	c.n++
	c.grow(to - from)
}

// grow adds octets to the contents of the innermost container.
func (c *converter) grow(size int) {
	if c.depth > 0 {
		c.nodes[c.open[c.depth-1]].size += size
	}
}

// emit writes what scan has found.
func (c *converter) emit(b []byte) []byte {
	outer := c.nodes[0].size
	der := make([]byte, 0, headerSize(outer)+outer)
	for _, n := range c.nodes[:c.n] {
		if n.container != 0 {
			der = appendHeader(der, n.container, n.size)
		} else {
			der = append(der, b[n.from:n.to]...)
		}
	}
	return der
}

// headerSize is the number of octets appendHeader appends.
func headerSize(length int) int {
	switch {
	case length < 0x80:
		return 2
	case length < 0x100:
		return 3
	default:
		return 4
	}
}

// appendHeader appends identifier and length octets in DER. The result of a
// conversion is never longer than its input, so that two length octets do.
func appendHeader(b []byte, tag byte, length int) []byte {
	switch headerSize(length) {
	case 2:
		return append(b, tag, byte(length))
	case 3:
		return append(b, tag, 0x81, byte(length))
	default:
		return append(b, tag, 0x82, byte(length>>8), byte(length))
	}
}
