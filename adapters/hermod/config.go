package hermod

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/redact"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
	"github.com/gomss/gomss/transport"
)

// Config is what New needs: the connection, our account at the Hermod and its account with us, and what answers are judged by.
type Config struct {
	// HTTP is the connection. URL is the whole prefix of the API, "https://hermod.example:20400/hermod/rest": installations
	// differ in it. Roots are those of the Hermod's TLS certificate.
	HTTP transport.Config

	// ClientID and ClientKey are ours, from the Hermod's list of allowed clients. They go into the header X-Api-Key.
	ClientID  string
	ClientKey mss.Private

	// CallbackUser and CallbackPassword are what the Hermod authenticates its callbacks with (callbackBasicAuth in its
	// configuration). Without them New refuses, unless InsecureUnauthenticatedCallback says that whoever reaches the callback
	// address may answer; what is signed is verified in any case, what is not signed then is not.
	CallbackUser                    string
	CallbackPassword                mss.Private
	InsecureUnauthenticatedCallback bool

	// Store keeps what is outstanding, for all instances; Keys seal it, for Scope. Both nil: the memory of this process and
	// a random key, so that a restart loses what is outstanding. A Store wants Keys.
	Store track.Store
	Keys  *mss.Keys

	// Registry keeps who has enrolled which device. nil: the memory of this process.
	Registry Registry

	// Anchors are of the CA that issues the users' certificates.
	Anchors *mss.Anchors

	// Attestation says which keys of the app are trusted to say that a device's keys are its own.
	Attestation Attestation

	// ServerName is the name that profiles are provisioned under (profile.servername). "": the ClientID.
	ServerName string

	// Hosts are the names that the Hermod calls itself by, in command records, mailbox addresses and the links that people are
	// shown: that of its publicUrl must be one of them. nil: the host of HTTP.URL.
	Hosts []string

	// Inferred is what no public document says about the API. nil: DefaultInferred.
	Inferred *Inferred

	// Admit is asked before a device is addressed. An error refuses the request. nil: none is refused.
	Admit func(context.Context, *mss.Request) error

	Observer *mss.Observer    // nil: none
	Logger   *slog.Logger     // of warnings; nil: none. Lines hold nothing personal
	Now      func() time.Time // the clock that certificates are judged by; nil: time.Now
}

const (
	maxClientID  = 128     // octets
	maxClientKey = 1 << 10 // octets
	maxBasicAuth = 1 << 10 // octets
)

// New checks the configuration and makes a client. It sends nothing. Config.Logger is warned where callbacks are not
// authenticated.
func New(cfg Config) (*Client, error) {
	if cfg.Anchors == nil {
		return nil, errors.New("hermod: Config.Anchors: is nil; load the CA that issues the users' certificates with mss.LoadAnchors")
	}
	cfg.HTTP.URL = strings.TrimRight(cfg.HTTP.URL, "/") // paths begin with it
	base, err := url.Parse(cfg.HTTP.URL)
	if err != nil {
		return nil, errors.New("hermod: Config.HTTP.URL: not a URL")
	}
	if err := cfg.checkAccount(); err != nil {
		return nil, err
	}
	if err := cfg.checkCallback(); err != nil {
		return nil, err
	}
	env := cfg.Anchors.Environment()
	scope := "hermod|" + env.String() + "|" + strings.ToLower(base.Host) + "|" + cfg.ClientID
	if err := cfg.settle(base, scope); err != nil {
		return nil, err
	}
	verifier, err := NewVerifier(VerifierConfig{
		Anchors: cfg.Anchors, Attestation: cfg.Attestation, Hosts: cfg.Hosts, Inferred: cfg.Inferred,
	})
	if err != nil {
		return nil, err
	}
	http, err := transport.New(cfg.HTTP)
	if err != nil {
		return nil, err
	}
	return &Client{
		Verifier: verifier, cfg: cfg, http: http, scope: scope, apiKey: apiKey(cfg.ClientID, cfg.ClientKey),
	}, nil
}

