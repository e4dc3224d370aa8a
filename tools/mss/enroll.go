package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
)

// enrollCmd makes a person's device one that can sign (MSS_Registration, TS 102 204 clause 7.3).
type enrollCmd struct {
	Provider string `enum:"hermod" default:"hermod" placeholder:"hermod" help:"Kind of service: hermod (Nexus Smart ID Messaging), which is the default and the only one."`
	User     string `required:"" placeholder:"NAME" help:"What the application calls the person at the Hermod, and, here, the name in their certificate."`
	Simulate bool   `help:"Use a simulated service in this process, with a CA and a device; required."`
	Record   string `placeholder:"DIR" help:"Write the two commands and their answers into DIR, new or empty, for mss verify hermod, with the CA and the pin of the attestation key. They name the person."`
	JSON     bool   `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags.
func (*enrollCmd) Help() string {
	return `The person's app makes keys (PROV), each of which signs a request for a certificate; what comes back is verified to the last signature, a CA issues the certificates, and the app installs them (CERT). Only then can the person sign.

The link starts the app on this device; on a terminal there is a QR code with the Hermod's own, for an app on another one. With --json it goes to standard error. The simulated app has read it at once. Nothing is kept when the command ends: mss sign --provider hermod --simulate enrols for itself.

A Hermod calls back, which takes a server: to enrol at a real one, embed adapters/hermod. The user "cancels" declines, "blocks" blocks the PIN, and the device of "forges" signs wrongly.

Exit codes: 0 enrolled, 2 usage, 3 fault, or the person did not take it, 4 the answer proves no keys, 5 transport or outcome unknown.

Examples:

	mss enroll --provider hermod --user alice --simulate
	mss enroll --user alice --simulate --json
	mss enroll --user alice --simulate --record enrolment && mss verify hermod enrolment --root enrolment/anchors.pem --attestation-key enrolment/attestation.txt`
}

// enrollReport is what --json prints. Its members are documented in docs/cli.md.
type enrollReport struct {
	Outcome     string        `json:"outcome"` // "enrolled"
	Environment string        `json:"environment"`
	ProfileID   string        `json:"profileId"`
	Attested    bool          `json:"attested"`
	Keys        []enrolledKey `json:"keys"`
}

// enrolledKey is a key in the device, with its certificate.
type enrolledKey struct {
	ID        string    `json:"id"`
	Mechanism string    `json:"mechanism"`
	Subject   string    `json:"subject"`
	SHA256    string    `json:"sha256"` // of the DER, as openssl prints it
	NotAfter  time.Time `json:"notAfter"`
}

func (c *enrollCmd) Run(a *app) error {
	r := &report{title: "Not enrolled"}
	d, err := c.enroll(a, r)
	if err != nil {
		r.failed(err)
		return a.conclude(c.JSON, r, err)
	}
	e := newEnrollReport(d, r.Environment)
	if c.JSON {
		return a.printJSON(e)
	}
	e.human(a.stdout)
	return nil
}

func (c *enrollCmd) enroll(a *app, r *report) (*hermod.Device, error) {
	if !c.Simulate {
		return nil, usagef("--simulate: is required: %s", hermodIsEmbedded)
	}
	if err := (&signCmd{Record: c.Record}).checkRecordDir(); err != nil {
		return nil, err
	}
	user, err := mss.ParseUserID(c.User)
	if err != nil {
		return nil, hermodProvider().inFlags(err)
	}
	s, err := startHermod()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	s.behave()
	a.warnSimulated()
	r.Environment = mss.Simulator.String()
	r.private.add(c.User)
	p := a.newProgress(c.JSON)
	p.of(hermodProvider(), simulatedLang)
	defer p.tick()()
	acc := &account{client: s, provider: hermodProvider(), url: s.srv.URL()}
	d, err := s.enroll(p.trace(a.ctx, acc, "for an app that makes keys (PROV)"), user, p)
	if err != nil {
		return nil, a.interrupted(acc.provider.inFlags(err))
	}
	return d, c.record(s)
}

// The files of a recorded enrolment, which mss verify hermod reads, too.
const (
	provCommandFile  = "prov_command.json"
	provResponseFile = "prov_response.json"
	certCommandFile  = "cert_command.json"
	certResponseFile = "cert_response.json"
)

// record writes what was said, and what it takes to judge it.
func (c *enrollCmd) record(s *hermodSimulation) error {
	if c.Record == "" {
		return nil
	}
	if err := os.MkdirAll(c.Record, 0o700); err != nil {
		return usagef("--record: %v", err)
	}
	commands := make(map[string][]byte)
	for _, req := range s.srv.Requests() {
		commands[filepath.Base(req.Path)] = req.Body
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, doc := range map[string][]byte{
		provCommandFile: commands["provision"], provResponseFile: s.callbacks["provision"],
		certCommandFile: commands["certificate"], certResponseFile: s.callbacks["certificate"],
		"anchors.pem":     certificatesPEM(s.srv.Anchors().Roots()...),
		"attestation.txt": []byte(s.srv.AttestationKey().String() + "\n"),
	} {
		if err := writeNew(filepath.Join(c.Record, name), doc, 0o600); err != nil {
			return usagef("--record: %v", err)
		}
	}
	return nil
}

func newEnrollReport(d *hermod.Device, environment string) *enrollReport {
	r := &enrollReport{Outcome: "enrolled", Environment: environment, ProfileID: d.ProfileID, Attested: d.Attested, Keys: []enrolledKey{}}
	for _, k := range d.Keys {
		key := enrolledKey{ID: k.ID, Mechanism: k.Mechanism}
		if len(k.Chain) > 0 {
			leaf := k.Chain[0]
			sum := sha256.Sum256(leaf.Raw)
			key.Subject, key.SHA256 = redact.Clean(leaf.Subject.String(), 200), fingerprint(sum[:])
			key.NotAfter = leaf.NotAfter.UTC()
		}
		r.Keys = append(r.Keys, key)
	}
	return r
}

// human prints the device for a reader.
func (r *enrollReport) human(w io.Writer) {
	fmt.Fprintf(w, "\nEnrolled: profile %s\n", r.ProfileID)
	for _, k := range r.Keys {
		line(w, "key", strings.TrimSpace(k.ID+" "+k.Mechanism))
		if k.SHA256 == "" {
			continue
		}
		line(w, "subject", k.Subject)
		line(w, "SHA-256", k.SHA256)
		line(w, "valid until", k.NotAfter.Format(time.RFC3339))
	}
	line(w, "attested", map[bool]string{
		true:  "yes: by a pinned attestation key, so the keys are in a genuine app",
		false: "no: any program can have made the keys",
	}[r.Attested])
	line(w, "environment", "SIMULATOR: proves nothing about anybody")
}
