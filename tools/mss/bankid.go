package main

import (
	"cmp"
	"fmt"
	"net/netip"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/adapters/bankid/bankidtest"
	"github.com/gomss/gomss/mss"
)

// bankidProvider is Swedish BankID.
func bankidProvider() *provider {
	return &provider{
		name:       providerBankID,
		anchors:    mss.LoadAnchors,
		keys:       []string{"cert_file", "key_file", "pkcs12_file", "pkcs12_password_file"},
		required:   []string{"url", "environment", "tls_roots", "anchors"},
		flags:      []string{"--personal-number", "--ip", "--phone-call"},
		clientCert: true,
		simulate:   (*app).simulateBankID,
		connect:    (*app).connectBankID,
		check:      (*signCmd).checkBankID,
		user:       bankidUser,
		fill:       (*signCmd).fillBankID,
		fields: map[string]string{
			"User.Person": "--personal-number", "EndUserIP": "--ip", "Display": "--text", "Options.CallInitiator": "--phone-call",
		},
		lines: (*configInitCmd).bankidLines,
		stage: bankidStage,
	}
}

// simulateBankID starts a simulated BankID in this process, on the loopback interface. Everybody takes up an order at once.
func (a *app) simulateBankID(opening) (*account, func(), error) {
	srv, err := bankidtest.Start(nil)
	if err != nil {
		return nil, nil, fmt.Errorf("--simulate: %w", err)
	}
	client, err := bankid.New(bankid.Config{HTTP: srv.HTTP(), Anchors: srv.Anchors()})
	if err != nil {
		srv.Close()
		return nil, nil, fmt.Errorf("--simulate: %w", err)
	}
	done := func() {
		client.Close()
		srv.Close()
	}
	a.warnSimulated()
	return &account{client: client, provider: bankidProvider(), url: srv.URL(), lang: simulatedLang, environment: mss.Simulator}, done, nil
}

func (a *app) connectBankID(s *settings, o opening) (*account, error) {
	if o.allowTest {
		return nil, usagef("--allow-test-numbers: is not for provider %s", providerBankID)
	}
	environment, err := parseEnvironment(s.environment)
	if err != nil {
		return nil, s.errorf("environment", "%v", err)
	}
	if !isBankIDLanguage(s.lang) {
		return nil, s.errorf("lang", "must be sv or en")
	}
	var cfg bankid.Config
	if environment != mss.Simulator { // where nothing is worth a warning
		cfg.Logger = newLogger(a.stderr)
	}
	if cfg.Anchors, err = mss.LoadAnchors(environment, s.anchors...); err != nil {
		return nil, s.errorf("anchors", "%v", err)
	}
	if cfg.HTTP, err = s.http(); err != nil {
		return nil, err
	}
	client, err := bankid.New(cfg)
	if err != nil {
		return nil, s.explain(err)
	}
	return &account{client: client, environment: environment}, nil
}

// checkBankID finds what the flags lack: where the person is, unless they are on the telephone.
func (c *signCmd) checkBankID() error {
	var flags []string
	switch {
	case !isBankIDLanguage(c.Lang):
		return usagef("--lang: of provider %s is sv or en", providerBankID)
	case c.PhoneCall != "" && c.IP != "":
		return usagef("--ip: excludes --phone-call: a person on the telephone has no browser")
	case c.PhoneCall == "" && c.IP == "":
		flags = append(flags, "--ip=ADDRESS")
	case c.PhoneCall != "" && c.PersonalNumber == "":
		flags = append(flags, "--personal-number=NUMBER")
	}
	if parsePurpose(c.Purpose) == mss.Signing && c.Text == "" {
		flags = append(flags, "--text=TEXT")
	}
	if flags != nil {
		return missing(flags...)
	}
	return nil
}

// bankidUser reads a personal number. Without one, whoever takes up the order can answer.
func bankidUser(_, number, _ string) (mss.User, error) {
	if number == "" {
		return mss.User{}, nil
	}
	person, err := mss.ParsePersonID("SE", number)
	return mss.User{Person: person}, err
}

// fillBankID has the text shown and signed.
func (c *signCmd) fillBankID(req *mss.Request) error {
	req.Display = c.Text
	req.Options = bankid.Options{CallInitiator: c.PhoneCall}
	if c.IP == "" {
		return nil
	}
	ip, err := netip.ParseAddr(c.IP)
	if err != nil {
		return usagef("--ip: is no address, IPv4 or IPv6")
	}
	req.EndUserIP = ip
	return nil
}

// isBankIDLanguage reports whether there are texts for a person in a language; "" is English.
func isBankIDLanguage(lang string) bool { return lang == "" || lang == "sv" || lang == "en" }

// bankidStage says what the person does now, and whether the QR code is to be shown: until an app has the order.
func bankidStage(hint, lang string) (text string, scan bool) {
	id := bankid.MessageID(hint, bankid.ByQR)
	return bankid.DefaultMessages().Text(id, cmp.Or(lang, "en")), id == "RFA1"
}

// bankidLines are the keys of provider bankid in the order of docs/cli.md.
func (c *configInitCmd) bankidLines() []initLine {
	return []initLine{
		{"provider", "Kind of service: Swedish BankID.", set(providerBankID)},
		{"url", "Address of the RP API; the test environment is at https://appapi2.test.bankid.com/rp/v6.0.", set("https://appapi2.bankid.com/rp/v6.0")},
		{"environment", "What signatures are worth: production, test or simulator.", set("production")},
		{"lang", "Language of hints to the person: sv or en.", set(c.Lang)},
		{"cert_file", "Relying party certificate of your bank, with the chain behind it.", set(c.path(c.Cert), "<client.pem>")},
		{"key_file", "Its private key, not encrypted, readable by its owner alone.", set(c.path(c.Key), "<client.key>")},
		{"pkcs12_file", "Both in one file, instead of the two above.", nil},
		{"pkcs12_password_file", "File with its password.", nil},
		{"tls_roots", "BankID's root for TLS servers: BankID SSL Root CA v1.", c.paths(c.Roots, "<tls-root.pem>")},
		{"server_name", "Name in the server's certificate, where url holds an IP address.", nil},
		{"pins", "SHA-256 fingerprints, one of which must be in the server's chain.", nil},
		{"key_pins", "SHA-256 of public keys, one of which must be the server's own.", nil},
		{"proxy", "http://host:port of a proxy that is asked to CONNECT.", nil},
		{"proxy_username", "For Basic authentication at the proxy.", nil},
		{"proxy_password_file", "File with the password for it.", nil},
		{"anchors", "BankID's root for signatures, which is another one: BankID Root CA v1.", c.paths(c.Anchors, "<bankid-root.pem>")},
		{"handle_key_file", "At least 32 random octets that seal handles and evidence: openssl rand -out FILE 32", nil},
		{"serials", "Store (SQLite) of the identities that accounts are bound to, for sign --account.", nil},
	}
}
