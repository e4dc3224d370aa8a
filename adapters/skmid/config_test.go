package skmid_test

import (
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss"
)

func TestNew(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for name, tt := range map[string]struct {
		change  func(*skmid.Config)
		problem string
	}{
		"in order":               {func(*skmid.Config) {}, ""},
		"name of 100 octets":     {func(c *skmid.Config) { c.RelyingPartyName = strings.Repeat("ä", 50) }, ""},
		"no name":                {func(c *skmid.Config) { c.RelyingPartyName = "" }, "RelyingPartyName"},
		"name of 101 octets":     {func(c *skmid.Config) { c.RelyingPartyName = strings.Repeat("ä", 50) + "x" }, "RelyingPartyName"},
		"name of two lines":      {func(c *skmid.Config) { c.RelyingPartyName = "A\nB" }, "RelyingPartyName"},
		"name with a control":    {func(c *skmid.Config) { c.RelyingPartyName = "A\u202eB" }, "RelyingPartyName"},
		"no UUID":                {func(c *skmid.Config) { c.RelyingPartyUUID = "" }, "RelyingPartyUUID"},
		"UUID in upper case":     {func(c *skmid.Config) { c.RelyingPartyUUID = strings.ToUpper(uuid) }, "RelyingPartyUUID"},
		"UUID without hyphens":   {func(c *skmid.Config) { c.RelyingPartyUUID = strings.ReplaceAll(uuid, "-", "") }, "RelyingPartyUUID"},
		"UUID in braces":         {func(c *skmid.Config) { c.RelyingPartyUUID = "{" + uuid + "}" }, "RelyingPartyUUID"},
		"UUID with a line end":   {func(c *skmid.Config) { c.RelyingPartyUUID = uuid + "\n" }, "RelyingPartyUUID"},
		"the demo UUID":          {func(c *skmid.Config) { c.RelyingPartyUUID = "00000000-0000-0000-0000-000000000000" }, "demo"},
		"no anchors":             {func(c *skmid.Config) { c.Anchors = nil }, "Anchors"},
		"http":                   {func(c *skmid.Config) { c.HTTP.URL = "http://mid.example/mid-api" }, "https"},
		"the demo service":       {func(c *skmid.Config) { c.HTTP.URL = "https://tsp.demo.sk.ee/mid-api" }, "production"},
		"with a port":            {func(c *skmid.Config) { c.HTTP.URL = "https://TSP.demo.sk.ee:443/mid-api" }, "production"},
		"the production service": {func(c *skmid.Config) { c.HTTP.URL = "https://mid.sk.ee/mid-api" }, ""},
	} {
		cfg := config(r, started(nil))
		tt.change(&cfg)
		c, err := skmid.New(cfg)
		if tt.problem != "" {
			require.ErrorContains(t, err, tt.problem, name)
			continue
		}
		require.NoError(t, err, name)
		c.Close()
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	cfg := config(newRealm(t), started(nil))
	cfg.HTTP.URL = "https://MID.example:8443/mid-api/"
	c, err := skmid.New(cfg)
	require.NoError(t, err)
	defer c.Close()
	require.Equal(t, "skmid|production|mid.example:8443|"+uuid, c.Scope())
}

// TestEnvironmentsDoNotMix: the CAs of the demo service, of production and of a simulator, each with the other's environment.
func TestEnvironmentsDoNotMix(t *testing.T) {
	t.Parallel()
	ca := func(commonName, organization string) *x509.Certificate {
		n := pkix.Name{CommonName: commonName}
		if organization != "" {
			n.Organization = []string{organization}
		}
		return issue(t, &x509.Certificate{Subject: n, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil, generate(elliptic.P256())).cert
	}
	demo, production, own := ca("TEST of EID-SK 2016", "AS Sertifitseerimiskeskus"), ca("EID-SK 2016", "AS Sertifitseerimiskeskus"), ca("Own CA", "")
	newer := ca("EID-Q 2021E", "SK ID Solutions AS")
	for name, tt := range map[string]struct {
		env     mss.Environment
		roots   []*x509.Certificate
		problem string
	}{
		"production":             {mss.Production, []*x509.Certificate{production, newer, own}, ""},
		"demo":                   {mss.Test, []*x509.Certificate{demo, own}, ""},
		"demo in production":     {mss.Production, []*x509.Certificate{production, demo}, "TEST of EID-SK 2016"},
		"production in the demo": {mss.Test, []*x509.Certificate{demo, newer}, "EID-Q 2021E"},
	} {
		for _, beside := range []bool{false, true} {
			roots, others := tt.roots, []*x509.Certificate(nil)
			if beside {
				roots, others = []*x509.Certificate{own}, tt.roots
			}
			anchors, err := mss.NewAnchors(tt.env, roots, others)
			require.NoError(t, err)
			_, err = skmid.NewVerifier(skmid.VerifierConfig{Anchors: anchors})
			if tt.problem == "" {
				require.NoError(t, err, name)
				continue
			}
			require.ErrorContains(t, err, tt.problem, name)
		}
	}
	srv, err := skmidtest.NewInProcess(nil)
	require.NoError(t, err)
	defer srv.Close()
	simulator := srv.Anchors().Roots()
	_, err = mss.NewAnchors(mss.Production, simulator, nil)
	require.Error(t, err)
	cfg := config(newRealm(t), started(nil))
	cfg.Anchors, cfg.HTTP.URL = srv.Anchors(), "https://mid.sk.ee/mid-api"
	_, err = skmid.New(cfg)
	require.ErrorContains(t, err, "simulator", "the real service with a simulator's anchors")
	cfg.HTTP.URL = "https://Mid.SK.ee.:443/mid-api"
	_, err = skmid.New(cfg)
	require.ErrorContains(t, err, "simulator", "the same host, written otherwise")
}
