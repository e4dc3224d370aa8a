package xmlwire

import "fmt"

// Child moves to the next child element: called after the Start of an element,
// or after the End of one of its children. At the element's End it returns
// false. White space between children is skipped, other text is an error.
func (d *Decoder) Child() (Name, bool, error) {
	for {
		switch kind, err := d.Next(); {
		case err != nil:
			return Name{}, false, err
		case kind == Start:
			return d.Name(), true, nil
		case kind == End:
			return Name{}, false, nil
		case kind == EOF:
			return Name{}, false, d.Fail("no element is open")
		case !isAllSpace(d.Text()):
			return Name{}, false, d.Fail("text where only elements may stand")
		}
	}
}

// Content returns the text of the element whose Start is current and moves to
// its End. A child element is an error.
func (d *Decoder) Content() (string, error) {
	kind, err := d.Next()
	text := ""
	if kind == Text {
		text = d.Text()
		kind, err = d.Next() // text is one token, whatever its length
	}
	switch {
	case err != nil:
		return "", err
	case kind != End:
		return "", d.Fail("an element where only text may stand")
	}
	return text, nil
}

// Skip moves from the current Start to its End. What is skipped is checked like
// everything else.
func (d *Decoder) Skip() error {
	depth := len(d.open)
	for {
		kind, err := d.Next()
		if err != nil {
			return err
		}
		if kind == EOF || kind == End && len(d.open) == depth {
			return nil
		}
	}
}

// Raw moves from the current Start to its End and returns the element as
// received.
func (d *Decoder) Raw() (Raw, error) {
	name, begin := d.Name(), d.start
	if err := d.Skip(); err != nil {
		return Raw{}, err
	}
	if len(d.open) == 0 {
		return Raw{}, d.Fail("no element is open")
	}
	scope, ok := d.outerScope(d.open[len(d.open)-1].binds)
	if !ok {
		return Raw{}, d.err
	}
	return Raw{Name: name, XML: d.doc[begin:d.pos], Scope: scope}, nil
}

// Root makes the current element the first one in the paths of errors, until it
// is closed. Called at the message inside an envelope it keeps the envelope out
// of them.
func (d *Decoder) Root() { d.root = max(len(d.open)-1, 0) }

// Fail returns an [*Error] at the current element. The reason must not contain
// content of the document.
func (d *Decoder) Fail(format string, args ...any) error {
	return &Error{Offset: d.start, Path: d.path("").String(), Reason: fmt.Sprintf(format, args...)}
}

// FailAttr is Fail for an attribute of the current element.
func (d *Decoder) FailAttr(attr string, format string, args ...any) error {
	return &Error{Offset: d.start, Path: d.path(attr).String(), Reason: fmt.Sprintf(format, args...)}
}

// fail stops the decoder.
func (d *Decoder) fail(offset int, reason string) {
	d.err = &Error{Offset: offset, Path: d.path("").String(), Reason: reason}
}

func (d *Decoder) path(attr string) *path {
	var p path
	for _, e := range d.open[d.root:] {
		p.add("", e.name.Local)
	}
	if attr != "" {
		p.add("@", attr)
	}
	return &p
}
