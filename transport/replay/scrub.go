package replay

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/gomss/gomss/internal/xmlwire"
)

// scrubber replaces what must not be kept, the same value in the same place by the same replacement throughout a
// recording.
type scrubber struct {
	keep           keepList
	keepSignatures bool
	persons        bool // a person's number has come by

	stable map[original]string // replacements that hold for the whole recording
	names  map[string]int      // placeholders and fictitious values made, by name
	canary canary
}

// original is a value together with the name of the element or attribute that it belongs to.
type original struct{ name, value string }

func newScrubber(keepSignatures bool) *scrubber {
	return &scrubber{
		keep:           isKept,
		keepSignatures: keepSignatures,
		stable:         make(map[original]string),
		names:          make(map[string]int),
	}
}

// perRequest are the names whose values no two requests share by rule. Where two do by chance, as Instant may, a replay
// must not insist on it.
var perRequest = map[string]bool{"AP_TransID": true, "Instant": true}

// exchange replaces what must not be kept in a request and its answer.
func (s *scrubber) exchange(request, answer *node) {
	own := make(map[original]string)
	robot, person := whose(answer)
	if _, asked := whose(request); asked || person {
		s.persons = true
	}
	// A poll does not say about whom it asks, and an answer can name the wrong person. Where anybody has been asked, a
	// test number in the answer proves nothing.
	signature := s.keepSignatures || robot && !s.persons
	s.canary.add(request, s.keep, signature)
	s.canary.add(answer, s.keep, signature)
	s.rewrite(request, func(o original) string { return s.inRequest(o, own) })
	s.rewrite(answer, func(o original) string {
		if o.name == signatureName && signature {
			return o.value
		}
		return s.inAnswer(o, own)
	})
}

const signatureName = "Base64Signature"

// whose reports whether a message names a number behind which there is nobody, and whether it names a person's.
func whose(message *node) (robot, person bool) {
	message.values(func(owner, attr xmlwire.Name, value string) {
		if owner.Local == "MSISDN" && attr.Local == "" {
			test := testNumber.MatchString(value)
			robot, person = robot || test, person || !test
		}
	})
	return robot, person
}

// rewrite gives every value that is not kept to replace. A blank value says nothing, unless it is the absence of
// something private, which another run may have.
func (s *scrubber) rewrite(n *node, replace func(original) string) {
	value := func(attr xmlwire.Name, o original) string {
		if s.keep(n.name, attr, o.value) || isBlank(o.value) && !private[o.name] {
			return o.value
		}
		return replace(o)
	}
	for i, a := range n.attrs {
		n.attrs[i].Value = value(a.Name, original{a.Name.Local, a.Value})
	}
	switch {
	case len(n.children) > 0:
	case n.qname != (xmlwire.Name{}) && keptQName.MatchString(n.qname.Local):
	default:
		n.qname = xmlwire.Name{}
		n.text = value(xmlwire.Name{}, original{n.name.Local, n.text})
	}
	for _, c := range n.children {
		s.rewrite(c, replace)
	}
}

func isBlank(s string) bool { return xmlwire.TrimSpace(s) == "" }

// inRequest replaces by a placeholder, unless the value came from an earlier answer and is fictitious there.
func (s *scrubber) inRequest(o original, own map[original]string) string {
	into := s.stable
	if perRequest[o.name] {
		into = own
	}
	if r, ok := into[o]; ok {
		return r
	}
	into[o] = "${" + s.number(identifier(o.name), "") + "}"
	return into[o]
}

// inAnswer repeats the placeholder of what is echoed and replaces all else by a fictitious value of the same form.
func (s *scrubber) inAnswer(o original, own map[original]string) string {
	for _, from := range []map[original]string{own, s.stable} {
		if r, ok := from[o]; ok {
			return r
		}
	}
	if isBlank(o.value) {
		return o.value
	}
	r := s.fictitious(o)
	s.stable[o] = r
	return r
}

// number makes a name that is not in use: "AP_ID", "AP_ID2"…
func (s *scrubber) number(name, separator string) string {
	if s.names[name]++; s.names[name] > 1 {
		return name + separator + strconv.Itoa(s.names[name])
	}
	return name
}

// identifier makes a placeholder's name of an XML name.
func identifier(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '-' {
			return '_'
		}
		return r
	}, name)
}

const (
	fictitiousTime = "2001-01-01T00:00:00.000Z"
	fictitiousLink = "https://replaced.example/"
	fictitiousText = "replaced-"

	replacedSignature = "cmVwbGFjZWQ=" // "replaced" in Base64, which is no BER
)

// forms are the lexical forms that an answer's reader may insist on, and what stands for them.
var forms = []struct {
	form *regexp.Regexp
	text string // "": numbered
}{
	{regexp.MustCompile(`^\s*\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)?\s*$`), fictitiousTime},
	{regexp.MustCompile(`^\d+\.\d+$`), "0.5"},
	{regexp.MustCompile(`^\d+$`), ""},
}

// fictitious makes a value of the same form as the original.
func (s *scrubber) fictitious(o original) string {
	if o.name == signatureName {
		return replacedSignature
	}
	for _, f := range forms {
		switch {
		case !f.form.MatchString(o.value):
		case f.text != "":
			return f.text
		default:
			s.names["0"]++
			return strconv.Itoa(s.names["0"])
		}
	}
	if scheme, _, ok := strings.Cut(o.value, ":"); ok && (scheme == "http" || scheme == "https") {
		return fictitiousLink + s.number("link", "-")
	}
	return s.number(fictitiousText+identifier(o.name), "-")
}
