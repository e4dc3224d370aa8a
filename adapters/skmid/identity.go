package skmid

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
)

// The countries where there is Mobile-ID.
const (
	estonia   = "EE"
	lithuania = "LT"
)

// phonePattern is narrower than the service's own check, 8 to 30 digits: Estonian and Lithuanian numbers have 7 or 8 digits
// behind the country's code.
var phonePattern = regexp.MustCompile(`^\+37([02])[0-9]{7,8}$`)

// phoneCountry returns the country of a telephone number.
func phoneCountry(m mss.MSISDN) (string, error) {
	if m.IsZero() {
		return "", errors.New("is required: Mobile-ID finds a person by number and identity code together")
	}
	parts := phonePattern.FindStringSubmatch(m.Reveal())
	switch {
	case parts == nil:
		return "", errors.New("is no number of Estonia (+372) or Lithuania (+370) with 7 or 8 digits behind the country's code")
	case parts[1] == "0":
		return lithuania, nil
	}
	return estonia, nil
}

// splitPerson takes a PersonID apart: country and code.
func splitPerson(p mss.PersonID) (country, code string, err error) {
	country, code, ok := strings.Cut(strings.TrimPrefix(p.Reveal(), "PNO"), "-")
	if again, failed := mss.ParsePersonID(country, code); !ok || failed != nil || again != p {
		return "", "", errors.New("was not made by mss.ParsePersonID")
	}
	return country, code, nil
}

// checkPerson checks an identity code that somebody typed, and returns its country and digits.
func checkPerson(p mss.PersonID) (country, code string, err error) {
	if p.IsZero() {
		return "", "", errors.New("is required: Mobile-ID finds a person by number and identity code together")
	}
	if country, code, err = splitPerson(p); err != nil {
		return "", "", err
	}
	if country != estonia && country != lithuania {
		return "", "", errors.New("is of another country than EE and LT, where there is Mobile-ID")
	}
	if _, err := birthDate(code); err != nil {
		return "", "", err
	}
	if checkDigit(code) != code[codeLength-1] {
		return "", "", errors.New("has a wrong check digit: it was mistyped")
	}
	return country, code, nil
}

const codeLength = 11 // digits of an Estonian or Lithuanian identity code: sex and century, YYMMDD, number, check digit

var errNoCode = errors.New("is not an identity code of 11 digits")

// birthDate returns the date in a code of Estonia or Lithuania. It leaves the check digit alone: there are certificates, and
// so persons, whose code fails it.
func birthDate(code string) (time.Time, error) {
	if len(code) != codeLength || strings.ContainsFunc(code, func(r rune) bool { return r < '0' || r > '9' }) {
		return time.Time{}, errNoCode
	}
	century := int(code[0]-'1') / 2 // 1 and 2: born in the 1800s, up to 7 and 8: in the 2100s
	if code[0] < '1' || code[0] > '8' {
		return time.Time{}, errors.New("begins with a digit that stands for no century")
	}
	return realDate(1800+100*century+number(code[1:3]), number(code[3:5]), number(code[5:7]))
}

func realDate(year, month, day int) (time.Time, error) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || int(t.Month()) != month || t.Day() != day {
		return time.Time{}, errors.New("holds a date of birth that is no date")
	}
	return t, nil
}

// number reads two digits.
func number(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }

// checkDigit computes the last digit of a code of 11 digits, in two stages with different weights.
func checkDigit(code string) byte {
	for _, weights := range []string{"1234567891", "3456789123"} {
		sum := 0
		for i := range len(weights) {
			sum += int(code[i]-'0') * int(weights[i]-'0')
		}
		if rest := sum % 11; rest < 10 {
			return byte('0' + rest)
		}
	}
	return '0'
}
