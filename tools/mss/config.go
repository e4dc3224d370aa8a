package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomss/gomss/mss"
)

// settings is the configuration: the file, then what the environment overrides. Nothing in it weakens a check, and
// nothing turns on the simulator or the test numbers: those are flags, seen by whoever runs the command (SEC-15).
type settings struct {
	providerName                                                  string
	url, environment, apID, apPasswordFile, prefix, profile, lang string
	binding, signatureURL, statusURL, receiptURL, profileURL      string
	certFile, keyFile, pkcs12File, pkcs12PasswordFile             string
	tlsRoots, pins                                                []string
	serverName, proxy, proxyUsername, proxyPasswordFile           string
	anchors, redirectSchemes                                      []string
	handleKeyFile, serials                                        string
	relyingPartyName, relyingPartyUUID                            string // of SK Mobile-ID
	keyPins                                                       []string
	registrantURL, nameCase                                       string // of the registrant API, for provider skmid
	registrantRoots                                               []string

	file   string            // "" without one
	origin map[string]string // where each key that is set comes from: "mss.yaml:3" or "MSS_URL"
}

// key is one key of the configuration. Exactly one of text and list is set.
type key struct {
	name   string
	text   *string
	list   *[]string
	isFile bool // names files, relative to the configuration file
	secret bool // the file must not be readable by others
}

// keys lists the configuration keys in the order of docs/cli.md.
func (s *settings) keys() []key {
	return []key{
		{name: "provider", text: &s.providerName},
		{name: "url", text: &s.url},
		{name: "binding", text: &s.binding},
		{name: "signature_url", text: &s.signatureURL},
		{name: "status_url", text: &s.statusURL},
		{name: "receipt_url", text: &s.receiptURL},
		{name: "profile_url", text: &s.profileURL},
		{name: "environment", text: &s.environment},
		{name: "ap_id", text: &s.apID},
		{name: "ap_password_file", text: &s.apPasswordFile, isFile: true, secret: true},
		{name: "relying_party_name", text: &s.relyingPartyName},
		{name: "relying_party_uuid", text: &s.relyingPartyUUID},
		{name: "prefix", text: &s.prefix},
		{name: "profile", text: &s.profile},
		{name: "lang", text: &s.lang},
		{name: "cert_file", text: &s.certFile, isFile: true},
		{name: "key_file", text: &s.keyFile, isFile: true, secret: true},
		{name: "pkcs12_file", text: &s.pkcs12File, isFile: true, secret: true},
		{name: "pkcs12_password_file", text: &s.pkcs12PasswordFile, isFile: true, secret: true},
		{name: "tls_roots", list: &s.tlsRoots, isFile: true},
		{name: "server_name", text: &s.serverName},
		{name: "pins", list: &s.pins},
		{name: "key_pins", list: &s.keyPins},
		{name: "proxy", text: &s.proxy},
		{name: "proxy_username", text: &s.proxyUsername},
		{name: "proxy_password_file", text: &s.proxyPasswordFile, isFile: true, secret: true},
		{name: "anchors", list: &s.anchors, isFile: true},
		{name: "redirect_schemes", list: &s.redirectSchemes},
		{name: "handle_key_file", text: &s.handleKeyFile, isFile: true, secret: true},
		{name: "serials", text: &s.serials, isFile: true},
		{name: "registrant_url", text: &s.registrantURL},
		{name: "registrant_roots", list: &s.registrantRoots, isFile: true},
		{name: "name_case", text: &s.nameCase},
	}
}

// variable is the environment variable of a key.
func (k key) variable() string { return "MSS_" + strings.ToUpper(k.name) }

// set stores values, making file names relative to dir.
func (k key) set(values []string, dir string) {
	if k.isFile && dir != "" {
		for i, v := range values {
			if !filepath.IsAbs(v) {
				values[i] = filepath.Join(dir, v)
			}
		}
	}
	if k.list != nil {
		*k.list = values
		return
	}
	*k.text = values[0]
}

// load reads the file, if there is one, and the environment, and warns of files that others can read.
func (a *app) load(file string) (*settings, error) {
	s := &settings{file: file, origin: make(map[string]string)}
	if file != "" {
		if err := s.readFile(file); err != nil {
			return nil, err
		}
	}
	if err := s.readEnvironment(a); err != nil {
		return nil, err
	}
	s.warnReadable(a.stderr)
	return s, nil
}

// readEnvironment lets variables override the file. Lists are separated by commas. A variable that begins like ours and
// is none gets a warning: it may be a misspelt key, or a wish for something that only a flag can do.
func (s *settings) readEnvironment(a *app) error {
	keys := s.keys()
	for _, entry := range a.env {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "MSS_") {
			continue
		}
		i := slices.IndexFunc(keys, func(k key) bool { return k.variable() == name })
		switch {
		case i < 0 && name != "MSS_CORPUS": // which this module's tests use
			fmt.Fprintf(a.stderr, "mss: warning: %s: no configuration key has this name; ignored\n", name)
		case i < 0:
		case value == "":
			return usagef("%s: is empty: give it a value or unset it", name)
		case keys[i].list != nil:
			keys[i].set(strings.Split(value, ","), "")
			s.origin[keys[i].name] = name
		default:
			keys[i].set([]string{value}, "")
			s.origin[keys[i].name] = name
		}
	}
	return nil
}

// errorf makes an error about a key, naming where the key is set.
func (s *settings) errorf(name, format string, args ...any) error {
	where := s.origin[name]
	switch {
	case where == "" && s.file != "":
		where = s.file
	case where == "":
		where = "configuration (no --config given)"
	}
	return usagef("%s: %s: %s", where, name, fmt.Sprintf(format, args...))
}

// require refuses a configuration in which one of the keys is not set.
func (s *settings) require(names ...string) error {
	for _, name := range names {
		if s.origin[name] == "" {
			return s.errorf(name, "is required: set it in the file, or in MSS_%s; docs/cli.md explains every key", strings.ToUpper(name))
		}
	}
	return nil
}

// parseEnvironment reads what signatures are worth here. It is required because it must not be guessed.
func parseEnvironment(name string) (mss.Environment, error) {
	for _, e := range []mss.Environment{mss.Production, mss.Test, mss.Simulator} {
		if e.String() == name {
			return e, nil
		}
	}
	return 0, errors.New("must be production, test or simulator")
}
