package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
)

// hermodIsEmbedded is why there is a simulated Hermod alone: a command line ends, and a Hermod calls back.
const hermodIsEmbedded = "hermod answers by callbacks, for which this command is no server; embed adapters/hermod, whose Client.Callback takes them " +
	"(docs/embedding.md, docs/providers.md); --simulate shows it"

// hermodProvider is Nexus Hermod, in a simulator.
func hermodProvider() *provider {
	return &provider{
		name:     providerHermod,
		flags:    []string{"--user", "--format", "--out", "--hash", "--hash-type", "--file", "--timeout", "--code"},
		simulate: (*app).simulateHermod,
		check:    (*signCmd).checkHermod,
		user:     hermodUser,
		fill:     (*signCmd).fillHermod,
		prepare:  (*app).prepareHermod,
		fields: map[string]string{
			"User.ID": "--user", "Display": "--text", "Data": "--hash", "Options.Format": "--format", "AddCode": "--code",
			"Timeout": "--timeout", "Enrollment": "--user",
		},
		stage: hermodStage,
	}
}

// hermodPeople are the users of a simulated Hermod who do not do what they are asked. All others do.
var hermodPeople = []hermodtest.Person{
	{User: "cancels", Do: hermodtest.Cancel},
	{User: "blocks", Do: hermodtest.BlockPIN},
	{User: "forges", Forge: hermodtest.ForgeSignature},
}

// hermodSimulation is a simulated Hermod in this process, its client, and the server that takes its callbacks.
type hermodSimulation struct {
	*hermod.Client
	srv *hermodtest.Server

	mu        sync.Mutex
	callbacks map[string][]byte // the last one of each kind: "provision"
}

// startHermod starts one on the loopback interface.
func startHermod() (*hermodSimulation, error) {
	srv, err := hermodtest.Start(hermodtest.Options{})
	if err != nil {
		return nil, fmt.Errorf("--simulate: %w", err)
	}
	client, err := hermod.New(srv.Config())
	if err != nil {
		srv.Close()
		return nil, fmt.Errorf("--simulate: %w", err)
	}
	s := &hermodSimulation{Client: client, srv: srv, callbacks: make(map[string][]byte)}
	srv.CallbackTo(s.overhear(client.Callback()))
	return s, nil
}

// overhear keeps what callbacks hold, for a record of an enrolment.
func (s *hermodSimulation) overhear(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHermodFile))
		if err != nil {
			http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		s.callbacks[path.Base(r.URL.Path)] = body
		s.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// Close ends all three.
func (s *hermodSimulation) Close() {
	s.srv.Close()
	s.Client.Close()
}

// behave has the people do as they are named.
func (s *hermodSimulation) behave() {
	for _, p := range hermodPeople {
		s.srv.Person(p)
	}
}

// enroll makes the person's device one that can sign: keys that the app makes (PROV), certificates of the simulator's CA, and their
// installation (CERT).
func (s *hermodSimulation) enroll(ctx context.Context, user mss.UserID, p *progress) (*hermod.Device, error) {
	e := &hermod.Enrollment{User: user, Subject: pkix.Name{CommonName: user.Reveal()}, Profile: "mss"}
	tx, err := s.Provision(ctx, e)
	if err != nil {
		return nil, err
	}
	link, err := hermod.AppLink{}.For(tx)
	if err != nil {
		return nil, err
	}
	p.step("accepted", "command %s", tx.MSSPTransID)
	p.show(mss.Prompt{Link: link, QR: s.Prompt(tx, tx.Started).QR, Hint: hermodScan})
	keys, err := s.Provisioned(ctx, tx)
	if err != nil {
		return nil, err
	}
	p.step("keys", "%d, verified: made by an app whose attestation key is pinned", len(keys.Keys))
	p.show(mss.Prompt{Hint: hermodInstall})
	chains := make(map[string][]*x509.Certificate)
	for _, k := range keys.Keys {
		if chains[k.ID], err = s.srv.Issue(ctx, k.CSR); err != nil {
			return nil, fmt.Errorf("the simulated CA: %w", err)
		}
	}
	return s.Certify(ctx, keys, chains)
}

// simulateHermod makes a client of a simulated Hermod. Everybody answers at once.
func (a *app) simulateHermod(opening) (*account, func(), error) {
	s, err := startHermod()
	if err != nil {
		return nil, nil, err
	}
	a.warnSimulated()
	return &account{client: s, provider: hermodProvider(), url: s.srv.URL(), lang: simulatedLang, environment: mss.Simulator}, s.Close, nil
}

// prepareHermod enrols whoever is to sign: a simulation begins with nobody.
func (a *app) prepareHermod(acc *account, u mss.User, p *progress) error {
	s := acc.client.(*hermodSimulation) // there is no other
	d, err := s.enroll(a.ctx, u.ID, &progress{steps: io.Discard, code: io.Discard})
	if err != nil {
		return acc.provider.inFlags(err)
	}
	p.step("enrolled", "profile %s, key %s: the simulation begins with nobody", d.ProfileID, d.Keys[0].ID)
	s.behave()
	return nil
}

// checkHermod finds what the flags lack. Where a digest is signed, the text alone says what it is of.
func (c *signCmd) checkHermod() error {
	var flags []string
	if c.User == "" {
		flags = append(flags, "--user=NAME")
	}
	if c.Text == "" {
		flags = append(flags, "--text=TEXT")
	}
	digest := c.Hash != "" || c.File != ""
	switch {
	case flags != nil:
		return missing(flags...)
	case digest && parsePurpose(c.Purpose) != mss.Signing:
		return usagef("--hash, --file: go with --purpose sign; the challenge of an authentication is made here")
	case c.HashType != "" && !digest:
		return usagef("--hash-type: goes with --hash or --file; a text is signed as it is")
	}
	return nil
}

// hermodUser reads the name that the application has given the person.
func hermodUser(_, name, _ string) (mss.User, error) {
	id, err := mss.ParseUserID(name)
	return mss.User{ID: id}, err
}

// fillHermod has the text read, and signed where the purpose is that and there is no digest.
func (c *signCmd) fillHermod(req *mss.Request) (err error) {
	req.Display = c.Text
	req.Options = hermod.Options{Format: map[string]mss.Format{"jws": mss.JWS}[c.Format]}
	switch {
	case c.File != "":
		req.Data, err = digestFile(c.File, c.HashType)
	case c.Hash != "":
		req.Data, err = parseDigest(c.Hash, c.HashType)
	}
	return err
}

// The hints of an enrolment. A Hermod gives none: it says nothing of what goes on.
const (
	hermodScan    = "scan"
	hermodInstall = "install"
)

// hermodStage says what the person does: a device that is not enrolled yet is reached by nothing but link and QR code.
func hermodStage(hint, _ string) (text string, scan bool) {
	switch hint {
	case hermodScan:
		return "opens the link on the phone, or scans the QR code with the app", true
	case hermodInstall:
		return "has nothing more to do: the app installs the certificates", false
	}
	return "answers in the app, which tells them by push", false
}

// judgedHermod conceals who has signed: a Hermod's account is the person's name there. Of an authentication the challenge is signed,
// which is as good as a nonce.
func (r *report) judgedHermod(sig *mss.Signature) {
	tx := &sig.Evidence.Transaction
	if !strings.HasPrefix(tx.Provider, providerHermod+"|") {
		return
	}
	r.Signer.Serial, r.Signer.Subject, r.who = concealed, concealed, whoWasAsked
	r.nonced = tx.Purpose == mss.Authentication
}
