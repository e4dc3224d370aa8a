package hermod

import (
	"cmp"
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/legible"
	"github.com/gomss/gomss/mss"
)

// Enrollment says whom to enrol, and for what keys. It holds personal data and is not for logs.
//
// A command can say of what type the key is that is to sign, but not which one: of several RSA keys in a device the app takes the
// one that it likes, and where that is another than Start has chosen, Verify refuses the signature.
type Enrollment struct {
	User    mss.UserID    // whom Hermod will address as "@" and this
	Subject pkix.Name     // of the certificates; the device signs requests for exactly this name
	Profile string        // its name, which the app shows; "" is "gomss"
	Keys    []KeyRequest  // what the app is to make; nil is one key, "signer", RSA with 2048 bits
	Timeout time.Duration // how long the person has for each of the two commands, in whole seconds, 15 s to 30 min; 0 is 5 minutes
	Issue   IssueFunc     // the certification authority; Provision has no use for it
}

// KeyRequest is one key that the app is to make (provCommand.profile.keygenrequests).
type KeyRequest struct {
	ID      string    // 1 to 64 letters, digits, dots, underscores and hyphens; unique
	Usage   string    // what Hermod calls it; "" is "SIG"
	Types   []KeyType // in the order of preference; nil is RSA with 2048 bits and RS256
	Storage []string  // where, in the order of preference; nil is "APP"
}

// KeyType is a kind of key.
type KeyType struct {
	Type      string // "RSA"
	Bits      int    // of the modulus: 2048 to 4096
	Mechanism string // that the key signs its request with, by RFC 7518: "RS256"
}

// IssueFunc asks the certification authority for the certificate of a key. The request's signature, key and subject have been
// verified: the key is in the person's app, and the subject is Enrollment.Subject. It returns the certificate first, then
// those of the authorities above it, if any. The certificate must have the request's key and subject.
type IssueFunc func(ctx context.Context, csr *x509.CertificateRequest) ([]*x509.Certificate, error)

const (
	defaultEnrollment = 5 * time.Minute
	maxStorage        = 8 // places of a key
)

// check refuses what no command can be made of, and returns how long the person has.
func (e *Enrollment) check() (timeout time.Duration, err error) {
	if e == nil {
		return 0, refuse("Enrollment", "is nil")
	}
	if err := checkUserID(e.User); err != nil {
		return 0, err
	}
	if legible.Check(e.Profile) != nil || strings.Contains(e.Profile, "\n") || len(e.Profile) > maxName {
		return 0, refuse("Enrollment.Profile", fmt.Sprintf("is not one line of at most %d octets that a person can read", maxName))
	}
	timeout = cmp.Or(e.Timeout, defaultEnrollment)
	if timeout < minTimeout || timeout > maxTimeout || timeout%time.Second != 0 {
		return 0, refuse("Enrollment.Timeout", fmt.Sprintf("is not whole seconds from %v to %v", minTimeout, maxTimeout))
	}
	if e.Keys != nil && len(e.Keys) == 0 || len(e.Keys) > MaxDeviceKeys {
		return 0, refuse("Enrollment.Keys", fmt.Sprintf("are none, or more than %d; nil is one key", MaxDeviceKeys))
	}
	seen := make(map[string]bool)
	for i := range e.Keys {
		if reason := e.Keys[i].check(); reason != "" {
			return 0, refuse(fmt.Sprintf("Enrollment.Keys[%d]", i), reason)
		}
		if seen[e.Keys[i].ID] {
			return 0, refuse(fmt.Sprintf("Enrollment.Keys[%d]", i), "has the ID of one before it")
		}
		seen[e.Keys[i].ID] = true
	}
	return timeout, nil
}

// check says what is wrong with a request for a key; "" where nothing is.
func (k *KeyRequest) check() string {
	switch {
	case !isKeyID(k.ID):
		return "has no ID of 1 to 64 letters, digits, dots, underscores and hyphens"
	case k.Usage != "" && !isKeyID(k.Usage):
		return "has a Usage that is no word"
	case k.Types != nil && len(k.Types) == 0, len(k.Types) > maxKeyTypes:
		return fmt.Sprintf("has no Types, or more than %d; nil is RSA", maxKeyTypes)
	case k.Storage != nil && len(k.Storage) == 0, len(k.Storage) > maxStorage:
		return fmt.Sprintf("has no Storage, or more than %d; nil is APP", maxStorage)
	}
	for _, t := range k.Types {
		if _, known := signatureAlgorithms[t.Mechanism]; t.Type != "RSA" || t.Bits < minRSABits || t.Bits > maxRSABits || !known {
			return fmt.Sprintf("has Types other than RSA of %d to %d bits with RS256, RS384 or RS512", minRSABits, maxRSABits)
		}
	}
	for _, s := range k.Storage {
		if !isKeyID(s) {
			return "has a Storage that is no word"
		}
	}
	return ""
}

// keyIDPattern is what KeyRequest.ID says.
var keyIDPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func isKeyID(s string) bool { return keyIDPattern.MatchString(s) }
