package replay

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/gomss/gomss/internal/xmlwire"
)

const (
	fictitiousTime = "2001-01-01T00:00:00.000Z"
	fictitiousLink = "https://replaced.example/"
	fictitiousText = "replaced-"

	replacedSignature = "cmVwbGFjZWQ=" // "replaced" in Base64, which is no BER
)

// lexical is a form that an answer's reader may insist on, and what stands for it.
type lexical struct {
	form *regexp.Regexp
	text string // "": numbered
}

var (
	instant = lexical{regexp.MustCompile(`^\s*\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)\s*$`), fictitiousTime}

	// forms are those of values of any name.
	forms = []lexical{
		instant,
		{regexp.MustCompile(`^\s*\d{4}-\d\d-\d\dT[0-9:.]+\s*$`), strings.TrimSuffix(fictitiousTime, "Z")}, // without zone
		{regexp.MustCompile(`^\d+\.\d+$`), "0.5"},
		{regexp.MustCompile(`^\d+$`), ""},
	}

	confidence = lexical{regexp.MustCompile(`^\s*(0(\.\d{1,15})?|1(\.0{1,15})?)\s*$`), strconv.Itoa(ReplacedConfidence)}

	// named are those of values of one name, in lower case: the parts of a location, wherever they stand, must make one
	// again that a policy can be held against.
	named = map[string]lexical{
		"country":            {regexp.MustCompile(`^\s*[A-Za-z]{2}\s*$`), ReplacedCountry},
		"accuracy":           {regexp.MustCompile(`^\s*\d{1,10}(\.\d{1,8})?\s*$`), strconv.Itoa(ReplacedAccuracy)},
		"timestamp":          instant,
		"deviceconfidence":   confidence,
		"locationconfidence": confidence,
		"authuri":            {regexp.MustCompile(`^\s*mobileid:`), ReplacedLink},
		"x509certificate":    {regexp.MustCompile(`^[A-Za-z0-9+/=\s]+$`), replacedCertificate},
	}
)

// isLocation reports whether something is the answer of geofencing: only there are the parts of a location such.
func isLocation(owner xmlwire.Name) bool { return strings.EqualFold(owner.Local, "GeoFencing") }

// fictitious makes a value of the same form as the original.
func (s *scrubber) fictitious(at place, o original) string {
	if o.name == signatureName {
		return replacedSignature
	}
	name := strings.ToLower(o.name)
	if f, ok := named[name]; ok && f.form.MatchString(o.value) && (isLocation(at.owner) || name == "authuri" || name == "x509certificate") {
		return f.text
	}
	for _, f := range forms {
		switch {
		case !f.form.MatchString(o.value):
		case f.text != "":
			return f.text
		default:
			s.names["0"]++
			return strconv.Itoa(s.names["0"])
		}
	}
	if scheme, _, ok := strings.Cut(o.value, ":"); ok && (scheme == "http" || scheme == "https") {
		return fictitiousLink + s.number("link", "-")
	}
	return s.number(fictitiousText+identifier(o.name), "-")
}

// replacedCertificate is a certificate of nobody's, for the year 2001 and with the mark of a simulator. Its key is not kept.
const replacedCertificate = "" +
	"MIIBJDCBy6ADAgECAgEBMAoGCCqGSM49BAMCMBMxETAPBgNVBAMTCHJlcGxhY2VkMB4XDTAxMDEwMTAwMDAwMFoXDTAxMDEw" +
	"MjAwMDAwMFowEzERMA8GA1UEAxMIcmVwbGFjZWQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATD1ztiEYo4cvi7H5gX+TfC" +
	"UXJWncbBsm/tJV0if3JaN0mr8s0Ifj71N14fVl5vL/F0onvJTBRjZ2+JmhDnLzh9oxAwDjAMBgaIN2aBTAEEAgUAMAoGCCqG" +
	"SM49BAMCA0gAMEUCIDqvM3mql0X+u1VBEM71sbCzY3kvWAC+QSAdPoqx+DBBAiEAhWIFPCAX3vTiJfigw8yZWkp8/lzdLBqH" +
	"GdbsIAJMx4Y="