// checkAccount checks what goes into X-Api-Key, where a colon ends the id.
func (cfg *Config) checkAccount() error {
	key := cfg.ClientKey.Reveal()
	switch {
	case cfg.ClientID == "", key == "":
		return errors.New("hermod: Config.ClientID, Config.ClientKey: are required; the Hermod's list of allowed clients has them")
	case len(cfg.ClientID) > maxClientID || !isGraphic(cfg.ClientID) || strings.ContainsAny(cfg.ClientID, ":|"):
		return fmt.Errorf("hermod: Config.ClientID: is not 1 to %d characters of printable ASCII without colon and bar", maxClientID)
	case len(key) > maxClientKey || !isGraphic(key):
		return fmt.Errorf("hermod: Config.ClientKey: is not 1 to %d characters of printable ASCII", maxClientKey)
	}
	return nil
}

// checkCallback: callbacks that nobody has authenticated take an express decision (SEC-22).
func (cfg *Config) checkCallback() error {
	user, password := cfg.CallbackUser, cfg.CallbackPassword.Reveal()
	switch {
	case (user == "") != (password == ""):
		return errors.New("hermod: Config.CallbackUser, Config.CallbackPassword: one goes with the other")
	case user == "" && !cfg.InsecureUnauthenticatedCallback:
		return errors.New("hermod: Config.CallbackUser: is empty, so anybody could answer; set callbackBasicAuth in the Hermod's configuration, and the same here")
	case user != "" && cfg.InsecureUnauthenticatedCallback:
		return errors.New("hermod: Config.InsecureUnauthenticatedCallback: contradicts Config.CallbackUser")
	case strings.Contains(user, ":"), len(user)+len(password) > maxBasicAuth:
		return errors.New("hermod: Config.CallbackUser: holds a colon, which ends a user's name (RFC 7617 2), or is too long")
	}
	return nil
}

// settle fills in what was left out.
func (cfg *Config) settle(base *url.URL, scope string) error {
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	cfg.HTTP.Logger = cmp.Or(cfg.HTTP.Logger, cfg.Logger)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.InsecureUnauthenticatedCallback {
		cfg.Logger.Warn("hermod: callbacks are not authenticated: whoever reaches the callback address can end what is outstanding")
	}
	cfg.ServerName = cmp.Or(cfg.ServerName, cfg.ClientID)
	if len(cfg.ServerName) > maxName || redact.Clean(cfg.ServerName, maxName) != cfg.ServerName {
		return fmt.Errorf("hermod: Config.ServerName: is not text of at most %d octets", maxName)
	}
	if len(cfg.Hosts) == 0 {
		cfg.Hosts = []string{strings.ToLower(base.Hostname())}
	}
	cfg.Inferred = cmp.Or(cfg.Inferred, DefaultInferred())
	if err := cfg.Inferred.check(); err != nil {
		return err
	}
	if cfg.Registry == nil {
		cfg.Registry = NewMemoryRegistry()
	}
	return cfg.settleStore(scope)
}

// settleStore: a store that others can read or that outlives this process wants keys that do, too.
func (cfg *Config) settleStore(scope string) error {
	switch {
	case cfg.Store == nil && cfg.Keys == nil:
		secret := make([]byte, 32)
		if _, err := rand.Read(secret); err != nil {
			return err // never
		}
		keys, err := mss.NewKeys(scope, secret)
		if err != nil {
			return err
		}
		cfg.Store, cfg.Keys = new(track.Memory), keys
	case cfg.Keys == nil:
		return errors.New("hermod: Config.Keys: is nil; what Config.Store keeps is sealed: make them with mss.NewKeys for the client's Scope")
	case cfg.Store == nil:
		return errors.New("hermod: Config.Store: is nil; Config.Keys go with it")
	}
	return nil
}

// isGraphic reports whether s is ASCII that can be seen.
func isGraphic(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
