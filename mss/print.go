package mss

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
)

// The model's types hold persons, texts and answers. What package fmt, log/slog and encoding/json make of them is ids and
// enumerations, for logs: never a number, a text, a signer or an octet of a message. It cannot be read back; for storage
// there is MarshalBinary. Two ways pass fmt's methods by: %p of a value, which go vet reports, and a value in an unexported
// field of another struct; keep a pointer there.

// description is what may be printed of a value, in order.
type description []slog.Attr

// text returns the parts under the type's name. They are quoted: an id may come from the provider.
func (d description) text(name string) string {
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

func (d description) json() ([]byte, error) {
	m := make(map[string]any, len(d))
	for _, a := range d {
		m[a.Key] = a.Value.Any()
	}
	return json.Marshal(m)
}

func (t Transaction) describe() description {
	return description{
		slog.String("provider", t.Provider), slog.String("transId", t.TransID),
		slog.String("msspTransId", t.MSSPTransID), slog.String("purpose", t.Purpose.String()),
	}
}

// Format writes ids and the purpose, whatever the verb and flags are.
func (t Transaction) Format(s fmt.State, _ rune) { fmt.Fprint(s, t.describe().text("mss.Transaction")) }

// LogValue is ids and the purpose, for log/slog.
func (t Transaction) LogValue() slog.Value { return slog.GroupValue(t.describe()...) }

// MarshalJSON writes ids and the purpose, for logs; MarshalBinary is for storage.
func (t Transaction) MarshalJSON() ([]byte, error) { return t.describe().json() }

// Format writes what may be printed of the transaction, whatever the verb and flags are.
func (e Evidence) Format(s fmt.State, _ rune) {
	fmt.Fprint(s, e.Transaction.describe().text("mss.Evidence"))
}

// LogValue is what may be printed of the transaction, for log/slog.
func (e Evidence) LogValue() slog.Value { return e.Transaction.LogValue() }

// MarshalJSON writes what may be printed of the transaction, for logs; MarshalBinary is for storage.
func (e Evidence) MarshalJSON() ([]byte, error) { return e.Transaction.MarshalJSON() }

func (r Request) describe() description {
	return description{slog.String("transId", r.TransID), slog.String("purpose", r.Purpose.String())}
}

// Format writes the id and the purpose, whatever the verb and flags are.
func (r Request) Format(s fmt.State, _ rune) { fmt.Fprint(s, r.describe().text("mss.Request")) }

// LogValue is the id and the purpose, for log/slog.
func (r Request) LogValue() slog.Value { return slog.GroupValue(r.describe()...) }

// MarshalJSON writes the id and the purpose, for logs.
func (r Request) MarshalJSON() ([]byte, error) { return r.describe().json() }

func (d Data) describe() description {
	return description{slog.String("mimeType", d.MimeType)}
}

// Format writes the type, whatever the verb and flags are.
func (d Data) Format(s fmt.State, _ rune) { fmt.Fprint(s, d.describe().text("mss.Data")) }

// LogValue is the type, for log/slog.
func (d Data) LogValue() slog.Value { return slog.GroupValue(d.describe()...) }

// MarshalJSON writes the type, for logs.
func (d Data) MarshalJSON() ([]byte, error) { return d.describe().json() }

// The three that hold a signature have a field named Format, so no method of that name: String and GoString serve the
// verbs that print any value (%v, %+v, %#v, %s, %q, %x, %X).

// A signer prints as whether it is a test's: the rest names a person.
func (s Signer) describe() description { return description{slog.Bool("test", s.Test)} }

// Format writes whether the signer is a test's, whatever the verb and flags are.
func (s Signer) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.describe().text("mss.Signer")) }

// LogValue is what Format writes, for log/slog.
func (s Signer) LogValue() slog.Value { return slog.GroupValue(s.describe()...) }

// MarshalJSON writes what Format does, for logs.
func (s Signer) MarshalJSON() ([]byte, error) { return s.describe().json() }

func (p Proven) describe() description {
	return description{slog.String("format", p.Format.String())}
}

// String returns the form of the signature.
func (p Proven) String() string { return p.describe().text("mss.Proven") }

// GoString is String: %#v reveals nothing either.
func (p Proven) GoString() string { return p.String() }

// LogValue is the form of the signature, for log/slog.
func (p Proven) LogValue() slog.Value { return slog.GroupValue(p.describe()...) }

// MarshalJSON writes the form of the signature, for logs.
func (p Proven) MarshalJSON() ([]byte, error) { return p.describe().json() }

// String returns the form of the signature.
func (d Document) String() string { return d.describe().text("mss.Document") }

// GoString is String: %#v reveals nothing either.
func (d Document) GoString() string { return d.String() }

func (s Signature) describe() description {
	d := description{
		slog.Bool("verified", s.Verified()), slog.Bool("fresh", s.Fresh), slog.Int("status", int(s.Status)),
	}
	d = append(d, s.Proven.describe()...)
	if s.Evidence != nil {
		d = append(d, s.Evidence.Transaction.describe()...)
	}
	return d
}

// String returns the state of the signature and what may be printed of its transaction.
func (s Signature) String() string { return s.describe().text("mss.Signature") }

// GoString is String: %#v reveals nothing either.
func (s Signature) GoString() string { return s.String() }

// LogValue is String in parts, for log/slog.
func (s Signature) LogValue() slog.Value { return slog.GroupValue(s.describe()...) }

// MarshalJSON writes what String returns, for logs; Evidence.MarshalBinary is for storage.
func (s Signature) MarshalJSON() ([]byte, error) { return s.describe().json() }
