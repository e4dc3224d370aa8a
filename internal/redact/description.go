package redact

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
)

// Description is what may be printed of a value that holds more, in order: for its Format, LogValue and MarshalJSON.
type Description []slog.Attr

// Text returns the parts under the type's name. They are quoted: an id may come from the provider.
func (d Description) Text(name string) string {
	var b strings.Builder
	b.WriteString(name + "{")
	for i, a := range d {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%s:%q", a.Key, a.Value.String())
	}
	return b.String() + "}"
}

// JSON returns the parts as an object.
func (d Description) JSON() ([]byte, error) {
	m := make(map[string]any, len(d))
	for _, a := range d {
		m[a.Key] = a.Value.Any()
	}
	return json.Marshal(m)
}
