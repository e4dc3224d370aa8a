package cms

import (
	"bytes"
	"time"
)

const (
	// maxAttributes bounds the signed attributes; a genuine message has three.
	maxAttributes = 16

	// maxTimeGap is how far the claimed signing time may be from the time of
	// verification. It allows for any clock and time zone mistake, not for a
	// signature made at another time than the one it is judged by.
	maxTimeGap = 24 * time.Hour
)

// signedAttributes are the attributes a signature covers (RFC 5652 5.3, 11).
type signedAttributes struct {
	// octets are the signed octets: what was received with the implicit tag
	// [0] replaced by that of SET OF (RFC 5652 5.4). They are never encoded
	// anew, so that nothing can be verified that was not read.
	octets        []byte
	messageDigest []byte
	signingTime   time.Time // zero: none. A claim of the signer, not a proof
}

// attribute is an Attribute: a type and the elements of its values.
type attribute struct {
	full   []byte
	typ    []byte
	values []byte
}

// attribute reads an Attribute with at least one value.
func (c *cursor) attribute() (attribute, bool) {
	e, ok := c.take(tagSequence)
	if !ok {
		return attribute{}, false
	}
	a := cursor(e.body)
	typ, ok := a.take(tagOID)
	if !ok {
		return attribute{}, false
	}
	values, ok := a.take(tagSet)
	return attribute{e.full, typ.body, values.body}, ok && len(values.body) > 0 && len(a) == 0
}

// parseAttributes reads the [0] signedAttrs element: DER as a SET OF demands
// (sorted, X.690 11.6), each type once, content type and message digest there.
func parseAttributes(received []byte) (*signedAttributes, error) {
	s := &signedAttributes{octets: bytes.Clone(received)}
	s.octets[0] = tagSet
	set, ok := only(s.octets, tagSet)
	if !ok {
		return nil, refuse(checkAttributes, "signedAttrs is not a set")
	}
	contentType := false
	var seen [maxAttributes]attribute
	n := 0
	for c := cursor(set.body); len(c) > 0; n++ {
		if n == maxAttributes {
			return nil, refuse(checkAttributes, "more than %d signed attributes", maxAttributes)
		}
		a, ok := c.attribute()
		if !ok {
			return nil, refuse(checkAttributes, "signed attribute %d is not a type with values", n+1)
		}
		if n > 0 && bytes.Compare(seen[n-1].full, a.full) >= 0 {
			return nil, refuse(checkAttributes, "signed attributes are not sorted as DER demands")
		}
		for _, earlier := range seen[:n] {
			if bytes.Equal(earlier.typ, a.typ) {
				return nil, refuse(checkAttributes, "signed attribute %d repeats the type of another", n+1)
			}
		}
		seen[n] = a
		switch string(a.typ) {
		case oidContentType:
			value, ok := only(a.values, tagOID)
			if !ok || string(value.body) != oidData {
				return nil, refuse(checkAttributes, "content type attribute is not exactly the eContentType, data")
			}
			contentType = true
		case oidMessageDigest:
			value, ok := only(a.values, tagOctetString)
			if !ok || len(value.body) == 0 {
				return nil, refuse(checkAttributes, "message digest attribute is not exactly one OCTET STRING")
			}
			s.messageDigest = value.body
		case oidSigningTime:
			if s.signingTime, ok = parseTime(a.values); !ok {
				return nil, refuse(checkAttributes, "signing time attribute is not exactly one time in the DER form")
			}
		}
	}
	if !contentType {
		return nil, refuse(checkAttributes, "content type attribute is missing")
	}
	if s.messageDigest == nil {
		return nil, refuse(checkAttributes, "message digest attribute is missing")
	}
	return s, nil
}

// checkTime refuses a claimed signing time far from the time of verification.
func (s *signedAttributes) checkTime(at time.Time) error {
	if s.signingTime.IsZero() || s.signingTime.Sub(at).Abs() <= maxTimeGap {
		return nil
	}
	return refuse(checkAttributes, "the claimed signing time %s is more than %v from the time of verification, %s: an old signature, or verify it as of the time it was received",
		s.signingTime.Format(time.RFC3339), maxTimeGap, at.UTC().Format(time.RFC3339))
}

// parseTime reads a Time in the one form DER allows: to the second, UTC, "Z"
// (RFC 5652 11.3). A UTCTime's year is 1950 to 2049.
func parseTime(values []byte) (time.Time, bool) {
	layout := "060102150405Z"
	value, ok := only(values, tagUTCTime)
	if !ok {
		layout = "20060102150405Z"
		if value, ok = only(values, tagGeneralizedTime); !ok {
			return time.Time{}, false
		}
	}
	text := string(value.body)
	t, err := time.Parse(layout, text)
	if err != nil || t.Format(layout) != text {
		return time.Time{}, false
	}
	if len(layout) == len("060102150405Z") && t.Year() >= 2050 {
		t = t.AddDate(-100, 0, 0)
	}
	return t, true
}
