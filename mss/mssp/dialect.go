package mssp

import (
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/gsm0338"
	"github.com/gomss/gomss/transport/soap"
)

// Signature profiles of Swisscom Mobile ID. Which of them an application may use is part of its contract; others can be
// named by their URI.
const (
	ProfileAny    = "http://mid.swisscom.ch/Any-LoA4"    // SIM card where active, else app
	ProfileSIM    = "http://mid.swisscom.ch/STK-LoA4"    // SIM card only
	ProfileDevice = "http://mid.swisscom.ch/Device-LoA4" // app only
	ProfileAuth1  = "http://mid.swisscom.ch/MID/v1/AuthProfile1"
)

// Method is how the person signs.
type Method int

const (
	MethodAny    Method = iota // unknown, or left to the provider
	MethodSIM                  // SIM card (STK)
	MethodDevice               // app
)

// Version is the MajorVersion and MinorVersion of a message.
type Version struct{ Major, Minor int }

// Endpoints are the addresses of the operations: paths that are appended to the base URL, or absolute https URLs.
type Endpoints struct {
	Signature   string
	StatusQuery string
}

// Dialect is all that differs between the operators' services of TS 102 204. It is data: to support another operator is
// to fill in another one.
type Dialect struct {
	Name        string     // part of every transaction's scope: "swisscom"
	Endpoints   Endpoints  // where Config.Endpoints names none
	Style       soap.Style // of the rpc wrapper in requests; answers are read in either form
	ContentType string     // of requests
	MSSPID      string     // MSSP_Info/MSSP_ID/URI; an answer that names another one is refused
	Signature   Version    // of MSS_SignatureReq
	StatusQuery Version    // of MSS_StatusReq
	Languages   []string   // that the phone speaks (ISO 639-1)

	Timeout       time.Duration // how long a person has with a SIM card, or with an unknown method
	DeviceTimeout time.Duration // the same with an app
	Margin        time.Duration // how much longer than the person the client waits
	AnswerTimeout time.Duration // for calls that wait for nobody
	Poll          time.Duration // between polls, and before the first

	// Profiles tells the method of the signature profiles that promise one.
	Profiles map[string]Method

	// CheckText refuses text that the phone cannot show whole.
	CheckText func(text string) error

	// Policies are the certificate policies (OIDs) of which a signer's certificate must have one.
	Policies []string

	// SignerID returns the account key from the signer's certificate, or says why the certificate is not a person's.
	SignerID func(*x509.Certificate) (string, error)

	// TestNumbers are prefixes of MSISDNs, as digits, behind which there is no person; TestSigners are their account keys.
	TestNumbers, TestSigners []string
}

// Swisscom is the dialect of Swisscom Mobile ID (Reference Guide v3.3, corrected by what the service was seen to do).
func Swisscom() *Dialect {
	return &Dialect{
		Name: "swisscom",
		Endpoints: Endpoints{
			Signature:   "/soap/services/MSS_SignaturePort",
			StatusQuery: "/soap/services/MSS_StatusQueryPort",
		},
		Style:         soap.WSDLForm,
		ContentType:   "text/xml;charset=UTF-8",
		MSSPID:        "http://mid.swisscom.ch/",
		Signature:     Version{1, 1},
		StatusQuery:   Version{1, 1},
		Languages:     []string{"en", "de", "fr", "it"},
		Timeout:       80 * time.Second,
		DeviceTimeout: 40 * time.Second,
		Margin:        10 * time.Second,
		AnswerTimeout: 10 * time.Second,
		Poll:          5 * time.Second,
		Profiles:      map[string]Method{ProfileSIM: MethodSIM, ProfileDevice: MethodDevice},
		CheckText:     checkMobileIDText,
		Policies:      []string{"2.16.756.1.83.30.4.4", "2.16.756.1.83.22.0"},
		SignerID:      mobileIDSerial,
		TestNumbers:   []string{"41000092", "41700092501", "41700092502", "41000000000"},
		TestSigners:   []string{"MIDCHEO16P1O6E92"},
	}
}

const (
	maxSeptets = 239 // all characters in the GSM alphabet
	maxUTF16   = 119 // as soon as one is not
)

// checkMobileIDText is the guide's limit on DataToBeSigned (section 4.1.1). It does not say how characters of the GSM
// extension table count; they count twice here, as in a short message.
func checkMobileIDText(text string) error {
	n, gsm := gsm0338.Length(text)
	switch {
	case gsm && n > maxSeptets:
		return fmt.Errorf("takes %d characters of the GSM alphabet; at most %d fit", n, maxSeptets)
	case !gsm && n > maxUTF16:
		return fmt.Errorf("takes %d characters, and not all are in the GSM alphabet; then at most %d fit", n, maxUTF16)
	}
	return nil
}

// method returns the method that a profile promises.
func (d *Dialect) method(profile string) Method { return d.Profiles[profile] }

// timeout returns how long the person has with a profile (guide 4.3).
func (d *Dialect) timeout(profile string) time.Duration {
	if d.method(profile) == MethodDevice {
		return d.DeviceTimeout
	}
	return d.Timeout
}

// isTestNumber reports whether a number, as digits, is one of the service's robots.
func (d *Dialect) isTestNumber(digits string) bool {
	for _, prefix := range d.TestNumbers {
		if strings.HasPrefix(digits, prefix) {
			return true
		}
	}
	return false
}
