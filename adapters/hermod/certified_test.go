package hermod_test

import (
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

func TestVerifyCertified(t *testing.T) {
	t.Parallel()
	for _, hosts := range [][]string{nil, {fixtureHost}} {
		v := newVerifier(t, func(c *hermod.VerifierConfig) { c.Hosts = hosts })
		require.NoError(t, v.VerifyCertified(evidenceOf(t, sentCert(), newEmulator(t).installed())))
	}
}

func TestVerifyCertifiedRefuses(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, nil)
	for name, m := range installationRefusals() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newEmulator(t)
			m.edit(d)
			err := v.VerifyCertified(evidenceOf(t, sentCert(), d.installed()))
			check := strings.TrimPrefix(m.check, "installation ")
			if fault, ok := err.(*mss.Fault); ok {
				require.Equal(t, "result", check)
				require.Equal(t, mss.RegistrationNOK, fault.Code)
				return
			}
			requireCheck(t, err, check, m.reason)
		})
	}
	for name, c := range map[string]struct {
		check, reason string
		edit          func(s *hermod.Sent)
	}{
		"another commandId":   {"command", "commandId", func(s *hermod.Sent) { s.MSSPTransID = "h1801" }},
		"another externalId":  {"command", "externalId", func(s *hermod.Sent) { s.ExternalID = "EXT1" }},
		"another message":     {"destination", "inReplyTo", func(s *hermod.Sent) { s.Locations = nil }},
		"another environment": {"evidence", "environment", func(s *hermod.Sent) { s.Scope = "hermod|simulator|hermod.example|acme" }},
		"another command":     {"evidence", "another command", func(s *hermod.Sent) { s.Kind = "PROV" }},
		"no profile":          {"evidence", "profile", func(s *hermod.Sent) { s.ProfileID = "" }},
		"no mailbox":          {"evidence", "profile", func(s *hermod.Sent) { s.MailboxID = "" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sentCert()
			c.edit(&s)
			requireCheck(t, v.VerifyCertified(evidenceOf(t, s, newEmulator(t).installed())), c.check, c.reason)
		})
	}
	requireCheck(t, v.VerifyCertified(nil), "evidence", "nil")
}

// provisionedKey is the key "signer" of an emulator.
func provisionedKey(t *testing.T) *hermod.ProvisionedKey {
	t.Helper()
	p, err := newVerifier(t, nil).VerifyExchange(newEmulator(t).exchange())
	require.NoError(t, err)
	return &p.Keys[0]
}

func TestCheckIssued(t *testing.T) {
	t.Parallel()
	v, k := newVerifier(t, nil), provisionedKey(t)
	leaf := issueTo(k.CSR.PublicKey, nil)
	for _, chain := range [][]*x509.Certificate{{leaf}, {leaf, fixtureCA()}, {leaf, nil, leaf}, {{Raw: leaf.Raw}}} {
		path, err := v.CheckIssued(k, chain, fixtureAt)
		require.NoError(t, err)
		require.Len(t, path, 2)
		require.True(t, path[0].Equal(leaf))
		require.True(t, path[1].Equal(fixtureCA()))
	}
	// A certificate that was composed: all but Raw is that of the right one.
	composed := *leaf
	composed.Raw = issueTo(fixtureKeys()["other"].Public(), nil).Raw
	for name, c := range map[string]struct {
		check string
		chain []*x509.Certificate
		at    time.Time
	}{
		"none":                          {"certificate", nil, fixtureAt},
		"nil":                           {"certificate", []*x509.Certificate{nil, leaf}, fixtureAt},
		"empty":                         {"certificate", []*x509.Certificate{{}}, fixtureAt},
		"composed":                      {"certificate key", []*x509.Certificate{&composed}, fixtureAt},
		"the authority's before it":     {"certificate key", []*x509.Certificate{fixtureCA(), leaf}, fixtureAt},
		"no time":                       {"certificate validity", []*x509.Certificate{leaf}, time.Time{}},
		"the authority no longer valid": {"chain", []*x509.Certificate{issueTo(k.CSR.PublicKey, outlives)}, fixtureAt.AddDate(10, 0, 0)},
	} {
		_, err := v.CheckIssued(k, c.chain, c.at)
		requireCheck(t, err, c.check, `key "signer"`)
		require.NotContains(t, err.Error(), "Acme", name)
	}
}

func outlives(c *x509.Certificate) { c.NotAfter = fixtureAt.AddDate(20, 0, 0) }
