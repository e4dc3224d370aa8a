package hermod_test

import (
	"context"
	"crypto/x509"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
)

// TestEnrollRefusesCertificates has an authority issue what is not for the key, not for the name, or not to be used: the device is
// not told, and nobody is registered.
func TestEnrollRefusesCertificates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		s.ownAuthority(t)
		c := s.process(t)
		p := s.provisioned(t, c, s.enrolment(t, "astrid", hermod.KeyRequest{ID: "signer"}, hermod.KeyRequest{ID: "other"}))
		astrid, other := p.Keys[0].CSR, p.Keys[1].CSR
		good := func() *x509.Certificate { return s.ca.template(astrid.RawSubject) }
		one := func(c *x509.Certificate) map[string][]*x509.Certificate {
			return map[string][]*x509.Certificate{"signer": {c}}
		}
		changed := func(change func(*x509.Certificate)) map[string][]*x509.Certificate {
			template := good()
			change(template)
			return one(s.ca.sign(template, astrid.PublicKey))
		}
		stranger := newTestAuthority()
		for name, tt := range map[string]struct {
			chains map[string][]*x509.Certificate
			check  string // "": none is reached
		}{
			"of another key": {one(s.ca.sign(good(), other.PublicKey)), "certificate key"},
			"keys mixed up": {map[string][]*x509.Certificate{
				"signer": {s.ca.sign(good(), other.PublicKey)}, "other": {s.ca.sign(good(), astrid.PublicKey)},
			}, "certificate key"},
			"one of two": {map[string][]*x509.Certificate{
				"signer": {s.ca.sign(good(), astrid.PublicKey)}, "other": {s.ca.sign(good(), astrid.PublicKey)},
			}, "certificate key"},
			"of another name": {changed(func(c *x509.Certificate) {
				c.RawSubject, c.Subject.CommonName = nil, "Berit Exempel"
			}), "certificate subject"},
			"of the name in another encoding": {changed(func(c *x509.Certificate) {
				c.RawSubject = inUTF8(astrid.RawSubject)
			}), "certificate subject"},
			"expired": {changed(func(c *x509.Certificate) {
				c.NotBefore, c.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Second)
			}), "certificate validity"},
			"not valid yet":  {changed(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }), "certificate validity"},
			"an authority's": {changed(func(c *x509.Certificate) { c.IsCA = true }), "certificate usage"},
			"for encryption": {changed(func(c *x509.Certificate) {
				c.KeyUsage = x509.KeyUsageKeyEncipherment
			}), "certificate usage"},
			"too long": {changed(func(c *x509.Certificate) {
				c.DNSNames = make([]string, 0, 100)
				for range 100 {
					c.DNSNames = append(c.DNSNames, "a-rather-long-name.example")
				}
			}), "certificate"},
			"of a stranger":    {one(stranger.sign(good(), astrid.PublicKey)), "chain"},
			"of itself":        {one(s.ca.cert), "certificate"},
			"of a simulator":   {s.issuedBySimulator(p), "chain"},
			"nil":              {one(nil), "certificate"},
			"an empty chain":   {map[string][]*x509.Certificate{"signer": {}}, "certificate"},
			"composed":         {one(&x509.Certificate{RawSubject: astrid.RawSubject, PublicKey: astrid.PublicKey}), "certificate"},
			"none":             {nil, ""},
			"of no key":        {map[string][]*x509.Certificate{"third": {s.ca.sign(good(), astrid.PublicKey)}}, ""},
			"of no key beside": {map[string][]*x509.Certificate{"signer": {s.ca.sign(good(), astrid.PublicKey)}, "third": nil}, ""},
		} {
			_, err := c.Certify(t.Context(), p, tt.chains)
			requireRefused(t, err, name)
			for _, secret := range []string{"Åsa", "Exempel", "astrid"} {
				require.NotContains(t, err.Error(), secret, name)
			}
			f, ok := errors.AsType[*mss.VerificationError](err)
			require.Equal(t, tt.check != "", ok, "%s: %v", name, err)
			if ok {
				require.ErrorIs(t, err, mss.ErrorCertificate, name)
				require.Equal(t, tt.check, f.Check, "%s: %v", name, err)
			}
			require.Empty(t, s.commands(certificatePath), name)
			require.Empty(t, s.registered(t, "astrid"), name)
		}

		// The good one, for one of the keys: the other one is registered as it is.
		d, err := c.Certify(t.Context(), p, one(s.ca.sign(good(), astrid.PublicKey)))
		require.NoError(t, err)
		require.Len(t, d.Keys, 2)
		require.Equal(t, "other", d.Keys[1].ID)
		require.Empty(t, d.Keys[1].Chain)
		require.Equal(t, []*hermod.Device{d}, s.registered(t, "astrid"))
	})
}

