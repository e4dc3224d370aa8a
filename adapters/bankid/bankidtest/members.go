package bankidtest

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/gomss/gomss/internal/strictjson"
)

// members is a JSON object from which members are taken one by one. The first thing that is wrong is kept. Names are
// compared with regard to case, as the service does and encoding/json does not.
type members struct {
	raw map[string]json.RawMessage
	bad *string // why the request is refused; ""
}

// parseMembers reads a request body.
func parseMembers(doc []byte) (*members, string) {
	m := &members{bad: new(string)}
	if err := strictjson.Unmarshal(doc, &m.raw); err != nil || m.raw == nil {
		return nil, "Invalid JSON"
	}
	return m, ""
}

func (m *members) refuse(why string) {
	if *m.bad == "" {
		*m.bad = why
	}
}

// take reads a member into v and reports whether there was one. Null is no value of any type.
func (m *members) take(name string, v any) bool {
	raw, ok := m.raw[name]
	if !ok {
		return false
	}
	delete(m.raw, name)
	if string(raw) == "null" || json.Unmarshal(raw, v) != nil {
		m.refuse("Invalid type of parameter: " + name)
	}
	return true
}

// need is take that refuses a request without the member.
func (m *members) need(name string, v any) {
	if !m.take(name, v) {
		m.refuse("Missing parameter: " + name)
	}
}

// text takes an optional string of a length in characters.
func (m *members) text(name string, shortest, longest int) (s string) {
	if m.take(name, &s) {
		if n := utf8.RuneCountInString(s); n < shortest || n > longest {
			m.invalid(name)
		}
	}
	return s
}

func (m *members) invalid(name string) { m.refuse("Invalid parameter: " + name) }

func (m *members) flag(name string) (b bool) {
	m.take(name, &b)
	return b
}

// choice takes an optional string that is one of several.
func (m *members) choice(name string, values ...string) (s string) {
	if m.take(name, &s) && !slices.Contains(values, s) {
		m.invalid(name)
	}
	return s
}

// octets takes optional Base64 of a length in characters of Base64; nil if absent.
func (m *members) octets(name string, longest int) []byte {
	var s string
	if !m.take(name, &s) {
		return nil
	}
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	// encoding/base64 passes over line breaks.
	if err != nil || len(s) != base64.StdEncoding.EncodedLen(len(b)) || s == "" || len(s) > longest {
		m.invalid(name)
		return nil
	}
	return b
}

// object takes an optional object; nil if absent.
func (m *members) object(name string) *members {
	o := &members{bad: m.bad}
	if !m.take(name, &o.raw) {
		return nil
	}
	return o
}

// done refuses what nobody has taken.
func (m *members) done() {
	for name := range m.raw {
		m.refuse("Unknown parameter: " + name)
		return
	}
}
