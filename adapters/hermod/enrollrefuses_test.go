package hermod_test

import (
	"crypto/x509/pkix"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
)

// TestEnrollRefuses: nothing is sent of an enrolment that cannot be one.
func TestEnrollRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		key := func(k hermod.KeyRequest) func(*hermod.Enrollment) {
			return func(e *hermod.Enrollment) { e.Keys = []hermod.KeyRequest{k} }
		}
		rsa := func(types ...hermod.KeyType) func(*hermod.Enrollment) {
			return key(hermod.KeyRequest{ID: "k", Types: types})
		}
		for name, tt := range map[string]struct {
			field  string
			change func(*hermod.Enrollment)
		}{
			"no user":              {"User.ID", func(e *hermod.Enrollment) { e.User = mss.UserID{} }},
			"an address":           {"User.ID", func(e *hermod.Enrollment) { e.User = userID(t, "@astrid") }},
			"the temporary box":    {"User.ID", func(e *hermod.Enrollment) { e.User = userID(t, "tmp") }},
			"no name":              {"Enrollment.Subject", func(e *hermod.Enrollment) { e.Subject = pkix.Name{} }},
			"a long name":          {"Enrollment.Subject", func(e *hermod.Enrollment) { e.Subject.CommonName = strings.Repeat("a", 1100) }},
			"a long profile":       {"Enrollment.Profile", func(e *hermod.Enrollment) { e.Profile = strings.Repeat("a", 257) }},
			"an unreadable one":    {"Enrollment.Profile", func(e *hermod.Enrollment) { e.Profile = "a\u202eb" }},
			"of two lines":         {"Enrollment.Profile", func(e *hermod.Enrollment) { e.Profile = "a\nb" }},
			"a short time":         {"Enrollment.Timeout", func(e *hermod.Enrollment) { e.Timeout = 14 * time.Second }},
			"a long time":          {"Enrollment.Timeout", func(e *hermod.Enrollment) { e.Timeout = 31 * time.Minute }},
			"a negative time":      {"Enrollment.Timeout", func(e *hermod.Enrollment) { e.Timeout = -time.Minute }},
			"half a second":        {"Enrollment.Timeout", func(e *hermod.Enrollment) { e.Timeout = time.Minute + time.Second/2 }},
			"no keys":              {"Enrollment.Keys", func(e *hermod.Enrollment) { e.Keys = []hermod.KeyRequest{} }},
			"too many keys":        {"Enrollment.Keys", func(e *hermod.Enrollment) { e.Keys = make([]hermod.KeyRequest, hermod.MaxDeviceKeys+1) }},
			"the same key twice":   {"Enrollment.Keys[1]", func(e *hermod.Enrollment) { e.Keys = []hermod.KeyRequest{{ID: "k"}, {ID: "k"}} }},
			"no key id":            {"Enrollment.Keys[0]", key(hermod.KeyRequest{})},
			"a long key id":        {"Enrollment.Keys[0]", key(hermod.KeyRequest{ID: strings.Repeat("k", 65)})},
			"a key id of words":    {"Enrollment.Keys[0]", key(hermod.KeyRequest{ID: "a b"})},
			"a usage of words":     {"Enrollment.Keys[0]", key(hermod.KeyRequest{ID: "k", Usage: "a b"})},
			"a storage of nothing": {"Enrollment.Keys[0]", key(hermod.KeyRequest{ID: "k", Storage: []string{""}})},
			"no storage":           {"Enrollment.Keys[0]", key(hermod.KeyRequest{ID: "k", Storage: []string{}})},
			"much storage":         {"Enrollment.Keys[0]", key(hermod.KeyRequest{ID: "k", Storage: strings.Split(strings.Repeat("a", 9), "")})},
			"no types":             {"Enrollment.Keys[0]", key(hermod.KeyRequest{ID: "k", Types: []hermod.KeyType{}})},
			"many types":           {"Enrollment.Keys[0]", rsa(slices.Repeat([]hermod.KeyType{{Type: "RSA", Bits: 2048, Mechanism: "RS256"}}, 9)...)},
			"another type":         {"Enrollment.Keys[0]", rsa(hermod.KeyType{Type: "EC", Bits: 2048, Mechanism: "RS256"})},
			"a key id of a path":   {"Enrollment.Keys[0]", key(hermod.KeyRequest{ID: "a/b"})},
			"a short key":          {"Enrollment.Keys[0]", rsa(hermod.KeyType{Type: "RSA", Bits: 1024, Mechanism: "RS256"})},
			"a long key":           {"Enrollment.Keys[0]", rsa(hermod.KeyType{Type: "RSA", Bits: 8192, Mechanism: "RS256"})},
			"no signature":         {"Enrollment.Keys[0]", rsa(hermod.KeyType{Type: "RSA", Bits: 2048, Mechanism: "none"})},
			"one without a key":    {"Enrollment.Keys[0]", rsa(hermod.KeyType{Type: "RSA", Bits: 2048, Mechanism: "HS256"})},
		} {
			e := s.enrolment(t, "astrid")
			tt.change(e)
			_, err := c.Enroll(t.Context(), e, noPrompt)
			requireRefused(t, err, name)
			require.ErrorContains(t, err, "mss: request: "+tt.field+": ", name)
			require.NotContains(t, err.Error(), "astrid", name)
		}
		var much []hermod.KeyRequest
		for i := range hermod.MaxDeviceKeys {
			k := hermod.KeyRequest{ID: string(rune('a' + i))}
			for j := range 8 {
				k.Types = append(k.Types, hermod.KeyType{Type: "RSA", Bits: 2048 + 8*i + 64*j, Mechanism: "RS256"})
			}
			much = append(much, k)
		}
		_, err := c.Enroll(t.Context(), s.enrolment(t, "astrid", much...), noPrompt)
		requireRefused(t, err, "more than can be kept")
		require.ErrorContains(t, err, "sealed transaction")

		_, err = c.Enroll(t.Context(), nil, noPrompt)
		requireRefused(t, err, "no enrolment")
		_, err = c.Provision(t.Context(), nil)
		requireRefused(t, err, "no enrolment")
		_, err = c.Enroll(t.Context(), s.enrolment(t, "astrid"), nil)
		requireRefused(t, err, "nobody is shown anything")
		e := s.enrolment(t, "astrid")
		e.Issue = nil
		_, err = c.Enroll(t.Context(), e, noPrompt)
		requireRefused(t, err, "no authority")
		require.Empty(t, s.srv.Requests())
	})
}

// requireRefused: nothing was sent, and nothing can have rung.
func requireRefused(t *testing.T, err error, name string) {
	t.Helper()
	_, ok := errors.AsType[*mss.RequestError](err)
	require.True(t, ok, "%s: %v", name, err)
	require.False(t, mss.MayHaveRung(err), name)
}

// TestProvisionedRefuses another command's transaction before it waits.
func TestProvisionedRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		_, err := c.Enroll(t.Context(), s.enrolment(t, "astrid"), noPrompt)
		require.NoError(t, err)
		s.srv.Person(hermodtest.Person{User: "astrid", Do: hermodtest.Ignore})
		tx, err := c.Start(t.Context(), &mss.Request{Purpose: mss.Signing, User: mss.User{ID: userID(t, "astrid")}, Display: "Betala?"})
		require.NoError(t, err)
		begun := time.Now()
		for _, tx := range []*mss.Transaction{nil, {}, tx, {Provider: tx.Provider, State: []byte{1, 1}}} {
			_, err := c.Provisioned(t.Context(), tx)
			requireRefused(t, err, "")
		}
		require.Equal(t, begun, time.Now())
	})
}
