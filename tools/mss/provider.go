package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/gomss/gomss/mss"
)

// provider is one kind of service: what is particular to it on the command line and in the configuration. What comes after
// that, from mss.Service.Start to the report, is the same for all.
type provider struct {
	name       string
	keys       []string // of the configuration, that not every provider has
	required   []string // keys that no request can do without
	flags      []string // of sign, that not every provider has
	clientCert bool     // TLS is mutual

	anchors func(mss.Environment, ...string) (*mss.Anchors, error) // reads the key anchors

	// simulate makes a client of a simulated service in this process, connect one of a configuration; nil: there is none.
	// Neither sends anything.
	simulate func(a *app, o opening) (acc *account, done func(), err error)
	connect  func(a *app, s *settings, o opening) (*account, error)

	check func(c *signCmd) error                               // finds what the flags of sign lack
	user  func(msisdn, name, country string) (mss.User, error) // reads whom to ask; name is what the provider knows them by
	fill  func(c *signCmd, req *mss.Request) error             // completes a request with what is shown and signed

	prepare func(a *app, acc *account, u mss.User, p *progress) error // what a person needs before they can sign; nil: nothing

	fields map[string]string // flags that fields of a mss.RequestError come from; others are in requestField
	lines  func(c *configInitCmd) []initLine

	// stage says, by a hint, what the person does now, and whether a QR code is to be shown; nil: hints say nothing to them.
	stage func(hint, lang string) (text string, scan bool)
}

// opening is what commands say of the client that they need.
type opening struct {
	profile, binding string
	allowTest        bool       // a flag, never a setting (SEC-15)
	rec              *recording // of what goes to and fro; nil: none
}

// The names of the providers, in --provider and the key provider.
const (
	providerMSSP   = "mssp"
	providerSKMID  = "skmid"
	providerBankID = "bankid"
	providerHermod = "hermod"
)

// providers lists them; the first one is the default.
func providers() []*provider {
	return []*provider{msspProvider(), skmidProvider(), bankidProvider(), hermodProvider()}
}

// providerNamed returns a provider; "" is the default one.
func providerNamed(name string) (*provider, bool) {
	all := providers()
	if name == "" {
		return all[0], true
	}
	i := slices.IndexFunc(all, func(p *provider) bool { return p.name == name })
	if i < 0 {
		return nil, false
	}
	return all[i], true
}

// takesKey reports whether a key of the configuration is of this provider, or of all.
func (p *provider) takesKey(name string) bool {
	return slices.Contains(p.keys, name) ||
		!slices.ContainsFunc(providers(), func(q *provider) bool { return slices.Contains(q.keys, name) })
}

// provider returns the provider of a configuration.
func (s *settings) provider() (*provider, error) {
	p, ok := providerNamed(s.providerName)
	switch {
	case !ok:
		return nil, s.errorf("provider", "must be %s, %s or %s", providerMSSP, providerSKMID, providerBankID)
	case p.connect == nil:
		return nil, s.errorf("provider", "%s", hermodIsEmbedded)
	}
	return p, nil
}

// foreign returns the keys that are set and that the provider does not have. They are mistakes, not idle: whoever sets
// them expects something of them.
func (s *settings) foreign(p *provider) (names []string) {
	for _, k := range s.keys() {
		if s.origin[k.name] != "" && !p.takesKey(k.name) {
			names = append(names, k.name)
		}
	}
	return names
}

// choose loads the configuration, if there is one to be had, and says whose it is. The flag --provider is for --simulate; a
// configuration belongs to one provider, and the flag can only repeat it.
func (a *app) choose(flag, config string, simulate bool) (*provider, *settings, error) {
	if simulate {
		if config != "" {
			return nil, nil, usagef("--simulate: excludes --config%s", simulateHint(flag))
		}
		p, _ := providerNamed(flag) // one of them, by the grammar
		return p, nil, nil
	}
	if p, _ := providerNamed(flag); p.connect == nil {
		return nil, nil, usagef("--provider: %s", hermodIsEmbedded)
	}
	s, err := a.load(config)
	if err != nil {
		return nil, nil, err
	}
	p, err := s.provider()
	if err != nil {
		return nil, nil, err
	}
	switch {
	case flag == "" || flag == p.name:
		return p, s, nil
	case config == "" && s.origin["provider"] == "":
		return nil, nil, usagef("--config: is required: a configuration of provider %s; mss config init --provider %[1]s writes one", flag)
	}
	return nil, nil, s.errorf("provider", "is %s, and %s is asked for; a configuration is for one provider", p.name, flag)
}

