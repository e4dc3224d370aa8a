package bankid

import (
	"errors"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
)

const personPrefix = "PNOSE-" // ETSI EN 319 412-1

// personalNumber returns the 12 digits of a Swedish personal or coordination number.
func personalNumber(p mss.PersonID) (string, error) {
	number, ok := strings.CutPrefix(p.Reveal(), personPrefix)
	if !ok {
		return "", errors.New(`is not of country "SE"`)
	}
	return number, checkPersonalNumber(number)
}

// checkPersonalNumber accepts YYYYMMDDNNNC: a date of birth, the day of which is 60 more in a coordination number, and a
// check digit.
func checkPersonalNumber(s string) error {
	if !isPersonalNumber(s) {
		return errors.New("has not 12 digits, YYYYMMDDNNNC: with the century, without hyphen")
	}
	day := []byte(s[:8])
	if day[6] >= '6' {
		day[6] -= 6 // a coordination number
	}
	born, err := time.Parse("20060102", string(day))
	if err != nil || born.Year() < 1800 {
		return errors.New("does not begin with a date of birth")
	}
	if s[11] != luhn(s[2:11]) {
		return errors.New("has a check digit that does not hold")
	}
	return nil
}

// luhn returns the check digit of nine digits: what their sum lacks to a multiple of ten, which is 0 if it is one.
func luhn(digits string) byte {
	sum := 0
	for i := range len(digits) {
		d := int(digits[i]-'0') * (2 - i%2)
		sum += d/10 + d%10
	}
	return byte('0' + (10-sum%10)%10)
}
