package hermod_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

const fixtureScope = "hermod|test|hermod.example:20400|acme"

// sentProv is what a client remembers of the command that an emulator answers.
func sentProv(d *emulator) hermod.Sent {
	return hermod.Sent{
		Kind: "PROV", Scope: fixtureScope, MSSPTransID: "h1801", ExternalID: "EXT1", User: fixtureUser, ProvCommand: d.provCommand(),
		Locations: []string{fixtureBase + "x/x", fixtureBase + fixtureTempBox + "/" + fixtureMessage},
	}
}

func sentCert() hermod.Sent {
	return hermod.Sent{
		Kind: "CERT", Scope: fixtureScope, MSSPTransID: "h1802", ExternalID: "EXT2", User: fixtureUser, ProfileID: fixtureProfile,
		MailboxID: fixtureBox, Locations: []string{fixtureBase + fixtureBox + "/" + fixtureMessage},
	}
}

func evidenceOf(t *testing.T, s hermod.Sent, raw []byte) *mss.Evidence {
	t.Helper()
	ev, err := s.Evidence(raw, fixtureAt)
	require.NoError(t, err)
	return ev
}

func TestVerifyProvisioning(t *testing.T) {
	t.Parallel()
	d := newEmulator(t)
	ev := evidenceOf(t, sentProv(d), d.provResponse())
	for name, edit := range map[string]func(*hermod.VerifierConfig){
		"configured host":       nil,
		"host of the scope":     func(c *hermod.VerifierConfig) { c.Hosts = nil },
		"host in another case":  func(c *hermod.VerifierConfig) { c.Hosts = []string{"other.example", "HERMOD.example"} },
		"attestation is a wish": func(c *hermod.VerifierConfig) { c.Attestation.Policy = hermod.AttestationOptional },
	} {
		v := newVerifier(t, edit)
		for range 2 { // as often as wanted: before and after the certification authority was asked
			p, err := v.VerifyProvisioning(ev)
			require.NoError(t, err, name)
			require.Equal(t, fixtureUser, p.User.Reveal())
			require.Equal(t, fixtureProfile, p.ProfileID)
			require.Equal(t, fixtureBox, p.BoxID)
			require.Len(t, p.Keys, 2)
			require.True(t, p.Attested)
			require.Same(t, ev, p.Evidence)
		}
	}
}

// TestVerifyProvisioningRefuses: what VerifyExchange refuses, VerifyProvisioning refuses at the same check.
func TestVerifyProvisioningRefuses(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, nil)
	for name, m := range refusals(t) {
		if strings.HasPrefix(name, "CERT") || strings.HasPrefix(name, "installed") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newEmulator(t)
			m.edit(d)
			ev := evidenceOf(t, sentProv(d), d.provResponse())
			_, err := v.VerifyProvisioning(ev)
			if fault, ok := err.(*mss.Fault); ok { // not wrapped: the person, or nobody, said no
				require.Equal(t, "result", m.check)
				require.Contains(t, fault.Error(), m.reason)
				require.Equal(t, mss.OpRegistration, fault.Operation)
				return
			}
			requireCheck(t, err, m.check, m.reason)
			require.Same(t, ev, err.(*mss.VerificationError).Evidence)
		})
	}
}

// TestVerifyProvisioningBinding: the same genuine answer, where another command was sent.
func TestVerifyProvisioningBinding(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, nil)
	for name, c := range map[string]struct {
		check, reason string
		edit          func(s *hermod.Sent)
	}{
		"another commandId":            {"command", "commandId", func(s *hermod.Sent) { s.MSSPTransID = "h1802" }},
		"a commandId without its mark": {"command", "commandId", func(s *hermod.Sent) { s.MSSPTransID = "1801" }},
		"no commandId":                 {"command", "commandId", func(s *hermod.Sent) { s.MSSPTransID = "" }},
		"another externalId":           {"command", "externalId", func(s *hermod.Sent) { s.ExternalID = "EXT2" }},
		"another message":              {"destination", "inReplyTo", func(s *hermod.Sent) { s.Locations = s.Locations[:1] }},
		"no messages":                  {"destination", "inReplyTo", func(s *hermod.Sent) { s.Locations = nil }},
		"another environment":          {"evidence", "environment", func(s *hermod.Sent) { s.Scope = "hermod|production|hermod.example:20400|acme" }},
		"another kind of service":      {"evidence", "kind of service", func(s *hermod.Sent) { s.Scope = "skmid|test|hermod.example|acme" }},
		"another command":              {"evidence", "another command", func(s *hermod.Sent) { s.Kind = "CERT" }},
		"a signing":                    {"evidence", "another command", func(s *hermod.Sent) { s.Kind = "SIGN" }},
		"another user":                 {"evidence", "another user", func(s *hermod.Sent) { s.User = "somebody.else" }},
		"nothing was expected":         {"evidence", "state", func(s *hermod.Sent) { s.ProvCommand = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newEmulator(t)
			s := sentProv(d)
			c.edit(&s)
			_, err := v.VerifyProvisioning(evidenceOf(t, s, d.provResponse()))
			requireCheck(t, err, c.check, c.reason)
		})
	}
	_, err := v.VerifyProvisioning(nil)
	requireCheck(t, err, "evidence", "nil")
	ev := evidenceOf(t, sentProv(newEmulator(t)), nil)
	ev.Transaction.State = []byte{9}
	_, err = v.VerifyProvisioning(ev)
	requireCheck(t, err, "evidence", "state")
	ev = evidenceOf(t, sentProv(newEmulator(t)), []byte("{\n\"a\": x}"))
	_, err = v.VerifyProvisioning(ev)
	requireCheck(t, err, "answer", "line 2")
}

