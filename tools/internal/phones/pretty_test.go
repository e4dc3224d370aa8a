package phones_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/tools/internal/phones"
)

// shown is how a message is shown.
func shown(contentType, body string) string {
	x := &phones.Exchange{RequestType: contentType, Request: []byte(body)}
	return x.RequestText()
}

func TestPretty(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	deepXML := strings.Repeat("<a>", 5000) + strings.Repeat("</a>", 5000)
	for name, tt := range map[string]struct{ contentType, body, want string }{
		"nothing":        {"application/json", "", ""},
		"JSON":           {"application/json;charset=UTF-8", `{"b":[1,2.50,true,null,{}],"a":"<é>","c":[]}`, "{\n  \"b\": [\n    1,\n    2.50,\n    true,\n    null,\n    {}\n  ],\n  \"a\": \"<é>\",\n  \"c\": []\n}\n"},
		"a member twice": {"application/json", `{"id":"1","id":"2"}`, "{\n  \"id\": \"1\",\n  \"id\": \"2\"\n}\n"},
		"two documents":  {"application/json", `{} {}`, `{} {}`},
		"half":           {"application/json", `{"id":"1","st`, `{"id":"1","st`},
		"deep":           {"application/json", deep, deep},
		"scalar":         {"application/problem+json", `"x"`, "\"x\"\n"},
		"XML":            {"text/xml; charset=utf-8", `<a x="1"><b>t</b></a>`, "<a x=\"1\">\n  <b>t</b>\n</a>\n"},
		"half, XML":      {"text/xml", `<a><b>`, `<a><b>`},
		"deep, XML":      {"text/xml", deepXML, deepXML},
		"text":           {"text/plain", "a: b", "a: b"},

		"secret":                 {"application/json", `{"AP_PWD":"s\"ecret","n":1}`, "{\n  \"AP_PWD\": \"(hidden)\",\n  \"n\": 1\n}\n"},
		"secret, escaped":        {"application/json", `{"AP\u005fPWD":"secret"}`, "{\n  \"AP_PWD\": \"(hidden)\"\n}\n"},
		"secret, object":         {"application/json", `[{"access_token":{"x":["secret"]}}]`, "[\n  {\n    \"access_token\": \"(hidden)\"\n  }\n]\n"},
		"secret, BankID":         {"application/json", `{"qrStartSecret":"secret"}`, "{\n  \"qrStartSecret\": \"(hidden)\"\n}\n"},
		"secret, XML":            {"text/xml", `<s:a xmlns:s="u" s:AP_PWD="secret"/>`, "<s:a xmlns:s=\"u\" s:AP_PWD=\"(hidden)\"/>\n"},
		"secret, half":           {"application/json", `{"AP_PWD": "s\"ecret", "text": "a`, `{"AP_PWD": (hidden), "text": "a`},
		"secret, cut":            {"application/json", `{"AP_PWD":"secr`, `{"AP_PWD":(hidden)`},
		"secret, twice":          {"application/json", `{"access_token":"secret","AP_PWD":"secret",`, `{"access_token":(hidden),"AP_PWD":(hidden),`},
		"secret, half, XML":      {"text/xml", `<a AP_PWD="secret" b='c'><b>`, `<a AP_PWD=(hidden) b='c'><b>`},
		"secret, single quotes":  {"text/xml", `<a AP_PWD = 'secret' b='c'><b>`, `<a AP_PWD = (hidden) b='c'><b>`},
		"secret, deep":           {"text/xml", `<a AP_PWD="secret">` + deepXML, `<a AP_PWD=(hidden)>` + deepXML},
		"secret, another type":   {"", `{"AP_PWD":"secret"}`, `{"AP_PWD":(hidden)}`},
		"secret, form":           {"application/x-www-form-urlencoded", `AP_PWD=secret&x=1`, `AP_PWD=(hidden)&x=1`},
		"secret, over lines":     {"text/plain", "AP_PWD=\"a\\\nsecret\"", "AP_PWD=(hidden)"},
		"secret, number":         {"text/plain", `{"AP_PWD":12345,"x":1}`, `{"AP_PWD":(hidden),"x":1}`},
		"the name without value": {"text/plain", "AP_PWD is missing", "AP_PWD is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, shown(tt.contentType, tt.body))
		})
	}
}

func read(t *testing.T, doc string) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	require.NoError(t, d.Decode(&v))
	return v
}

// FuzzPretty: whatever is sent, what is shown has no secret in it and is not much longer, and of JSON it says the same.
func FuzzPretty(f *testing.F) {
	const secret = "correct-horse"
	seeds := []string{
		`{"AP_PWD":"` + secret + `","b":[1,{"c":null}]}`, `{"access_token":"` + secret + `"}`, `{"id":1,"id":2,"deep":[[[[]]]]} x`,
		`<a AP_PWD="` + secret + `"><b xmlns:c="u"><c:d/>text</b></a>`, `<a AP_PWD='` + secret + `'><b>`, `AP_PWD=` + secret, "\xff\x00",
	}
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		for _, contentType := range []string{"application/json", "text/xml", "text/plain"} {
			f.Add(contentType, s)
		}
	}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		if len(body) > 64<<10 {
			return
		}
		text := shown(contentType, body)
		require.LessOrEqual(t, len(text), 200*len(body)+200)
		if !strings.Contains(contentType, "xml") { // where a text may look like an attribute
			for _, named := range []string{`"AP_PWD":"` + secret, `AP_PWD="` + secret, `"access_token": "` + secret} {
				require.NotContains(t, text, named)
			}
		}
		if strings.HasSuffix(contentType, "json") && utf8.ValidString(body) && !strings.Contains(text, "(hidden)") && json.Valid([]byte(body)) {
			require.Equal(t, read(t, body), read(t, text))
		}
	})
}
