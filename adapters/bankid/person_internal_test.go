package bankid

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPersonalNumbers has fictitious persons, whom the tax agency or documents made for tests.
func TestPersonalNumbers(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"191212121212", "197210310012", "200211242383", "196904146856",
		"197210310020", // Luhn's sum is a multiple of ten: the digit is 0, not 10
		"197010632391", // a coordination number: the day is 63-60
	} {
		require.NoError(t, checkPersonalNumber(s), s)
		for d := byte('0'); d <= '9'; d++ {
			if d != s[11] {
				require.Error(t, checkPersonalNumber(s[:11]+string(d)), "one digit of ten holds")
			}
		}
	}
	for name, s := range map[string]string{
		"documents' example": "190000000000", "10 digits": "1212121212", "hyphen": "19121212-1212", "letters": "19121212121a", "empty": "",
		"month 13": "191213121219", "day 32": "191212321210", "day 92": "191212921217", "30 February": "198802302390", "17th century": "165502102385",
		"full-width": "１９１２１２１２１２１２",
	} {
		require.Error(t, checkPersonalNumber(s), name)
	}
}
