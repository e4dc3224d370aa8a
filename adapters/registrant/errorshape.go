package registrant

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// Bounds of what is kept of a refusal.
const (
	maxFields    = 16
	maxTexts     = 8
	maxText      = 200 // characters
	maxFieldName = 40
)

// decodeErrors reads the errors that a body reports, and whether it reports any. The registry has three shapes:
//
//	{"errors": [{"base": ["Domain not found"]}]}      as a rule
//	{"errors": {"phone": ["Phone nr is invalid"]}}    for invalid records
//	{"error": "Domain not found"}                     for confirmations, and for everything in older versions
//
// The texts stand in an array or, in its documentation, by themselves. Errors in any other shape are errors, too, if
// without words.
func decodeErrors(body []byte) (fields []FieldError, reported bool) {
	var members map[string]json.RawMessage
	if strictjson.Unmarshal(body, &members) != nil {
		return nil, false
	}
	plural, single := members["errors"], members["error"]
	if isNull(plural) && isNull(single) {
		return nil, false
	}
	for _, object := range objects(plural) {
		fields = append(fields, readFields(object)...)
	}
	if t := texts(single); len(t) > 0 {
		fields = append(fields, FieldError{Texts: t})
	}
	return fields[:min(len(fields), maxFields)], true
}

func isNull(raw json.RawMessage) bool { return raw == nil || string(raw) == "null" }

// objects returns the objects of an array, or the one that stands by itself.
func objects(raw json.RawMessage) []map[string]json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	var found []map[string]json.RawMessage
	for _, item := range list[:min(len(list), maxFields)] {
		var object map[string]json.RawMessage
		if json.Unmarshal(item, &object) == nil {
			found = append(found, object)
		}
	}
	return found
}

func readFields(object map[string]json.RawMessage) []FieldError {
	var fields []FieldError
	for name, raw := range object {
		fields = append(fields, FieldError{Name: fieldName(name), Texts: texts(raw)})
	}
	slices.SortFunc(fields, func(a, b FieldError) int { return strings.Compare(a.Name, b.Name) }) // a map has no order
	return fields[:min(len(fields), maxFields)]
}

// fieldName passes the names of members and nothing that could be a person's.
func fieldName(s string) string {
	if s == "" || len(s) > maxFieldName || strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && r != '_' && r != '.' }) {
		return "unknown"
	}
	return s
}

// texts returns the strings of an array, or the one that stands by itself.
func texts(raw json.RawMessage) []mss.Private {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	var found []mss.Private
	for _, item := range list[:min(len(list), maxTexts)] {
		var s string
		if json.Unmarshal(item, &s) == nil && s != "" {
			found = append(found, mss.Conceal(redact.Clean(s, maxText)))
		}
	}
	return found
}
