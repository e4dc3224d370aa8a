package gsm0338_test

import (
	"strings"
	"testing"

	"github.com/gomss/gomss/internal/gsm0338"
	"github.com/stretchr/testify/require"
)

func TestLength(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		n          int
		gsm        bool
	}{
		{"empty", "", 0, true},
		{"ASCII", "Bank ACME: log in?", 18, true},
		{"umlauts", "Zürich, Genève à 5 £", 20, true},
		{"greek capitals of the alphabet", "ΔΦΓΛΩΠΨΣΘΞ", 10, true},
		{"capital c cedilla is in the alphabet", "Ç", 1, true},
		{"small c cedilla is not", "ça va", 5, false},
		{"extension characters take two septets", "^{}\\[~]|€", 18, true},
		{"one foreign character changes the unit of all", "€ĉ", 2, false},
		{"grave accent is not in the alphabet", "`", 1, false},
		{"form feed cannot travel", "\f", 1, false},
		{"outside the basic plane: two UTF-16 units", "a😀", 3, false},
		{"not UTF-8: one unit an octet", "\xff\xff", 2, false},
		{"long", strings.Repeat("x", 239), 239, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, gsm := gsm0338.Length(tt.text)
			require.Equal(t, tt.n, n)
			require.Equal(t, tt.gsm, gsm)
		})
	}
}

// TestAlphabetSize counts the alphabet through its only door: 127 characters of one septet (128 less the escape) and 9
// of two.
func TestAlphabetSize(t *testing.T) {
	t.Parallel()
	count := map[int]int{}
	for r := rune(0); r < 0x3000; r++ {
		if n, gsm := gsm0338.Length(string(r)); gsm {
			count[n]++
		}
	}
	require.Equal(t, map[int]int{1: 127, 2: 9}, count)
}
