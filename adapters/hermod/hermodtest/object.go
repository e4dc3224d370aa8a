package hermodtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// member is a member of a JSON object.
type member struct {
	name  string
	value any
}

// object is a JSON object whose members keep their order, and where one may come twice.
type object []member

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, compact(m.name)...)
		b = append(append(b, ':'), compact(m.value)...)
	}
	return append(b, '}'), nil
}

// compact is JSON without blanks, and with "&" as it is.
func compact(v any) []byte { return encode(v, "") }

// pretty is JSON as a Hermod writes it, over lines.
func pretty(v any) []byte { return encode(v, "  ") }

func encode(v any, indent string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("hermodtest: %T: %v", v, err)) // of strings and numbers
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func (o object) index(name string) int {
	return slices.IndexFunc(o, func(m member) bool { return m.name == name })
}

// with returns the object with another value of a member, which is added where it is missing.
func (o object) with(name string, value any) object {
	o = slices.Clone(o)
	if i := o.index(name); i >= 0 {
		o[i].value = value
		return o
	}
	return append(o, member{name, value})
}

// without returns the object without a member.
func (o object) without(name string) object {
	return slices.DeleteFunc(slices.Clone(o), func(m member) bool { return m.name == name })
}
