package registrytest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

func device(who mss.UserID, profileID string, at time.Time) *hermod.Device {
	return &hermod.Device{User: who, ProfileID: profileID, BoxID: "box", EnrolledAt: at}
}

func user(t *testing.T, s string) mss.UserID {
	t.Helper()
	u, err := mss.ParseUserID(s)
	if err != nil {
		t.Fatalf("mss.ParseUserID: %v", err)
	}
	return u
}

// certificate makes a certificate that differs with n, and is the same for the same n.
func certificate(t *testing.T, n int) *x509.Certificate {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(n)}, ed25519.SeedSize))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(n) + 1), Subject: pkix.Name{CommonName: fmt.Sprintf("Registry Test %d", n)},
		NotBefore: enrolled, NotAfter: enrolled.Add(time.Hour),
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		t.Fatalf("making a certificate: %v", err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatalf("making a certificate: %v", err)
	}
	return c
}

func put(t *testing.T, r hermod.Registry, d *hermod.Device) {
	t.Helper()
	if err := r.Put(t.Context(), d); err != nil {
		t.Fatalf("Put: %v", err)
	}
}

func remove(t *testing.T, r hermod.Registry, who mss.UserID, profileID string) {
	t.Helper()
	if err := r.Remove(t.Context(), who, profileID); err != nil {
		t.Fatalf("Remove: %v", err)
	}
}

// holds checks that the registry returns exactly these devices of the user, in this order.
func holds(t *testing.T, r hermod.Registry, who mss.UserID, want ...*hermod.Device) {
	t.Helper()
	got, err := r.Devices(t.Context(), who)
	if err != nil {
		t.Fatalf("Devices: %v", err)
	}
	if len(got) != len(want) {
		t.Fatalf("Devices: %d devices, want %d", len(got), len(want))
	}
	for i := range want {
		if d := difference(got[i], want[i]); d != "" {
			t.Fatalf("Devices: the device at %d: %s", i, d)
		}
	}
}

// difference tells in what two devices differ.
func difference(got, want *hermod.Device) string {
	switch {
	case got == nil:
		return "is nil"
	case got.User != want.User:
		return "is another user's"
	case got.ProfileID != want.ProfileID:
		return fmt.Sprintf("ProfileID is %q, want %q", got.ProfileID, want.ProfileID)
	case got.BoxID != want.BoxID:
		return fmt.Sprintf("BoxID is %q, want %q", got.BoxID, want.BoxID)
	case !got.EnrolledAt.Equal(want.EnrolledAt):
		return fmt.Sprintf("EnrolledAt is %v, want %v", got.EnrolledAt, want.EnrolledAt)
	case got.EnrolledAt.Location() != time.UTC:
		return "EnrolledAt is not in UTC"
	case got.Attested != want.Attested:
		return fmt.Sprintf("Attested is %v, want %v", got.Attested, want.Attested)
	case len(got.Keys) != len(want.Keys):
		return fmt.Sprintf("has %d keys, want %d", len(got.Keys), len(want.Keys))
	}
	for i := range want.Keys {
		g, w := got.Keys[i], want.Keys[i]
		if g.ID != w.ID || g.Mechanism != w.Mechanism || !slices.EqualFunc(g.Chain, w.Chain, (*x509.Certificate).Equal) {
			return fmt.Sprintf("Keys[%d] is %v, want %v", i, g, w)
		}
	}
	return ""
}
