package mss

import (
	"strconv"
	"unicode"
	"unicode/utf8"
)

// User is whom to ask (ETSI MobileUser). A service refuses a user whom it can address by none of the fields set.
type User struct {
	MSISDN MSISDN   // telephone number: ETSI services, SK Mobile-ID
	Person PersonID // national identity code: SK Mobile-ID; optional for BankID
	ID     UserID   // the provider's own identifier: Hermod
}

// MSISDN is a telephone number in international form (ITU-T E.164). It prints redacted; Reveal returns it with a
// leading "+". Values are comparable whether they were written with "+" or without.
type MSISDN struct{ Private }

// ParseMSISDN reads an international number of 7 to 15 digits, with or without a leading "+". Spaces and the prefix 00
// are refused, as the services refuse them.
func ParseMSISDN(s string) (MSISDN, error) {
	digits := s
	if digits != "" && digits[0] == '+' {
		digits = digits[1:]
	}
	if len(digits) < 7 || len(digits) > 15 {
		return MSISDN{}, &RequestError{Field: "User.MSISDN", Reason: "an international number has 7 to 15 digits, this one " + strconv.Itoa(len(digits))}
	}
	if digits[0] == '0' {
		return MSISDN{}, &RequestError{Field: "User.MSISDN", Reason: "begins with 0: write the country code, without 00"}
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return MSISDN{}, &RequestError{Field: "User.MSISDN", Reason: "only digits may follow the country code; remove spaces and punctuation"}
		}
	}
	return MSISDN{Conceal("+" + digits)}, nil
}

// Digits returns the number without "+", as Mobile ID services write it. It is as personal as Reveal.
func (m MSISDN) Digits() string {
	if m.IsZero() {
		return ""
	}
	return m.Reveal()[1:]
}

// PersonID is a national identity code with its country, in the form of ETSI EN 319 412-1: "PNOEE-60001019906". It
// prints redacted.
type PersonID struct{ Private }

// ParsePersonID joins an ISO 3166-1 alpha-2 country code and an identity code of at most 20 letters, digits or hyphens.
// Check digits are the business of the adapter that sends it.
func ParsePersonID(country, code string) (PersonID, error) {
	if len(country) != 2 || !isUpper(country[0]) || !isUpper(country[1]) {
		return PersonID{}, &RequestError{Field: "User.Person", Reason: "the country is two capital letters (ISO 3166-1), such as EE"}
	}
	if code == "" || len(code) > 20 {
		return PersonID{}, &RequestError{Field: "User.Person", Reason: "an identity code has 1 to 20 characters"}
	}
	for i := range len(code) {
		if c := code[i]; !isUpper(c) && (c < '0' || c > '9') && c != '-' {
			return PersonID{}, &RequestError{Field: "User.Person", Reason: "an identity code holds only digits, capital letters and hyphens"}
		}
	}
	return PersonID{Conceal("PNO" + country + "-" + code)}, nil
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// UserID is an identifier that the provider gave the person (ETSI UserIdentifier). It prints redacted.
type UserID struct{ Private }

// ParseUserID reads an identifier of 1 to 128 printable characters.
func ParseUserID(s string) (UserID, error) {
	if s == "" || !utf8.ValidString(s) || utf8.RuneCountInString(s) > 128 {
		return UserID{}, &RequestError{Field: "User.ID", Reason: "an identifier has 1 to 128 characters of UTF-8"}
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return UserID{}, &RequestError{Field: "User.ID", Reason: "an identifier holds printable characters only"}
		}
	}
	return UserID{Conceal(s)}, nil
}
