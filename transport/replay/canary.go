package replay

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/gomss/gomss/internal/xmlwire"
)

// canary remembers what must not be in any file, and looks for it before a file is written. It does not trust the list
// of what is kept: what bears one of the names of private is remembered whatever that list says.
type canary struct {
	values []canaryValue
}

type canaryValue struct {
	text     string
	unsigned bool // has no business in a signature, which holds the text and the person's certificate
}

// private are the names of elements, attributes and JSON members whose values are never public.
var private = map[string]bool{
	"MSISDN": true, "AP_ID": true, "AP_PWD": true, "AP_TransID": true, "AP_URL": true, "MSSP_TransID": true,
	"DataToBeSigned": true, "DataToBeDisplayed": true, "Message": true, "UserIdentifier": true,
	"PortalUrl": true, "AuthUri": true, "RedirectUri": true, "X509SubjectName": true, "X509Certificate": true,
	"country": true, "accuracy": true, "timestamp": true, "Country": true, "Accuracy": true, "Timestamp": true,
}

// minCanary is the length from which a value that turns up elsewhere did not do so by chance, in octets.
const minCanary = 4

// add remembers the values of a document as it came; its signature, too, unless that is kept.
func (c *canary) add(doc *node, keep keepList, keepSignature bool) {
	doc.values(func(at place, value string) {
		name, original := at.name(), value
		value = strings.TrimPrefix(xmlwire.TrimSpace(value), "+")
		switch {
		case len(value) < minCanary, isFictitious(value), value == "true", value == "false", value == jsonNull:
		case name == "MSISDN" && testNumber.MatchString(value), name == signatureName && keepSignature:
		case private[name] || !keep(at, original) && !(at.leaf != nil && qnameElements[at.owner]):
			c.values = append(c.values, canaryValue{value, name == "MSISDN" || name == "AP_ID" || name == "AP_PWD"})
		}
	})
}

// isFictitious recognises what a scrubber made: a replay can be recorded again.
func isFictitious(value string) bool {
	return value == fictitiousTime || value == ReplacedLink || value == replacedCertificate || value == strings.TrimSuffix(fictitiousTime, "Z") ||
		strings.HasPrefix(value, fictitiousLink) || strings.HasPrefix(value, fictitiousText)
}

// errSurvived names nothing: the value is what must not get out.
var errSurvived = errors.New("a value that must be replaced is still in it: not written")

// check looks through the names and values of a message that is about to be written, and into the signature.
func (c *canary) check(root *node) (err error) {
	root.names(func(name xmlwire.Name) {
		if c.sings(name.Space, false) || c.sings(name.Local, false) {
			err = errSurvived
		}
	})
	root.values(func(at place, value string) {
		if c.sings(value, false) {
			err = errSurvived
		}
		if at.is(signatureName) {
			// What is no Base64 was looked at as it is.
			cms, _ := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value), ""))
			if c.sings(string(cms), true) {
				err = errSurvived
			}
		}
	})
	return err
}

// sings reports whether s holds a value; inside a signature that is kept, one that has no business there.
func (c *canary) sings(s string, signature bool) bool {
	for _, v := range c.values {
		if (v.unsigned || !signature) && strings.Contains(s, v.text) {
			return true
		}
	}
	return false
}
