package msstest

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// Transaction approval: a document of keys and values, for the app only.
const (
	mimeApproval   = "application/vnd.mobileid.txn-approval"
	detailApproval = "INVALID_TXNAPPROVAL_PAYLOAD"
)

// Limits of a transaction approval, in octets but for the number of pairs.
const (
	maxApprovalType  = 100
	maxApprovalPairs = 20
	maxApprovalKey   = 100
	maxApprovalSum   = 2000 // of all keys and values; no value can be longer
)

// pair is one line of what the app shows.
type pair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// checkApproval checks a transaction approval and makes of it what is signed.
func (s *Server) checkApproval(q *question, req *etsi.SignatureReq) *etsi.Fault {
	if enc := req.DataToBeSigned.Encoding; enc != nil && *enc != "UTF-8" {
		return refuse(mss.InappropriateData, "only UTF-8 is offered")
	}
	if q.profile != profileDevice {
		return refuse(mss.UnsupportedProfile, "Transaction approval needs the profile Device-LoA4")
	}
	pairs, ok := readApproval(q.text)
	if !ok {
		return refuse(mss.InappropriateData, detailApproval)
	}
	if !strings.HasPrefix(pairs[0].Value, s.options.Prefix) {
		return refuse(mss.InappropriateData, detailPrefix)
	}
	q.shown, q.signed = shownApproval(pairs), signedApproval(pairs)
	return nil
}

// shownApproval is what the app shows: a line for each pair.
func shownApproval(pairs []pair) string {
	lines := make([]string, len(pairs))
	for i, p := range pairs {
		lines[i] = p.Key + ": " + p.Value
	}
	return strings.Join(lines, "\n")
}

// readApproval reads {"type":…,"dtbd":[{"key":…,"value":…},…]} in one line, with exactly these members.
func readApproval(text string) ([]pair, bool) {
	var doc map[string]json.RawMessage
	if strings.ContainsAny(text, "\r\n") || strictjson.Unmarshal([]byte(text), &doc) != nil || len(doc) != 2 {
		return nil, false
	}
	var kind *string
	var list []map[string]*string
	if json.Unmarshal(doc["type"], &kind) != nil || json.Unmarshal(doc["dtbd"], &list) != nil {
		return nil, false
	}
	good := kind != nil && len(*kind) <= maxApprovalType && 1 <= len(list) && len(list) <= maxApprovalPairs
	var pairs []pair
	sum := 0
	for _, m := range list {
		key, value := m["key"], m["value"]
		if len(m) != 2 || key == nil || value == nil {
			return nil, false
		}
		sum += len(*key) + len(*value)
		good = good && len(*key) <= maxApprovalKey
		pairs = append(pairs, pair{*key, *value})
	}
	return pairs, good && sum <= maxApprovalSum
}

// signedApproval is what the app signs: the pairs, as compact JSON in a string. The type is not signed.
func signedApproval(pairs []pair) string {
	return string(compact(struct {
		FormatVersion int    `json:"format_version"`
		ContentString string `json:"content_string"`
	}{1, string(compact(pairs))}))
}

// compact writes JSON in one line, with only what must be escaped.
func compact(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // strings and numbers in memory always can be written
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// text forges what is signed: of a transaction approval, or of any text.
func (f Forge) text(signed string) string {
	if f == ForgeText {
		return signed + " (altered)"
	}
	if f < ForgePairValue || f > ForgeContentTwice {
		return signed
	}
	var doc struct {
		ContentString string `json:"content_string"`
	}
	var pairs []pair
	if json.Unmarshal([]byte(signed), &doc) != nil || json.Unmarshal([]byte(doc.ContentString), &pairs) != nil {
		return signed // a plain text has no pairs
	}
	return f.approval(pairs)
}

// approval signs pairs in another way.
func (f Forge) approval(pairs []pair) string {
	good, last := signedApproval(pairs), len(pairs)-1
	switch f {
	case ForgePairValue:
		pairs[last].Value = otherValue(pairs[last].Value)
		return signedApproval(pairs)
	case ForgePairOrder:
		pairs[0], pairs[last] = pairs[last], pairs[0]
		return signedApproval(pairs)
	case ForgePairTwice:
		list := strings.TrimSuffix(string(compact(pairs[:last])), "]")
		if last > 0 {
			list += ","
		}
		p := pairs[last]
		list += `{"key":` + string(compact(p.Key)) + `,"value":` + string(compact(otherValue(p.Value))) + `,"value":` + string(compact(p.Value)) + `}]`
		return `{"format_version":1,"content_string":` + string(compact(list)) + `}`
	case ForgeFormatVersion:
		return strings.Replace(good, `"format_version":1`, `"format_version":2`, 1)
	case ForgeFormatMember:
		return strings.TrimSuffix(good, "}") + `,"amount":"1"}`
	}
	pairs[last].Value = otherValue(pairs[last].Value) // ForgeContentTwice
	_, right, _ := strings.Cut(good, ",")
	return strings.TrimSuffix(signedApproval(pairs), "}") + "," + right
}

// otherValue changes the last character.
func otherValue(s string) string {
	r, n := utf8.DecodeLastRuneInString(s)
	if r == '1' {
		return s[:len(s)-n] + "2"
	}
	return s[:len(s)-n] + "1"
}
