package skmid

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

func TestCheckPerson(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"37605030299", "38412319871", "60001019906",
		"51307149560", "60001019947", "37501010116", // second stage
		"37501010720", // both stages 10
	} {
		for _, country := range []string{"EE", "LT"} {
			p, err := mss.ParsePersonID(country, code)
			require.NoError(t, err)
			of, digits, err := checkPerson(p)
			require.NoError(t, err, code)
			require.Equal(t, []string{country, code}, []string{of, digits})
		}
	}
	for name, tt := range map[string]struct{ country, code, problem string }{
		"month 13, check digit fine":     {"EE", "60013019909", "no date"},
		"one digit more":                 {"EE", "376050302993", "11 digits"},
		"a letter":                       {"EE", "3760503029Y", "11 digits"},
		"zeros":                          {"EE", "60000000000", "no date"},
		"wrong check digit":              {"EE", "37605030290", "check digit"},
		"two digits swapped":             {"EE", "37605032099", "check digit"},
		"check digit of the first stage": {"EE", "51307149568", "check digit"},
		"no 30th of February":            {"EE", "39902301234", "no date"},
		"no leap year":                   {"EE", "39902291234", "no date"},
		"no century":                     {"LT", "09905030299", "century"},
		"another one":                    {"LT", "99905030299", "century"},
		"Latvian":                        {"LV", "010117-21234", "EE and LT"},
		"Swiss":                          {"CH", "37605030299", "EE and LT"},
	} {
		p, err := mss.ParsePersonID(tt.country, tt.code)
		require.NoError(t, err)
		_, _, err = checkPerson(p)
		require.ErrorContains(t, err, tt.problem, name)
		require.NotContains(t, err.Error(), tt.code, name)
	}
	_, _, err := checkPerson(mss.PersonID{})
	require.ErrorContains(t, err, "required")
	_, _, err = checkPerson(mss.PersonID{Private: mss.Conceal("PNOEE-37605030299 ")})
	require.ErrorContains(t, err, "ParsePersonID", "a PersonID that somebody composed")
	_, _, err = checkPerson(mss.PersonID{Private: mss.Conceal("EE-37605030299")})
	require.ErrorContains(t, err, "ParsePersonID", "without its prefix")
	_, _, err = checkPerson(mss.PersonID{Private: mss.Conceal("37605030299")})
	require.ErrorContains(t, err, "ParsePersonID")
}

// TestDemoPersons: the list is of codes that pass every check, as reference tests of public clients assert.
func TestDemoPersons(t *testing.T) {
	t.Parallel()
	require.Len(t, demoPersons, 21)
	for id := range demoPersons {
		_, _, err := checkPerson(mss.PersonID{Private: mss.Conceal(id)})
		require.NoError(t, err, id)
	}
}

func TestPhoneCountry(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"+37251234567": "EE", "+3725123456": "EE", "+37200000766": "EE", "+37061234567": "LT", "+3706123456": "LT",
		"+372512345": "", "+372512345678": "", "+37151234567": "", "+41791234567": "", "+37612345678": "",
	} {
		m, err := mss.ParseMSISDN(number)
		require.NoError(t, err)
		country, err := phoneCountry(m)
		require.Equal(t, want, country, number)
		require.Equal(t, want == "", err != nil, number)
	}
	for _, composed := range []string{"", "+372 5123 4567", "37251234567", "+37251234567\n", "+3725123456x"} {
		_, err := phoneCountry(mss.MSISDN{Private: mss.Conceal(composed)})
		require.Error(t, err, composed)
	}
}

func TestReadSerial(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ serial, country, want string }{
		"with prefix":                 {"PNOEE-60001019906", "EE", "PNOEE-60001019906"},
		"with prefix alone":           {"PNOLT-36009067968", "", "PNOLT-36009067968"},
		"bare":                        {"60001019906", "EE", "PNOEE-60001019906"},
		"bare, Lithuanian":            {"36009067968", "LT", "PNOLT-36009067968"},
		"Latvian: the second hyphen":  {"PNOLV-010117-21234", "LV", "PNOLV-010117-21234"},
		"countries that disagree":     {"PNOEE-60001019906", "LT", ""},
		"bare without country":        {"60001019906", "", ""},
		"bare, country in lower case": {"60001019906", "ee", ""},
		"too short":                   {"6000101990", "EE", ""},
		"passport":                    {"PASEE-K1234567", "EE", ""},
		"identity card":               {"IDCEE-60001019906", "EE", ""},
		"lower case":                  {"pnoee-60001019906", "EE", ""},
		"no hyphen":                   {"PNOEE60001019906", "EE", ""},
		"no code":                     {"PNOEE-", "EE", ""},
		"nothing":                     {"", "EE", ""},
		"octets behind":               {"PNOEE-60001019906 ", "EE", ""},
		"other digits":                {"PNOEE-６0001019906", "EE", ""},
		"other digits, bare":          {"６000101990", "EE", ""},
	} {
		p, err := readSerial(tt.serial, tt.country)
		require.Equal(t, tt.want, p.Reveal(), name)
		require.Equal(t, tt.want == "", err != nil, name)
	}
}
