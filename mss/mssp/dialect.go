package mssp

import (
	"cmp"
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
	ProfileAny           = "http://mid.swisscom.ch/Any-LoA4"            // SIM card where active, else app
	ProfileSIM           = "http://mid.swisscom.ch/STK-LoA4"            // SIM card only
	ProfileDevice        = "http://mid.swisscom.ch/Device-LoA4"         // app only
	ProfileAnyGeofencing = "http://mid.swisscom.ch/Any-Geofencing-LoA4" // SIM card where it can be located, else app
	ProfileAuth1         = "http://mid.swisscom.ch/MID/v1/AuthProfile1"
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
	Signature    string
	StatusQuery  string
	Receipt      string
	ProfileQuery string
}

// or fills in what e leaves out.
func (e Endpoints) or(d Endpoints) Endpoints {
	return Endpoints{
		Signature:    cmp.Or(e.Signature, d.Signature),
		StatusQuery:  cmp.Or(e.StatusQuery, d.StatusQuery),
		Receipt:      cmp.Or(e.Receipt, d.Receipt),
		ProfileQuery: cmp.Or(e.ProfileQuery, d.ProfileQuery),
	}
}

// Wire is what a binding needs beside the messages: where they go, as what media type and in which versions.
type Wire struct {
	Endpoints   Endpoints // where Config.Endpoints names none
	ContentType string    // of requests
	Accept      string    // "": not sent

	Signature, StatusQuery, Receipt, ProfileQuery Version // of the requests
}

// Dialect is all that differs between the operators' services of TS 102 204. It is data: to support another operator is
// to fill in another one.
type Dialect struct {
	Name      string     // part of every transaction's scope: "swisscom"
	SOAP      Wire       // the SOAP binding
	JSON      Wire       // the JSON binding; without endpoints there is none
	Style     soap.Style // of the rpc wrapper in SOAP requests; answers are read in either form
	MSSPID    string     // MSSP_Info/MSSP_ID/URI; an answer that names another one is refused
	Languages []string   // that the phone speaks (ISO 639-1)

	// ProfileParams are what a profile query asks for (Params); empty: nothing but the signature profiles.
	ProfileParams []string

	// CountrySeparator joins the countries of a LocationPolicy into one attribute in the SOAP binding. "": that form is not
	// known, and a policy with more than one country in a list is refused there.
	CountrySeparator string

	// GeofencingInAS writes the SOAP element of a LocationPolicy into the namespace of the operator's additional services,
	// not into that of the messages. No capture or sample shows which of the two a service expects.
	GeofencingInAS bool

	Timeout       time.Duration // how long a person has with a SIM card, or with an unknown method
	DeviceTimeout time.Duration // the same with an app
	Margin        time.Duration // how much longer than the person the client waits
	AnswerTimeout time.Duration // for calls that wait for nobody
	ReceiptTime   time.Duration // that a receipt waits for the person
	Poll          time.Duration // between polls, and before the first

	// Profiles tells the method of the signature profiles that promise one.
	Profiles map[string]Method

	// CheckText refuses text that the phone cannot show whole.
	CheckText func(text string) error

	// Policies are the certificate policies (OIDs) of which a signer's certificate must have one.
	Policies []string

	// SignerID returns the account key from the signer's certificate, or says why the certificate is not a person's.
	SignerID func(*x509.Certificate) (string, error)

	// Heartbeat is the number that MSS_Signature refuses as illegal where the service is healthy; "": there is none.
	Heartbeat string

	// TestNumbers are prefixes of MSISDNs, as digits, behind which there is no person; TestSigners are their account keys.
	TestNumbers, TestSigners []string
}

// Swisscom is the dialect of Swisscom Mobile ID (Reference Guide v3.3, corrected by what the service was seen to do).
func Swisscom() *Dialect {
	return &Dialect{
		Name: "swisscom",
		SOAP: Wire{
			Endpoints: Endpoints{
				Signature:    "/soap/services/MSS_SignaturePort",
				StatusQuery:  "/soap/services/MSS_StatusQueryPort",
				Receipt:      "/soap/services/MSS_ReceiptPort",
				ProfileQuery: "/soap/services/MSS_ProfilePort",
			},
			ContentType:  "text/xml;charset=UTF-8",
			Signature:    Version{1, 1},
			StatusQuery:  Version{1, 1},
			Receipt:      Version{1, 1},
			ProfileQuery: Version{2, 0},
		},
		JSON: Wire{
			Endpoints: Endpoints{
				Signature:    "/rest/service/sign",
				StatusQuery:  "/rest/service/status",
				Receipt:      "/rest/service/receipt",
				ProfileQuery: "/rest/service/profile",
			},
			ContentType:  "application/json;charset=UTF-8",
			Accept:       "application/json",
			Signature:    Version{1, 2},
			StatusQuery:  Version{1, 1},
			Receipt:      Version{1, 1},
			ProfileQuery: Version{2, 0},
		},
		Style:         soap.WSDLForm,
		MSSPID:        "http://mid.swisscom.ch/",
		Languages:     []string{"en", "de", "fr", "it"},
		Timeout:       80 * time.Second,
		DeviceTimeout: 40 * time.Second,
		Margin:        10 * time.Second,
		AnswerTimeout: 10 * time.Second,
		ReceiptTime:   80 * time.Second,
		ProfileParams: []string{"sscds", "state", "certs", "pinstatus", "rcstatus", "aastatus", "carddetails"},
		Poll:          5 * time.Second,
		Profiles:      map[string]Method{ProfileSIM: MethodSIM, ProfileDevice: MethodDevice},
		CheckText:     checkMobileIDText,
		Policies:      []string{"2.16.756.1.83.30.4.4", "2.16.756.1.83.22.0"},
		SignerID:      mobileIDSerial,
		Heartbeat:     "41000000000",
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

// wire returns the settings of a binding.
func (d *Dialect) wire(b Binding) Wire {
	if b == JSON {
		return d.JSON
	}
	return d.SOAP
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
