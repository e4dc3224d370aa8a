package registrant

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gomss/gomss/mss"
)

// The attributes of a subject that are read (X.520), always by OID: the order of names within the common name changed
// over the years.
var (
	oidSurname      = asn1.ObjectIdentifier{2, 5, 4, 4}
	oidSerialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}
	oidCountry      = asn1.ObjectIdentifier{2, 5, 4, 6}
	oidGivenName    = asn1.ObjectIdentifier{2, 5, 4, 42}
)

const maxName = 200 // characters

// identity is what the registry is told of a person.
type identity struct {
	country, ident     string // "EE" and the bare code
	givenName, surname string // as certified
}

// identify reads the person from the signer's certificate and holds it against what the verifier has read: the fields of a
// Signer are a caller's to change, the certificate is not.
func identify(s *mss.Signer) (*identity, error) {
	if len(s.Chain) == 0 || s.Chain[0] == nil {
		return nil, errors.New("has no certificate")
	}
	leaf := s.Chain[0]
	if leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return nil, errors.New("the certificate's key is not for authentication (key usage digitalSignature)")
	}
	id, err := identityCode(leaf)
	if err != nil {
		return nil, err
	}
	person, err := mss.ParsePersonID(id.country, id.ident)
	if err != nil || person != s.Person {
		return nil, errors.New("Signer.Person is not the person in the certificate")
	}
	if id.givenName, err = name(leaf, oidGivenName, s.GivenName); err != nil {
		return nil, err
	}
	if id.surname, err = name(leaf, oidSurname, s.Surname); err != nil {
		return nil, err
	}
	return id, nil
}

// identityCode reads the national identity code and its country: "PNOEE-60001019906" (ETSI EN 319 412-1 5.1.3), or in
// older certificates the bare code beside the country attribute. Where both tell a country they must agree (SEC-21).
func identityCode(leaf *x509.Certificate) (*identity, error) {
	serial, n := attribute(leaf, oidSerialNumber)
	if n != 1 {
		return nil, errors.New("the certificate's subject has not exactly one serialNumber")
	}
	country, n := attribute(leaf, oidCountry)
	if n > 1 {
		return nil, errors.New("the certificate's subject has more than one country")
	}
	id := &identity{country: country, ident: serial}
	if isSemantic(serial) {
		if !strings.HasPrefix(serial, "PNO") {
			return nil, errors.New("the certificate names the person by something else than a national identity code")
		}
		id.country, id.ident = serial[3:5], serial[6:]
		if n == 1 && country != id.country {
			return nil, errors.New("the certificate's serialNumber and country contradict each other")
		}
	}
	return id, nil
}

// isSemantic reports whether a serialNumber begins with a type of identity, a country and a hyphen.
func isSemantic(serial string) bool {
	if len(serial) < 6 || serial[5] != '-' {
		return false
	}
	return !strings.ContainsFunc(serial[:5], func(r rune) bool { return r < 'A' || r > 'Z' })
}

// name reads a name that must be there once, legible, and the one that the verifier has read. The registry refuses blank
// names.
func name(leaf *x509.Certificate, oid asn1.ObjectIdentifier, read mss.Private) (string, error) {
	s, n := attribute(leaf, oid)
	switch {
	case n != 1 || strings.TrimSpace(s) == "":
		return "", errors.New("the certificate's subject has not exactly one given name and one surname")
	case !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxName || strings.ContainsFunc(s, unicode.IsControl):
		return "", errors.New("a name in the certificate is too long or holds control characters")
	case mss.Conceal(s) != read:
		return "", errors.New("the signer's names are not those in the certificate")
	}
	return s, nil
}

// attribute returns the last value of an attribute of the subject and how many there are (SEC-7).
func attribute(c *x509.Certificate, oid asn1.ObjectIdentifier) (value string, n int) {
	for _, a := range c.Subject.Names {
		if a.Type.Equal(oid) {
			value, _ = a.Value.(string)
			n++
		}
	}
	return value, n
}
