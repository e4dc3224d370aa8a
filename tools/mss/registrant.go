package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/mss"
)

// registrantCmd is the Estonian registrant API, which a person opens with Mobile-ID. Each command logs in anew, and the token
// ends with the process: it opens the registry from any address for two hours and cannot be revoked, so that a file with it
// would be worth more than the phone that made it.
type registrantCmd struct {
	Login   registrantLoginCmd   `cmd:"" help:"Log in, and say until when that would hold."`
	Domains registrantDomainsCmd `cmd:"" help:"Log in and list the person's domains."`
	Lock    registrantLockCmd    `cmd:"" help:"Log in and lock a domain."`
	Unlock  registrantUnlockCmd  `cmd:"" help:"Log in and unlock a domain."`
}

// Help is printed before the commands.
func (*registrantCmd) Help() string {
	return `Each command rings the phone: a token of the registry opens it from anywhere for two hours and cannot be revoked, so it is neither printed nor stored.

Examples:

	mss registrant domains --simulate --msisdn +37200000766 --identity 60001019906
	mss registrant lock --config mobileid-ee.yaml --msisdn +37200000766 --identity 60001019906 company.ee`
}

// registrantFlags say who logs in. Commands embed them.
type registrantFlags struct {
	MSISDN           string `name:"msisdn" required:"" placeholder:"NUMBER" help:"Phone number with country code, with or without +."`
	Identity         string `required:"" placeholder:"CODE" help:"National identity code of the person."`
	Country          string `placeholder:"CC" help:"Country of the identity code: EE or LT. Else that of the number."`
	Text             string `placeholder:"TEXT" help:"What the person reads on the phone."`
	Lang             string `placeholder:"LANG" help:"Language of the dialogue: et, en, ru, lt. Else the key lang; en with --simulate."`
	Simulate         bool   `help:"Use a simulated Mobile-ID and a simulated registry in this process; needs no configuration."`
	Config           string `placeholder:"FILE" help:"Configuration file (YAML) of provider skmid, with registrant_url and registrant_roots."`
	AllowTestPersons bool   `help:"Let the persons of the demo service in, for the registry's test API. Behind them is a robot."`
	JSON             bool   `name:"json" help:"Print one JSON object."`
}

// registrantSession is a person who has logged in.
type registrantSession struct {
	*registrant.Client
	token       *registrant.Token
	environment string
}

// run logs the person in, does something with the registry and prints the result. Whatever goes wrong is printed like an error
// of sign.
func (f *registrantFlags) run(a *app, do func(*registrantSession) (*registrantReport, error)) error {
	r := &report{title: "Not logged in"}
	r.private.add(f.Text, f.Identity)
	result, err := f.session(a, r, do)
	if err != nil {
		r.failed(err)
		return a.conclude(f.JSON, r, err)
	}
	if f.JSON {
		return a.printJSON(result)
	}
	return result.human(a.stdout)
}

func (f *registrantFlags) session(a *app, r *report, do func(*registrantSession) (*registrantReport, error)) (*registrantReport, error) {
	service, s, err := a.choose(providerSKMID, f.Config, f.Simulate)
	if err != nil {
		return nil, err
	}
	client, done, err := f.registry(a, s) // before the phone rings
	if err != nil {
		return nil, err
	}
	defer done()
	login := &signCmd{
		MSISDN: f.MSISDN, Identity: f.Identity, Country: f.Country, Text: f.Text, Lang: f.Lang,
		Purpose: mss.Authentication.String(), Mode: "async", JSON: f.JSON,
	}
	sig, err := login.signWith(a, r, service, s)
	if err != nil {
		return nil, err
	}
	token, err := client.Exchange(a.ctx, sig)
	if err != nil {
		return nil, a.interrupted(newRegistryError("login", err))
	}
	a.newProgress(f.JSON).step("token", "from the registry, good until %s", token.Expires().Format(time.RFC3339))
	return do(&registrantSession{client, token, r.Environment})
}

// registry makes the client of the registry: a simulated one, or that of the configuration.
func (f *registrantFlags) registry(a *app, s *settings) (client *registrant.Client, done func(), err error) {
	if s == nil {
		srv, err := registranttest.Start(nil)
		if err != nil {
			return nil, nil, fmt.Errorf("--simulate: %w", err)
		}
		client, err = registrant.New(registrant.Config{HTTP: srv.HTTP(), AllowTestPersons: true})
		if err != nil {
			srv.Close()
			return nil, nil, fmt.Errorf("--simulate: %w", err)
		}
		return client, func() { client.Close(); srv.Close() }, nil
	}
	if s.environment == mss.Test.String() && !f.AllowTestPersons {
		return nil, nil, usagef("--allow-test-persons: is required in the environment test, whose persons are nobody; the registry behind registrant_url must be its test API")
	}
	client, err = a.connectRegistrant(s, f.AllowTestPersons)
	if err != nil {
		return nil, nil, err
	}
	return client, client.Close, nil
}

// domain finds one of the person's domains by its name or its id.
func (s *registrantSession) domain(a *app, nameOrID string) (*registrant.Domain, error) {
	for d, err := range s.Domains(a.ctx, s.token, registrant.DomainQuery{Technical: true}) {
		if err != nil {
			return nil, a.interrupted(newRegistryError("domains", err))
		}
		if strings.EqualFold(d.Name, nameOrID) || d.ID == nameOrID {
			return &d, nil
		}
	}
	return nil, newRegistryError("domains", errors.New("the person has no domain of this name; mss registrant domains --technical lists them"))
}

// registryError is what went wrong after the person had logged in, at the registry or on the way there. It says no more than
// the library's own errors, of which none holds personal data.
type registryError struct {
	step string
	err  error
	code int // exit code
}

func newRegistryError(step string, err error) error {
	e := &registryError{step, err, exitFault}
	if isA[*mss.TransportError](err) {
		e.code = exitTransport
	}
	return e
}

func (e *registryError) Error() string {
	text := strings.TrimPrefix(strings.TrimPrefix(e.err.Error(), "mss: "), "registrant: "+e.step+": ")
	return "the registry, " + e.step + ": " + text
}
