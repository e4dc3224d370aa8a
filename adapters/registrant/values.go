package registrant

import (
	"errors"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/redact"
)

const maxLabel = 255 // characters of a domain's or a company's name

// label makes a text of the registry's printable: names of domains, statuses, addresses on the web.
func label(s string) string { return redact.Clean(s, maxLabel) }

func labels(list []string) []string {
	var clean []string
	for _, s := range list {
		clean = append(clean, label(s))
	}
	return clean
}

// moment is a time of the registry's: ISO 8601 with milliseconds, or a date alone; null or empty is none.
type moment struct{ at time.Time } // not embedded: a time.Time reads itself, and quotes what it cannot read

func (m *moment) UnmarshalText(text []byte) error {
	s := string(text)
	if s == "" {
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			m.at = t
			return nil
		}
	}
	return errors.New("not a time (ISO 8601)")
}

// parseID checks a UUID before it becomes part of an address, and returns it in lower case.
func parseID(id string) (string, error) {
	if !isUUID(id) {
		return "", refused("ID", "is not a UUID, such as a domain or a contact has for its ID")
	}
	return strings.ToLower(id), nil
}

// isUUID reports whether s is a UUID in its textual form (RFC 9562 4), in either case.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return false
			}
		}
	}
	return true
}
