package mssp

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

var approved = []Pair{{"To", `Muster & "Söhne" <AG>`}, {"Amount", "12.50\nCHF"}, {"Amount", ""}}

func approvalState(pairs []Pair) state {
	digest := digestPairs(pairs)
	return state{Approval: true, Digest: digest[:]}
}

// signedDocument is what an app signs; content is the array, as text.
func signedDocument(version, content string) string {
	return `{"format_version":` + version + `,"content_string":` + string(appendJSONString(nil, content)) + `}`
}

const approvedContent = `[{"key":"To","value":"Muster & \"Söhne\" <AG>"},{"key":"Amount","value":"12.50\nCHF"},{"key":"Amount","value":""}]`

// TestApprovalMatches accepts the pairs however they are written, and nothing else.
func TestApprovalMatches(t *testing.T) {
	t.Parallel()
	st := approvalState(approved)
	for _, doc := range []string{
		signedDocument("1", approvedContent),
		signedDocument(" 1 ", " "+strings.ReplaceAll(approvedContent, `,"value":`, " ,\n\"value\" : ")),
		signedDocument("1", strings.ReplaceAll(strings.ReplaceAll(approvedContent, "&", `\u0026`), "ö", `\u00f6`)),
		signedDocument("1", `[{"value":"Muster & \"Söhne\" <AG>","key":"To"},{"value":"12.50\u000aCHF","key":"Amount"},{"value":"","key":"Amount"}]`),
		"\n{ \"content_string\" : " + string(appendJSONString(nil, approvedContent)) + ", \"format_version\":1}",
	} {
		require.NoError(t, st.matches([]byte(doc)), doc)
	}
	pairs := func(s string) string { return signedDocument("1", s) }
	for name, doc := range map[string]string{
		"empty":                   "",
		"null":                    "null",
		"text":                    "To: Muster",
		"the pairs by themselves": approvedContent,
		"what was sent":           string(appendApproval(nil, "x", approved)),
		"version 2":               signedDocument("2", approvedContent),
		"version 1.0":             signedDocument("1.0", approvedContent),
		"version 10e-1":           signedDocument("10e-1", approvedContent),
		"version as text":         signedDocument(`"1"`, approvedContent),
		"version null":            signedDocument("null", approvedContent),
		"no version":              `{"content_string":` + string(appendJSONString(nil, approvedContent)) + `}`,
		"misprinted version":      strings.Replace(pairs(approvedContent), "format_version", "for-mat_version", 1),
		"version in another case": strings.Replace(pairs(approvedContent), "format_version", "Format_Version", 1),
		"no content":              `{"format_version":1}`,
		"content is null":         `{"format_version":1,"content_string":null}`,
		"content is no text":      `{"format_version":1,"content_string":` + approvedContent + `}`,
		"more":                    strings.Replace(pairs(approvedContent), "{", `{"type":"x",`, 1),
		"content twice":           strings.TrimSuffix(pairs(`[]`), "}") + `,"content_string":` + string(appendJSONString(nil, approvedContent)) + `}`,
		"content in two cases":    strings.TrimSuffix(pairs(`[]`), "}") + `,"Content_String":` + string(appendJSONString(nil, approvedContent)) + `}`,
		"version twice":           strings.TrimSuffix(pairs(approvedContent), "}") + `,"format_version":1}`,
		"data behind":             pairs(approvedContent) + "x",
		"data behind the pairs":   pairs(approvedContent + "[]"),
		"pairs are null":          pairs("null"),
		"no pairs":                pairs("[]"),
		"one less":                pairs(`[{"key":"To","value":"Muster & \"Söhne\" <AG>"},{"key":"Amount","value":"12.50\nCHF"}]`),
		"one more":                pairs(strings.TrimSuffix(approvedContent, "]") + `,{"key":"","value":""}]`),
		"another order":           pairs(`[{"key":"Amount","value":"12.50\nCHF"},{"key":"To","value":"Muster & \"Söhne\" <AG>"},{"key":"Amount","value":""}]`),
		"another value":           pairs(strings.Replace(approvedContent, "12.50", "72.50", 1)),
		"another key":             pairs(strings.Replace(approvedContent, "To", "to", 1)),
		"moved between":           pairs(strings.Replace(approvedContent, `"To","value":"M`, `"ToM","value":"`, 1)),
		"value twice":             pairs(strings.Replace(approvedContent, `"key":"To",`, `"key":"To","value":"x",`, 1)),
		"value in two cases":      pairs(strings.Replace(approvedContent, `"key":"To",`, `"key":"To","VALUE":"x",`, 1)),
		"member more":             pairs(strings.Replace(approvedContent, `"key":"To",`, `"key":"To","x":"",`, 1)),
		"value is null":           pairs(strings.Replace(approvedContent, `"value":""`, `"value":null`, 1)),
		"value is a number":       pairs(strings.Replace(approvedContent, `"value":""`, `"value":1`, 1)),
		"no value":                pairs(strings.Replace(approvedContent, `,"value":""`, ``, 1)),
		"pair is null":            pairs(strings.Replace(approvedContent, `{"key":"Amount","value":""}`, `null`, 1)),
		"not composed":            pairs(strings.Replace(approvedContent, "ö", "o\u0308", 1)),
		"not UTF-8":               pairs(strings.Replace(approvedContent, "ö", "\xf6", 1)),
		"too long":                pairs(approvedContent) + strings.Repeat(" ", maxApprovalDocument),
	} {
		err := st.matches([]byte(doc))
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "Muster", name)
		require.NotContains(t, err.Error(), ".50", name)
	}
	plain := state{Digest: approvalState(nil).Digest}
	require.Error(t, plain.matches([]byte(pairs("[]"))), "a text is compared by its octets")
	require.NoError(t, plain.matches(nil), "whose digest is that of the empty text")
}

