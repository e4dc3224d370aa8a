package bankid

import (
	"bytes"
	"errors"
	"slices"
	"unicode/utf8"
)

// signedData is what the person signed (bankIdSignedData), beyond the values that only BankID has a use for.
type signedData struct {
	visible    []byte // nil: none
	format     string // of visible; "" for plain text
	nonVisible []byte // nil: none
	relying    string // subject of the relying party's certificate, as BankID writes it (srvInfo/name)
	function   string // clientInfo/funcId
}

// readSignedData reads the element that was digested, in which checkUnmarked has found no other namespace. BankID adds elements in the course of time: those that are not known are
// signed too, and passed over; those that are known must be there once, in their order.
func readSignedData(e *element) (*signedData, error) {
	known, err := e.pick("usrVisibleData", "usrNonVisibleData", "srvInfo", "clientInfo")
	if err != nil {
		return nil, err
	}
	d := new(signedData)
	if known[0] != nil {
		if err := d.readVisible(known[0]); err != nil {
			return nil, err
		}
	}
	if known[1] != nil {
		if d.nonVisible, err = known[1].decode(); err != nil {
			return nil, err
		}
	}
	name, err := required(known[2], "name")
	if err != nil {
		return nil, err
	}
	relying, err := name.decode()
	if err != nil {
		return nil, err
	}
	function, err := required(known[3], "funcId")
	if err != nil {
		return nil, err
	}
	d.relying, d.function = string(relying), function.text
	if d.function != funcIdentification && d.function != funcSigning {
		return nil, errors.New("funcId is neither Identification nor Signing")
	}
	return d, nil
}

// readVisible reads usrVisibleData, which says of itself that the person saw it.
func (d *signedData) readVisible(e *element) (err error) {
	shown := []attribute{{"charset", "UTF-8"}, {"visible", "wysiwys"}}
	if n := len(e.attributes); n == 3 && e.attributes[1].name == "format" {
		d.format = e.attributes[1].value
		shown = slices.Insert(shown, 1, e.attributes[1])
	}
	if err := e.is(namespaceTypes, "usrVisibleData", shown...); err != nil {
		return err
	}
	if d.visible, err = e.decode(); err != nil {
		return err
	}
	// A NUL is what tells visible from non-visible octets in Proven.Content.
	if !utf8.Valid(d.visible) || bytes.IndexByte(d.visible, 0) >= 0 {
		return errors.New("usrVisibleData is not text in UTF-8")
	}
	return nil
}

// content is Proven.Content.
func (d *signedData) content() []byte {
	if d.nonVisible == nil {
		return d.visible
	}
	return slices.Concat(d.visible, []byte{0}, d.nonVisible)
}

// SplitContent takes Proven.Content of a signature apart: what the person read, in UTF-8, and what was signed with it without
// being shown. They stand in it in this order with one zero octet between them, which text never holds; without non-visible data
// there is none. A nil slice stands for data that was not sent.
func SplitContent(content []byte) (visible, nonVisible []byte) {
	visible, nonVisible, _ = bytes.Cut(content, []byte{0})
	if len(visible) == 0 {
		visible = nil
	}
	return visible, nonVisible
}

// pick returns the children with these names, nil for one that is not there. They must be in this order, each at most once.
func (e *element) pick(names ...string) ([]*element, error) {
	found := make([]*element, len(names))
	last := -1
	for _, c := range e.children {
		i := slices.Index(names, c.name)
		switch {
		case i < 0:
		case i <= last:
			return nil, errors.New(c.name + " is there twice, or out of order")
		default:
			found[i], last = c, i
		}
	}
	return found, nil
}

// required returns the one child of a name that an element must have.
func required(e *element, name string) (*element, error) {
	if e == nil {
		return nil, errors.New("srvInfo or clientInfo is missing")
	}
	found, err := e.pick(name)
	if err != nil {
		return nil, err
	}
	if found[0] == nil || len(found[0].children) > 0 {
		return nil, errors.New(e.name + " has no " + name)
	}
	return found[0], nil
}

// decode decodes an element's text, which may be empty and is then an empty slice.
func (e *element) decode() ([]byte, error) {
	b, err := decodeBase64(e.text)
	if err != nil || len(e.children) > 0 {
		return nil, errors.New(e.name + " is not Base64")
	}
	return append([]byte{}, b...), nil
}
