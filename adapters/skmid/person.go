package skmid

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"strings"

	"github.com/gomss/gomss/mss"
)

// Attributes of a subject (X.520).
var (
	oidSurname      = asn1.ObjectIdentifier{2, 5, 4, 4}
	oidSerialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}
	oidCountry      = asn1.ObjectIdentifier{2, 5, 4, 6}
	oidGivenName    = asn1.ObjectIdentifier{2, 5, 4, 42}
)

// subject is what a certificate says of the person.
type subject struct {
	person             mss.PersonID
	givenName, surname string
}

// newSubject reads the person from the attributes of the subject, never from the CN, whose parts change order. crypto/x509 takes
// the last of several attributes of a kind; here a second one is refused (SEC-7).
func newSubject(c *x509.Certificate) (s subject, err error) {
	var serial, country string
	for _, a := range []struct {
		oid   asn1.ObjectIdentifier
		value *string
		name  string
	}{
		{oidSerialNumber, &serial, "serialNumber"}, {oidCountry, &country, "country"},
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
			return subject{}, errors.New("the certificate's subject has more than one " + a.name + ", or one that is no text")
		}
	}
	s.person, err = readSerial(serial, country)
	return s, err
}

// readSerial reads a serialNumber: "PNOEE-60001019906" (ETSI EN 319 412-1; of a Latvian code the hyphen inside belongs to it), or
// the bare digits of older certificates, whose country is in C. Where both tell a country, they must agree.
func readSerial(serial, country string) (mss.PersonID, error) {
	code := serial
	if rest, ok := strings.CutPrefix(serial, "PNO"); ok {
		of, bare, _ := strings.Cut(rest, "-")
		if country != "" && country != of {
			return mss.PersonID{}, errors.New("the country in the certificate's serialNumber is not the one in C")
		}
		country, code = of, bare
	} else if len(serial) != codeLength || strings.ContainsFunc(serial, func(r rune) bool { return r < '0' || r > '9' }) {
		return mss.PersonID{}, errors.New("the certificate's serialNumber is not a national identity code (PNO and country, or 11 digits)")
	}
	p, err := mss.ParsePersonID(country, code)
	if err != nil {
		return mss.PersonID{}, errors.New("the certificate's serialNumber and country make no identity code")
	}
	return p, nil
}

// demoPersons are the persons of SK's demo service, by PersonID. Nobody has these codes.
var demoPersons = map[string]bool{
	"PNOEE-60001019906": true, "PNOEE-60001018800": true, "PNOEE-60001017869": true, "PNOEE-51307149560": true,
	"PNOEE-39901019992": true, "PNOEE-45001019980": true, "PNOEE-61001019985": true, "PNOEE-60001017716": true,
	"PNOEE-60001019939": true, "PNOEE-60001019928": true, "PNOEE-60001019947": true, "PNOEE-60001019950": true,
	"PNOEE-60001019961": true, "PNOEE-60001019972": true, "PNOEE-60001019983": true, "PNOEE-50001018908": true,
	"PNOLT-50001018865": true, "PNOLT-50001018832": true, "PNOLT-50001018854": true, "PNOLT-50001018876": true,
	"PNOLT-50001018908": true,
}

// isTest reports whether a person is one of the demo service.
func isTest(p mss.PersonID) bool { return demoPersons[p.Reveal()] }

var errDemoPerson = errors.New("is a person of the demo service, whom production does not know")
