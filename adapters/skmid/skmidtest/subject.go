package skmidtest

import (
	"crypto/x509/pkix"
	"encoding/asn1"
)

// identity is what a certificate says about a person.
type identity struct {
	given, surname string
	country        string
	code           string // 11 digits
}

// national is the code as the country writes it: Latvia has a hyphen behind the date.
func (i identity) national() string {
	if i.country == "LV" {
		return i.code[:6] + "-" + i.code[6:]
	}
	return i.code
}

// serial is the serialNumber attribute: with the prefix of ETSI EN 319 412-1 clause 5.1.3 in all forms but the oldest.
func (i identity) serial(p Profile) string {
	if p == ESTEIDOld {
		return i.national()
	}
	return "PNO" + i.country + "-" + i.national()
}

// commonName is made of the names in an order that depends on the form, which is why nobody must take it apart.
func (i identity) commonName(p Profile) string {
	if p == ESTEIDOld || p == ESTEIDMid {
		return i.surname + "," + i.given + "," + i.national()
	}
	return i.given + "," + i.surname
}

var (
	oidCommonName         = asn1.ObjectIdentifier{2, 5, 4, 3}
	oidSurname            = asn1.ObjectIdentifier{2, 5, 4, 4}
	oidSerialNumber       = asn1.ObjectIdentifier{2, 5, 4, 5}
	oidCountry            = asn1.ObjectIdentifier{2, 5, 4, 6}
	oidOrganization       = asn1.ObjectIdentifier{2, 5, 4, 10}
	oidOrganizationalUnit = asn1.ObjectIdentifier{2, 5, 4, 11}
	oidGivenName          = asn1.ObjectIdentifier{2, 5, 4, 42}
)

// subject is a person's name. pkix.Name can express neither given name and surname nor this order, and would write names
// that happen to be ASCII as PrintableString, where SK writes UTF8String.
func (i identity) subject(p Profile, k kind, f Forge) ([]byte, error) {
	country := i.country
	if f == ForgeContradict {
		country = otherCountry(country)
	}
	name := rdns{printableString(oidCountry, country)}
	if p == ESTEIDOld {
		unit := "authentication"
		if k == signing {
			unit = "digital signature"
		}
		name.add(utf8String(oidOrganization, "ESTEID (MOBIIL-ID)"), utf8String(oidOrganizationalUnit, unit))
	}
	commonName := utf8String(oidCommonName, i.commonName(p))
	if p != ESTEIDOld {
		name.add(commonName)
	}
	name.add(utf8String(oidSurname, i.surname), utf8String(oidGivenName, i.given))
	if f == ForgeSerials {
		name.add(printableString(oidSerialNumber, i.other().serial(p)))
	}
	name.add(printableString(oidSerialNumber, i.serial(p)))
	if p == ESTEIDOld {
		name.add(commonName)
	}
	return asn1.Marshal(pkix.RDNSequence(name))
}

type rdns pkix.RDNSequence

func (r *rdns) add(sets ...pkix.RelativeDistinguishedNameSET) { *r = append(*r, sets...) }

func utf8String(id asn1.ObjectIdentifier, value string) pkix.RelativeDistinguishedNameSET {
	return attribute(id, asn1.TagUTF8String, value)
}

func printableString(id asn1.ObjectIdentifier, value string) pkix.RelativeDistinguishedNameSET {
	return attribute(id, asn1.TagPrintableString, value)
}

func attribute(id asn1.ObjectIdentifier, tag int, value string) pkix.RelativeDistinguishedNameSET {
	return pkix.RelativeDistinguishedNameSET{{Type: id, Value: asn1.RawValue{Tag: tag, Bytes: []byte(value)}}}
}

// other is another person of the same country.
func (i identity) other() identity {
	o := identity{given: "KEEGI", surname: "TEINE", country: i.country, code: "47101010033"}
	if i.code == o.code {
		o.code = "60001019906"
	}
	return o
}

func otherCountry(c string) string {
	if c == "EE" {
		return "LT"
	}
	return "EE"
}
