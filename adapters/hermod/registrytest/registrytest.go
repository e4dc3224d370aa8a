// Package registrytest checks that a registry of enrolments does what package hermod relies on.
//
//	func TestRegistry(t *testing.T) {
//		registrytest.Exercise(t, func(t *testing.T) hermod.Registry { return newEmptyRegistry(t) })
//	}
package registrytest

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// Exercise runs the conformance suite. open returns an empty registry; it is called once for each subtest and releases what it
// opened with t.Cleanup. The subtests do not run in parallel with each other; calls to one registry do.
func Exercise(t *testing.T, open func(t *testing.T) hermod.Registry) {
	t.Helper()
	for _, tt := range []struct {
		name string
		run  func(t *testing.T, r hermod.Registry)
	}{
		{"empty", empty},
		{"a device comes back whole", whole},
		{"a device takes the place of its predecessor", replaces},
		{"newest first", order},
		{"users and profiles are apart", apart},
		{"whatever the bounds allow", extremes},
		{"what is out of bounds is refused", refuses},
		{"one user's devices are bounded", bounded},
		{"nobody else changes what is stored", isolated},
		{"many at the same time", concurrent},
		{"a context that has ended", ended},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, open(t)) })
	}
}

// enrolled is a time that only whole milliseconds hold.
var enrolled = time.Date(2031, 5, 6, 7, 8, 9, 123_000_000, time.UTC)

func empty(t *testing.T, r hermod.Registry) {
	alice := user(t, "alice")
	holds(t, r, alice)
	if err := r.Remove(t.Context(), alice, "profile-1"); err != nil {
		t.Errorf("Remove of nothing: %v", err)
	}
	holds(t, r, alice)
}

// whole stores what a device can have: several keys, a chain, a key without certificate, a device without keys.
func whole(t *testing.T, r hermod.Registry) {
	alice := user(t, "alice")
	full := &hermod.Device{
		User: alice, ProfileID: "profile-1", BoxID: "box-1", EnrolledAt: enrolled, Attested: true,
		Keys: []hermod.DeviceKey{
			{ID: "signer", Mechanism: "RS256", Chain: []*x509.Certificate{certificate(t, 1), certificate(t, 2), certificate(t, 3)}},
			{ID: "authenticator", Mechanism: "RS384", Chain: []*x509.Certificate{certificate(t, 4)}},
			{ID: "encrypter", Mechanism: "RS512"},
		},
	}
	bare := &hermod.Device{User: alice, ProfileID: "profile-2", EnrolledAt: enrolled.Add(-time.Millisecond)}
	put(t, r, full)
	holds(t, r, alice, full)
	put(t, r, bare)
	holds(t, r, alice, full, bare)
	for range 2 { // the second time it is gone
		remove(t, r, alice, full.ProfileID)
		holds(t, r, alice, bare)
	}
	put(t, r, full)
	holds(t, r, alice, full, bare)

	zoned := device(alice, "profile-3", enrolled.Add(time.Hour+999*time.Microsecond).In(time.FixedZone("", 2*60*60)))
	put(t, r, zoned)
	zoned.EnrolledAt = enrolled.Add(time.Hour)
	holds(t, r, alice, zoned, full, bare)
}

func replaces(t *testing.T, r hermod.Registry) {
	alice := user(t, "alice")
	first := &hermod.Device{
		User: alice, ProfileID: "profile-1", BoxID: "box-1", EnrolledAt: enrolled, Attested: true,
		Keys: []hermod.DeviceKey{{ID: "signer", Mechanism: "RS256", Chain: []*x509.Certificate{certificate(t, 1)}}},
	}
	second := &hermod.Device{
		User: alice, ProfileID: "profile-1", BoxID: "box-2", EnrolledAt: enrolled.Add(-time.Hour),
		Keys: []hermod.DeviceKey{{ID: "other", Mechanism: "RS512", Chain: []*x509.Certificate{certificate(t, 2)}}},
	}
	for _, d := range []*hermod.Device{first, first, second, first} {
		put(t, r, d)
		holds(t, r, alice, d)
	}
}

func order(t *testing.T, r hermod.Registry) {
	alice := user(t, "alice")
	var want []*hermod.Device
	for _, i := range []int{3, 1, 4, 0, 2} {
		put(t, r, device(alice, fmt.Sprintf("profile-%d", i), enrolled.Add(time.Duration(i)*time.Millisecond)))
	}
	for i := range 5 {
		want = append(want, device(alice, fmt.Sprintf("profile-%d", 4-i), enrolled.Add(time.Duration(4-i)*time.Millisecond)))
	}
	tied := []string{"1", "A", "Profile-1", "a", "b", "profile-10"} // of the same time by octets
	for _, i := range []int{3, 5, 0, 4, 2, 1} {
		put(t, r, device(alice, tied[i], enrolled.Add(-time.Hour)))
	}
	put(t, r, device(alice, "profile-2", enrolled.Add(-time.Hour)))
	remove(t, r, alice, "profile-2")
	put(t, r, device(alice, "profile-2", enrolled.Add(2*time.Millisecond)))
	for _, id := range tied {
		want = append(want, device(alice, id, enrolled.Add(-time.Hour)))
	}
	holds(t, r, alice, want...)
}

