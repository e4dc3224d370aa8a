// Package tracktest checks that a store does what package track relies on.
//
//	func TestStore(t *testing.T) {
//		tracktest.Exercise(t, func(t *testing.T) track.Store { return newEmptyStore(t) })
//	}
package tracktest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/mss/track"
)

// Exercise runs the conformance suite. open returns an empty store; it is called once for each subtest and releases what
// it opened with t.Cleanup. The subtests do not run in parallel with each other; calls to one store do. A store that is
// shared by processes is best opened as several connections behind one track.Store that takes them in turn.
func Exercise(t *testing.T, open func(t *testing.T) track.Store) {
	t.Helper()
	for _, tt := range []struct {
		name string
		run  func(t *testing.T, s track.Store)
	}{
		{"create and get", createAndGet},
		{"whatever the bounds allow", extremes},
		{"swap compares the revision", swapCompares},
		{"a record that has expired is gone", expires},
		{"no revision comes twice", revisions},
		{"claim", claim},
		{"claim follows swaps", claimFollowsSwaps},
		{"claim by the caller's clock", claimClock},
		{"claim fences", claimFences},
		{"creations at the same time", raceOfCreations},
		{"swaps at the same time", raceOfSwaps},
		{"claims at the same time", raceOfClaims},
		{"claims and swaps at the same time", raceOfLeases},
		{"watch", watch},
		{"watch sees the last state", watchLast},
		{"watch sees every writer", watchWriters},
		{"watch ends", watchEnds},
		{"a context that has ended", ended},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, open(t)) })
	}
}

const (
	contestants = 8
	rounds      = 20
)

// limit is how long a test waits for what must come. It ends no test that goes well.
const limit = time.Minute

// now is the present as stores keep it.
func now() time.Time { return time.Now().Truncate(time.Millisecond).UTC() }

// record is one that does not expire during a test.
func record(id string, due time.Time) track.Record {
	return track.Record{ID: id, Handle: "gmh1.handle", Due: due, Deadline: now().Add(time.Hour), Expires: now().Add(2 * time.Hour)}
}

func create(t *testing.T, s track.Store, r track.Record) track.Record {
	t.Helper()
	got, err := s.Create(t.Context(), r)
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	equal(t, "Create", got, r)
	if got.Rev == 0 {
		t.Fatal("Create gave the record no Rev")
	}
	return got
}

func swap(t *testing.T, s track.Store, r track.Record) track.Record {
	t.Helper()
	got, err := s.Swap(t.Context(), r)
	if err != nil {
		t.Fatalf("Swap: %v", err)
	}
	equal(t, "Swap", got, r)
	if got.Rev <= r.Rev {
		t.Fatalf("Swap of revision %d gave it %d, which is not greater", r.Rev, got.Rev)
	}
	return got
}

// stored checks that the store has exactly this record.
func stored(t *testing.T, s track.Store, want track.Record) {
	t.Helper()
	got, err := s.Get(t.Context(), want.ID)
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	equal(t, "Get", got, want)
	if got.Rev != want.Rev {
		t.Fatalf("Get: revision %d; want %d", got.Rev, want.Rev)
	}
}

func absent(t *testing.T, s track.Store, id string) {
	t.Helper()
	if got, err := s.Get(t.Context(), id); !errors.Is(err, track.ErrNotFound) {
		t.Fatalf("Get: %+v, %v; want ErrNotFound", got, err)
	}
}

func stale(t *testing.T, s track.Store, r track.Record) {
	t.Helper()
	if got, err := s.Swap(t.Context(), r); !errors.Is(err, track.ErrStale) {
		t.Fatalf("Swap with revision %d: %+v, %v; want ErrStale", r.Rev, got, err)
	}
}

// equal compares all but the revision.
func equal(t *testing.T, what string, got, want track.Record) {
	t.Helper()
	if !same(got, want) {
		t.Fatalf("%s: %s; want %s", what, describe(got), describe(want))
	}
}

func same(a, b track.Record) bool {
	return a.ID == b.ID && a.Handle == b.Handle && a.Outcome == b.Outcome && a.Hint == b.Hint &&
		a.Due.Equal(b.Due) && a.Due.IsZero() == b.Due.IsZero() && a.Deadline.Equal(b.Deadline) && a.Expires.Equal(b.Expires)
}

// describe keeps long texts out of the log.
func describe(r track.Record) string {
	return fmt.Sprintf("{ID %q, Handle of %d octets, Outcome of %d, Hint of %d, Due %v, Deadline %v, Expires %v}",
		r.ID, len(r.Handle), len(r.Outcome), len(r.Hint), r.Due, r.Deadline, r.Expires)
}

