package mssp

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gomss/gomss/internal/strictjson"
)

// The two documents of a transaction approval. What is sent, as JSON in one line:
//
//	{"type":"…","dtbd":[{"key":"…","value":"…"},…]}
//
// What is signed, which has the pairs as text, and not the type:
//
//	{"format_version":1,"content_string":"[{\"key\":\"…\",\"value\":\"…\"},…]"}
//
// Both are compared as what they mean: nobody promises how the app writes its JSON. They are decoded into maps, because
// into structs encoding/json takes Key for key.

// maxApprovalDocument bounds a document in octets, before work is spent on it: 2100 octets may take six times as many
// where a writer escapes all of them, and pairs and white space more.
const maxApprovalDocument = 32 << 10

// decodeApproval reads what is sent.
func decodeApproval(doc []byte) (kind string, pairs []Pair, err error) {
	var members map[string]json.RawMessage
	if err := unmarshalApproval(doc, &members); err != nil {
		return "", nil, err
	}
	var typ *string
	if len(members) != 2 || json.Unmarshal(members["type"], &typ) != nil || typ == nil {
		return "", nil, errors.New(`is not an object of exactly "type", a string, and "dtbd"`)
	}
	pairs, err = decodePairs(members["dtbd"])
	return *typ, pairs, err
}

// decodeSigned reads what is signed.
func decodeSigned(doc []byte) ([]Pair, error) {
	var members map[string]json.RawMessage
	if err := unmarshalApproval(doc, &members); err != nil {
		return nil, err
	}
	var content *string
	if len(members) != 2 || json.Unmarshal(members["content_string"], &content) != nil || content == nil {
		return nil, errors.New(`is not an object of exactly "format_version" and "content_string", a string`)
	}
	if string(members["format_version"]) != "1" {
		return nil, errors.New("is not of format_version 1")
	}
	return decodePairs([]byte(*content))
}

// decodePairs reads an array of objects of exactly key and value, which are strings.
func decodePairs(doc []byte) ([]Pair, error) {
	var objects []map[string]*string
	if err := unmarshalApproval(doc, &objects); err != nil {
		return nil, err
	}
	pairs := make([]Pair, len(objects))
	for i, o := range objects {
		key, value := o["key"], o["value"]
		if len(o) != 2 || key == nil || value == nil {
			return nil, fmt.Errorf(`pair %d is not an object of exactly "key" and "value", both strings`, i+1)
		}
		pairs[i] = Pair{*key, *value}
	}
	return pairs, nil
}

// unmarshalApproval reads JSON strictly. Its error names a place in the document and nothing of it.
func unmarshalApproval(doc []byte, v any) error {
	if len(doc) > maxApprovalDocument {
		return fmt.Errorf("is longer than %d octets", maxApprovalDocument)
	}
	if err := strictjson.Check(doc); err != nil {
		return err
	}
	if json.Unmarshal(doc, v) != nil {
		return errors.New("is JSON of another form")
	}
	return nil
}

// appendApproval writes what is sent.
func appendApproval(b []byte, kind string, pairs []Pair) []byte {
	b = append(b, `{"type":`...)
	b = appendJSONString(b, kind)
	b = append(b, `,"dtbd":[`...)
	for i, p := range pairs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"key":`...)
		b = appendJSONString(b, p.Key)
		b = append(b, `,"value":`...)
		b = appendJSONString(b, p.Value)
		b = append(b, '}')
	}
	return append(b, `]}`...)
}

// appendJSONString escapes what must be (RFC 8259 section 7) and nothing else: encoding/json would write < as \u003c, which
// is the same and cannot be read, and would replace what is not UTF-8, which must stay for checkApproval to refuse.
func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c < ' ':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
