package mssp

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
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
		require.Equal(t, want, string(withoutPassword([]byte(in))))
	}
}

func FuzzWithoutPassword(f *testing.F) {
	f.Add([]byte(`<a AP_PWD="x"/>`))
	f.Fuzz(func(t *testing.T, in []byte) {
		once := withoutPassword(bytes.Clone(in))
		require.LessOrEqual(t, len(once), len(in))
		require.Equal(t, string(once), string(withoutPassword(bytes.Clone(once))))
	})
}
