package main

import (
	"crypto/x509"
	"errors"
	"io/fs"
	"os"

	"github.com/gomss/gomss/mss"
)

// check refuses flags that the provider has no use for, and looks at what will be written before anything is sent.
func (c *profileCmd) check(p *provider) error {
	for _, f := range []struct {
		givenFlag
		provider string
	}{
		{givenFlag{"--identity", c.Identity != ""}, providerSKMID}, {givenFlag{"--country", c.Country != ""}, providerSKMID},
		{givenFlag{"--out", c.Out != ""}, providerSKMID}, {givenFlag{"--user", c.User != ""}, providerHermod},
	} {
		if f.given && p.name != f.provider {
			return usagef("%s: is not for provider %s", f.name, p.name)
		}
	}
	if p.name == providerBankID {
		return usagef("provider %s: tells nobody what a person can sign with", p.name)
	}
	switch hermod := p.name == providerHermod; {
	case hermod && c.MSISDN != "":
		return usagef("--msisdn: is not for provider %s", p.name)
	case hermod && c.User == "":
		return usagef("missing flags: --user=NAME; see mss profile --help")
	case !hermod && c.MSISDN == "":
		return usagef("missing flags: --msisdn=NUMBER; see mss profile --help")
	}
	if c.Identity == "" && p.name == providerSKMID {
		return usagef("missing flags: --identity=CODE; see mss profile --help")
	}
	if _, err := os.Lstat(c.Out); c.Out != "" && !errors.Is(err, fs.ErrNotExist) {
		return usagef("--out: the file exists, or cannot be looked at; choose a new one")
	}
	return nil
}

// writeCertificate writes the person's certificate where that was asked for.
func (c *profileCmd) writeCertificate(p *mss.Profile) error {
	if c.Out == "" || len(p.Certificates) == 0 {
		return nil
	}
	if err := writeNew(c.Out, certificatesPEM(p.Certificates[0]...), 0o600); err != nil {
		return usagef("--out: %v", err)
	}
	return nil
}

// newPersonCertificates reports certificates that name a person: of them it tells what is not personal.
func newPersonCertificates(chains [][]*x509.Certificate) (all []certificateReport) {
	for _, chain := range chains {
		leaf := chain[0]
		all = append(all, certificateReport{
			State: "active", Algorithm: newCertReport(leaf).Key, Serial: concealed, NotAfter: leaf.NotAfter.UTC(), Chain: []chainReport{},
		})
	}
	return all
}
