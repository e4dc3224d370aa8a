package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
)

// runRegistrant runs a command. Its output must not hold a token of the registry's either.
func (s *skmidSite) runRegistrant(t *testing.T, command string, args ...string) result {
	t.Helper()
	r := runSKMID(t, append(append([]string{"registrant", command, "--config", s.config}, signer...), args...)...)
	for _, q := range s.registry.Requests() {
		if _, token, ok := strings.Cut(q.Header.Get("Authorization"), " "); ok {
			require.NotEmpty(t, token)
			require.NotContains(t, r.out+r.err, token, "the token")
		}
	}
	require.NotContains(t, r.out+r.err, "Bearer")
	return r
}

// TestRegistrant: log in, list, lock and unlock, over HTTPS.
func TestRegistrant(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	r := s.runRegistrant(t, "login", "--json")
	require.Equal(t, exitOK, r.code, r.err)
	rep := decodeJSON[registrantReport](t, r)
	require.Equal(t, "login", rep.Outcome)
	require.Equal(t, "simulator", rep.Environment)
	require.False(t, rep.Expires.IsZero())
	require.Regexp(t, `(?m)^code +\d{4}: `, r.err)

	domains := func(args ...string) []domainReport {
		r := s.runRegistrant(t, "domains", append(args, "--json")...)
		require.Equal(t, exitOK, r.code, r.err)
		return decodeJSON[registrantReport](t, r).Domains
	}
	list := domains()
	require.Len(t, list, 3)
	require.Len(t, domains("--technical"), 4)
	require.False(t, list[0].Locked)
	require.NotEmpty(t, list[0].Registrar)
	name, id := list[0].Name, list[0].ID

	r = s.runRegistrant(t, "lock", strings.ToUpper(name), "--json")
	require.Equal(t, exitOK, r.code, r.err)
	rep = decodeJSON[registrantReport](t, r)
	require.Equal(t, "locked", rep.Outcome)
	require.Equal(t, name, rep.Domains[0].Name)
	require.True(t, rep.Domains[0].Locked)
	require.False(t, rep.Domains[0].LockedAt.IsZero())
	require.True(t, domains()[0].Locked)

	r = s.runRegistrant(t, "lock", name, "--json")
	require.Equal(t, exitFault, r.code)
	require.Equal(t, "registry", r.report(t).Error.Kind)
	require.Contains(t, r.report(t).Error.Message, "the domain cannot be locked")
	require.True(t, r.report(t).Error.MayHaveRung, "to log in")

	r = s.runRegistrant(t, "unlock", id)
	require.Equal(t, exitOK, r.code, r.err)
	require.Regexp(t, `(?s)token      from the registry, good until \S+\n\nUnlocked:\n  `+name+` +open +until `, r.out)
	r = s.runRegistrant(t, "unlock", name)
	require.Equal(t, exitFault, r.code)
	require.Contains(t, r.err, "the domain has no lock of its registrant")
	r = s.runRegistrant(t, "lock", "nobody.test")
	require.Equal(t, exitFault, r.code)
	require.Contains(t, r.err, "no domain of this name")

	r = s.runRegistrant(t, "lock", name, "--prohibit-extensions")
	require.Equal(t, exitOK, r.code, r.err)
	requests := s.registry.Requests()
	require.Equal(t, "extensionsProhibited=true", requests[len(requests)-1].Query)
	s.AssertPrompts(t, 10)
}

// TestRegistrantRefusals: who is not let in, and what fails on the way.
func TestRegistrantRefusals(t *testing.T) {
	t.Parallel()
	s := newSKMIDSite(t)
	demo := []string{"registrant", "login", "--config", s.config, "--msisdn", "+37200000766", "--identity", "60001019906", "--json"}
	r := runSKMID(t, demo...)
	require.Equal(t, exitFault, r.code, "a robot")
	require.Equal(t, "registry", r.report(t).Error.Kind)
	require.Empty(t, s.registry.Requests())
	require.Equal(t, exitOK, runSKMID(t, append(demo, "--allow-test-persons")...).code)

	for variable, want := range map[string]string{
		"MSS_NAME_CASE=upper":             "name_case",
		"MSS_REGISTRANT_URL=http://x.ee/": "registrant_url",
		"MSS_REGISTRANT_ROOTS=/nowhere":   "registrant_roots",
		"MSS_ENVIRONMENT=test":            "--allow-test-persons",
	} {
		before := s.Prompts()
		r = runSKMIDWith(t, []string{variable}, demo...)
		require.Equal(t, exitUsage, r.code, variable)
		require.Contains(t, r.report(t).Error.Message, want)
		require.Equal(t, before, s.Prompts(), "no phone rang")
	}
	for misbehaviour, want := range map[registranttest.Misbehaviour]int{
		registranttest.NoToken: exitFault, registranttest.Cut: exitTransport, registranttest.HTML: exitTransport,
	} {
		s.registry.SetMisbehaviour(misbehaviour)
		r = s.runRegistrant(t, "login", "--json")
		require.Equal(t, want, r.code, r.out)
		require.Equal(t, "registry", r.report(t).Error.Kind)
	}
	s.registry.SetMisbehaviour(registranttest.Behave)

	s.Script(skPhone, skCode, skmidtest.Person{GivenName: skGiven, Surname: skName, Result: skmidtest.Cancelled})
	r = s.runRegistrant(t, "domains")
	require.Equal(t, exitFault, r.code)
	require.Contains(t, r.out, "Not logged in: 401 USER_CANCEL")
	s.Script(skPhone, skCode, skmidtest.Person{GivenName: skGiven, Surname: skName, Forge: skmidtest.ForgePerson})
	before := len(s.registry.Requests())
	require.Equal(t, exitUnverified, s.runRegistrant(t, "domains").code)
	require.Len(t, s.registry.Requests(), before, "nothing was exchanged")
}

// TestRegistrantSimulated: all of it in this process.
func TestRegistrantSimulated(t *testing.T) {
	t.Parallel()
	who := []string{"--simulate", "--msisdn", "+37060000666", "--identity", "50001018865"}
	r := runSKMID(t, append([]string{"registrant", "domains"}, who...)...)
	require.Equal(t, exitOK, r.code, r.err)
	require.Regexp(t, `(?s)Domains:\n  \S+\.test +open .*SIMULATOR: proves nothing`, r.out)
	name := strings.Fields(r.out[strings.Index(r.out, "Domains:\n"):])[1]
	r = runSKMID(t, append([]string{"registrant", "lock", name, "--json"}, who...)...)
	require.Equal(t, exitOK, r.code, r.err)
	require.True(t, decodeJSON[registrantReport](t, r).Domains[0].Locked)
	r = runSKMID(t, append([]string{"registrant", "login", "--country", "EE"}, who...)...)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "--identity: is of another country than --msisdn")
	r = runSKMID(t, append([]string{"registrant", "login", "--config", "x"}, who...)...)
	require.Equal(t, exitUsage, r.code)
}