// apart stores a device of its own under keys that only an exact comparison tells apart.
func apart(t *testing.T, r hermod.Registry) {
	names := []string{
		"alice", "Alice", "alice ", " alice", "alice@example.com", "alice_1", "alice%1", "alice-1", "%", "_",
		"é", "e\u0301", "1", "01", "1.0", "'; DROP TABLE hermod_devices; --", `"\`, "$1 ? :a @b", "Zürich 東京 🦊",
	}
	for i, name := range names {
		put(t, r, device(user(t, name), "profile", enrolled.Add(time.Duration(i)*time.Minute)))
	}
	for i, name := range names {
		holds(t, r, user(t, name), device(user(t, name), "profile", enrolled.Add(time.Duration(i)*time.Minute)))
	}
	remove(t, r, user(t, "alice"), "Profile")
	remove(t, r, user(t, "%"), "%")
	remove(t, r, user(t, "Alice"), "profile")
	for i, name := range names {
		if name == "Alice" {
			holds(t, r, user(t, name))
			continue
		}
		holds(t, r, user(t, name), device(user(t, name), "profile", enrolled.Add(time.Duration(i)*time.Minute)))
	}
}

func extremes(t *testing.T, r hermod.Registry) {
	long := strings.Repeat("p", 64)
	for _, name := range []string{strings.Repeat("🦊", 128), strings.Repeat("a", 127), "a"} {
		d := &hermod.Device{User: user(t, name), ProfileID: long, BoxID: long, EnrolledAt: time.UnixMilli(0).UTC()}
		for i := range hermod.MaxDeviceKeys {
			k := hermod.DeviceKey{ID: strings.Repeat("k", 63) + fmt.Sprint(i), Mechanism: long}
			for range hermod.MaxDeviceChain {
				k.Chain = append(k.Chain, certificate(t, i))
			}
			d.Keys = append(d.Keys, k)
		}
		put(t, r, d)
		holds(t, r, d.User, d)
	}
}

// refuses: a registry that stores less than Device.Check allows would lose a device that is enrolled; one that stores more
// hands out what nobody has bounded.
func refuses(t *testing.T, r hermod.Registry) {
	alice := user(t, "alice")
	key := hermod.DeviceKey{ID: "signer", Mechanism: "RS256"}
	var many []hermod.DeviceKey
	for i := range hermod.MaxDeviceKeys + 1 {
		many = append(many, hermod.DeviceKey{ID: fmt.Sprint(i), Mechanism: "RS256"})
	}
	for name, d := range map[string]*hermod.Device{
		"nil":               nil,
		"no user":           {ProfileID: "p", EnrolledAt: enrolled},
		"no profile":        {User: alice, EnrolledAt: enrolled},
		"long profile":      {User: alice, ProfileID: strings.Repeat("p", 65), EnrolledAt: enrolled},
		"a blank in the id": {User: alice, ProfileID: "a b", EnrolledAt: enrolled},
		"long box":          {User: alice, ProfileID: "p", BoxID: strings.Repeat("b", 65), EnrolledAt: enrolled},
		"no time":           {User: alice, ProfileID: "p"},
		"two of one key":    {User: alice, ProfileID: "p", EnrolledAt: enrolled, Keys: []hermod.DeviceKey{key, key}},
		"too many keys":     {User: alice, ProfileID: "p", EnrolledAt: enrolled, Keys: many},
		"a nameless key":    {User: alice, ProfileID: "p", EnrolledAt: enrolled, Keys: []hermod.DeviceKey{{Mechanism: "RS256"}}},
		"a useless key":     {User: alice, ProfileID: "p", EnrolledAt: enrolled, Keys: []hermod.DeviceKey{{ID: "signer"}}},
		"nil certificate": {User: alice, ProfileID: "p", EnrolledAt: enrolled, Keys: []hermod.DeviceKey{
			{ID: "signer", Mechanism: "RS256", Chain: []*x509.Certificate{nil}},
		}},
		"too long a chain": {User: alice, ProfileID: "p", EnrolledAt: enrolled, Keys: []hermod.DeviceKey{
			{ID: "signer", Mechanism: "RS256", Chain: slices.Repeat([]*x509.Certificate{certificate(t, 1)}, hermod.MaxDeviceChain+1)},
		}},
	} {
		if err := r.Put(t.Context(), d); err == nil {
			t.Errorf("Put of a device with %s: no error", name)
		} else if strings.Contains(err.Error(), "alice") {
			t.Errorf("Put of a device with %s: the error names the user", name)
		}
	}
	holds(t, r, alice)
}

// bounded fills the registry with one user's devices. Another one is refused; those that are there can be replaced and removed,
// and another user has room.
func bounded(t *testing.T, r hermod.Registry) {
	alice, bob := user(t, "alice"), user(t, "bob")
	var want []*hermod.Device
	for i := range hermod.MaxDevices {
		d := device(alice, fmt.Sprintf("profile-%d", i), enrolled.Add(-time.Duration(i)*time.Minute))
		want = append(want, d)
		put(t, r, d)
	}
	more := device(alice, "one-more", enrolled.Add(-24*time.Hour))
	if err := r.Put(t.Context(), more); err == nil {
		t.Errorf("Put of more than %d devices: no error", hermod.MaxDevices)
	}
	holds(t, r, alice, want...)
	want[1].BoxID = "another"
	put(t, r, want[1])
	put(t, r, device(bob, "profile-1", enrolled))
	holds(t, r, alice, want...)
	remove(t, r, alice, want[0].ProfileID)
	put(t, r, more)
	holds(t, r, alice, append(want[1:], more)...)
}

// isolated changes what was given to the registry, and what came from it.
func isolated(t *testing.T, r hermod.Registry) {
	alice := user(t, "alice")
	make1 := func() *hermod.Device {
		return &hermod.Device{
			User: alice, ProfileID: "profile", BoxID: "box", EnrolledAt: enrolled,
			Keys: []hermod.DeviceKey{{ID: "signer", Mechanism: "RS256", Chain: []*x509.Certificate{certificate(t, 1), certificate(t, 2)}}},
		}
	}
	spoil := func(d *hermod.Device) {
		d.BoxID = "another"
		d.Keys[0].Chain[0] = certificate(t, 9)
		d.Keys[0].ID = "another"
	}
	given := make1()
	put(t, r, given)
	spoil(given)
	holds(t, r, alice, make1())
	got, err := r.Devices(t.Context(), alice)
	if err != nil || len(got) != 1 {
		t.Fatalf("Devices: %d, %v", len(got), err)
	}
	spoil(got[0])
	holds(t, r, alice, make1())
}

const (
	contestants = 8
	rounds      = 10
)

// concurrent lets several callers put devices of one user, and the same device in different forms: all of the first are
// there, and of the second one, whole.
func concurrent(t *testing.T, r hermod.Registry) {
	for round := range rounds {
		who := user(t, fmt.Sprintf("user-%d", round))
		errs := make(chan error, 3*contestants)
		var wg sync.WaitGroup
		for i := range contestants {
			wg.Go(func() { errs <- r.Put(t.Context(), device(who, fmt.Sprintf("profile-%d", i), enrolled)) })
			wg.Go(func() { errs <- r.Put(t.Context(), contested(t, who, i)) })
			wg.Go(func() {
				_, err := r.Devices(t.Context(), who)
				errs <- err
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			if err != nil {
				t.Fatalf("at the same time: %v", err)
			}
		}
		got, err := r.Devices(t.Context(), who)
		if err != nil || len(got) != contestants+1 {
			t.Fatalf("Devices: %d, %v; want %d", len(got), err, contestants+1)
		}
		if !isContested(t, who, got[0]) {
			t.Fatalf("a device is of two that were put at the same time")
		}
	}
}

// contested is the form in which a contestant puts the device that all of them put; it is the newest.
func contested(t *testing.T, who mss.UserID, contestant int) *hermod.Device {
	t.Helper()
	return &hermod.Device{
		User: who, ProfileID: "contested", BoxID: fmt.Sprintf("box-%d", contestant), EnrolledAt: enrolled.Add(time.Hour),
		Keys: []hermod.DeviceKey{{ID: fmt.Sprintf("key-%d", contestant), Mechanism: "RS256", Chain: []*x509.Certificate{certificate(t, contestant)}}},
	}
}

func isContested(t *testing.T, who mss.UserID, got *hermod.Device) bool {
	t.Helper()
	for i := range contestants {
		if difference(got, contested(t, who, i)) == "" {
			return true
		}
	}
	return false
}

func ended(t *testing.T, r hermod.Registry) {
	alice := user(t, "alice")
	kept := device(alice, "profile", enrolled)
	put(t, r, kept)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, read := r.Devices(ctx, alice)
	for _, err := range []error{read, r.Put(ctx, device(alice, "other", enrolled)), r.Remove(ctx, alice, "profile")} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after the context has ended: %v; want context.Canceled", err)
		}
	}
	holds(t, r, alice, kept)
}
