package skmid_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

// TestAuthorities: a path is refused where its CA is outside its validity or is none, whatever the person's certificate says.
func TestAuthorities(t *testing.T) {
	t.Parallel()
	digest := sum256("challenge")
	for name, tt := range map[string]struct {
		change  func(*x509.Certificate)
		problem string
	}{
		"in order": {func(*x509.Certificate) {}, ""},
		"expired": {func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
		}, "outside its validity"},
		"no CA":            {func(c *x509.Certificate) { c.IsCA = false }, "no issuing CA"},
		"other key usages": {func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, "extended key usage"},
	} {
		root := authority(t, "Root")
		tmpl := &x509.Certificate{Subject: subjectOf("1", "EE"), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
		tt.change(tmpl)
		ca := issue(t, tmpl, root, generate(elliptic.P256()))
		anchors, err := mss.NewAnchors(mss.Production, []*x509.Certificate{root.cert}, []*x509.Certificate{ca.cert})
		require.NoError(t, err)
		h := (&realm{ca: ca}).person(t, mss.Authentication, ecKey(), nil)
		_, err = newVerifier(t, anchors).VerifySession(h.answer(t, mss.Authentication, crypto.SHA256, digest).bytes(t),
			mss.Authentication, mss.Digest(crypto.SHA256, digest), nil, time.Now())
		if tt.problem == "" {
			require.NoError(t, err, name)
			continue
		}
		requireFailed(t, err, "chain")
		require.ErrorContains(t, err, tt.problem, name)
	}
}

// TestAuthoritiesAtTheTime: the CA is judged when the answer came, and not when the evidence is read.
func TestAuthoritiesAtTheTime(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ca := issue(t, &x509.Certificate{
		Subject: subjectOf("1", "EE"), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: now.Add(-3 * time.Hour), NotAfter: now.Add(-time.Hour),
	}, nil, generate(elliptic.P256()))
	anchors, err := mss.NewAnchors(mss.Production, []*x509.Certificate{ca.cert}, nil)
	require.NoError(t, err)
	h := (&realm{ca: ca}).person(t, mss.Authentication, ecKey(), func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = now.Add(-3*time.Hour), now.Add(time.Hour)
	})
	digest := sum256("challenge")
	body, v := h.answer(t, mss.Authentication, crypto.SHA256, digest).bytes(t), newVerifier(t, anchors)
	_, err = v.VerifySession(body, mss.Authentication, mss.Digest(crypto.SHA256, digest), nil, now.Add(-2*time.Hour))
	require.NoError(t, err)
	_, err = v.VerifySession(body, mss.Authentication, mss.Digest(crypto.SHA256, digest), nil, now)
	requireFailed(t, err, "chain")
}