// TestVerifyProvisioningHost: without configured hosts it is the one of the address that the command was sent to.
func TestVerifyProvisioningHost(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, func(c *hermod.VerifierConfig) { c.Hosts = nil })
	d := newEmulator(t)
	s := sentProv(d)
	s.Scope = "hermod|test|elsewhere.example:20400|acme"
	_, err := v.VerifyProvisioning(evidenceOf(t, s, d.provResponse()))
	requireCheck(t, err, "host", "Config.Hosts")
}

// TestVerifyProvisioningLate: nobody has called back.
func TestVerifyProvisioningLate(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, nil)
	for _, s := range []hermod.Sent{sentProv(newEmulator(t)), sentCert()} {
		ev := evidenceOf(t, s, nil)
		var err error
		if s.Kind == "PROV" {
			_, err = v.VerifyProvisioning(ev)
		} else {
			err = v.VerifyCertified(ev)
		}
		var fault *mss.Fault
		require.ErrorAs(t, err, &fault)
		require.Equal(t, mss.ExpiredTransaction, fault.Code)
		require.Equal(t, mss.FiComServerTimeout, fault.Sub)
		require.Equal(t, mss.OpRegistration, fault.Operation)
	}
}

// TestAttestationPolicy: what the key of a response is worth by each policy.
func TestAttestationPolicy(t *testing.T) {
	t.Parallel()
	other := fixtureKeys()["other"]
	genuine := func(*emulator) {}
	foreign := func(d *emulator) { d.attestation = other }
	bare := func(d *emulator) { d.header = func(o object) { delete(o, "jwk") } }
	private := func(d *emulator) { d.header = subMember("jwk", "d", "AQAB") }
	swapped := func(d *emulator) {
		d.header, d.attestation = subMember("jwk", "n", modulus("attestation", 1)), other
	}
	broken := func(d *emulator) {
		d.attestation, d.compact = other, segment(1, func(s string) string { return b64url(unb64url(s) + " ") })
	}
	const (
		attested = "attested"
		taken    = "taken"
	)
	required, optional, off := hermod.AttestationRequired, hermod.AttestationOptional, hermod.InsecureAttestationOff
	for name, c := range map[string]struct {
		policy  hermod.AttestationPolicy
		pins    bool
		edit    func(*emulator)
		outcome string // a check, or one of the above
	}{
		"required, genuine":                    {required, true, genuine, attested},
		"required, genuine, no pin":            {required, false, genuine, "attestation"},
		"required, foreign":                    {required, true, foreign, "attestation"},
		"required, foreign, no pin":            {required, false, foreign, "attestation"},
		"required, without a key":              {required, true, bare, "attestation"},
		"required, swapped":                    {required, true, swapped, "attestation signature"},
		"a policy that nobody knows, foreign":  {99, true, foreign, "attestation"},
		"a policy that nobody knows, no pin":   {-1, false, genuine, "attestation"},
		"optional, genuine":                    {optional, true, genuine, attested},
		"optional, genuine, no pin":            {optional, false, genuine, taken},
		"optional, foreign":                    {optional, true, foreign, taken},
		"optional, without a key":              {optional, true, bare, taken},
		"optional, names the key, another one": {optional, true, swapped, "attestation signature"},
		"optional, broken":                     {optional, true, broken, "attestation signature"},
		"optional, a private key":              {optional, true, private, "attestation"},
		"off, genuine":                         {off, true, genuine, taken},
		"off, foreign":                         {off, false, foreign, taken},
		"off, without a key":                   {off, true, bare, taken},
		"off, swapped":                         {off, true, swapped, taken},
		"off, a private key":                   {off, true, private, taken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVerifier(t, func(cfg *hermod.VerifierConfig) {
				cfg.Attestation.Policy = c.policy
				if !c.pins {
					cfg.Attestation.Keys = nil
				}
			})
			d := newEmulator(t)
			c.edit(d)
			p, err := v.VerifyExchange(d.exchange())
			if c.outcome != attested && c.outcome != taken {
				requireCheck(t, err, c.outcome, "")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.outcome == attested, p.Attested)
		})
	}
}

// TestAttestationZeroPin: a pin that nobody has made pins nothing.
func TestAttestationZeroPin(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, func(c *hermod.VerifierConfig) { c.Attestation.Keys = make([]hermod.AttestationKey, 1) })
	_, err := v.VerifyExchange(newEmulator(t).exchange())
	requireCheck(t, err, "attestation", "not pinned")
}

// TestProvisioningPrintsNothingPersonal, in no form that a log could take.
func TestProvisioningPrintsNothingPersonal(t *testing.T) {
	t.Parallel()
	d := newEmulator(t)
	d.payload = func(o object) { o["deviceinfo"].(object)["name"] = "Mia\x1b[31m" + strings.Repeat("x", 200) }
	p, err := newVerifier(t, nil).VerifyExchange(d.exchange())
	require.NoError(t, err)
	require.NotContains(t, p.Device.Name.Reveal(), "\x1b")
	require.LessOrEqual(t, len([]rune(p.Device.Name.Reveal())), 128+len(`\u{001B}…`))
	for _, value := range []any{p, *p, p.Keys[0], &p.Keys[0], p.Device} {
		doc, err := json.Marshal(value)
		require.NoError(t, err)
		text := string(doc) + fmt.Sprintf("%v %+v %#v %s %d", value, value, value, value, value)
		for _, personal := range []string{"Mia", "Muster", fixtureUser, fixtureProfile, fixtureBox, "iOS"} {
			require.NotContains(t, text, personal)
		}
	}
	require.Equal(t, "[keys=2 attested=true]", p.LogValue().String())
	require.Equal(t, "[id=signer mechanism=RS256]", p.Keys[0].LogValue().String())
}