// TestDigestTellsPairsApart moves octets between keys, values and pairs.
func TestDigestTellsPairsApart(t *testing.T) {
	t.Parallel()
	seen := map[[32]byte][]Pair{}
	for _, pairs := range [][]Pair{
		nil, {{}}, {{}, {}}, {{"a", ""}}, {{"", "a"}}, {{"a", "b"}}, {{"ab", ""}}, {{"", "ab"}}, {{"a", ""}, {"b", ""}}, {{"a", "b"}, {}}, {{}, {"a", "b"}},
		{{"b", "a"}}, {{"a\x00\x00\x00\x01b", ""}}, {{"a", "\x00\x00\x00\x00\x00\x00\x00\x00"}}, {{"a", ""}, {"", ""}},
		{{"a", "b"}, {"c", ""}}, {{"a", "b\x00c\x00"}}, {{"a", "b\x00\x00\x00\x01c\x00\x00\x00\x00"}},
	} {
		digest := digestPairs(pairs)
		require.NotContains(t, seen, digest, "%q", pairs)
		seen[digest] = pairs
	}
}

func TestApprovalState(t *testing.T) {
	t.Parallel()
	q := &question{text: string(appendApproval(nil, "x", approved)), approval: approved, profile: ProfileDevice}
	st, err := decodeState(&mss.Transaction{State: q.state().encode()})
	require.NoError(t, err)
	require.True(t, st.Approval)
	require.NoError(t, st.matches([]byte(signedDocument("1", approvedContent))))
}

// FuzzApproval holds the two readers against encoding/json, and what is written against what is read.
func FuzzApproval(f *testing.F) {
	seeds := []string{
		signedDocument("1", approvedContent), string(appendApproval(nil, "Payment", approved)), signedDocument("1", "[]"),
		`{"type":"","dtbd":[{"key":"\ud83d\ude00","value":"\u0000"}]}`, `{"format_version":1,"content_string":"[{\"key\":\"a\",\"value\":\"b\",\"value\":\"c\"}]"}`,
	}
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		if kind, pairs, err := decodeApproval(doc); err == nil {
			line := appendApproval(nil, kind, pairs)
			require.NotContains(t, string(line), "\n")
			kind2, pairs2, err := decodeApproval(line)
			if len(line) > maxApprovalDocument {
				return
			}
			require.NoError(t, err)
			require.Equal(t, kind, kind2)
			require.Equal(t, pairs, pairs2)
		}
		pairs, err := decodeSigned(doc)
		if err != nil {
			require.Error(t, approvalState(approved).matches(doc))
			return
		}
		require.NoError(t, approvalState(pairs).matches(doc))
		var reference struct {
			Content string `json:"content_string"`
		}
		var list []struct{ Key, Value string }
		require.NoError(t, json.Unmarshal(doc, &reference))
		require.NoError(t, json.Unmarshal([]byte(reference.Content), &list))
		require.Len(t, list, len(pairs))
		for i, p := range pairs {
			require.Equal(t, p, Pair(list[i]))
		}
	})
}
