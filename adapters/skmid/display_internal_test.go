package skmid

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDisplayFormat(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, format, problem string }{
		"nothing":                               {"", "", ""},
		"ASCII":                                 {"Log in to ACME?", formatGSM7, ""},
		"umlauts are in the alphabet":           {"Käü ÖÄ", formatGSM7, ""},
		"lines":                                 {"a\nb", formatGSM7, ""},
		"õ is not":                              {"Nõustun", formatUCS2, ""},
		"š and ž are not":                       {"šž ŠŽ", formatUCS2, ""},
		"Lithuanian":                            {"ąčęėįšųūž", formatUCS2, ""},
		"Cyrillic":                              {"Войти", formatUCS2, ""},
		"typographical apostrophe":              {"O’Connež", formatUCS2, ""},
		"100 of the alphabet":                   {strings.Repeat("x", 100), formatGSM7, ""},
		"101 of the alphabet":                   {strings.Repeat("x", 101), "", "100"},
		"100 characters, 5 of them extended":    {strings.Repeat("x", 95) + "€[]{}", formatGSM7, ""},
		"each extended character":               {"€[]^|", formatGSM7, ""},
		"the others":                            {`{}\~`, formatGSM7, ""},
		"tilde counts":                          {"~~~~~~", formatUCS2, ""},
		"6 extended, and room in UCS-2":         {"€[]{}|" + strings.Repeat("x", 44), formatUCS2, ""},
		"6 extended, and no room":               {"€[]{}|" + strings.Repeat("x", 45), "", "50"},
		"50 of UCS-2":                           {strings.Repeat("õ", 50), formatUCS2, ""},
		"51 of UCS-2":                           {strings.Repeat("õ", 51), "", "50"},
		"one of UCS-2 changes the limit of all": {"õ" + strings.Repeat("x", 50), "", "50"},
		"beyond the basic plane":                {"ok 👍", "", "U+FFFF"},
		"long and beyond the basic plane":       {strings.Repeat("x", 60) + "👍", "", "U+FFFF"},
		"escape":                                {"a\x1b", "", "U+001B"},
		"carriage return":                       {"a\r\nb", "", "U+000D"},
		"form feed":                             {"a\fb", "", "U+000C"},
		"direction":                             {"pay \u202e001", "", "U+202E"},
		"zero width":                            {"a\u200bb", "", "U+200B"},
		"not composed":                          {"o\u0303", "", "normal form C"},
		"not UTF-8":                             {"a\xff", "", "UTF-8"},
	} {
		format, err := displayFormat(tt.text)
		require.Equal(t, tt.format, format, name)
		if tt.problem == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, tt.problem, name)
		require.NotContains(t, err.Error(), "xxx", name)
	}
}
