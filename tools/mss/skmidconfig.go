package main

import (
	"slices"

	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// check refuses flags that the provider has no use for: what they say would be lost.
func (c *configInitCmd) check(p *provider) error {
	languages := map[string][]string{
		providerMSSP: {"en", "de", "fr", "it"}, providerSKMID: {"et", "en", "ru", "lt"}, providerBankID: {"sv", "en"},
	}
	if !slices.Contains(languages[p.name], c.Lang) {
		return usagef("--lang: is no language of provider %s", p.name)
	}
	for _, f := range []struct {
		givenFlag
		key string
	}{
		{givenFlag{"--apid", c.APID != ""}, "ap_id"}, {givenFlag{"--prefix", c.Prefix != ""}, "prefix"},
		{givenFlag{"--profile", c.Profile != ""}, "profile"}, {givenFlag{"--cert", c.Cert != ""}, "cert_file"},
		{givenFlag{"--key", c.Key != ""}, "key_file"},
	} {
		if f.given && !p.takesKey(f.key) {
			return usagef("%s: is not for provider %s", f.name, p.name)
		}
	}
	return nil
}

// skmidLines are the keys of provider skmid in the order of docs/cli.md.
func (c *configInitCmd) skmidLines() []initLine {
	return []initLine{
		{"provider", "Kind of service: SK Mobile-ID.", set(providerSKMID)},
		{"url", "Base address of the service; the demo service is at https://tsp.demo.sk.ee/mid-api.", set("https://mid.sk.ee/mid-api")},
		{"environment", "What signatures are worth: production, test (the demo service) or simulator.", set("production")},
		{"relying_party_name", "As agreed with SK; the phone shows it.", set("<relyingPartyName of your contract>")},
		{"relying_party_uuid", "Of the contract, in lower case.", set("<relyingPartyUUID of your contract>")},
		{"lang", "Language of the dialogue: et, en, ru, lt.", set(c.Lang)},
		{"tls_roots", "Root of the server's certificate.", c.paths(c.Roots, "<tls-root.pem>")},
		{"server_name", "Name in the server's certificate, where url holds an IP address.", nil},
		{"pins", "SHA-256 fingerprints, one of which must be in the server's chain.", nil},
		{"key_pins", "SHA-256 of public keys, one of which must be the server's own; name the next one beside. SK demands pinning.", set("<SHA-256 of the server's public key>")},
		{"proxy", "http://host:port of a proxy that is asked to CONNECT.", nil},
		{"proxy_username", "For Basic authentication at the proxy.", nil},
		{"proxy_password_file", "File with the password for it.", nil},
		{"anchors", "SK's issuing CAs and their roots, of this environment alone.", c.paths(c.Anchors, "<sk-ca.pem>")},
		{"handle_key_file", "At least 32 random octets that seal handles and evidence: openssl rand -out FILE 32", nil},
		{"serials", "Store (SQLite) of the identities that accounts are bound to, for sign --account.", nil},
		{"registrant_url", "Address of the Estonian registrant API, for mss registrant.", nil},
		{"registrant_roots", "Root of its certificate.", nil},
		{"name_case", "How it is told names: capitalised, which is the default, or certified. Set it once and keep it.", nil},
	}
}

// owner finds a provider that there is not, and keys of another one.
func (c *checkup) owner() (all []finding) {
	p, err := c.s.provider()
	if err != nil {
		return []finding{failing("write mssp, skmid or bankid, or leave it out, which is mssp", "%s", message(err))}
	}
	for _, name := range c.s.foreign(p) {
		all = append(all, failing("remove it, or set the key provider", "%s: %s: is no key of provider %s", c.s.origin[name], name, p.name))
	}
	return all
}

// provider is that of the configuration; where it has none, which owner tells, the default.
func (c *checkup) provider() *provider {
	if p, err := c.s.provider(); err == nil {
		return p
	}
	p, _ := providerNamed("")
	return p
}

// keyPins looks for what SK's contracts demand.
func (c *checkup) keyPins() []finding {
	switch {
	case c.provider().name != providerSKMID || c.s.environment == mss.Simulator.String():
		return nil
	case c.s.origin["key_pins"] == "":
		return []finding{doubtful("set it to the SHA-256 of the server's public key, as SK publishes it, and of the next one", "key_pins: is not set; SK demands that the server's key is pinned: a relay in the middle can find a challenge with the same verification code")}
	case !c.settled("key_pins"):
		return nil
	}
	return []finding{found("key_pins: %d keys", len(c.s.keyPins))}
}

// registrant looks at the keys of mss registrant, where there are any.
func (c *checkup) registrant() []finding {
	if c.s.registrantURL == "" && len(c.s.registrantRoots) == 0 && c.s.nameCase == "" || c.s.foreign(c.provider()) != nil {
		return nil
	}
	client, err := c.a.connectRegistrant(c.s, false)
	if err != nil {
		return []finding{failing("docs/cli.md explains every key", "%s", words(err))}
	}
	client.Close()
	return []finding{found("registrant_url: a client can be made of it")}
}

// nameCases are the spellings by name_case.
var nameCases = map[string]registrant.NameCase{"": registrant.Capitalised, "capitalised": registrant.Capitalised, "certified": registrant.AsCertified}

// connectRegistrant makes a client of the registrant API. allowTest is a flag, never a setting (SEC-15). It sends nothing.
func (a *app) connectRegistrant(s *settings, allowTest bool) (*registrant.Client, error) {
	if err := s.require("registrant_url", "registrant_roots"); err != nil {
		return nil, err
	}
	spelling, ok := nameCases[s.nameCase]
	if !ok {
		return nil, s.errorf("name_case", "must be capitalised or certified")
	}
	roots, err := mss.LoadCertificates(s.registrantRoots...)
	if err != nil {
		return nil, s.errorf("registrant_roots", "%v", err)
	}
	proxy, err := s.proxySettings()
	if err != nil {
		return nil, err
	}
	client, err := registrant.New(registrant.Config{
		HTTP: transport.Config{URL: s.registrantURL, Roots: roots, Proxy: proxy}, NameCase: spelling, AllowTestPersons: allowTest,
	})
	if err != nil {
		return nil, s.errorf("registrant_url", "%v", err)
	}
	return client, nil
}
