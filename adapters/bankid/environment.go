package bankid

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
)

// Where the RP API is.
const (
	productionHost = "appapi2.bankid.com"
	testHost       = "appapi2.test.bankid.com"
	servicePath    = "/rp/v6.0"
)

// checkService refuses the address of one environment with the anchors of another one, and another version of the API.
func checkService(base *url.URL, env mss.Environment) error {
	host := base.Hostname()
	switch {
	case host == productionHost && env != mss.Production, host == testHost && env != mss.Test:
		return fmt.Errorf("bankid: Config.HTTP.URL: the service at this address is not of the %v environment, to which Config.Anchors belong", env)
	case (host == productionHost || host == testHost) && base.Path != servicePath:
		return errors.New("bankid: Config.HTTP.URL: its path is not " + servicePath + ", the version of the API that this package speaks")
	}
	return nil
}

// checkIdentity holds the client certificate against the environment, and returns its subject as signatures name it. Test and
// production certificates are not interchangeable, and the service's refusal (401) does not say why.
func (cfg *Config) checkIdentity(base *url.URL, env mss.Environment) (subject string, err error) {
	id, c := cfg.HTTP.Identity, cfg.RelyingParty
	switch {
	case id != nil && c != nil:
		return "", errors.New("bankid: Config.RelyingParty: goes with HTTP.Base, not with HTTP.Identity")
	case id != nil:
		c = id.Certificate()
	case cfg.HTTP.Base == nil:
		return "", errors.New("bankid: Config.HTTP.Identity: is nil; BankID knows its customers by the certificate that their bank has issued")
	case c == nil && env == mss.Simulator:
		return "", nil // in process
	case c == nil:
		return "", errors.New("bankid: Config.RelyingParty: is nil; beside HTTP.Base it says which signatures are made for us")
	}
	if err := checkCertificate(c, base.Hostname(), env); err != nil {
		return "", err
	}
	return rpSubject(c), nil
}

func checkCertificate(c *x509.Certificate, host string, env mss.Environment) error {
	if simulated.Marked(c) && env != mss.Simulator {
		return errors.New("bankid: Config.HTTP.Identity: is a simulator's certificate")
	}
	issuer := c.Issuer.CommonName
	bankID := strings.Contains(issuer, " for BankID")
	test := bankID && strings.HasSuffix(issuer, " Test")
	switch {
	case test && (env == mss.Production || host == productionHost):
		return errors.New("bankid: Config.HTTP.Identity: is a certificate of the test environment; production wants one issued by your bank")
	case bankID && !test && (env == mss.Test || host == testHost):
		return errors.New("bankid: Config.HTTP.Identity: is a production certificate; the test environment wants its own")
	}
	return nil
}

// knownRoots are BankID's root certificates by the SHA-256 of their DER, to tell which was configured where another one
// belongs. To know one is not to trust it.
var knownRoots = map[string]struct {
	env  mss.Environment
	name string
	tls  bool
}{
	"e6a2d45c0a1051c959428649f86a09a9b2152cd551993cc2eb4cf094bdacbecb": {mss.Production, "BankID SSL Root CA v1", true},
	"f3d0740ebfb3700e3b81aa791fee451472698c84e199c2eb48a443ff1d5b405c": {mss.Test, "Test BankID SSL Root CA v1 Test", true},
	"ca32588e385b961d58e26010c6f8c839f7ca071e497de6b7841640a61506fd31": {mss.Production, "BankID Root CA v1", false},
	"c6faeaf8ccadcfd0738dc99140ca788c1a19a93f843c5a9ec1369872d50e45f2": {mss.Test, "Test BankID Root CA v1 Test", false},
}

// checkRoots refuses, as roots for TLS servers, those for signatures, and those of another environment. Either would refuse
// every connection.
func checkRoots(roots []*x509.Certificate, env mss.Environment) error {
	for _, c := range roots {
		if c == nil {
			continue // the transport says so
		}
		sum := sha256.Sum256(c.Raw)
		k, ok := knownRoots[hex.EncodeToString(sum[:])]
		switch {
		case !ok:
		case !k.tls:
			return fmt.Errorf("bankid: Config.HTTP.Roots: %q is BankID's root for signatures, not for TLS servers", k.name)
		case k.env != env:
			return fmt.Errorf("bankid: Config.HTTP.Roots: %q does not belong to the %v environment, to which Config.Anchors belong", k.name, env)
		}
	}
	return nil
}

// scopeOf is what a client's transactions belong to. Orders are collected by the relying party that made them, which its
// certificates name by their subject; a renewed one has the same.
func scopeOf(env mss.Environment, host, subject string) string {
	scope := "bankid|" + env.String() + "|" + host + "|"
	if subject == "" {
		return scope
	}
	sum := sha256.Sum256([]byte(subject))
	return scope + hex.EncodeToString(sum[:8])
}
