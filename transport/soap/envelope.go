package soap

import (
	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// enterBody moves to the Start of the first child of Body.
func enterBody(d *xmlwire.Decoder) error {
	if _, err := d.Next(); err != nil {
		return err
	}
	if d.Name() != env("Envelope") {
		return d.Fail("not a SOAP 1.2 envelope")
	}
	name, more, err := d.Child()
	if name == env("Header") {
		if err = readHeader(d); err == nil {
			name, more, err = d.Child()
		}
	}
	switch {
	case err != nil:
		return err
	case !more:
		return d.Fail("an envelope without Body")
	case name != env("Body"):
		return d.Fail("an element where Body must stand")
	}
	if _, more, err = d.Child(); err == nil && !more {
		err = d.Fail("a Body without content")
	}
	return err
}

// readHeader skips header blocks, except one that must be understood (SOAP 1.2
// part 1, 5.2.3): there is none that this package understands. For whom it is
// meant does not matter, since no intermediary is expected.
func readHeader(d *xmlwire.Decoder) error {
	for {
		_, more, err := d.Child()
		if !more {
			return err
		}
		for _, a := range d.Attrs() {
			if a.Name != env("mustUnderstand") {
				continue
			}
			if must, err := xmlwire.ParseBool(a.Value); err != nil || must {
				return d.FailAttr("mustUnderstand", "a header block that is not understood")
			}
		}
		if err := d.Skip(); err != nil {
			return err
		}
	}
}

// leaveBody moves from the End of the first child of Body to the end of the
// document, where nothing else may come.
func leaveBody(d *xmlwire.Decoder) error {
	_, more, err := d.Child()
	if more {
		err = d.Fail("a second child of Body")
	}
	if err != nil {
		return err
	}
	if _, more, err = d.Child(); more {
		err = d.Fail("an element after Body")
	}
	if err != nil {
		return err
	}
	_, err = d.Next()
	return err
}

// readPart reads the message inside the wrapper whose Start is current, and
// tells whether its accessor is qualified. Before it there may be rpc:result,
// which names the accessor once more (SOAP 1.2 part 2, 4.2.1).
func readPart(d *xmlwire.Decoder, part string, into etsi.Message) (qualified bool, err error) {
	name, more, err := d.Child()
	if name == (xmlwire.Name{Space: nsRPC, Local: "result"}) {
		if _, err = d.Content(); err == nil {
			name, more, err = d.Child()
		}
	}
	switch {
	case err != nil:
		return false, err
	case !more:
		return false, d.Fail("no %s inside", part)
	case name.Local != part:
		return false, d.Fail("an element where %s must stand", part)
	case name.Space != "" && name.Space != etsi.NSMSS:
		return false, d.Fail("in the wrong namespace")
	}
	d.Root()
	if err := into.DecodeXML(d); err != nil {
		return false, err
	}
	if _, more, err = d.Child(); more {
		err = d.Fail("an element after %s", part)
	}
	return name.Space != "", err
}