// TestEnrollDeepAuthority: what the registry would not take is not installed either.
func TestEnrollDeepAuthority(t *testing.T) {
	t.Parallel()
	for depth := range 4 {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(t)
			s.ownAuthority(t)
			issuer, between := s.ca, []*x509.Certificate(nil)
			for range depth {
				issuer = issuer.sub()
				between = append(between, issuer.cert)
			}
			var err error
			s.cfg.Anchors, err = mss.NewAnchors(mss.Test, []*x509.Certificate{s.ca.cert}, between)
			require.NoError(t, err)
			c := s.process(t)
			p := s.provisioned(t, c, s.enrolment(t, "astrid"))
			leaf := issuer.sign(s.ca.template(p.Keys[0].CSR.RawSubject), p.Keys[0].CSR.PublicKey)
			d, err := c.Certify(t.Context(), p, map[string][]*x509.Certificate{"signer": {leaf}})
			if depth+2 > hermod.MaxDeviceChain {
				requireRefused(t, err, "too deep")
				require.Empty(t, s.commands(certificatePath))
				return
			}
			require.NoError(t, err)
			require.Len(t, d.Keys[0].Chain, depth+2, "authorities are those of the configuration")
			require.Equal(t, s.ca.cert, d.Keys[0].Chain[depth+1])
		})
	}
}

// TestCertifyBelievesEvidenceAlone: what else stands in a Provisioning may have come from anywhere.
func TestCertifyBelievesEvidenceAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		p := s.provisioned(t, c, s.enrolment(t, "astrid"))
		chains := s.issued(t, p)
		q := s.provisioned(t, c, s.enrolment(t, "birger"))

		d, err := c.Certify(t.Context(), &hermod.Provisioning{
			User: q.User, ProfileID: q.ProfileID, BoxID: q.BoxID, Keys: q.Keys, Attested: false, Evidence: p.Evidence,
		}, chains)
		require.NoError(t, err)
		require.Equal(t, p.User, d.User)
		require.Equal(t, p.ProfileID, d.ProfileID)
		require.True(t, d.Attested)
		require.Empty(t, s.registered(t, "birger"))
		sent := len(s.commands(certificatePath))

		_, err = c.Certify(t.Context(), nil, chains)
		requireRefused(t, err, "nothing")
		_, err = c.Certify(t.Context(), &hermod.Provisioning{User: p.User, ProfileID: p.ProfileID, Keys: p.Keys}, chains)
		requireRefused(t, err, "no evidence")

		elsewhere := *p.Evidence
		elsewhere.Transaction.Provider += "2"
		_, err = c.Certify(t.Context(), &hermod.Provisioning{Evidence: &elsewhere}, chains)
		requireRefused(t, err, "evidence of another API user")

		mixed := *q.Evidence
		mixed.Transaction = p.Evidence.Transaction
		_, err = c.Certify(t.Context(), &hermod.Provisioning{Evidence: &mixed}, chains)
		requireUnverified(t, err, "command")

		s.cfg.Attestation.Keys = nil
		_, err = s.process(t).Certify(t.Context(), p, chains)
		requireUnverified(t, err, "attestation")
		require.Len(t, s.commands(certificatePath), sent)
	})
}

func requireUnverified(t *testing.T, err error, check string) {
	t.Helper()
	f, ok := errors.AsType[*mss.VerificationError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, check, f.Check)
	require.NotNil(t, f.Evidence)
}

// failing is a registry that fails.
type failing struct {
	hermod.Registry
	err error
}

func (f *failing) Put(ctx context.Context, d *hermod.Device) error {
	if f.err != nil {
		return f.err
	}
	return f.Registry.Put(ctx, d)
}

func (f *failing) Devices(ctx context.Context, u mss.UserID) ([]*hermod.Device, error) {
	if f.err != nil {
		return nil, f.err
	}
	return f.Registry.Devices(ctx, u)
}

// TestEnrollRegistryFails after the certificates were installed: what would have been registered is not lost.
func TestEnrollRegistryFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		broken := &failing{Registry: s.cfg.Registry, err: errors.New("the database is gone")}
		s.cfg.Registry = broken
		c := s.process(t)
		d, err := c.Enroll(t.Context(), s.enrolment(t, "astrid"), noPrompt)
		require.ErrorIs(t, err, broken.err)
		require.True(t, mss.MayHaveRung(err))
		require.NotNil(t, d)
		_, err = c.ProfileQuery(t.Context(), mss.User{ID: d.User})
		require.ErrorIs(t, err, broken.err)

		broken.err = nil
		require.Empty(t, s.registered(t, "astrid"))
		require.NoError(t, s.cfg.Registry.Put(t.Context(), d))
		sig, err := mss.Sign(t.Context(), c, &mss.Request{Purpose: mss.Authentication, User: mss.User{ID: d.User}, Display: "Logga in?"}, noPrompt)
		require.NoError(t, err)
		require.True(t, sig.Verified())
	})
}

