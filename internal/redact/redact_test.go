package redact_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gomss/gomss/internal/redact"
	"github.com/stretchr/testify/require"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Illegal msisdn", "Illegal msisdn"},
		{"accents", "Numéro inconnu – Zürich", "Numéro inconnu – Zürich"},
		{"line feed", "a\nb", `a\u{000A}b`},
		{"ANSI", "\x1b[31mred", `\u{001B}[31mred`},
		{"C1 control", "a\u009bb", `a\u{009B}b`},
		{"bidi override", "a\u202eb", `a\u{202E}b`},
		{"zero width", "a\u200bb", `a\u{200B}b`},
		{"byte order mark", "\ufeffa", `\u{FEFF}a`},
		{"soft hyphen", "a\u00adb", `a\u{00AD}b`},
		{"line separator", "a\u2028b", `a\u{2028}b`},
		{"no-break space", "a\u00a0b", `a\u{00A0}b`},
		{"private use", "\ue000", `\u{E000}`},
		{"not UTF-8", "a\xffb", `a\xFFb`},
		{"too long", strings.Repeat("ä", 50), strings.Repeat("ä", 45) + "…"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, redact.Clean(tt.in, 45))
		})
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b]0;x\a\u202e\xff", 5)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = limit & 0xff
		out := redact.Clean(s, limit)
		require.True(t, utf8.ValidString(out))
		for _, r := range out {
			require.False(t, r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x202e, "%q", out)
		}
	})
}
