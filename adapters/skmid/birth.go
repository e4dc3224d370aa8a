package skmid

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/gomss/gomss/mss"
)

// Sex is what an identity code says of a person's sex.
type Sex int

const (
	Female Sex = iota + 1
	Male
)

// String returns "female" or "male".
func (s Sex) String() string {
	switch s {
	case Female:
		return "female"
	case Male:
		return "male"
	}
	return "Sex(" + strconv.Itoa(int(s)) + ")"
}

// latvianCode is a Latvian code with a date: DDMMYY, century, number. Those issued since 2017 begin with 32 and hold none.
var latvianCode = regexp.MustCompile(`^([0-9]{2})([0-9]{2})([0-9]{2})-([0-2])[0-9]{4}$`)

// BirthDate returns the date of birth, at midnight UTC, that an Estonian, Lithuanian or Latvian identity code holds. It is an
// error where the code holds none. The result is as personal as the code: derive it where you need it and do not keep it.
func BirthDate(p mss.PersonID) (time.Time, error) {
	country, code, err := splitPerson(p)
	if err != nil {
		return time.Time{}, fmt.Errorf("skmid: birth date: the identity code %w", err)
	}
	t, err := time.Time{}, errNotThere
	switch country {
	case estonia, lithuania:
		t, err = birthDate(code)
	case "LV":
		if parts := latvianCode.FindStringSubmatch(code); parts != nil {
			century := int(parts[4][0] - '0')
			t, err = realDate(1800+100*century+number(parts[3]), number(parts[2]), number(parts[1]))
		}
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("skmid: birth date: the identity code %w", err)
	}
	return t, nil
}

var errNotThere = errors.New("does not tell")

// SexOf returns the sex that an Estonian or Lithuanian identity code holds. It is an error where the code holds none, as those of
// Latvia do not.
func SexOf(p mss.PersonID) (Sex, error) {
	country, code, err := splitPerson(p)
	if err == nil && country != estonia && country != lithuania {
		err = errNotThere
	}
	if err == nil {
		_, err = birthDate(code)
	}
	if err != nil {
		return 0, fmt.Errorf("skmid: sex: the identity code %w", err)
	}
	if code[0]%2 == 0 {
		return Female, nil
	}
	return Male, nil
}
