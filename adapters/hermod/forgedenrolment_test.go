package hermod_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
)

// callbackForges are what the simulator can do wrong about a command's callback.
func callbackForges(commandType string) (list []hermodtest.Forge) {
	for _, f := range hermodtest.Forges(commandType, "jws") {
		if f > hermodtest.ForgeAnswerFQDN {
			list = append(list, f)
		}
	}
	return list
}

// TestForgedProvisionings: whatever the simulator can do wrong about an answer to PROV, nothing of it is a provisioning, and the next
// answer that is in order is one.
func TestForgedProvisionings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		forges := callbackForges("PROV")
		require.Greater(t, len(forges), 75)
		for _, f := range forges {
			if f == hermodtest.ForgeSwapped {
				s.unanswered(t, c) // whose ids the answer takes
			}
			s.srv.Person(hermodtest.Person{User: "astrid", Forge: f})
			e := s.enrolment(t, "astrid")
			e.Timeout = 15 * time.Second
			tx, err := c.Provision(t.Context(), e)
			require.NoError(t, err, "%v", f)
			p, err := c.Provisioned(t.Context(), tx)
			require.Error(t, err, "%v", f)
			require.Nil(t, p, "%v", f)
			require.True(t, isJudged(err), "%v: %v", f, err)
			require.Empty(t, s.commands(certificatePath), "%v", f)
		}
		s.srv.Person(hermodtest.Person{User: "astrid"})
		require.Len(t, s.provisioned(t, c, s.enrolment(t, "astrid")).Keys, 1)
	})
}

// TestForgedInstallations: nobody is registered by an answer to CERT with which anything is wrong.
func TestForgedInstallations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		e := s.enrolment(t, "astrid")
		e.Timeout = 15 * time.Second
		p := s.provisioned(t, c, e)
		chains := s.issued(t, p)
		forges := callbackForges("CERT")
		require.Greater(t, len(forges), 25)
		for _, f := range forges {
			if f == hermodtest.ForgeSwapped {
				s.unanswered(t, c) // whose ids the answer takes
			}
			s.srv.Person(hermodtest.Person{User: "astrid", Forge: f})
			d, err := c.Certify(t.Context(), p, chains)
			require.Error(t, err, "%v", f)
			require.Nil(t, d, "%v", f)
			require.True(t, isJudged(err), "%v: %v", f, err)
			require.Empty(t, s.registered(t, "astrid"), "%v", f)
		}
		s.srv.Person(hermodtest.Person{User: "astrid"})
		d, err := c.Certify(t.Context(), p, chains)
		require.NoError(t, err)
		require.Equal(t, []*hermod.Device{d}, s.registered(t, "astrid"))
	})
}

// TestForgedPings: whatever the simulator can do wrong about an answer to PING, the app is not there.
func TestForgedPings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		_, err := s.srv.Enroll("astrid")
		require.NoError(t, err)
		for _, f := range append(callbackForges("PING"), hermodtest.Genuine) {
			if f == hermodtest.ForgeSwapped {
				s.unanswered(t, c) // whose ids the answer takes
			}
			s.srv.Person(hermodtest.Person{User: "astrid", Forge: f})
			ev, err := c.Ping(t.Context(), userID(t, "astrid"))
			require.Equal(t, f == hermodtest.Genuine, err == nil, "%v: %v", f, err)
			require.Equal(t, err == nil, ev != nil, "%v", f)
		}
	})
}

// TestForgedCertificates: no device is told of a certificate that an authority should not have issued.
func TestForgedCertificates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		p := s.provisioned(t, c, s.enrolment(t, "astrid"))
		for f := hermodtest.ForgeIssuedKey; f <= hermodtest.ForgeIssuedNothing; f++ {
			chain, err := s.srv.Issuing(f)(t.Context(), p.Keys[0].CSR)
			require.NoError(t, err)
			chains := s.issued(t, p)
			chains[p.Keys[0].ID] = chain
			_, err = c.Certify(t.Context(), p, chains)
			requireRefused(t, err, f.String())
			require.ErrorIs(t, err, mss.ErrorCertificate, "%v", f)
			require.Empty(t, s.commands(certificatePath), "%v", f)
		}
		require.Empty(t, s.registered(t, "astrid"))
	})
}

// isJudged reports whether an error is the last word on a command: a fault, or an answer that proves nothing.
func isJudged(err error) bool {
	_, fault := errors.AsType[*mss.Fault](err)
	_, unproven := errors.AsType[*mss.VerificationError](err)
	return fault || unproven
}

// TestEveryForgeIsTried: these tests, TestForgedSignatures and TestForgedAnswers leave none out.
func TestEveryForgeIsTried(t *testing.T) {
	t.Parallel()
	tried := make(map[hermodtest.Forge]bool)
	for _, of := range [][2]string{{"PROV", "jws"}, {"CERT", ""}, {"SIGN", "jws"}, {"SIGN", "pkcs7"}} {
		for _, f := range hermodtest.Forges(of[0], of[1]) {
			tried[f] = true
		}
	}
	for f := hermodtest.ForgeIssuedKey; f <= hermodtest.ForgeIssuedNothing; f++ {
		tried[f] = true
	}
	n := 0
	for f := hermodtest.Genuine + 1; !strings.HasPrefix(f.String(), "Forge("); f++ {
		require.True(t, tried[f], "%v", f)
		n++
	}
	require.Greater(t, n, 100)
}
