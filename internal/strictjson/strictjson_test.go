package strictjson_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gomss/gomss/internal/strictjson"
	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`{}`, ` [1, "a", true, null, {"a":{"a":1}}] `, `"x"`, `-1.5e3`, `{"a":[{"b":1},{"b":2}],"c":"a"}`,
		`{"é":1,"e":2}`, `"\ud83d\ude00\\ud800 \u00e9"`, `{"a":"a","b":"a"}`, "\"\u2028\"",
		strings.Repeat("[", 32) + strings.Repeat("]", 32),
	} {
		require.NoError(t, strictjson.Check([]byte(doc)), doc)
	}
	for name, doc := range map[string]string{
		"empty":                       ``,
		"space":                       ` `,
		"duplicate":                   `{"Value":"503","Value":"500"}`,
		"duplicate in another case":   `{"Value":"503","value":"500"}`,
		"duplicate by an escape":      `{"Value":"503","V\u0061lue":"500"}`,
		"duplicate by Kelvin sign":    `{"key":1,"\u212Aey":2}`,
		"duplicate by long s":         `{"status":1,"ſtatus":2}`,
		"duplicate below":             `{"a":[{"b":{"c":1,"d":[],"C":2}}]}`,
		"duplicate behind an object":  `{"a":{},"b":[1],"a":1}`,
		"not UTF-8":                   "{\"a\":\"\xff\"}",
		"not UTF-8 in a name":         "{\"\xc3\":1}",
		"encoded surrogate":           "\"\xed\xa0\x80\"",
		"overlong":                    "\"\xc0\x80\"",
		"lone high surrogate":         `"\ud800"`,
		"lone high before letter":     `"\ud800x"`,
		"lone high before escape":     `"\ud800\n"`,
		"two high":                    `"\ud800\ud800"`,
		"lone low surrogate":          `"\udc00"`,
		"lone in a name":              `{"\uDFFF":1}`,
		"data behind":                 `{} {}`,
		"letters behind":              `{} x`,
		"comma behind":                `[1],`,
		"unfinished":                  `{"a":`,
		"unfinished string":           `"abc`,
		"unfinished escape":           `"\`,
		"trailing comma":              `[1,]`,
		"comment":                     `{} // x`,
		"single quotes":               `{'a':1}`,
		"NaN":                         `NaN`,
		"control character in string": "\"a\nb\"",
		"too deep":                    strings.Repeat("[", 33) + strings.Repeat("]", 33),
		"unclosed and deep":           strings.Repeat(`{"a":`, 100_000),
		"too long":                    `"` + strings.Repeat("x", 1<<20) + `"`,
	} {
		require.Error(t, strictjson.Check([]byte(doc)), name)
	}
}

// TestManyMembers: beyond a few members the names are found in another way.
func TestManyMembers(t *testing.T) {
	t.Parallel()
	var members []string
	for i := range 40 {
		members = append(members, fmt.Sprintf(`"name%d":%d`, i, i))
		require.NoError(t, strictjson.Check([]byte("{"+strings.Join(members, ",")+"}")))
		for j := range members {
			for _, form := range []string{`"name%d":0`, `"NAME%d":0`, `"n\u0061me%d":0`} {
				doc := "{" + strings.Join(append(members[:len(members):len(members)], fmt.Sprintf(form, j)), " , ") + "}"
				require.Error(t, strictjson.Check([]byte(doc)), doc)
			}
		}
	}
}

func TestUnmarshal(t *testing.T) {
	t.Parallel()
	type status struct {
		Value string
		Count int
	}
	var s status
	require.NoError(t, strictjson.Unmarshal([]byte(`{"Value":"500","More":1}`), &s))
	require.Equal(t, status{Value: "500"}, s)
	require.Error(t, strictjson.Unmarshal([]byte(`{"Value":"503","vALUE":"500"}`), &s))
	require.EqualError(t, strictjson.Unmarshal([]byte(`{"Count":"geheim"}`), &s), "json: offset 17: Count: not a int")
	require.NoError(t, strictjson.UnmarshalKnown([]byte(`{"Value":"502"}`), &s))
	require.ErrorContains(t, strictjson.UnmarshalKnown([]byte(`{"Valu":"502"}`), &s), "Valu")
	require.Error(t, strictjson.UnmarshalKnown([]byte(`{"Value":"1","Value":"2"}`), &s))
}

func TestCode(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"1": 1, "500": 500, "99999": 99999} {
		n, err := strictjson.Code(s)
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
	for _, s := range []string{"", "0", "0500", "+500", "-1", "500 ", " 500", "5e2", "123456", "５００", "_500"} {
		_, err := strictjson.Code(s)
		require.Error(t, err, "%q", s)
	}
}

// FuzzCheck holds Check against encoding/json: what it accepts is valid, and reads the same through a map, which a
// duplicate or a replaced character would change.
func FuzzCheck(f *testing.F) {
	seeds := []string{`{"a":[1,"\ud83d\ude00",{"b":null}]}`, `{"a":1,"A":2}`, `"\ud800"`, "\"\xff\"", `[[]]`, `{} x`, `2E410`}
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if strictjson.Check(data) != nil {
			return
		}
		require.True(t, json.Valid(data))
		var v any
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber() // 2E410 is JSON, and no float64
		require.NoError(t, d.Decode(&v))
		require.NotContains(t, strings.ReplaceAll(fmt.Sprint(v), "\ufffd", ""), "\xff")
		if !strings.Contains(string(data), "\ufffd") && !strings.Contains(strings.ToLower(string(data)), `\ufffd`) {
			require.NotContains(t, fmt.Sprint(v), "\ufffd", "nothing was replaced")
		}
		again, err := json.Marshal(v)
		require.NoError(t, err)
		require.NoError(t, strictjson.Check(again))
	})
}

// BenchmarkCheck holds the check of an answer against that of its syntax alone.
func BenchmarkCheck(b *testing.B) {
	doc := []byte(`{"MSS_SignatureResp":{"AP_Info":{"AP_ID":"mid://acme.example","AP_TransID":"T1","Instant":"2026-01-15T12:00:00.000Z"},` +
		`"MSSP_TransID":"h1","MobileUser":{"MSISDN":"41790000001"},"MSS_Signature":{"Base64Signature":"` + strings.Repeat("MIAG", 1200) + `"},` +
		`"Status":{"StatusCode":{"Value":"500"},"StatusMessage":"SIGNATURE"}}}`)
	b.Run("floor", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		for b.Loop() {
			if !json.Valid(doc) {
				b.Fatal("not JSON")
			}
		}
	})
	b.Run("check", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			if err := strictjson.Check(doc); err != nil {
				b.Fatal(err)
			}
		}
	})
}
