package mssp

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"strings"
)

var oidSerialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}

const (
	serialPrefix = "MIDCHE"
	serialLength = 16
)

// mobileIDSerial returns the Mobile ID serial number, MIDCHE and ten letters or digits, in upper case (guide 4.2). It
// outlives the certificate: a person who recovers the account keeps it. crypto/x509 takes the last of several
// serialNumber attributes for the name; a certificate that has not exactly one is refused (SEC-7).
func mobileIDSerial(c *x509.Certificate) (string, error) {
	serial, n := "", 0
	for _, name := range c.Subject.Names {
		if name.Type.Equal(oidSerialNumber) {
			serial, _ = name.Value.(string)
			n++
		}
	}
	if n != 1 {
		return "", errors.New("the certificate's subject has not exactly one serialNumber")
	}
	serial = upperASCII(serial)
	if len(serial) != serialLength || !strings.HasPrefix(serial, serialPrefix) || strings.ContainsFunc(serial, notAlphanumeric) {
		return "", errors.New("the certificate's serialNumber is not a Mobile ID serial (MIDCHE and ten letters or digits)")
	}
	return serial, nil
}

// upperASCII folds nothing but ASCII: Unicode case folding would make distinct names equal.
func upperASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

func notAlphanumeric(r rune) bool {
	return (r < 'A' || r > 'Z') && (r < '0' || r > '9')
}
