package bankidtest

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"strings"
)

var (
	oidCommonName   = asn1.ObjectIdentifier{2, 5, 4, 3}
	oidSurname      = asn1.ObjectIdentifier{2, 5, 4, 4}
	oidSerialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}
	oidCountry      = asn1.ObjectIdentifier{2, 5, 4, 6}
	oidOrganization = asn1.ObjectIdentifier{2, 5, 4, 10}
	oidName         = asn1.ObjectIdentifier{2, 5, 4, 41}
	oidGivenName    = asn1.ObjectIdentifier{2, 5, 4, 42}
)

// bankName is the organization in every certificate below the bank.
const bankName = "Simulated Bank AB (publ)"

// attribute is one RDN of a subject.
type attribute struct {
	oid   asn1.ObjectIdentifier
	value string
}

// rawSubject writes a subject in the order given, which pkix.Name would not keep.
func rawSubject(list ...attribute) ([]byte, error) {
	var rdns pkix.RDNSequence
	for _, a := range list {
		rdns = append(rdns, pkix.RelativeDistinguishedNameSET{{Type: a.oid, Value: a.value}})
	}
	return asn1.Marshal(rdns)
}

// subjectKeys are the attribute names of srvInfo/name.
var subjectKeys = map[string]string{
	oidCommonName.String(): "cn", oidName.String(): "name", oidSerialNumber.String(): "serialNumber",
	oidOrganization.String(): "o", oidCountry.String(): "c",
}

// subjectText writes a relying party's subject as srvInfo/name has it: RFC 4514 order, which is the reverse, and BankID's
// own attribute names. Attributes without such a name are left out.
func subjectText(c *x509.Certificate) string {
	var parts []string
	for _, a := range slices.Backward(c.Subject.Names) {
		key, known := subjectKeys[a.Type.String()]
		value, isText := a.Value.(string)
		if known && isText {
			parts = append(parts, key+"="+escapeDN(value))
		}
	}
	return strings.Join(parts, ",")
}

// escapeDN is RFC 4514 2.4.
func escapeDN(value string) string {
	var b strings.Builder
	for i, r := range value {
		edge := i == 0 && (r == ' ' || r == '#') || i == len(value)-1 && r == ' '
		if edge || strings.ContainsRune(`"+,;<>\`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// subjectName is the attribute name of a relying party, which the app shows.
func subjectName(c *x509.Certificate) string {
	for _, a := range c.Subject.Names {
		if value, ok := a.Value.(string); ok && a.Type.Equal(oidName) {
			return value
		}
	}
	return c.Subject.CommonName
}
