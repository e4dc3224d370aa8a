package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss"
)

// skmidProvider is SK Mobile-ID.
func skmidProvider() *provider {
	return &provider{
		name:     providerSKMID,
		anchors:  mss.LoadIssuingAnchors,
		keys:     []string{"relying_party_name", "relying_party_uuid", "registrant_url", "registrant_roots", "name_case"},
		required: []string{"url", "environment", "relying_party_name", "relying_party_uuid", "tls_roots", "anchors"},
		flags:    []string{"--msisdn", "--identity", "--country", "--hash", "--hash-type", "--file"},
		simulate: (*app).simulateSKMID,
		connect:  (*app).connectSKMID,
		check:    (*signCmd).checkSKMID,
		user:     skmidUser,
		fill:     (*signCmd).fillSKMID,
		fields: map[string]string{
			"User.MSISDN": "--msisdn", "User.Person": "--identity", "Display": "--text", "Data": "--hash",
			"Options.Hash": "--hash-type", "Key": "the signing certificate",
		},
		lines: (*configInitCmd).skmidLines,
	}
}

// simulatedPatience is how long a simulated person who does nothing is waited for. The real service gives two minutes.
const simulatedPatience = 5 * time.Second

// simulateSKMID starts a simulated Mobile-ID in this process, on the loopback interface, with the test persons of SK's demo
// service.
func (a *app) simulateSKMID(opening) (*account, func(), error) {
	srv, err := skmidtest.Start(&skmidtest.Options{Patience: simulatedPatience})
	if err != nil {
		return nil, nil, fmt.Errorf("--simulate: %w", err)
	}
	client, err := skmid.New(skmid.Config{
		HTTP: srv.HTTP(), RelyingPartyName: srv.RelyingPartyName(), RelyingPartyUUID: srv.RelyingPartyUUID(), Anchors: srv.Anchors(),
	})
	if err != nil {
		srv.Close()
		return nil, nil, fmt.Errorf("--simulate: %w", err)
	}
	done := func() {
		client.Close()
		srv.Close()
	}
	a.warnSimulated()
	return &account{client: client, provider: skmidProvider(), url: srv.URL(), lang: simulatedLang, environment: mss.Simulator}, done, nil
}

func (a *app) connectSKMID(s *settings, o opening) (*account, error) {
	if o.allowTest {
		return nil, usagef("--allow-test-numbers: is not for provider %s: its demo persons are known in the environment test alone", providerSKMID)
	}
	environment, err := parseEnvironment(s.environment)
	if err != nil {
		return nil, s.errorf("environment", "%v", err)
	}
	cfg := skmid.Config{RelyingPartyName: s.relyingPartyName, RelyingPartyUUID: s.relyingPartyUUID}
	if environment != mss.Simulator { // where nothing is worth a warning
		cfg.Logger = newLogger(a.stderr)
	}
	if cfg.Anchors, err = mss.LoadIssuingAnchors(environment, s.anchors...); err != nil {
		return nil, s.errorf("anchors", "%v", err)
	}
	if cfg.HTTP, err = s.http(); err != nil {
		return nil, err
	}
	client, err := skmid.New(cfg)
	if err != nil {
		return nil, s.explain(err)
	}
	return &account{client: client, environment: environment}, nil
}

// checkSKMID finds what the flags lack: number and identity code go together, and what is signed is a digest.
func (c *signCmd) checkSKMID() error {
	var flags []string
	if c.MSISDN == "" {
		flags = append(flags, "--msisdn=NUMBER")
	}
	if c.Identity == "" {
		flags = append(flags, "--identity=CODE")
	}
	signing, given := parsePurpose(c.Purpose) == mss.Signing, c.Hash != "" || c.File != ""
	if signing && !given {
		flags = append(flags, "--hash=HASH or --file=FILE")
	}
	switch {
	case flags != nil:
		return missing(flags...)
	case given && !signing:
		return usagef("--hash, --file: go with --purpose sign; the challenge of an authentication is made here")
	}
	return nil
}

// skmidUser reads number and identity code. Nothing of an Estonian code tells it from a Lithuanian one, so that the country is
// that of the number, which the code's must equal in any case.
func skmidUser(msisdn, identity, country string) (mss.User, error) {
	number, err := mss.ParseMSISDN(msisdn)
	if err != nil {
		return mss.User{}, err
	}
	if country == "" {
		switch digits := number.Digits(); {
		case strings.HasPrefix(digits, "372"):
			country = "EE"
		case strings.HasPrefix(digits, "370"):
			country = "LT"
		default:
			return mss.User{}, usagef("--msisdn: is no number of Estonia (+372) or Lithuania (+370), where there is Mobile-ID")
		}
	}
	person, err := mss.ParsePersonID(country, identity)
	return mss.User{MSISDN: number, Person: person}, err
}

// fillSKMID has a digest signed, or a challenge, which the client makes, of the length that --hash-type says.
func (c *signCmd) fillSKMID(req *mss.Request) (err error) {
	req.Display = c.Text
	switch {
	case c.File != "":
		req.Data, err = digestFile(c.File, c.HashType)
	case c.Hash != "":
		req.Data, err = parseDigest(c.Hash, c.HashType)
	default:
		req.Options = skmid.Options{Hash: hashTypes[c.HashType]}
	}
	return err
}
