package mss

import (
	"fmt"
	"log/slog"
	"unique"
)

const redacted = "[redacted]"

// Private is text that must not reach a log by accident: a person's number, a link that holds a session, an answer's
// free text. Every verb of fmt, log/slog, encoding/json and encoding/xml prints "[redacted]", also where the value sits
// in an unexported field; the zero value prints as empty. Reveal is the way out.
//
// Values are comparable and may be map keys.
type Private struct{ v unique.Handle[string] }

// Conceal makes a Private of s.
func Conceal(s string) Private {
	if s == "" {
		return Private{}
	}
	return Private{unique.Make(s)}
}

// Reveal returns the text. Whoever calls it answers for where the text goes.
func (p Private) Reveal() string {
	if p.IsZero() {
		return ""
	}
	return p.v.Value()
}

// IsZero reports whether there is no text.
func (p Private) IsZero() bool { return p == Private{} }

// String returns "[redacted]", or "" for the zero value.
func (p Private) String() string {
	if p.IsZero() {
		return ""
	}
	return redacted
}

// GoString is String: %#v reveals nothing either.
func (p Private) GoString() string { return p.String() }

// Format writes String whatever the verb and flags are.
func (p Private) Format(s fmt.State, _ rune) { fmt.Fprint(s, p.String()) }

// LogValue is String, for log/slog.
func (p Private) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalText is String, for encoding/json and encoding/xml.
func (p Private) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
