package skmid

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gomss/gomss/mss"
)

// What belongs to which environment of SK's.
const (
	productionHost = "mid.sk.ee"
	demoHost       = "tsp.demo.sk.ee"
	demoUUID       = "00000000-0000-0000-0000-000000000000"
)

// organizations are the names under which SK's authorities were certified.
var organizations = []string{"SK ID Solutions AS", "AS Sertifitseerimiskeskus"}

// checkAuthority refuses a CA of the demo service outside the Test environment, and SK's real ones in it. Simulators are told
// by their mark, by mss.Anchors.
func checkAuthority(c *x509.Certificate, env mss.Environment) error {
	demo := strings.HasPrefix(c.Subject.CommonName, "TEST of ")
	ours := slices.ContainsFunc(c.Subject.Organization, func(o string) bool { return slices.Contains(organizations, o) })
	if demo && env != mss.Test || ours && !demo && env != mss.Production {
		return fmt.Errorf("skmid: Config.Anchors: %q does not belong to the %v environment: CAs of the demo service and real ones never mix", c.Subject.CommonName, env)
	}
	return nil
}

// checkService refuses an address or account of one environment with the anchors of another one.
func checkService(host, uuid string, env mss.Environment) error {
	switch {
	case host == productionHost && env != mss.Production, host == demoHost && env != mss.Test:
		return fmt.Errorf("skmid: Config.HTTP.URL: the service at this address is not of the %v environment, to which Config.Anchors belong", env)
	case uuid == demoUUID && env == mss.Production:
		return errors.New("skmid: Config.RelyingPartyUUID: is the demo service's; production's is in the contract")
	}
	return nil
}
