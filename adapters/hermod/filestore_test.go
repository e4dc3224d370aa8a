package hermod_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/mss/track"
	"github.com/gomss/gomss/mss/track/tracktest"
)

// fileStore is a track.Store in a file: what one has written, another one that is opened on the same file reads, as after a
// restart. The lock stands for one that processes would share.
type fileStore struct {
	path string
	lock *sync.Mutex
}

// stored is the content of the file.
type stored struct {
	Rev     uint64
	Records map[string]track.Record
}

func newFileStore(t testing.TB) *fileStore {
	t.Helper()
	return &fileStore{path: filepath.Join(t.TempDir(), "records"), lock: new(sync.Mutex)}
}

// restarted is the store as another process opens it.
func (f *fileStore) restarted() *fileStore { return &fileStore{path: f.path, lock: f.lock} }

// locked runs a transaction on the file's content, which is written if it says so.
func (f *fileStore) locked(ctx context.Context, do func(s *stored) (write bool, err error)) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	s := &stored{Records: make(map[string]track.Record)}
	b, err := os.ReadFile(f.path)
	if err == nil {
		err = json.Unmarshal(b, s)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for id, r := range s.Records {
		if !time.Now().Before(r.Expires) {
			delete(s.Records, id)
		}
	}
	write, err := do(s)
	if err != nil || !write {
		return err
	}
	if b, err = json.Marshal(s); err != nil {
		return err
	}
	next := f.path + ".new"
	if err := os.WriteFile(next, b, 0o600); err != nil {
		return err
	}
	return os.Rename(next, f.path)
}

// put gives the record its Rev.
func (s *stored) put(r *track.Record) {
	s.Rev++
	r.Rev = s.Rev
	s.Records[r.ID] = *r
}

// Create implements track.Store.
func (f *fileStore) Create(ctx context.Context, r track.Record) (track.Record, error) {
	err := f.locked(ctx, func(s *stored) (bool, error) {
		if _, there := s.Records[r.ID]; there {
			return false, track.ErrExists
		}
		s.put(&r)
		return true, nil
	})
	return r, err
}

// Get implements track.Store.
func (f *fileStore) Get(ctx context.Context, id string) (r track.Record, err error) {
	err = f.locked(ctx, func(s *stored) (bool, error) {
		var there bool
		if r, there = s.Records[id]; !there {
			return false, track.ErrNotFound
		}
		return false, nil
	})
	return r, err
}

// Swap implements track.Store.
func (f *fileStore) Swap(ctx context.Context, r track.Record) (track.Record, error) {
	err := f.locked(ctx, func(s *stored) (bool, error) {
		if s.Records[r.ID].Rev != r.Rev || r.Rev == 0 {
			return false, track.ErrStale
		}
		s.put(&r)
		return true, nil
	})
	return r, err
}

// Claim implements track.Store.
func (f *fileStore) Claim(ctx context.Context, now time.Time, lease time.Duration, n int) (claimed []track.Record, err error) {
	err = f.locked(ctx, func(s *stored) (bool, error) {
		var due []track.Record
		for _, r := range s.Records {
			if !r.Due.IsZero() && !r.Due.After(now) {
				due = append(due, r)
			}
		}
		slices.SortFunc(due, func(a, b track.Record) int { return a.Due.Compare(b.Due) })
		for _, r := range due[:min(n, len(due))] {
			r.Due = now.Add(lease)
			s.put(&r)
			claimed = append(claimed, r)
		}
		return len(claimed) > 0, nil
	})
	return claimed, err
}

// Watch implements track.Store by looking every few milliseconds.
func (f *fileStore) Watch(ctx context.Context, id string) iter.Seq2[track.Record, error] {
	return func(yield func(track.Record, error) bool) {
		for last := uint64(0); ; {
			r, err := f.Get(ctx, id)
			if (err != nil || r.Rev != last) && !yield(r, err) || err != nil {
				return
			}
			last = r.Rev
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
}

// TestFileStore holds this test's own store against the contract: what it shows is shown of any.
func TestFileStore(t *testing.T) {
	t.Parallel()
	tracktest.Exercise(t, func(t *testing.T) track.Store { return newFileStore(t) })
}

// failingStore fails as long as it is told to.
type failingStore struct {
	track.Store
	mu     sync.Mutex
	err    map[string]error // by method
	before func()           // the next Swap; once
}

func (f *failingStore) fail(err error, methods ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = make(map[string]error)
	for _, m := range methods {
		f.err[m] = err
	}
}

func (f *failingStore) of(method string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err[method]
}

func (f *failingStore) Create(ctx context.Context, r track.Record) (track.Record, error) {
	if err := f.of("Create"); err != nil {
		return track.Record{}, err
	}
	return f.Store.Create(ctx, r)
}

func (f *failingStore) Get(ctx context.Context, id string) (track.Record, error) {
	if err := f.of("Get"); err != nil {
		return track.Record{}, err
	}
	return f.Store.Get(ctx, id)
}

// Swap, told to fail with errWritten, writes and then fails.
func (f *failingStore) Swap(ctx context.Context, r track.Record) (track.Record, error) {
	f.mu.Lock()
	before := f.before
	f.before = nil
	f.mu.Unlock()
	if before != nil {
		before()
	}
	err := f.of("Swap")
	if err != nil && !errors.Is(err, errWritten) {
		return track.Record{}, err
	}
	written, swapErr := f.Store.Swap(ctx, r)
	if err != nil {
		return track.Record{}, err
	}
	return written, swapErr
}

var errWritten = errors.New("the connection broke after the write")
