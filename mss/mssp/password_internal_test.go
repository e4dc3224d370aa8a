package mssp

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/strictjson"
)

func TestWithoutPassword(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`<a AP_PWD="secret" AP_ID="x"/>`:                   `<a AP_PWD="" AP_ID="x"/>`,
		`<a AP_PWD='secret'/>`:                             `<a AP_PWD=''/>`,
		"<a\n AP_PWD\t=\r\n \"se'cret\"/>":                 "<a\n AP_PWD\t=\r\n \"\"/>",
		`<a AP_PWD="1"/><b AP_PWD="2"/>`:                   `<a AP_PWD=""/><b AP_PWD=""/>`,
		`<a AP_PWD=""/>`:                                   `<a AP_PWD=""/>`,
		`<a>no password</a>`:                               `<a>no password</a>`,
		`<a XAP_PWD="kept"/>`:                              `<a XAP_PWD="kept"/>`,
		`<a AP_PWDX="kept"/>`:                              `<a AP_PWDX="kept"/>`,
		`<a AP_PWD="unfinished`:                            `<a AP_PWD="unfinished`,
		`<q> AP_PWD="</q><r a="1">x</r>`:                   `<q> AP_PWD="</q><r a="1">x</r>`,
		`AP_PWD`:                                           `AP_PWD`,
		`<a b="1" AP_PWD="s&quot;x">AP_PWD in text</a>`:    `<a b="1" AP_PWD="">AP_PWD in text</a>`,
		`<a>AP_PWD AP_PWD="in text, where quotes may be"x`: `<a>AP_PWD AP_PWD=""x`,
	} {
		require.Equal(t, want, string(withoutPasswordXML([]byte(in))))
	}
}

func FuzzWithoutPassword(f *testing.F) {
	f.Add([]byte(`<a AP_PWD="x"/>`))
	f.Fuzz(func(t *testing.T, in []byte) {
		once := withoutPasswordXML(bytes.Clone(in))
		require.LessOrEqual(t, len(once), len(in))
		require.Equal(t, string(once), string(withoutPasswordXML(bytes.Clone(once))))
	})
}

func TestWithoutPasswordJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"AP_PWD":"secret","AP_ID":"x"}`:       `{"AP_PWD":"","AP_ID":"x"}`,
		"{\n\"AP_PWD\" : \t\"se\\\"cret\" }":    "{\n\"AP_PWD\" : \t\"\" }",
		`{"a":[{"AP_PWD":"1"},{"AP_PWD":"2"}]}`: `{"a":[{"AP_PWD":""},{"AP_PWD":""}]}`,
		`{"AP\u005fPWD":"secret"}`:              `{"AP\u005fPWD":""}`,
		`{"AP_PWD":null,"a":"kept"}`:            `{"AP_PWD":null,"a":"kept"}`,
		`{"a":"AP_PWD","b":"kept"}`:             `{"a":"AP_PWD","b":"kept"}`,
		`{"AP_PWD":{"AP_PWD":"secret"}}`:        `{"AP_PWD":{"AP_PWD":""}}`,
		`{"a":"no password"}`:                   `{"a":"no password"}`,
		`{"AP_PWD":"unfinished`:                 `{"AP_PWD":"unfinished`,
		`{"AP_PWD":""}`:                         `{"AP_PWD":""}`,
	} {
		require.Equal(t, want, string(withoutPasswordJSON([]byte(in))), in)
	}
}

func FuzzWithoutPasswordJSON(f *testing.F) {
	f.Add([]byte(`{"AP_PWD" : "x", "AP\\u005fPWD":"y"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		if strictjson.Check(in) != nil {
			return // what is not strict JSON is never kept
		}
		once := withoutPasswordJSON(bytes.Clone(in))
		require.NoError(t, strictjson.Check(once))
		require.Equal(t, string(once), string(withoutPasswordJSON(bytes.Clone(once))))
	})
}
