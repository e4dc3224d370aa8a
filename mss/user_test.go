package mss_test

import (
	"strings"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

func TestParseMSISDN(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"+41791234567":     "+41791234567",
		"41791234567":      "+41791234567",
		"+1234567":         "+1234567",
		"+123456789012345": "+123456789012345",
	} {
		m, err := mss.ParseMSISDN(in)
		require.NoError(t, err, in)
		require.Equal(t, want, m.Reveal())
		require.Equal(t, want[1:], m.Digits())
	}
	for _, in := range []string{"", "+", "123456", "+1234567890123456", "0041791234567", "0791234567", "+41 79 123 45 67", "+4179123456x", "++41791234567", "４１７９１２３４５６７", "+41791234567\n"} {
		_, err := mss.ParseMSISDN(in)
		var re *mss.RequestError
		require.ErrorAs(t, err, &re, in)
		require.Equal(t, "User.MSISDN", re.Field)
		if len(in) > 6 {
			require.NotContains(t, err.Error(), in)
		}
	}
	require.Empty(t, mss.MSISDN{}.Digits())
}

func TestParsePersonID(t *testing.T) {
	t.Parallel()
	p, err := mss.ParsePersonID("EE", "60001019906")
	require.NoError(t, err)
	require.Equal(t, "PNOEE-60001019906", p.Reveal())
	for _, in := range [][2]string{{"ee", "1"}, {"EST", "1"}, {"", "1"}, {"EE", ""}, {"EE", strings.Repeat("1", 21)}, {"EE", "1 2"}, {"EE", "é"}} {
		_, err := mss.ParsePersonID(in[0], in[1])
		require.Error(t, err, in)
	}
}

func TestParseUserID(t *testing.T) {
	t.Parallel()
	u, err := mss.ParseUserID("zoë@example.com")
	require.NoError(t, err)
	require.Equal(t, "zoë@example.com", u.Reveal())
	for _, in := range []string{"", "a\nb", "\xff", strings.Repeat("x", 129), "a\u202eb"} {
		_, err := mss.ParseUserID(in)
		require.Error(t, err, "%q", in)
	}
}
