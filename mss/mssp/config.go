package mssp

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Config is what New needs: the connection, the account and the anchors. The zero value of every other field is strict.
type Config struct {
	HTTP      transport.Config // the base URL, the client certificate, the server's roots
	Endpoints Endpoints        // where an operation is not at the dialect's address
	Dialect   *Dialect         // nil: Swisscom

	APID       string      // AP_ID that the operator assigned
	APPassword mss.Private // AP_PWD; most services authenticate by the client certificate alone
	Prefix     string      // with which every text must begin, as assigned: "Bank ACME: "

	Anchors  *mss.Anchors // what signatures are judged by; they say which environment this is
	Defaults Options      // for requests without options; a profile is required here or there

	// AllowTestNumbers lets the service's test numbers and their signatures through. Behind them is a robot whose
	// signatures verify in production: with it, typing a test number is a login.
	AllowTestNumbers bool

	// InsecureAllowInvisible lets text through of which the person cannot see every character.
	InsecureAllowInvisible bool

	// MaxOutstanding bounds the signatures under way through this client; 0 is 100,000. One more is refused unsent.
	MaxOutstanding int

	Logger *slog.Logger     // nil: none
	Now    func() time.Time // the clock that certificates are judged by; nil: time.Now
}

const defaultMaxOutstanding = 100_000

// New checks the configuration and makes a client. It sends nothing.
func New(cfg Config) (*Client, error) {
	if cfg.Dialect == nil {
		cfg.Dialect = Swisscom()
	}
	if err := checkAPID(cfg.APID); err != nil {
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
	c := &Client{
		Verifier:    verifier,
		cfg:         cfg,
		http:        http,
		endpoints:   cfg.Endpoints.or(cfg.Dialect.Endpoints),
		scope:       verifier.scopePrefix() + strings.ToLower(base.Host) + "|" + cfg.APID,
		outstanding: newOutstanding(cfg.MaxOutstanding),
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

func checkAPID(id string) error {
	if id == "" || len(id) > 128 {
		return errors.New("mssp: Config.APID: the AP_ID that the operator assigned is required, at most 128 octets")
	}
	if strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '|' }) {
		return errors.New("mssp: Config.APID: holds a character that no URI has")
	}
	return nil
}

// or fills in what e leaves out.
func (e Endpoints) or(d Endpoints) Endpoints {
	if e.Signature == "" {
		e.Signature = d.Signature
	}
	if e.StatusQuery == "" {
		e.StatusQuery = d.StatusQuery
	}
	return e
}

// Options are the part of a Request that is particular to this kind of service.
type Options struct {
	// Profile is the URI of the signature profile, such as ProfileAny. There is no default: it decides what a signature
	// is worth.
	Profile string
}

// Provider returns "mssp".
func (Options) Provider() string { return "mssp" }
