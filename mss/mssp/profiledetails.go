package mssp

import (
	"crypto/x509"
	"fmt"
	"log/slog"
)

// ProfileDetails is what a profile query tells beside the signature profiles (guide section 3.5.2), as far as it was asked
// for: the provider's word, of which nothing is verified. Words such as states are kept as they came, at most 64
// characters of them, with what is not printable escaped. A nil flag was not told.
//
// It and its parts print as "[redacted]": certificates name a person, and states say what they can do.
type ProfileDetails struct {
	concealed
	SIM  *Device // nil: none was told of
	Apps []Device

	// Certificates are those that older answers list without a device.
	Certificates []Certificate

	AutoActivation      *bool // an inactive SIM card is activated within the next signature
	RecoveryCode        *bool // the person has a recovery code, with which the serial number survives a new SIM card
	ServerSideSignature *bool
}

// Device is a SIM card or an app that can sign, or could.
type Device struct {
	concealed
	State        string // "ACTIVE", "INACTIVE", "REGISTERED" or another word
	PINBlocked   *bool
	Card         *Card // nil: not told, or not known to the provider
	Certificates []Certificate
	Activations  []Activation
}

// Card is the network that a SIM card belongs to.
type Card struct {
	concealed
	MCC, MNC string // mobile country and network code (ITU-T E.212): "228", "01"
	Network  string // its name
}

// Activation is one activation of a device.
type Activation struct {
	concealed
	Name    string
	Success *bool
}

// Certificate is a certificate of the person's with those above it. It is not verified and need not be in use.
type Certificate struct {
	concealed
	State     string              // "ACTIVE", "INACTIVE" or another word
	Algorithm string              // of the key: "RSA", "EC" or another word
	Chain     []*x509.Certificate // leaf first; may be empty

	// Subjects are the provider's own spelling of the subjects in Chain, "" where it gave none. They are not compared.
	Subjects []string
}

// chains returns all chains: of the SIM card, of the apps, of no device.
func (d *ProfileDetails) chains() (all [][]*x509.Certificate) {
	add := func(certificates []Certificate) {
		for _, c := range certificates {
			if len(c.Chain) > 0 {
				all = append(all, c.Chain)
			}
		}
	}
	if d.SIM != nil {
		add(d.SIM.Certificates)
	}
	for _, app := range d.Apps {
		add(app.Certificates)
	}
	add(d.Certificates)
	return all
}

// concealed makes a struct that embeds it print as "[redacted]", with package fmt, log/slog, encoding/json and encoding/xml.
type concealed struct{}

const concealedText = "[redacted]"

// Format writes "[redacted]", whatever the verb and flags are.
func (concealed) Format(s fmt.State, _ rune) { fmt.Fprint(s, concealedText) }

// LogValue is "[redacted]", for log/slog.
func (concealed) LogValue() slog.Value { return slog.StringValue(concealedText) }

// MarshalText is "[redacted]", for encoding/json and encoding/xml.
func (concealed) MarshalText() ([]byte, error) { return []byte(concealedText), nil }
