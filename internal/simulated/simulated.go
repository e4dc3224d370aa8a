// Package simulated knows the mark that certificates of the simulators carry. Simulators set it, verifiers look for it,
// so that what a simulator signed is never taken for a person's signature (SEC-15).
package simulated

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
)

// OID names the extension. It stands under joint-iso-itu-t(2) example(999), the arc that nobody uses in earnest.
var OID = asn1.ObjectIdentifier{2, 999, 102, 204, 1}

// Marked reports whether the certificate belongs to a simulator.
func Marked(c *x509.Certificate) bool {
	for i := range c.Extensions {
		if slices.Equal(c.Extensions[i].Id, OID) {
			return true
		}
	}
	return false
}