// TestEnrollAuthorityFails: without a certificate nothing is installed, and the error is the authority's.
func TestEnrollAuthorityFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		c := s.process(t)
		gone := errors.New("the authority is closed")
		var asked int
		e := s.enrolment(t, "astrid", hermod.KeyRequest{ID: "first"}, hermod.KeyRequest{ID: "second"})
		e.Issue = func(ctx context.Context, csr *x509.CertificateRequest) ([]*x509.Certificate, error) {
			if asked++; asked == 2 {
				return nil, gone
			}
			return s.srv.Issue(ctx, csr)
		}
		_, err := c.Enroll(t.Context(), e, noPrompt)
		require.ErrorIs(t, err, gone)
		require.ErrorContains(t, err, `"second"`)
		e.Issue = func(context.Context, *x509.CertificateRequest) ([]*x509.Certificate, error) { return nil, nil }
		_, err = c.Enroll(t.Context(), e, noPrompt)
		require.ErrorIs(t, err, mss.ErrorCertificate)
		require.Empty(t, s.commands(certificatePath))
		require.Empty(t, s.registered(t, "astrid"))
	})
}

// TestEnrollCallerGoesAway while the person is being asked: the outcome is there for the next one.
func TestEnrollCallerGoesAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		s.srv.Person(hermodtest.Person{User: "astrid", Delay: 20 * time.Second})
		c := s.process(t)
		tx, err := c.Provision(t.Context(), s.enrolment(t, "astrid"))
		require.NoError(t, err)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errors.New("the page was closed"))
		defer cancel()
		_, err = c.Provisioned(ctx, tx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.True(t, mss.MayHaveRung(err))
		p, err := c.Provisioned(t.Context(), tx)
		require.NoError(t, err)
		require.Len(t, p.Keys, 1)
	})
}

// TestEnrollCallerGoesAwayAtLast: the device has told that it is enrolled when the caller goes away. It is registered all the same.
func TestEnrollCallerGoesAwayAtLast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s.cfg.Observer = &mss.Observer{Poll: func(context.Context, mss.Event) {
			if len(s.commands(certificatePath)) == 1 {
				cancel()
			}
		}}
		c := s.process(t)
		d, err := c.Enroll(ctx, s.enrolment(t, "astrid"), noPrompt)
		require.NoError(t, err)
		require.Error(t, ctx.Err())
		require.Equal(t, []*hermod.Device{d}, s.registered(t, "astrid"))
	})
}

// TestCertifyAgain: a process ends while the app installs the certificates, and nobody knows what became of it. Another one sends
// them again.
func TestCertifyAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		first := s.process(t)
		p := s.provisioned(t, first, s.enrolment(t, "astrid"))
		chains := s.issued(t, p)
		s.srv.Person(hermodtest.Person{User: "astrid", Delay: 20 * time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := first.Certify(ctx, p, chains)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		first.Close()
		require.Empty(t, s.registered(t, "astrid"))

		d, err := s.process(t).Certify(t.Context(), p, chains)
		require.NoError(t, err)
		require.Len(t, s.commands(certificatePath), 2)
		require.Equal(t, []*hermod.Device{d}, s.registered(t, "astrid"))
	})
}

// TestEnrollUnattested: a device that nobody vouches for is registered as such, where the policy takes it.
func TestEnrollUnattested(t *testing.T) {
	t.Parallel()
	for _, policy := range []hermod.AttestationPolicy{hermod.AttestationOptional, hermod.InsecureAttestationOff} {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(t)
			s.cfg.Attestation = hermod.Attestation{Policy: policy}
			d, err := s.process(t).Enroll(t.Context(), s.enrolment(t, "astrid"), noPrompt)
			require.NoError(t, err)
			require.False(t, d.Attested)
			require.Equal(t, []*hermod.Device{d}, s.registered(t, "astrid"))
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		s.cfg.Attestation = hermod.Attestation{}
		_, err := s.process(t).Enroll(t.Context(), s.enrolment(t, "astrid"), noPrompt)
		requireUnverified(t, err, "attestation")
		require.Empty(t, s.commands(certificatePath))
	})
}
