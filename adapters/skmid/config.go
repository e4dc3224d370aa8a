package skmid

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/legible"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

// Config is what New needs: the connection, the account and the anchors.
type Config struct {
	// HTTP is the connection: URL https://mid.sk.ee/mid-api, or https://tsp.demo.sk.ee/mid-api for the demo service. SK demands
	// that the server's key is pinned (KeyPins). MaxBody 0 is 64 KiB, and no more is read.
	HTTP transport.Config

	RelyingPartyName string // as agreed with SK, at most 100 octets; the phone shows it
	RelyingPartyUUID string // of the contract, in lower case

	Anchors *mss.Anchors // SK's CAs; they say which environment this is

	// Admit is asked before a phone rings, after everything else was checked. An error refuses the request unsent. It is the
	// place for limits by person and by source (Request.EndUserIP): whoever types numbers into a login page can make strangers'
	// phones ring.
	Admit func(context.Context, *mss.Request) error

	Observer *mss.Observer    // nil: none
	Logger   *slog.Logger     // of warnings; nil: none
	Now      func() time.Time // the clock that certificates are judged by; nil: time.Now
}

// uuidPattern is the form that the service compares octet by octet.
var uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// maxPartyName is in octets. SK publishes no limit; 110 are known to be too many.
const maxPartyName = 100

// New checks the configuration and makes a client. It sends nothing.
func New(cfg Config) (*Client, error) {
	if err := cfg.checkParty(); err != nil {
		return nil, err
	}
	verifier, err := NewVerifier(VerifierConfig{Anchors: cfg.Anchors})
	if err != nil {
		return nil, err
	}
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	cfg.HTTP.Logger = cmp.Or(cfg.HTTP.Logger, cfg.Logger)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.HTTP.MaxBody == 0 {
		cfg.HTTP.MaxBody = maxAnswer
	}
	http, err := transport.New(cfg.HTTP)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(cfg.HTTP.URL)
	if err != nil {
		return nil, errors.New("skmid: Config.HTTP.URL: not a URL")
	}
	if err := checkService(strings.ToLower(strings.TrimSuffix(base.Hostname(), ".")), cfg.RelyingPartyUUID, cfg.Anchors.Environment()); err != nil {
		return nil, err
	}
	return &Client{
		Verifier: verifier,
		cfg:      cfg,
		http:     http,
		scope:    verifier.scopePrefix() + strings.ToLower(base.Host) + "|" + cfg.RelyingPartyUUID,
	}, nil
}

// checkParty checks the account. An error of it would be a 400 or 401 of the service at every request.
func (cfg *Config) checkParty() error {
	name := cfg.RelyingPartyName
	if name == "" || len(name) > maxPartyName || strings.Contains(name, "\n") || legible.Check(name) != nil {
		return fmt.Errorf("skmid: Config.RelyingPartyName: is required, as agreed with SK: 1 to %d octets, visible characters", maxPartyName)
	}
	if !uuidPattern.MatchString(cfg.RelyingPartyUUID) {
		return errors.New("skmid: Config.RelyingPartyUUID: is required, as in the contract: 8-4-4-4-12 hexadecimal digits, in lower case")
	}
	return nil
}
