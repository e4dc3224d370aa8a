package account

import (
	"context"
	"sync"
)

// SerialStore keeps one serial number for each key. It compares keys and serial numbers octet by octet; bounds and case
// are Binder's business. Implementations are safe for concurrent use, by several processes where several share the store,
// and their errors hold neither accounts nor serial numbers. Package accounttest checks an implementation.
type SerialStore interface {
	// Serial returns what is stored; ok is false where nothing is.
	Serial(ctx context.Context, k Key) (serial string, ok bool, err error)

	// Store stores a first serial number and returns what is stored then. What is there stays: of several callers at the
	// same time one stores, and all get the one that was stored.
	Store(ctx context.Context, k Key, serial string) (stored string, err error)

	// Replace stores the new serial number if exactly the old one is stored, in one step, and reports whether it did.
	Replace(ctx context.Context, k Key, old, new string) (replaced bool, err error)

	// Forget removes what is stored. It is no error if nothing is.
	Forget(ctx context.Context, k Key) error
}

// Memory is a SerialStore that forgets everything when the process ends, for tests and demonstrations. Its zero value is
// empty and ready.
type Memory struct {
	mu      sync.Mutex
	serials map[Key]string
}

var _ SerialStore = (*Memory)(nil)

// Serial returns what is stored.
func (m *Memory) Serial(ctx context.Context, k Key) (serial string, ok bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return "", false, err
	}
	serial, ok = m.serials[k]
	return serial, ok, nil
}

// Store stores a first serial number and returns what is stored then.
func (m *Memory) Store(ctx context.Context, k Key, serial string) (stored string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if stored, ok := m.serials[k]; ok {
		return stored, nil
	}
	if m.serials == nil {
		m.serials = make(map[Key]string)
	}
	m.serials[k] = serial
	return serial, nil
}

// Replace stores the new serial number if the old one is stored.
func (m *Memory) Replace(ctx context.Context, k Key, old, new string) (replaced bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if stored, ok := m.serials[k]; !ok || stored != old {
		return false, nil
	}
	m.serials[k] = new
	return true, nil
}

// Forget removes what is stored.
func (m *Memory) Forget(ctx context.Context, k Key) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	delete(m.serials, k)
	return nil
}
