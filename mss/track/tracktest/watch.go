package tracktest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/mss/track"
)

// isOf reports whether an error says that ctx has ended, in the words of its cause or of the package.
func isOf(ctx context.Context, err error) bool {
	return errors.Is(err, context.Cause(ctx)) || errors.Is(err, ctx.Err())
}

// watch follows a record step by step: each change is made when the one before it has been seen.
func watch(t *testing.T, s track.Store) {
	at := now()
	r := create(t, s, record("A", at))
	create(t, s, record("B", at.Add(time.Hour)))
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	steps := []func(){
		func() { r.Hint = "userSign"; r = swap(t, s, r) },
		func() { r = claims(t, s, at, time.Minute, 10, "A")[0] },
		func() { r.Outcome, r.Due = "outcome", time.Time{}; r = swap(t, s, r) },
	}
	seen := 0
	for got, err := range s.Watch(ctx, "A") {
		if err != nil {
			t.Fatalf("Watch after %d changes: %v", seen, err)
		}
		equal(t, "Watch", got, r)
		if got.Rev != r.Rev {
			t.Fatalf("Watch: revision %d; want %d", got.Rev, r.Rev)
		}
		if seen == len(steps) {
			break
		}
		steps[seen]()
		seen++
	}
	if seen != len(steps) {
		t.Fatalf("Watch ended after %d changes; want %d", seen, len(steps))
	}
}

// until watches until a record has the hint.
func until(ctx context.Context, s track.Store, id, hint string) error {
	var rev uint64
	for r, err := range s.Watch(ctx, id) {
		switch {
		case err != nil:
			return err
		case r.ID != id:
			return fmt.Errorf("it yielded record %q; want %q", r.ID, id)
		case r.Rev <= rev:
			return fmt.Errorf("revision %d came after %d", r.Rev, rev)
		case r.Hint == hint:
			return nil
		}
		rev = r.Rev
	}
	return errors.New("it ended without an error")
}

// watchLast changes a record faster than anybody may follow, with several watchers: all see how it ends.
func watchLast(t *testing.T, s track.Store) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	r := create(t, s, record("A", time.Time{}))
	var watchers sync.WaitGroup
	for range contestants {
		watchers.Go(func() {
			if err := until(ctx, s, "A", "last"); err != nil {
				t.Errorf("Watch: %v", err)
			}
		})
	}
	for i := range 5 * rounds {
		r.Hint = fmt.Sprint(i)
		r = swap(t, s, r)
	}
	r.Hint = "last"
	swap(t, s, r)
	watchers.Wait()
}

// watchWriters has several writers compete: a watcher sees the state that remains.
func watchWriters(t *testing.T, s track.Store) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	create(t, s, record("A", time.Time{}))
	var watcher sync.WaitGroup
	watcher.Go(func() {
		if err := until(ctx, s, "A", "last"); err != nil {
			t.Errorf("Watch: %v", err)
		}
	})
	atOnce(func(i int) {
		for range rounds {
			r, err := s.Get(ctx, "A")
			if err != nil {
				t.Errorf("Get: %v", err)
				return
			}
			r.Hint = fmt.Sprint(i)
			if _, err := s.Swap(ctx, r); err != nil && !errors.Is(err, track.ErrStale) {
				t.Errorf("Swap: %v", err)
			}
		}
	})
	r, err := s.Get(ctx, "A")
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	r.Hint = "last"
	swap(t, s, r)
	watcher.Wait()
}

// watchEnds has watches end in each of the ways there are, with an error as the last thing they yield.
func watchEnds(t *testing.T, s track.Store) {
	all, cancelAll := context.WithTimeout(t.Context(), limit)
	defer cancelAll()
	last := func(ctx context.Context, id string, then func()) (yielded int, last error) {
		for _, err := range s.Watch(ctx, id) {
			if last != nil {
				t.Errorf("Watch: something came after %v", last)
			}
			yielded++
			last = err
			if err == nil {
				then()
			}
		}
		return yielded, last
	}
	if n, err := last(all, "A", func() {}); n != 1 || !errors.Is(err, track.ErrNotFound) {
		t.Errorf("Watch of nothing: %d, %v; want ErrNotFound alone", n, err)
	}

	r := create(t, s, record("A", time.Time{}))
	n, err := last(all, "A", func() {
		r.Expires = now().Add(-time.Minute)
		if _, err := s.Swap(all, r); err != nil {
			t.Errorf("Swap: %v", err)
		}
	})
	if n != 2 || !errors.Is(err, track.ErrNotFound) {
		t.Errorf("Watch of a record that goes: %d, %v; want the record and ErrNotFound", n, err)
	}

	create(t, s, record("B", time.Time{}))
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(all)
	if n, err := last(ctx, "B", func() { cancel(reason) }); n != 2 || !isOf(ctx, err) {
		t.Errorf("Watch with a context that ends: %d, %v; want the record and that error", n, err)
	}
	for range s.Watch(all, "B") {
		break // and no record after that: a loop that goes on panics
	}
}

func ended(t *testing.T, s track.Store) {
	at := now()
	r := create(t, s, record("A", at))
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	changed := r
	changed.Hint = "changed"
	_, created := s.Create(ctx, record("B", at))
	_, got := s.Get(ctx, "A")
	_, swapped := s.Swap(ctx, changed)
	_, claimed := s.Claim(ctx, at, time.Minute, 10)
	var watched error
	for _, err := range s.Watch(ctx, "A") {
		if watched = err; err != nil {
			break
		}
	}
	for name, err := range map[string]error{"Create": created, "Get": got, "Swap": swapped, "Claim": claimed, "Watch": watched} {
		if !isOf(ctx, err) {
			t.Errorf("%s after the context has ended: %v; want that error", name, err)
		}
	}
	stored(t, s, r)
	absent(t, s, "B")
}
