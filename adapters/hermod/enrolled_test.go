package hermod_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// TestSettleKey takes the newest key with which a signature would verify, and asks nobody where there is none.
func TestSettleKey(t *testing.T) {
	t.Parallel()
	good := alice().cert
	pub := alice().key.Public()
	second := brokerIssue(pub, nil)
	expired := brokerIssue(pub, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	encrypts := brokerIssue(pub, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment })
	signs := brokerIssue(pub, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment })
	authority := brokerIssue(pub, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true })
	large := brokerIssue(pub, func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Value: make([]byte, 2000)}}
	})
	curve := brokerIssue(newECKey().Public(), nil)
	foreign := certify(&x509.Certificate{SerialNumber: good.SerialNumber, NotBefore: brokerEra[0], NotAfter: brokerEra[1]}, good, pub, alice().key)
	for name, tc := range map[string]struct {
		certs []*x509.Certificate
		key   *x509.Certificate
		want  *x509.Certificate
		err   error
	}{
		"the first that can be used":      {[]*x509.Certificate{expired, encrypts, good, second}, nil, good, nil},
		"the one that was asked for":      {[]*x509.Certificate{good, second}, second, second, nil},
		"one that was asked for and ends": {[]*x509.Certificate{good, expired}, expired, nil, mss.ErrorCertificate},
		"an expired one":                  {[]*x509.Certificate{expired}, nil, nil, mss.ErrorCertificate},
		"one to encrypt with":             {[]*x509.Certificate{encrypts}, nil, nil, mss.ErrorCertificate},
		"one to sign with":                {[]*x509.Certificate{signs}, nil, signs, nil},
		"an authority's":                  {[]*x509.Certificate{authority}, nil, nil, mss.ErrorCertificate},
		"one with too much in it":         {[]*x509.Certificate{large}, nil, nil, mss.ErrorCertificate},
		"one on a curve":                  {[]*x509.Certificate{curve}, nil, nil, mss.ErrorCertificate},
		"another CA's":                    {[]*x509.Certificate{foreign}, nil, nil, mss.ErrorCertificate},
		"no key":                          {nil, nil, nil, mss.NoCertFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registry := hermod.NewMemoryRegistry()
			require.NoError(t, registry.Put(context.Background(), aliceDevice(tc.certs...)))
			b := new(broker)
			c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Registry = registry })
			req := payment()
			req.Key = tc.key
			tx, err := c.Start(t.Context(), req)
			require.ErrorIs(t, err, tc.err)
			if tc.want == nil {
				require.Zero(t, b.count())
				require.False(t, mss.MayHaveRung(err))
				return
			}
			require.Equal(t, 200, call(t, c, "sign", b.last().signed()))
			sig, err := c.Verify(outcome(t, c, tx))
			require.NoError(t, err)
			require.Equal(t, tc.want.Raw, sig.Signer.Chain[0].Raw)
		})
	}

	registry := hermod.NewMemoryRegistry()
	older, newer := aliceDevice(good), aliceDevice(second)
	newer.ProfileID, newer.EnrolledAt = "newer", older.EnrolledAt.Add(time.Hour)
	require.NoError(t, registry.Put(t.Context(), newer))
	require.NoError(t, registry.Put(t.Context(), older))
	b := new(broker)
	c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Registry = registry })
	tx := started(t, c, payment())
	require.Equal(t, 200, call(t, c, "sign", b.last().signed()))
	_, err := c.Verify(outcome(t, c, tx))
	require.ErrorContains(t, err, "not verified: destination", "the older device has answered")
	logsIn := login()
	registry = hermod.NewMemoryRegistry()
	require.NoError(t, registry.Put(t.Context(), aliceDevice(signs)))
	_, err = newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Registry = registry }).Start(t.Context(), logsIn)
	require.ErrorIs(t, err, mss.ErrorCertificate, "a key for documents does not log in")
}
