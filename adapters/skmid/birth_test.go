package skmid_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/mss"
)

func TestBirthDateAndSex(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		country, code, born string
		sex                 skmid.Sex
	}{
		{"EE", "60001019906", "2000-01-01", skmid.Female},
		{"EE", "37605030299", "1976-05-03", skmid.Male},
		{"EE", "45001019980", "1950-01-01", skmid.Female},
		{"EE", "51307149560", "2013-07-14", skmid.Male},
		{"EE", "12002290000", "1820-02-29", skmid.Male},
		{"EE", "23112310000", "1831-12-31", skmid.Female},
		{"EE", "70101010000", "2101-01-01", skmid.Male},
		{"LT", "50001018865", "2000-01-01", skmid.Male},
		{"LT", "36009067968", "1960-09-06", skmid.Male}, // whose check digit is wrong, and the certificate right
		{"LV", "010117-21234", "2017-01-01", 0},
		{"LV", "311299-11234", "1999-12-31", 0},
		{"LV", "010150-01234", "1850-01-01", 0},
		{"LV", "321234-51234", "", 0}, // those since 2017 tell nothing
		{"LV", "010117-31234", "", 0},
		{"EE", "60013019909", "", 0},
		{"EE", "6000101990", "", 0},
		{"EE", "00001019906", "", 0},
		{"EE", "ABCDEFGHIJK", "", 0},
		{"FI", "010150-1234", "", 0},
	} {
		p := personID(t, tt.country, tt.code)
		born, err := skmid.BirthDate(p)
		if tt.born == "" {
			require.Error(t, err, tt.code)
			require.NotContains(t, err.Error(), tt.code)
		} else {
			require.NoError(t, err, tt.code)
			require.Equal(t, tt.born, born.Format("2006-01-02"), tt.code)
		}
		sex, err := skmid.SexOf(p)
		require.Equal(t, tt.sex, sex, tt.code)
		require.Equal(t, tt.sex == 0, err != nil, tt.code)
	}
	_, err := skmid.BirthDate(mss.PersonID{})
	require.Error(t, err)
	_, err = skmid.SexOf(mss.PersonID{})
	require.Error(t, err)
	require.Equal(t, []string{"female", "male", "Sex(3)"}, []string{skmid.Female.String(), skmid.Male.String(), skmid.Sex(3).String()})
}
