package replay

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gomss/gomss/internal/xmlwire"
)

// scrubber replaces what must not be kept, the same value in the same place by the same replacement throughout a
// recording.
type scrubber struct {
	keep           keepList
	keepSignatures bool
	noSignatures   bool // not even a test number's
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
	signature := s.keepSignatures || robot && !s.persons && !s.noSignatures
	s.canary.add(request, s.keep, signature)
	s.canary.add(answer, s.keep, signature)
	s.rewrite(request, func(_ place, o original) string { return s.inRequest(o, own) })
	s.rewrite(answer, func(at place, o original) string {
		if o.name == signatureName && signature {
			return o.value
		}
		return s.inAnswer(at, o, own)
	})
}

// message replaces what must not be kept in a request and its answer, and fills x with them once nothing of that is found
// in it any more. Without an answer (nil) it is about the request alone.
func (s *scrubber) message(request, answer *node, x *Exchange) (err error) {
	if answer == nil {
		s.exchange(request, new(node))
	} else {
		s.exchange(request, answer)
	}
	if s.canary.sings(x.ContentType, false) {
		return errSurvived
	}
	if x.Request, err = s.encode(request, x.form()); err == nil && answer != nil {
		x.Answer, err = s.encode(answer, x.form())
	}
	return err
}

// explain returns why an answer cannot be read, unless that repeats something of the request: it may name an element.
func (s *scrubber) explain(request *node, err error) error {
	s.canary.add(request, s.keep, false)
	if s.canary.sings(err.Error(), false) {
		return errors.New("in a way that repeats what must be replaced")
	}
	return err
}

// encode writes a message that has been rewritten, after a last look at it.
func (s *scrubber) encode(message *node, f *form) ([]byte, error) {
	if err := s.canary.check(message); err != nil {
		return nil, err
	}
	return f.encode(message)
}

const signatureName = "Base64Signature"

// whose reports whether a message names a number behind which there is nobody, and whether it names a person's.
func whose(message *node) (robot, person bool) {
	message.values(func(at place, value string) {
		if at.is("MSISDN") {
			test := testNumber.MatchString(value)
			robot, person = robot || test, person || !test
		}
	})
	return robot, person
}

// rewrite gives every value that is not kept to replace. A blank value says nothing, unless it is the absence of
// something private, which another run may have.
func (s *scrubber) rewrite(root *node, replace func(place, original) string) {
	root.each(func(at place, value *string) {
		o := original{at.name(), *value}
		if n := at.leaf; n != nil {
			if n.qname != (xmlwire.Name{}) && keptQName.MatchString(n.qname.Local) {
				return
			}
			n.qname = xmlwire.Name{}
		}
		switch {
		case s.keep(at, o.value) || isBlank(o.value) && !private[o.name]:
		case at.leaf != nil && at.leaf.kind == isLiteral:
			*value = jsonNull // there is no fictitious truth
		default:
			*value = replace(at, o)
		}
	})
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
func (s *scrubber) inAnswer(at place, o original, own map[original]string) string {
	for _, from := range []map[original]string{own, s.stable} {
		if r, ok := from[o]; ok {
			return r
		}
	}
	if isBlank(o.value) {
		return o.value
	}
	r := s.fictitious(at, o)
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