// atOnce calls f as often as there are contestants, all at the same time.
func atOnce(f func(contestant int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range contestants {
		wg.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	wg.Wait()
}

func createAndGet(t *testing.T, s track.Store) {
	absent(t, s, "A")
	stale(t, s, record("A", time.Time{}))
	stale(t, s, track.Record{ID: "A", Rev: 1, Expires: now().Add(time.Hour)})
	absent(t, s, "A")

	var created []track.Record
	// Only an exact comparison tells these apart.
	for i, id := range []string{"A", "a", "A_", "A-", "A1", "A01", "1", "01", "-", "_"} {
		r := record(id, now().Add(time.Duration(i)*time.Millisecond))
		r.Handle = fmt.Sprint("handle of ", i)
		r.Rev = 4711 // the store's business
		created = append(created, create(t, s, r))
	}
	for _, r := range created {
		stored(t, s, r)
		if _, err := s.Create(t.Context(), record(r.ID, time.Time{})); !errors.Is(err, track.ErrExists) {
			t.Fatalf("Create of what exists: %v; want ErrExists", err)
		}
		stored(t, s, r)
	}
	absent(t, s, "B")
	bare := create(t, s, track.Record{ID: "bare", Expires: now().Add(time.Hour)})
	stored(t, s, bare)
}

func extremes(t *testing.T, s track.Store) {
	text := func(n int) string { return strings.Repeat("Zz0_-.", n/6+1)[:n] }
	r := record(strings.Repeat("Z", track.MaxID), now())
	r.Handle, r.Hint = text(track.MaxHandle), text(track.MaxHint)
	r = create(t, s, r)
	stored(t, s, r)
	r.Outcome = text(track.MaxOutcome)
	r = swap(t, s, r)
	stored(t, s, r)
	r.Handle, r.Outcome, r.Hint, r.Due = "", "", "", time.Time{}
	r = swap(t, s, r)
	stored(t, s, r)
	r.Hint = `'; DROP TABLE records; -- "\ $1 %s Zürich 🦊`
	stored(t, s, swap(t, s, r))
}

func swapCompares(t *testing.T, s track.Store) {
	first, other := create(t, s, record("A", now())), create(t, s, record("B", now()))
	next := first
	next.Handle, next.Outcome, next.Hint = "other", "outcome", "userSign"
	next.Due, next.Deadline, next.Expires = time.Time{}, first.Deadline.Add(time.Millisecond), first.Expires.Add(time.Millisecond)
	next = swap(t, s, next)
	stored(t, s, next)
	stored(t, s, other)

	for _, rev := range []uint64{first.Rev, 0, next.Rev + 1, next.Rev + 1000} {
		r := first
		r.Rev = rev
		stale(t, s, r)
		stored(t, s, next)
	}
	missing := first
	missing.ID = "C"
	stale(t, s, missing)
	absent(t, s, "C")
}

func expires(t *testing.T, s track.Store) {
	r := create(t, s, record("A", now().Add(-time.Hour)))
	r.Expires = now().Add(-time.Minute)
	gone, err := s.Swap(t.Context(), r)
	if err != nil {
		t.Fatalf("Swap: %v", err)
	}
	absent(t, s, "A")
	stale(t, s, r)
	gone.Expires = now().Add(time.Hour)
	stale(t, s, gone)
	if claimed, err := s.Claim(t.Context(), now(), time.Minute, 10); err != nil || len(claimed) != 0 {
		t.Fatalf("Claim of what has expired: %+v, %v; want none", claimed, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for got, err := range s.Watch(ctx, "A") {
		if !errors.Is(err, track.ErrNotFound) {
			t.Fatalf("Watch of what has expired: %+v, %v; want ErrNotFound", got, err)
		}
	}
	stored(t, s, create(t, s, record("A", now())))

	due := create(t, s, record("B", now().Add(-2*time.Hour)))
	due.Expires = now().Add(-time.Minute)
	if _, err := s.Swap(t.Context(), due); err != nil {
		t.Fatalf("Swap: %v", err)
	}
	claims(t, s, now(), time.Minute, 10, "A") // and not B, at which nobody has looked since
}

// revisions removes a record and creates it anew: who knew the old one must not be able to write to the new one.
func revisions(t *testing.T, s track.Store) {
	var past []track.Record
	for range 4 {
		r := create(t, s, record("A", now().Add(-time.Hour)))
		for _, old := range past {
			if old.Rev >= r.Rev {
				t.Fatalf("revision %d came after %d", r.Rev, old.Rev)
			}
			stale(t, s, old)
		}
		past = append(past, r)
		r = swap(t, s, r)
		past = append(past, r)
		claimed, err := s.Claim(t.Context(), now(), time.Minute, 1)
		if err != nil || len(claimed) != 1 || claimed[0].Rev <= r.Rev {
			t.Fatalf("Claim: %+v, %v; want one with a revision above %d", claimed, err, r.Rev)
		}
		past = append(past, claimed...)
		r = claimed[0]
		r.Expires = now().Add(-time.Minute)
		if _, err := s.Swap(t.Context(), r); err != nil {
			t.Fatalf("Swap: %v", err)
		}
	}
}
