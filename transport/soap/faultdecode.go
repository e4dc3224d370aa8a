package soap

import (
	"strings"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// maxDetails is how many detail texts of a fault are kept; genuine faults have
// up to two.
const maxDetails = 16

// fault is an etsi.Fault that is being read.
type fault etsi.Fault

// readFault reads the Fault whose Start is current (SOAP 1.2 part 1, 5.4). It is
// strict about the structure, and lenient about the values and inside Detail,
// since a fault whose code is not understood is worse than one badly written.
func readFault(d *xmlwire.Decoder) (*etsi.Fault, error) {
	f := new(fault)
	const (
		gotCode = 1 << iota
		gotReason
		gotNode
		gotRole
		gotDetail
	)
	seen := 0
	for {
		name, more, err := d.Child()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		var part int
		var read func(*xmlwire.Decoder) error
		switch name.Local {
		case "Code":
			part, read = gotCode, f.readCode
		case "Reason":
			part, read = gotReason, f.readReason
		case "Node":
			part, read = gotNode, textInto(&f.Node)
		case "Role":
			part, read = gotRole, textInto(&f.Role)
		case "Detail":
			part, read = gotDetail, f.readDetail
		default:
			return nil, d.Fail("not an element of a fault")
		}
		switch {
		case name.Space != etsi.NSSoapenv:
			return nil, d.Fail("in the wrong namespace")
		case seen&part != 0:
			return nil, d.Fail("occurs twice")
		}
		seen |= part
		if err := read(d); err != nil {
			return nil, err
		}
	}
	if seen&gotCode == 0 {
		return nil, d.Fail("a fault without Code")
	}
	return (*etsi.Fault)(f), nil
}

// readCode reads Code and the Subcodes nested in it. Their depth is bounded by
// the decoder's.
func (f *fault) readCode(d *xmlwire.Decoder) error {
	value, err := f.readValue(d)
	f.Code = value.Local
	return err
}

func (f *fault) readSubcode(d *xmlwire.Decoder) error {
	at := len(f.Subcodes)
	f.Subcodes = append(f.Subcodes, xmlwire.Name{})
	value, err := f.readValue(d)
	f.Subcodes[at] = value
	return err
}

// readValue reads what Code and Subcode have in common: Value, and then at most
// one Subcode.
func (f *fault) readValue(d *xmlwire.Decoder) (xmlwire.Name, error) {
	name, more, err := d.Child()
	switch {
	case err != nil:
		return xmlwire.Name{}, err
	case !more:
		return xmlwire.Name{}, d.Fail("no Value inside")
	case name != env("Value"):
		return xmlwire.Name{}, d.Fail("an element where Value must stand")
	}
	text, err := d.Content()
	if err != nil {
		return xmlwire.Name{}, err
	}
	value := codeName(d, text)
	for nested := false; ; nested = true {
		name, more, err := d.Child()
		switch {
		case !more:
			return value, err
		case name != env("Subcode") || nested:
			return value, d.Fail("an element that does not belong here")
		}
		if err := f.readSubcode(d); err != nil {
			return value, err
		}
	}
}

// codeName expands a code. Some providers write codes that are no qualified
// names: 101 without underscore, or with a prefix that is not declared; of those
// only the local part is kept.
func codeName(d *xmlwire.Decoder, text string) xmlwire.Name {
	if name, err := d.Resolve(text); err == nil {
		return name
	}
	text = xmlwire.TrimSpace(text)
	return xmlwire.Name{Local: text[strings.LastIndexByte(text, ':')+1:]}
}

// readReason keeps the first Text, or the first English one if there are several.
func (f *fault) readReason(d *xmlwire.Decoder) error {
	for first, english := true, false; ; first = false {
		name, more, err := d.Child()
		switch {
		case !more:
			return err
		case name != env("Text"):
			return d.Fail("an element where Text must stand")
		}
		lang := ""
		for _, a := range d.Attrs() {
			if a.Name == (xmlwire.Name{Space: nsXML, Local: "lang"}) {
				lang = a.Value
			}
		}
		text, err := d.Content()
		if err != nil {
			return err
		}
		isEnglish := len(lang) >= 2 && strings.EqualFold(lang[:2], "en")
		if first || isEnglish && !english {
			f.Reason, f.Lang, english = xmlwire.TrimSpace(text), lang, isEnglish
		}
	}
}

func textInto(s *string) func(*xmlwire.Decoder) error {
	return func(d *xmlwire.Decoder) error {
		text, err := d.Content()
		*s = xmlwire.TrimSpace(text)
		return err
	}
}

// readDetail reads the detail texts and the address of the portal. Text that
// stands directly in Detail counts as a detail text, too.
func (f *fault) readDetail(d *xmlwire.Decoder) error {
	return eachNode(d, func(text string, child bool) error {
		switch {
		case !child:
			f.addDetail(text)
		case d.Name() == kiuruDetail:
			text, err := looseText(d)
			f.addDetail(text)
			return err
		case d.Name() == userAssistance:
			return f.readUserAssistance(d)
		default:
			return d.Skip()
		}
		return nil
	})
}

func (f *fault) addDetail(text string) {
	if text = xmlwire.TrimSpace(text); text != "" && len(f.Details) < maxDetails {
		f.Details = append(f.Details, text)
	}
}

func (f *fault) readUserAssistance(d *xmlwire.Decoder) error {
	return eachNode(d, func(_ string, child bool) error {
		switch {
		case !child:
			return nil
		case d.Name() != portalURL || f.PortalURL != "":
			return d.Skip()
		}
		text, err := looseText(d)
		f.PortalURL = withoutSpace(text)
		return err
	})
}

// looseText returns the text of the current element without its children.
func looseText(d *xmlwire.Decoder) (string, error) {
	var parts []string
	err := eachNode(d, func(text string, child bool) error {
		if child {
			return d.Skip()
		}
		parts = append(parts, text)
		return nil
	})
	return strings.Join(parts, ""), err
}

// eachNode calls visit for each text and each child of the current element, up
// to its End. For a child, visit must move to the child's End.
func eachNode(d *xmlwire.Decoder, visit func(text string, child bool) error) error {
	for {
		kind, err := d.Next()
		if err != nil || kind == xmlwire.End {
			return err
		}
		if err := visit(d.Text(), kind == xmlwire.Start); err != nil {
			return err
		}
	}
}

// withoutSpace takes out the line breaks and indents that printing puts into
// long addresses.
func withoutSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, s)
}