// simulateHint says how else a simulator can be had.
func simulateHint(provider string) string {
	if provider == providerHermod {
		return "" // there is no configuration of it
	}
	return "; to use a simulator with a configuration run `mss simulate`"
}

// openWith makes a client: of the configuration, or without one of a simulator.
func (a *app) openWith(p *provider, s *settings, o opening) (*account, func(), error) {
	if o.binding != "" && !p.takesKey("binding") {
		return nil, nil, usagef("--binding: is not for provider %s, which has one form of messages", p.name)
	}
	if s == nil {
		return p.simulate(a, o)
	}
	if o.binding != "" {
		s.binding = o.binding
	}
	acc, err := a.connectTo(p, s, o)
	if err != nil {
		return nil, nil, err
	}
	return acc, acc.Close, nil
}

// connectTo makes a client of a configuration. It sends nothing.
func (a *app) connectTo(p *provider, s *settings, o opening) (*account, error) {
	if names := s.foreign(p); len(names) > 0 {
		return nil, s.errorf(names[0], "is no key of provider %s; remove it, or set the key provider", p.name)
	}
	if err := s.require(p.required...); err != nil {
		return nil, err
	}
	acc, err := p.connect(a, s, o)
	if err != nil {
		return nil, err
	}
	acc.provider, acc.url, acc.lang, acc.serials = p, s.url, s.lang, s.serials
	acc.keys, err = s.handleKeys(acc.Scope())
	return acc, err
}

// particular are the flags of sign that not every provider has, with whether they were given.
func (c *signCmd) particular() []givenFlag {
	return []givenFlag{
		{"--msisdn", c.MSISDN != ""}, {"--identity", c.Identity != ""}, {"--country", c.Country != ""},
		{"--personal-number", c.PersonalNumber != ""}, {"--ip", c.IP != ""}, {"--phone-call", c.PhoneCall != ""},
		{"--user", c.User != ""}, {"--format", c.Format != ""}, {"--out", c.Out != ""},
		{"--txn", c.Txn != ""}, {"--hash", c.Hash != ""}, {"--hash-type", c.HashType != ""}, {"--file", c.File != ""},
		{"--profile", c.Profile != ""}, {"--mode", c.Mode == "sync"}, {"--timeout", c.Timeout != 0}, {"--code", c.Code},
		{"--binding", c.Binding != ""}, {"--geofencing", c.Geofencing.asked != nil}, {"--app2app", c.App2App != ""},
		{"--receipt", c.Receipt != ""}, {"--allow-test-numbers", c.AllowTestNumbers},
		{"--record", c.Record != ""}, {"--trace", c.Trace != ""}, {"--keep-signature", c.KeepSignature},
	}
}

type givenFlag struct {
	name  string
	given bool
}

// admit refuses flags that the provider has no use for, before anything is done, and the lack of those that it needs.
func (p *provider) admit(c *signCmd) error {
	for _, f := range c.particular() {
		if f.given && !slices.Contains(p.flags, f.name) {
			return usagef("%s: is not for provider %s; mss sign --help says which flags are for which provider", f.name, p.name)
		}
	}
	return p.check(c)
}

// missing is how the parser says that flags are missing.
func missing(flags ...string) error {
	return usagef("missing flags: %s; see mss sign --help", strings.Join(flags, ", "))
}

// inFlags names the flag, instead of a field of the library's, that a refused request is about.
func (p *provider) inFlags(err error) error {
	e, ok := errors.AsType[*mss.RequestError](err)
	if !ok || !isRefused(err) {
		return err
	}
	flag := p.fields[e.Field]
	if flag == "" {
		return err
	}
	return &mss.RequestError{Field: flag, Reason: e.Reason, Err: e.Err}
}
