package legible_test

import (
	"testing"

	"github.com/gomss/gomss/internal/legible"
	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Bank ACME: log in?", "Überweisung 5 €\nan Zoë", "日本語", "العربية", "a\u00a0b", "😀", "Çç",
	} {
		require.NoError(t, legible.Check(text), "%q", text)
	}
	for name, text := range map[string]string{
		"NUL":                    "a\x00",
		"TAB":                    "a\tb",
		"carriage return":        "a\r\nb",
		"form feed":              "a\fb",
		"escape":                 "\x1b[2K",
		"delete":                 "a\x7f",
		"C1 control":             "a\u0085b",
		"right-to-left override": "pay \u202e001",
		"isolate":                "\u2066x\u2069",
		"zero width space":       "a\u200bb",
		"zero width joiner":      "a\u200db",
		"byte order mark":        "\ufeffa",
		"soft hyphen":            "a\u00adb",
		"line separator":         "a\u2028b",
		"paragraph separator":    "a\u2029b",
		"private use":            "\ue000",
		"unassigned":             "\u0378",
		"tag character":          "\U000e0041",
		"not composed":           "e\u0301",
		"Hangul filler":          "Pay 10\u31640",
		"Hangul Choseong filler": "\u115f",
		"Hangul Jungseong":       "\u1160",
		"halfwidth filler":       "\uffa0",
		"grapheme joiner":        "a\u034fb",
		"variation selector":     "a\ufe0f",
		"variation selector 17":  "a\U000e0100",
		"Khmer inherent vowel":   "\u17b4",
		"Mongolian selector":     "\u180b",
		"Braille blank":          "\u2800",
		"em space":               "a\u2003b",
		"ideographic space":      "a\u3000b",
		"not UTF-8":              "a\xff",
	} {
		require.Error(t, legible.Check(text), name)
	}
}

func TestCheckNamesThePlaceAndNotTheText(t *testing.T) {
	t.Parallel()
	err := legible.Check("Zürich \u202e geheim")
	require.EqualError(t, err, "character 8 is U+202E: a person cannot see it, or not tell it from a space; remove it")
}
