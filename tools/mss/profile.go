package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
)

// profileCmd asks what a person can sign with (MSS_ProfileQuery, TS 102 204 clause 7.5). No phone rings.
type profileCmd struct {
	Provider string `enum:"mssp,skmid,hermod," default:"" placeholder:"mssp|skmid|hermod" help:"Kind of service; hermod with --simulate alone. Else the key provider; mssp."`
	MSISDN   string `name:"msisdn" placeholder:"NUMBER" help:"Phone number with country code, with or without +; required (mssp, skmid)."`
	User     string `placeholder:"NAME" help:"The person's id at the Hermod; required (hermod)."`
	Identity string `placeholder:"CODE" help:"National identity code; required with skmid."`
	Country  string `placeholder:"CC" help:"Country of the identity code: EE or LT. Else that of the number (skmid)."`
	Out      string `placeholder:"FILE" help:"Write the signing certificate (PEM) into the new FILE, for verify skmid --cert. It names the person (skmid)."`
	Binding  string `enum:"soap,rest," default:"" placeholder:"soap|rest" help:"Form of the messages. Else the key binding; soap."`
	Simulate bool   `help:"Use a simulated service in this process; needs no configuration."`
	Config   string `placeholder:"FILE" help:"Configuration file (YAML)."`
	JSON     bool   `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*profileCmd) Help() string {
	return `Exit codes: 0 the service has answered, 2 usage or configuration, 3 fault (105, or 422 of skmid: the person has no mobile signature), 5 transport.

What comes back is the service's word: nothing of it is verified. Of hermod it is what this side has on record of the person's enrolments: in a simulator the person is enrolled first.

Examples:

	mss profile --simulate --msisdn 41700092501
	mss profile --config mss.yaml --msisdn 41791234567 --json
	mss profile --provider skmid --simulate --msisdn +37200000766 --identity 60001019906
	mss profile --provider hermod --simulate --user alice`
}

func (c *profileCmd) Run(a *app) error {
	r := &report{title: "No profile"}
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
	r.private.add(c.Identity, c.User)
	acc, done, err := a.openFor(c.Provider, c.Simulate, c.Config, c.Binding)
	if err != nil {
		return nil, err
	}
	defer done()
	r.Environment = acc.environment.String()
	r.private.add(acc.cfg.APPassword.Reveal())
	if err := c.check(acc.provider); err != nil {
		return nil, err
	}
	user, err := acc.provider.user(c.MSISDN, cmp.Or(c.Identity, c.User), c.Country)
	if err != nil {
		return nil, acc.provider.inFlags(err)
	}
	r.private.addUser(user)
	if prepare := acc.provider.prepare; prepare != nil {
		if err := prepare(a, acc, user, a.newProgress(c.JSON)); err != nil {
			return nil, a.interrupted(err)
		}
	}
	profile, err := mss.ProfileQuery(a.ctx, acc, user)
	if err != nil {
		return nil, a.interrupted(acc.provider.inFlags(err))
	}
	return profile, c.writeCertificate(profile)
}

// profileReport is what --json prints. Its members are documented in docs/cli.md.
type profileReport struct {
	Outcome           string              `json:"outcome"` // "profile"
	Environment       string              `json:"environment"`
	SignatureProfiles []string            `json:"signatureProfiles"`
	AutoActivation    *bool               `json:"autoActivation,omitempty"`
	RecoveryCode      *bool               `json:"recoveryCodeCreated,omitempty"`
	SIM               *deviceReport       `json:"sim,omitempty"`
	Apps              []deviceReport      `json:"apps,omitempty"`
	ServerSide        *bool               `json:"serverSideSignature,omitempty"`
	Certificates      []certificateReport `json:"certificates,omitempty"` // of no device, as older answers have them
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
	State     string        `json:"state"`
	Algorithm string        `json:"algorithm"`
	Serial    string        `json:"serial"` // of the person, where the leaf has one
	NotAfter  time.Time     `json:"notAfter,omitzero"`
	Chain     []chainReport `json:"chain"` // the person's certificate, the CA's and so on
}

// chainReport is one certificate. That it is told of proves nothing.
type chainReport struct {
	Subject     string `json:"subject"`     // as the service spells it, else as the certificate does
	Certificate []byte `json:"certificate"` // DER, in Base64
}

func newProfileReport(p *mss.Profile, environment string) *profileReport {
	r := &profileReport{Outcome: "profile", Environment: environment, SignatureProfiles: p.SignatureProfiles}
	details, ok := p.Details.(*mssp.ProfileDetails)
	if !ok {
		r.Certificates = newPersonCertificates(p.Certificates)
		return r
	}
	r.AutoActivation, r.RecoveryCode, r.ServerSide = details.AutoActivation, details.RecoveryCode, details.ServerSideSignature
	r.Certificates = newCertificateReports(details.Certificates)
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
	r.Certificates = newCertificateReports(d.Certificates)
	return r
}

func newCertificateReports(certificates []mssp.Certificate) (all []certificateReport) {
	for _, c := range certificates {
		entry := certificateReport{State: c.State, Algorithm: c.Algorithm, Chain: []chainReport{}}
		if len(c.Chain) > 0 {
			entry.Serial, entry.NotAfter = redact.Clean(c.Chain[0].Subject.SerialNumber, 64), c.Chain[0].NotAfter.UTC()
		}
		for i, cert := range c.Chain {
			subject := cert.Subject.String()
			if i < len(c.Subjects) && c.Subjects[i] != "" {
				subject = c.Subjects[i]
			}
			entry.Chain = append(entry.Chain, chainReport{redact.Clean(subject, 200), cert.Raw})
		}
		all = append(all, entry)
	}
	return all
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
	humanCertificates(w, r.Certificates)
	line(w, "environment", r.Environment)
}

func (d *deviceReport) human(w io.Writer, name string) {
	line(w, name, d.State)
	line(w, "", yesNo(d.PINBlocked, "the PIN is blocked", "the PIN is not blocked"))
	if d.Card != nil {
		line(w, "", fmt.Sprintf("network %s (%s %s)", d.Card.Network, d.Card.MCC, d.Card.MNC))
	}
	humanCertificates(w, d.Certificates)
}

func humanCertificates(w io.Writer, certificates []certificateReport) {
	for _, c := range certificates {
		text := fmt.Sprintf("certificate %s %s", c.Algorithm, c.State)
		if len(c.Chain) > 0 || !c.NotAfter.IsZero() {
			text += fmt.Sprintf(", %s, until %s", c.Serial, c.NotAfter.Format(time.DateOnly))
		}
		line(w, "", text)
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
