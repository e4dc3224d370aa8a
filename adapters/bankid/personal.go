package bankid

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"strings"

	"github.com/gomss/gomss/mss"
)

var (
	oidSurname      = asn1.ObjectIdentifier{2, 5, 4, 4}
	oidSerialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}
	oidCountry      = asn1.ObjectIdentifier{2, 5, 4, 6}
	oidGivenName    = asn1.ObjectIdentifier{2, 5, 4, 42}
)

const personalNumberLength = 12 // digits: YYYYMMDDNNNC

// subject is the person, as the certificate names them.
type subject struct {
	number             string // 12 digits
	person             mss.PersonID
	givenName, surname string
}

// readSubject reads a person's certificate. The personal number's check digit is left alone: the bank looked at it.
func readSubject(c *x509.Certificate) (*subject, error) {
	var s subject
	var country string
	for _, a := range []struct {
		oid   asn1.ObjectIdentifier
		value *string
		name  string
	}{
		{oidSerialNumber, &s.number, "serialNumber"}, {oidCountry, &country, "country"},
		{oidGivenName, &s.givenName, "givenName"}, {oidSurname, &s.surname, "surname"},
	} {
		n := 0
		for _, name := range c.Subject.Names {
			if name.Type.Equal(a.oid) {
				*a.value, _ = name.Value.(string)
				n++
			}
		}
		if n > 1 || n == 1 && *a.value == "" {
			return nil, errors.New("the certificate's subject has more than one " + a.name + ", or one that is no text")
		}
	}
	if country != "SE" || !isPersonalNumber(s.number) {
		return nil, errors.New("the certificate's subject has no Swedish personal number of 12 digits")
	}
	var err error
	s.person, err = mss.ParsePersonID("SE", s.number)
	return &s, err
}

func isPersonalNumber(s string) bool {
	return len(s) == personalNumberLength && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}
