package bankid

import (
	"cmp"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Config is what New needs: the connection with the relying party's certificate, and the anchors.
type Config struct {
	// HTTP is the connection: URL https://appapi2.bankid.com/rp/v6.0, or https://appapi2.test.bankid.com/rp/v6.0 for the test
	// environment. Identity is the relying party certificate that the bank has issued, and Roots BankID's root for TLS
	// servers, which is in no system's store and is not the one that signatures lead to. MaxBody 0 is 1 MiB, which no
	// answer reaches.
	HTTP transport.Config

	// RelyingParty is our certificate where HTTP.Base makes the connections. A signature names its subject. nil: that of
	// HTTP.Identity.
	RelyingParty *x509.Certificate

	// Anchors are BankID's root for signatures, which BankID gives out, and say which environment this is.
	Anchors *mss.Anchors

	// Defaults are for requests without Options.
	Defaults Options

	// RedirectSchemes are those that Options.ReturnURL may have beside https: an app's own.
	RedirectSchemes []string

	// Pace is the time between two collects of an order: 0 is 2 s, which BankID asks for, and less than 1 s is refused, but
	// for a simulator.
	Pace time.Duration

	Observer *mss.Observer    // nil: none
	Logger   *slog.Logger     // of warnings, such as that the client certificate ends soon; nil: none
	Now      func() time.Time // the clock of Evidence.Received; nil: time.Now
}

const (
	usualPace = 2 * time.Second // reference of the RP API, collect
	minPace   = time.Second     // "not more than once per second"
)

// New checks the configuration and makes a client: that there is a client certificate, that certificate, roots, address and
// anchors are of one environment. It sends nothing. Config.Logger is warned where the client certificate ends within 30 days.
func New(cfg Config) (*Client, error) {
	verifier, err := NewVerifier(VerifierConfig{Anchors: cfg.Anchors})
	if err != nil {
		return nil, err
	}
	env := cfg.Anchors.Environment()
	base, err := cfg.checkAddress(env)
	if err != nil {
		return nil, err
	}
	subject, err := cfg.checkIdentity(base, env)
	if err != nil {
		return nil, err
	}
	if err := checkRoots(cfg.HTTP.Roots, env); err != nil {
		return nil, err
	}
	if err := cfg.settle(env); err != nil {
		return nil, err
	}
	cfg.HTTP.SendChain = cfg.HTTP.Identity != nil // as BankID recommends
	http, err := transport.New(cfg.HTTP)
	if err != nil {
		return nil, err
	}
	return &Client{
		Verifier: verifier,
		cfg:      cfg,
		http:     http,
		env:      env,
		subject:  subject,
		scope:    scopeOf(env, base.Host, subject),
		pace:     newPacer(min(cfg.Pace, minPace)),
	}, nil
}

// settle fills in what was left out.
func (cfg *Config) settle(env mss.Environment) error {
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	cfg.HTTP.Logger = cmp.Or(cfg.HTTP.Logger, cfg.Logger)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.Pace = cmp.Or(cfg.Pace, usualPace)
	if cfg.Pace < 0 || cfg.Pace < minPace && env != mss.Simulator {
		return errors.New("bankid: Config.Pace: is less than 1 s, which BankID does not allow")
	}
	for _, s := range cfg.RedirectSchemes {
		if !schemePattern.MatchString(s) || slices.Contains(unsafeSchemes, s) {
			return errors.New("bankid: Config.RedirectSchemes: holds what is no scheme of an app, in lower case and without a colon")
		}
	}
	return nil
}

// checkAddress holds the address against the anchors' environment.
func (cfg *Config) checkAddress(env mss.Environment) (*url.URL, error) {
	cfg.HTTP.URL = strings.TrimRight(cfg.HTTP.URL, "/") // paths begin with it
	base, err := url.Parse(cfg.HTTP.URL)
	if err != nil {
		return nil, errors.New("bankid: Config.HTTP.URL: not a URL")
	}
	base.Host = strings.ToLower(base.Host)
	return base, checkService(base, env)
}
