package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
)

// profileCmd asks what a person can sign with (MSS_ProfileQuery, TS 102 204 clause 7.5). No phone rings.
type profileCmd struct {
	MSISDN   string `name:"msisdn" required:"" placeholder:"NUMBER" help:"Phone number with country code, with or without +."`
	Binding  string `enum:"soap,rest," default:"" placeholder:"soap|rest" help:"Form of the messages. Else the key binding; soap."`
	Simulate bool   `help:"Use a simulated service in this process; needs no configuration."`
	Config   string `placeholder:"FILE" help:"Configuration file (YAML)."`
	JSON     bool   `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*profileCmd) Help() string {
	return `Exit codes: 0 the service has answered, 2 usage or configuration, 3 fault (105: the number has no mobile signature), 5 transport.

What comes back is the service's word: nothing of it is verified.

Examples:

	mss profile --simulate --msisdn 41700092501
	mss profile --config mss.yaml --msisdn 41791234567 --json`
}

func (c *profileCmd) Run(a *app) error {
	r := new(report)
	profile, err := c.query(a, r)
	if err != nil {
		r.failed(err)
		return a.conclude(c.JSON, r, err)
	}
	p := newProfileReport(profile, r.Environment)
	if c.JSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(p)
	}
	p.human(a.stdout)
	return nil
}

func (c *profileCmd) query(a *app, r *report) (*mss.Profile, error) {
	acc, done, err := a.open(c.Simulate, c.Config, c.Binding)
	if err != nil {
		return nil, err
	}
	defer done()
	r.Environment = acc.environment.String()
	r.private.add(acc.cfg.APPassword.Reveal())
	number, err := mss.ParseMSISDN(c.MSISDN)
	if err != nil {
		return nil, err
	}
	r.private.add(number.Reveal(), number.Digits())
	profile, err := acc.ProfileQuery(a.ctx, mss.User{MSISDN: number})
	return profile, a.interrupted(err)
}

// profileReport is what --json prints. Its members are documented in docs/cli.md.
type profileReport struct {
	Outcome           string         `json:"outcome"` // "profile"
	Environment       string         `json:"environment"`
	SignatureProfiles []string       `json:"signatureProfiles"`
	AutoActivation    *bool          `json:"autoActivation,omitempty"`
	RecoveryCode      *bool          `json:"recoveryCodeCreated,omitempty"`
	SIM               *deviceReport  `json:"sim,omitempty"`
	Apps              []deviceReport `json:"apps,omitempty"`
}

type deviceReport struct {
	State        string              `json:"state"`
	PINBlocked   *bool               `json:"pinBlocked,omitempty"`
	Card         *cardReport         `json:"card,omitempty"`
	Certificates []certificateReport `json:"certificates,omitempty"`
}

type cardReport struct {
	MCC     string `json:"mcc"`
	MNC     string `json:"mnc"`
	Network string `json:"network"`
}

type certificateReport struct {
	State     string    `json:"state"`
	Algorithm string    `json:"algorithm"`
	Serial    string    `json:"serial"` // of the person, where the leaf has one
	NotAfter  time.Time `json:"notAfter"`
	Chain     int       `json:"chain"` // certificates, the leaf included
}

func newProfileReport(p *mss.Profile, environment string) *profileReport {
	r := &profileReport{Outcome: "profile", Environment: environment, SignatureProfiles: p.SignatureProfiles}
	details, ok := p.Details.(*mssp.ProfileDetails)
	if !ok {
		return r
	}
	r.AutoActivation, r.RecoveryCode = details.AutoActivation, details.RecoveryCode
	if details.SIM != nil {
		r.SIM = new(newDeviceReport(details.SIM))
	}
	for i := range details.Apps {
		r.Apps = append(r.Apps, newDeviceReport(&details.Apps[i]))
	}
	return r
}

func newDeviceReport(d *mssp.Device) deviceReport {
	r := deviceReport{State: d.State, PINBlocked: d.PINBlocked}
	if d.Card != nil {
		r.Card = &cardReport{d.Card.MCC, d.Card.MNC, d.Card.Network}
	}
	for _, c := range d.Certificates {
		entry := certificateReport{State: c.State, Algorithm: c.Algorithm, Chain: len(c.Chain)}
		if len(c.Chain) > 0 {
			entry.Serial, entry.NotAfter = c.Chain[0].Subject.SerialNumber, c.Chain[0].NotAfter.UTC()
		}
		r.Certificates = append(r.Certificates, entry)
	}
	return r
}

// human prints the profile for a reader.
func (r *profileReport) human(w io.Writer) {
	for _, uri := range r.SignatureProfiles {
		line(w, "profile", uri)
	}
	line(w, "recovery", yesNo(r.RecoveryCode, "a recovery code exists", "no recovery code"))
	line(w, "activation", yesNo(r.AutoActivation, "an inactive SIM card activates by itself", "an inactive SIM card does not activate by itself"))
	if r.SIM != nil {
		r.SIM.human(w, "SIM card")
	}
	for i := range r.Apps {
		r.Apps[i].human(w, "app")
	}
	line(w, "environment", r.Environment)
}

func (d *deviceReport) human(w io.Writer, name string) {
	line(w, name, d.State)
	line(w, "", yesNo(d.PINBlocked, "the PIN is blocked", "the PIN is not blocked"))
	if d.Card != nil {
		line(w, "", fmt.Sprintf("network %s (%s %s)", d.Card.Network, d.Card.MCC, d.Card.MNC))
	}
	for _, c := range d.Certificates {
		line(w, "", fmt.Sprintf("certificate %s %s, %s, until %s", c.Algorithm, c.State, c.Serial, c.NotAfter.Format(time.DateOnly)))
	}
}

// yesNo is nothing where the service did not say.
func yesNo(b *bool, yes, no string) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return yes
	}
	return no
}
