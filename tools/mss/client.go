package main

import (
	"io"
	"log/slog"
	"strings"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/transport"
)

// client is what the client of every adapter is.
type client interface {
	mss.Service
	Scope() string
	Close()
}

// account is a client with what the commands need to know of its configuration.
type account struct {
	client
	provider    *provider
	url, lang   string
	serials     string // store of account bindings; "" none
	environment mss.Environment
	keys        *mss.Keys   // nil without handle_key_file
	cfg         mssp.Config // what the client was made with, for a recording; of provider mssp only
}

// Unwrap lets mss.Receipt, mss.ProfileQuery and mss.Health find what the client can do.
func (acc *account) Unwrap() mss.Service { return acc.client }

// connect makes a client of a configuration, whichever provider's it is.
func (a *app) connect(s *settings, profile string, allowTest bool, rec *recording) (*account, error) {
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	return a.connectTo(p, s, opening{profile: profile, allowTest: allowTest, rec: rec})
}

func (a *app) connectMSSP(s *settings, o opening) (*account, error) {
	environment, err := parseEnvironment(s.environment)
	if err != nil {
		return nil, s.errorf("environment", "%v", err)
	}
	binding, ok := parseBinding(s.binding)
	if !ok {
		return nil, s.errorf("binding", "must be soap or rest")
	}
	cfg := mssp.Config{
		APID: s.apID, Prefix: s.prefix, Defaults: mssp.Options{Profile: o.profile}, Binding: binding,
		Endpoints: mssp.Endpoints{
			Signature: s.signatureURL, StatusQuery: s.statusURL, Receipt: s.receiptURL, ProfileQuery: s.profileURL,
		},
		RedirectSchemes: s.redirectSchemes, AllowTestNumbers: o.allowTest,
	}
	if environment != mss.Simulator { // where nothing is worth a warning
		cfg.Logger = newLogger(a.stderr)
	}
	if cfg.Anchors, err = mss.LoadAnchors(environment, s.anchors...); err != nil {
		return nil, s.errorf("anchors", "%v", err)
	}
	if cfg.HTTP, err = s.http(); err != nil {
		return nil, err
	}
	password, err := s.readSecret("ap_password_file", s.apPasswordFile)
	if err != nil {
		return nil, err
	}
	cfg.APPassword = mss.Conceal(password)
	client, err := o.rec.connect(&cfg)
	if isA[*usageError](err) {
		return nil, err
	}
	if err != nil {
		return nil, s.explain(err)
	}
	return &account{client: client, environment: environment, cfg: cfg}, nil
}

// http makes the settings of the connection.
func (s *settings) http() (cfg transport.Config, err error) {
	cfg.URL, cfg.ServerName = s.url, s.serverName
	if cfg.Roots, err = mss.LoadCertificates(s.tlsRoots...); err != nil {
		return cfg, s.errorf("tls_roots", "%v", err)
	}
	for _, text := range s.pins {
		pin, err := transport.ParsePin(text)
		if err != nil {
			return cfg, s.errorf("pins", "%v", err)
		}
		cfg.Pins = append(cfg.Pins, pin)
	}
	for _, text := range s.keyPins {
		pin, err := transport.ParsePin(text)
		if err != nil {
			return cfg, s.errorf("key_pins", "%v", err)
		}
		cfg.KeyPins = append(cfg.KeyPins, pin)
	}
	if cfg.Proxy, err = s.proxySettings(); err != nil {
		return cfg, err
	}
	if p, failed := s.provider(); failed != nil || !p.clientCert {
		return cfg, failed
	}
	cfg.Identity, err = s.identity()
	return cfg, err
}

// proxySettings are nil where there is no proxy.
func (s *settings) proxySettings() (*transport.Proxy, error) {
	if s.proxy == "" {
		return nil, nil
	}
	password, err := s.readSecret("proxy_password_file", s.proxyPasswordFile)
	if err != nil {
		return nil, err
	}
	return &transport.Proxy{URL: s.proxy, Username: s.proxyUsername, Password: mss.Conceal(password)}, nil
}

// identity loads the client certificate from whichever form it has.
func (s *settings) identity() (*transport.Identity, error) {
	isPEM, isPKCS12 := s.certFile != "" || s.keyFile != "", s.pkcs12File != ""
	switch {
	case isPEM && isPKCS12:
		return nil, s.errorf("pkcs12_file", "excludes cert_file and key_file: keep one form of the client certificate")
	case isPKCS12:
		password, err := s.readSecret("pkcs12_password_file", s.pkcs12PasswordFile)
		if err != nil {
			return nil, err
		}
		id, err := transport.LoadIdentityPKCS12(s.pkcs12File, password)
		if err != nil {
			return nil, s.errorf("pkcs12_file", "%v", err)
		}
		return id, nil
	}
	if err := s.require("cert_file", "key_file"); err != nil {
		return nil, err
	}
	id, err := transport.LoadIdentityPEM(s.certFile, s.keyFile)
	if err != nil {
		return nil, s.errorf("cert_file", "%v", err)
	}
	return id, nil
}

// handleKeys makes the keys that seal handles, if the configuration has one.
func (s *settings) handleKeys(scope string) (*mss.Keys, error) {
	if s.handleKeyFile == "" {
		return nil, nil
	}
	secret, err := readBounded(s.handleKeyFile, maxSecretFile)
	if err != nil {
		return nil, s.errorf("handle_key_file", "%v", err)
	}
	keys, err := mss.NewKeys(scope, secret)
	if err != nil {
		return nil, s.errorf("handle_key_file", "%v; make one with: openssl rand -out FILE 32", err)
	}
	return keys, nil
}

// explain names the key that an error of mssp or transport is about.
func (s *settings) explain(err error) error {
	for _, f := range []struct{ field, key string }{
		{"Config.URL", "url"}, {".APID", "ap_id"}, {"Config.Proxy", "proxy"}, {"Config.Pins", "pins"},
		{"Config.KeyPins", "key_pins"}, {"Config.HTTP.URL", "url"}, {"Config.Anchors", "anchors"},
		{"Config.HTTP.Identity", "cert_file"}, {"Config.HTTP.Roots", "tls_roots"},
		{"Config.RelyingPartyName", "relying_party_name"}, {"Config.RelyingPartyUUID", "relying_party_uuid"},
	} {
		if strings.Contains(err.Error(), f.field) {
			return s.errorf(f.key, "%v", err)
		}
	}
	return usagef("configuration: %v", err)
}

// newLogger prints the library's warnings, which hold no personal data.
func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{
		Level: slog.LevelWarn,
		ReplaceAttr: func(groups []string, attr slog.Attr) slog.Attr {
			if len(groups) == 0 && attr.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return attr
		},
	}))
}
