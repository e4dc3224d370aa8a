package hermod_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// TestProfileQuery: what a person can sign with, or the code that says why they cannot.
func TestProfileQuery(t *testing.T) {
	t.Parallel()
	key := fixtureKeys()["other"]
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		s.ownAuthority(t)
		c := s.process(t)
		name := rawName(pkix.Name{CommonName: "Åsa Exempel"})
		chain := func(change func(*x509.Certificate)) []*x509.Certificate {
			template := s.ca.template(name)
			if change != nil {
				change(template)
			}
			return []*x509.Certificate{s.ca.sign(template, key.Public()), s.ca.cert}
		}
		good, other := chain(nil), chain(nil)
		expired := chain(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
		})
		bad := map[string][]*x509.Certificate{
			"expired":         expired,
			"not valid yet":   chain(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }),
			"for encryption":  chain(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }),
			"a stranger's":    {newTestAuthority().sign(s.ca.template(name), key.Public())},
			"no RSA":          {s.ca.sign(s.ca.template(name), newECKey().Public())},
			"an authority's":  chain(func(c *x509.Certificate) { c.IsCA = true }),
			"an empty device": nil,
		}
		type device = []hermod.DeviceKey
		key1 := func(chain []*x509.Certificate) hermod.DeviceKey {
			return hermod.DeviceKey{ID: "signer", Mechanism: "RS256", Chain: chain}
		}
		key2 := func(chain []*x509.Certificate) hermod.DeviceKey {
			return hermod.DeviceKey{ID: "second", Mechanism: "RS256", Chain: chain}
		}
		for who, tt := range map[string]struct {
			devices []device // oldest first
			code    mss.Code // 0: can sign
			sub     mss.Code
			want    [][]*x509.Certificate
		}{
			"nobody":        {nil, mss.UnknownClient, mss.FiComUnregistered, nil},
			"keyless":       {[]device{{}, {}}, mss.NoKeyFound, 0, nil},
			"uncertified":   {[]device{{}, {key1(nil)}}, mss.NoCertFound, 0, nil},
			"expired":       {[]device{{key1(expired)}}, mss.ErrorCertificate, 0, nil},
			"expired-again": {[]device{{key1(nil), key2(expired)}, {}}, mss.ErrorCertificate, 0, nil},
			"good":          {[]device{{key1(good)}}, 0, 0, [][]*x509.Certificate{good}},
			"second-good":   {[]device{{key1(expired), key2(good)}}, 0, 0, [][]*x509.Certificate{good}},
			"newest-first":  {[]device{{key1(good)}, {key1(expired)}, {key1(other), key2(good)}}, 0, 0, [][]*x509.Certificate{other, good, good}},
		} {
			id := userID(t, who)
			for i, keys := range tt.devices {
				require.NoError(t, s.cfg.Registry.Put(t.Context(), &hermod.Device{
					User: id, ProfileID: "p" + string(rune('0'+i)), EnrolledAt: time.Now().Add(time.Duration(i) * time.Second), Keys: keys,
				}))
			}
			p, err := mss.ProfileQuery(t.Context(), c, mss.User{ID: id})
			if tt.code == 0 {
				require.NoError(t, err, who)
				require.Equal(t, tt.want, p.Certificates, who)
				require.Len(t, p.Details, len(tt.devices), who)
				require.Empty(t, p.SignatureProfiles)
				continue
			}
			requireProfileFault(t, err, tt.code, tt.sub, who)
		}
		for name, chain := range bad {
			id := userID(t, name)
			require.NoError(t, s.cfg.Registry.Put(t.Context(), &hermod.Device{
				User: id, ProfileID: "p", EnrolledAt: time.Now(), Keys: []hermod.DeviceKey{key1(chain)},
			}))
			_, err := c.ProfileQuery(t.Context(), mss.User{ID: id})
			if chain == nil {
				requireProfileFault(t, err, mss.NoCertFound, 0, name)
				continue
			}
			requireProfileFault(t, err, mss.ErrorCertificate, 0, name)
		}

		for _, u := range []mss.User{{}, {ID: userID(t, "@good")}, {ID: userID(t, "tmp")}} {
			_, err := c.ProfileQuery(t.Context(), u)
			requireRefused(t, err, "")
		}
		time.Sleep(2 * 365 * 24 * time.Hour)
		_, err := c.ProfileQuery(t.Context(), mss.User{ID: userID(t, "good")})
		requireProfileFault(t, err, mss.ErrorCertificate, 0, "later")
		require.Empty(t, s.srv.Requests(), "nobody was asked")
	})
}

func requireProfileFault(t *testing.T, err error, code, sub mss.Code, who string) {
	t.Helper()
	f, ok := errors.AsType[*mss.Fault](err)
	require.True(t, ok, "%s: %v", who, err)
	require.Equal(t, code, f.Code, who)
	require.Equal(t, sub, f.Sub, who)
	require.Equal(t, mss.OpProfileQuery, f.Operation)
	require.False(t, mss.MayHaveRung(err))
}

// TestProfileQueryWithoutClock: a zero time is "whenever" to crypto/x509.
func TestProfileQueryWithoutClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		p := s.provisioned(t, c, s.enrolment(t, "astrid"))
		chains := s.issued(t, p)
		s.cfg.Now = func() time.Time { return time.Time{} }
		c = s.process(t)
		_, err := c.ProfileQuery(t.Context(), mss.User{ID: userID(t, "astrid")})
		requireRefused(t, err, "profile query")
		_, err = c.Certify(t.Context(), p, chains)
		requireRefused(t, err, "certificates")
	})
}
