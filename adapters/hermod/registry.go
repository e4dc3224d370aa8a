package hermod

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/gomss/gomss/mss"
)

// Registry keeps the enrolments of the persons of one Hermod and one group of its clients: Start finds the key there that must
// sign, and ProfileQuery answers from it. It compares users and profile ids octet by octet. Implementations are safe for
// concurrent use, by several processes where several share the registry; what they return is the caller's, and later changes
// to what was put do not reach them. Their errors hold nothing personal. Package registrytest checks an implementation.
//
// Who can write into the registry decides who signs as whom, as far as the certificates lead to Config.Anchors.
type Registry interface {
	// Put stores the device, in the place of one with the same User and ProfileID. It refuses what Device.Check does, and a
	// device beyond the MaxDevices of one user.
	Put(ctx context.Context, d *Device) error

	// Devices returns the user's devices, those with the later EnrolledAt first, and of the same time by ProfileID. None is
	// no error.
	Devices(ctx context.Context, user mss.UserID) ([]*Device, error)

	// Remove removes a device. It is no error if there is none.
	Remove(ctx context.Context, user mss.UserID, profileID string) error
}

// MemoryRegistry is a Registry that forgets everything when the process ends, for tests and demonstrations: whoever is
// enrolled in it must be enrolled again. Make it with NewMemoryRegistry.
type MemoryRegistry struct {
	mu      sync.Mutex
	devices map[mss.UserID]map[string]*Device // by profile id; entries are never changed
}

var _ Registry = (*MemoryRegistry)(nil)

// NewMemoryRegistry makes an empty registry.
func NewMemoryRegistry() *MemoryRegistry {
	return &MemoryRegistry{devices: make(map[mss.UserID]map[string]*Device)}
}

// Put stores a device.
func (m *MemoryRegistry) Put(ctx context.Context, d *Device) error {
	if err := cmp.Or(ctx.Err(), d.Check()); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	of := m.devices[d.User]
	if _, there := of[d.ProfileID]; !there && len(of) >= MaxDevices {
		return errTooManyDevices
	}
	if of == nil {
		of = make(map[string]*Device)
		m.devices[d.User] = of
	}
	of[d.ProfileID] = d.clone()
	return nil
}

var errTooManyDevices = fmt.Errorf("hermod: registry: the user has %d devices already: remove some", MaxDevices)

// Devices returns a user's devices.
func (m *MemoryRegistry) Devices(ctx context.Context, user mss.UserID) ([]*Device, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []*Device
	for _, d := range m.devices[user] {
		list = append(list, d.clone())
	}
	slices.SortFunc(list, func(a, b *Device) int {
		return cmp.Or(b.EnrolledAt.Compare(a.EnrolledAt), cmp.Compare(a.ProfileID, b.ProfileID))
	})
	return list, nil
}

// Remove removes a device.
func (m *MemoryRegistry) Remove(ctx context.Context, user mss.UserID, profileID string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.devices[user], profileID)
	if len(m.devices[user]) == 0 {
		delete(m.devices, user)
	}
	return nil
}
