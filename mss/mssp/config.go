package mssp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/claims"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Config is what New needs: the connection, the account and the anchors. The zero value of every other field is strict.
type Config struct {
	HTTP      transport.Config // the base URL, the client certificate, the server's roots
	Binding   Binding          // SOAP, unless said otherwise
	Endpoints Endpoints        // where an operation is not at the dialect's address
	Dialect   *Dialect         // nil: Swisscom

	APID       string      // AP_ID that the operator assigned; further accounts: Client.WithAccount
	APPassword mss.Private // AP_PWD; most services authenticate by the client certificate alone
	Prefix     string      // with which every text must begin, as assigned: "Bank ACME: "

	Anchors  *mss.Anchors // what signatures are judged by; they say which environment this is
	Defaults Options      // where Request.Options leave something out; a profile is required here or there

	// AllowTestNumbers lets the service's test numbers and their signatures through. Behind them is a robot whose
	// signatures verify in production: with it, typing a test number is a login.
	AllowTestNumbers bool

	// InsecureAllowInvisible lets text through of which the person cannot see every character.
	InsecureAllowInvisible bool

	// MaxOutstanding bounds the signatures under way through this client; 0 is 100,000. One more is refused unsent.
	MaxOutstanding int

	// OneAtATime refuses a request for a number that has one outstanding already, of this client or another of WithAccount, with
	// ErrOutstanding. It knows nothing of other processes. A SIM card would refuse the new request with 406, an app would drop
	// the old one with 401.
	OneAtATime bool

	// Admit is asked before a phone rings, after everything else was checked. An error refuses the request unsent. It is the
	// place for limits by person and by source: whoever types numbers into a login page can make strangers' phones ring.
	Admit func(context.Context, Admission) error

	// RedirectSchemes are URI schemes of the application's own apps, for Options.RedirectURI; https needs no mention.
	RedirectSchemes []string

	Observer *mss.Observer    // nil: none
	Logger   *slog.Logger     // of warnings; nil: none
	Now      func() time.Time // the clock that certificates are judged by; nil: time.Now
}

const (
	defaultMaxOutstanding = 100_000
	maxReceipts           = 1 << 16 // of which a client remembers that there was one
)

// New checks the configuration and makes a client. It sends nothing.
func New(cfg Config) (*Client, error) {
	if cfg.Dialect == nil {
		cfg.Dialect = Swisscom()
	}
	codec := codecs[cfg.Binding]
	if codec == nil {
		return nil, errors.New("mssp: Config.Binding: is neither SOAP nor JSON")
	}
	account := Account{APID: cfg.APID, Password: cfg.APPassword, Prefix: cfg.Prefix}
	if err := account.check(); err != nil {
		return nil, err
	}
	if cfg.MaxOutstanding < 0 {
		return nil, errors.New("mssp: Config.MaxOutstanding: is negative")
	}
	if cfg.MaxOutstanding == 0 {
		cfg.MaxOutstanding = defaultMaxOutstanding
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	verifier, err := NewVerifier(VerifierConfig{Anchors: cfg.Anchors, Dialect: cfg.Dialect, AllowTestNumbers: cfg.AllowTestNumbers})
	if err != nil {
		return nil, err
	}
	if cfg.HTTP.Logger == nil {
		cfg.HTTP.Logger = cfg.Logger
	}
	http, err := transport.New(cfg.HTTP)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(cfg.HTTP.URL)
	if err != nil {
		return nil, fmt.Errorf("mssp: Config.HTTP.URL: %w", err)
	}
	wire := cfg.Dialect.wire(cfg.Binding)
	wire.Endpoints = cfg.Endpoints.or(wire.Endpoints)
	if wire.Endpoints == (Endpoints{}) {
		return nil, fmt.Errorf("mssp: Config.Binding: the dialect has no addresses for %v: use the other binding, or fill in the dialect's Wire", cfg.Binding)
	}
	service := verifier.scopePrefix() + strings.ToLower(base.Host) + "|"
	c := &Client{
		Verifier:    verifier,
		cfg:         cfg,
		account:     account,
		http:        http,
		codec:       codec,
		wire:        wire,
		service:     service,
		scope:       service + account.APID,
		outstanding: newOutstanding(cfg.MaxOutstanding),
		receipts:    claims.New(maxReceipts),
		codeless:    new(onceWarning),
	}
	c.warn()
	return c, nil
}

// warn logs each weakening once.
func (c *Client) warn() {
	if c.cfg.AllowTestNumbers {
		c.cfg.Logger.Warn("mssp: AllowTestNumbers: test numbers sign as if they were people")
	}
	if c.cfg.InsecureAllowInvisible {
		c.cfg.Logger.Warn("mssp: InsecureAllowInvisible: people may sign what they cannot see")
	}
}
