package xmlwire

import (
	"errors"
	"strconv"
)

// Integer is an xs:integer of any size in canonical decimal: no leading zeros,
// no plus sign. Certificate serial numbers do not fit a machine word.
type Integer string

// maxIntegerDigits bounds what is taken for a number; the serial number of a
// certificate has at most 49 digits (RFC 5280 section 4.1.2.2).
const maxIntegerDigits = 128

var errInteger = errors.New("not an integer")

// IntegerOf is i as an Integer.
func IntegerOf(i int) Integer { return Integer(strconv.Itoa(i)) }

// ParseInteger reads an xs:integer, with white space around it, of at most 128
// digits.
func ParseInteger(s string) (Integer, error) {
	s = TrimSpace(s)
	sign, digits := "", s
	if s != "" && (s[0] == '+' || s[0] == '-') {
		sign, digits = s[:1], s[1:]
	}
	if digits == "" {
		return "", errInteger
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return "", errInteger
		}
	}
	for len(digits) > 1 && digits[0] == '0' {
		digits = digits[1:]
	}
	switch {
	case len(digits) > maxIntegerDigits:
		return "", errors.New("an integer with too many digits")
	case sign != "-" || digits == "0":
		return Integer(digits), nil
	}
	return Integer("-" + digits), nil
}

// Int is the value, if it fits an int. The zero Integer, which is no number,
// does not.
func (i Integer) Int() (int, bool) {
	n, err := strconv.Atoi(string(i))
	return n, err == nil
}
