package xmlwire_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/xmlwire"
)

func TestParseInteger(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("9", 128)
	for in, want := range map[string]string{
		"0": "0", "500": "500", " \n500\t": "500", "+5": "5", "-5": "-5", "007": "7", "-007": "-7", "-0": "0", "+0": "0", "000": "0",
		"219595427136563436853497036046158345912": "219595427136563436853497036046158345912",
		long: long, "-00" + long: "-" + long,
	} {
		got, err := xmlwire.ParseInteger(in)
		require.NoError(t, err, in)
		require.Equal(t, xmlwire.Integer(want), got, in)
	}
	for _, in := range []string{"", " ", "+", "-", "--1", "+-1", "1 2", "1.0", "0x1", "1e3", "1_000", "١", "5\u00a0", long + "9"} {
		got, err := xmlwire.ParseInteger(in)
		require.Error(t, err, in)
		require.Empty(t, got)
	}
}

func TestIntegerValues(t *testing.T) {
	t.Parallel()
	n, ok := xmlwire.IntegerOf(-80).Int()
	require.True(t, ok)
	require.Equal(t, -80, n)
	_, ok = xmlwire.Integer("99999999999999999999").Int()
	require.False(t, ok)
	_, ok = xmlwire.Integer("").Int()
	require.False(t, ok)
}

func TestParseDateTime(t *testing.T) {
	t.Parallel()
	cet := time.FixedZone("", 3600)
	for in, want := range map[string]time.Time{
		"2026-02-26T09:40:16.257+01:00":        time.Date(2026, 2, 26, 9, 40, 16, 257e6, cet),
		" 2026-02-26T09:40:16Z\n":              time.Date(2026, 2, 26, 9, 40, 16, 0, time.UTC),
		"2026-02-26T09:40:16.1234567891-05:30": time.Date(2026, 2, 26, 9, 40, 16, 123456789, time.FixedZone("", -19800)),
		"2026-02-26T09:40:16+00:00":            time.Date(2026, 2, 26, 9, 40, 16, 0, time.UTC),
		"2026-02-26T09:40:16-00:00":            time.Date(2026, 2, 26, 9, 40, 16, 0, time.UTC),
		"2026-12-31T24:00:00Z":                 time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		"2024-02-29T00:00:00.0+14:00":          time.Date(2024, 2, 29, 0, 0, 0, 0, time.FixedZone("", 14*3600)),
	} {
		got, err := xmlwire.ParseDateTime(in)
		require.NoError(t, err, in)
		require.Equal(t, xmlwire.DateTime{Time: want}, got, in)
		again, err := xmlwire.ParseDateTime(got.String())
		require.NoError(t, err, got.String())
		require.Equal(t, got, again)
	}
	got, err := xmlwire.ParseDateTime("2026-02-26T09:40:16")
	require.NoError(t, err)
	require.Equal(t, xmlwire.DateTime{Time: time.Date(2026, 2, 26, 9, 40, 16, 0, time.UTC), NoZone: true}, got)
	for _, in := range []string{
		"", "2026-02-26", "2026-02-26T", "2026-02-26T09:40", "2026-02-26 09:40:16Z", "2026-02-26t09:40:16Z", "2026-02-26T09:40:16z",
		"2026-2-26T09:40:16Z", "26-02-26T09:40:16Z", "-2026-02-26T09:40:16Z", "02026-02-26T09:40:16Z", "0000-01-01T00:00:00Z",
		"2026-00-26T09:40:16Z", "2026-13-26T09:40:16Z", "2026-02-00T09:40:16Z", "2026-02-29T09:40:16Z", "2026-04-31T09:40:16Z",
		"2026-02-26T24:00:01Z", "2026-02-26T24:00:00.1Z", "2026-02-26T25:00:00Z", "2026-02-26T09:60:16Z", "2026-02-26T09:40:60Z",
		"2026-02-26T09:40:16.Z", "2026-02-26T09:40:16,5Z", "2026-02-26T09:40:16+1:00", "2026-02-26T09:40:16+0100", "2026-02-26T09:40:16+14:01",
		"2026-02-26T09:40:16+01:60", "2026-02-26T09:40:16Zx", "2026-02-26T09:40:16 Z", "2026-02-26T09:40:16*01:00", "2o26-02-26T09:40:16Z",
		"202/-02-26T09:40:16Z", "9999-12-31T24:00:00+01:00", "9999-12-31T24:00:00Z", "9999-12-31T23:00:00-02:00", "0001-01-01T00:00:00+01:00", "2026-02-26T09:40:1６Z",
	} {
		got, err := xmlwire.ParseDateTime(in)
		require.Error(t, err, in)
		require.Zero(t, got)
	}
}

func TestDateTimeString(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 2, 6, 9, 4, 1, 5e6, time.UTC)
	require.Equal(t, "2026-02-06T09:04:01.005Z", xmlwire.DateTime{Time: at}.String())
	require.Equal(t, "2026-02-06T09:04:01.005", xmlwire.DateTime{Time: at, NoZone: true}.String())
	require.Equal(t, "2026-02-06T10:04:01.005+01:00", xmlwire.DateTime{Time: at.In(time.FixedZone("", 3600))}.String())
	require.Equal(t, "2026-02-06T09:04:01.005000700Z", xmlwire.DateTime{Time: at.Add(700)}.String())
}

func TestParseBool(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{"true": true, "1": true, " true\n": true, "false": false, "0": false} {
		got, err := xmlwire.ParseBool(in)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, in := range []string{"", "True", "TRUE", "yes", "t", "01", "true false"} {
		_, err := xmlwire.ParseBool(in)
		require.Error(t, err, in)
	}
}

func TestParseBase64(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", " \n": "", "YQ==": "a", "YWI=": "ab", "YWJj": "abc",
		"YW Jj\tYQ\r\n = =": "abca", "\n    YWJj\n    YWJj\n  ": "abcabc", "YWJj\r\nYWJj": "abcabc", "YWJj\tYWJj": "abcabc",
	} {
		got, err := xmlwire.ParseBase64(in)
		require.NoError(t, err, in)
		require.NotNil(t, got)
		require.Equal(t, want, string(got))
	}
	for _, in := range []string{"YQ", "YQ=", "YR==", "YWJ=", "YWJj=", "YQ==YQ==", "-_-_", "YQ==x", "YWJ\u00a0j", "====", "é"} {
		got, err := xmlwire.ParseBase64(in)
		require.Error(t, err, in)
		require.Nil(t, got)
	}
}

func TestParseList(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"": nil, " \n": nil, "sscds": {"sscds"}, " sscds\n\tstate  certs ": {"sscds", "state", "certs"}, "a\u00a0b": {"a\u00a0b"},
	} {
		got, err := xmlwire.ParseList(in)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	got, err := xmlwire.ParseList(strings.Repeat("x ", 256))
	require.NoError(t, err)
	require.Len(t, got, 256)
	_, err = xmlwire.ParseList(strings.Repeat("x ", 257))
	require.Error(t, err)
}

// TestParseBase64IsBounded: the text is measured before it is decoded.
func TestParseBase64IsBounded(t *testing.T) {
	t.Parallel()
	b, err := xmlwire.ParseBase64(strings.Repeat("AAAA", 32<<10))
	require.NoError(t, err)
	require.Len(t, b, 96<<10)
	_, err = xmlwire.ParseBase64(strings.Repeat("AAAA", 32<<10) + " ")
	require.ErrorContains(t, err, "128 KiB")
}
