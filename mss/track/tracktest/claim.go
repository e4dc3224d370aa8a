package tracktest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/mss/track"
)

// claims checks that a Claim returns the records with these IDs, in this order, with a new Due and Rev, as they are then
// stored.
func claims(t *testing.T, s track.Store, at time.Time, lease time.Duration, n int, ids ...string) []track.Record {
	t.Helper()
	got, err := s.Claim(t.Context(), at, lease, n)
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	var names []string
	for _, r := range got {
		names = append(names, r.ID)
		if !r.Due.Equal(at.Add(lease)) {
			t.Errorf("Claim: %s is due at %v; want %v", r.ID, r.Due, at.Add(lease))
		}
		stored(t, s, r)
	}
	if fmt.Sprint(names) != fmt.Sprint(ids) {
		t.Fatalf("Claim: %v; want %v", names, ids)
	}
	return got
}

func claim(t *testing.T, s track.Store) {
	at := now()
	claims(t, s, at, time.Minute, 10)
	create(t, s, record("third", at))
	create(t, s, record("first", at.Add(-time.Hour)))
	create(t, s, record("later", at.Add(time.Millisecond)))
	create(t, s, record("second", at.Add(-time.Millisecond)))
	never := create(t, s, record("never", time.Time{}))
	final := create(t, s, record("final", at.Add(-2*time.Hour)))
	final.Due, final.Outcome = time.Time{}, "outcome"
	final = swap(t, s, final)

	claims(t, s, at, time.Minute, 0)
	claims(t, s, at, 3*time.Minute, 2, "first", "second")
	claims(t, s, at, 2*time.Minute, 10, "third")
	claims(t, s, at, time.Minute, 10)
	claims(t, s, at.Add(time.Minute), 30*time.Second, 10, "later")
	claims(t, s, at.Add(2*time.Minute), 2*time.Minute, 10, "later", "third")
	stored(t, s, never)
	stored(t, s, final)
}

// claimFollowsSwaps moves Due in both directions, and puts another record in the place of one that was due.
func claimFollowsSwaps(t *testing.T, s track.Store) {
	at := now()
	var records []track.Record
	for i := range 6 {
		records = append(records, create(t, s, record(fmt.Sprint("S", i), at.Add(time.Duration(i)*time.Second))))
	}
	move := func(i int, due time.Time) {
		records[i].Due = due
		records[i] = swap(t, s, records[i])
	}
	move(0, at.Add(time.Hour))
	move(5, at.Add(-time.Second))
	move(2, time.Time{})
	move(3, at.Add(time.Second/2))
	claims(t, s, at.Add(10*time.Second), time.Hour, 10, "S5", "S3", "S1", "S4")
	move(2, at)
	claims(t, s, at, time.Hour, 10, "S2")

	gone := create(t, s, record("again", at.Add(-time.Minute)))
	gone.Expires = now().Add(-time.Minute)
	if _, err := s.Swap(t.Context(), gone); err != nil {
		t.Fatalf("Swap: %v", err)
	}
	again := create(t, s, record("again", at.Add(time.Minute)))
	claims(t, s, at, time.Hour, 10)
	stored(t, s, again)
	claims(t, s, at.Add(time.Minute), time.Hour, 10, "again")
}

// claimClock claims with clocks that are not the store's.
func claimClock(t *testing.T, s track.Store) {
	at := now()
	create(t, s, record("past", at.Add(-40*time.Minute)))
	create(t, s, record("future", at.Add(40*time.Minute)))
	claims(t, s, at.Add(-41*time.Minute), time.Minute, 10)
	claims(t, s, at.Add(-40*time.Minute), time.Minute, 10, "past")
	claims(t, s, at.Add(-39*time.Minute), 2*time.Hour, 10, "past")
	claims(t, s, at.Add(40*time.Minute), time.Minute, 10, "future")
}

// claimFences has a record claimed twice: who held the first lease cannot write any more.
func claimFences(t *testing.T, s track.Store) {
	at := now()
	created := create(t, s, record("A", at))
	zombie := claims(t, s, at, time.Minute, 1, "A")[0]
	stale(t, s, created)
	holder := claims(t, s, at.Add(time.Minute), time.Minute, 1, "A")[0]
	zombie.Hint = "of the zombie"
	stale(t, s, zombie)
	stored(t, s, holder)
	holder.Hint = "of the holder"
	stored(t, s, swap(t, s, holder))
}

func raceOfCreations(t *testing.T, s track.Store) {
	for round := range rounds {
		id := fmt.Sprintf("R%d", round)
		var won [contestants]bool
		var got [contestants]track.Record
		atOnce(func(i int) {
			r := record(id, time.Time{})
			r.Hint = fmt.Sprint(i)
			var err error
			got[i], err = s.Create(t.Context(), r)
			won[i] = succeeded(t, err, track.ErrExists)
		})
		stored(t, s, got[onlyWinner(t, won)])
	}
}

func raceOfSwaps(t *testing.T, s track.Store) {
	r := create(t, s, record("A", time.Time{}))
	for range rounds {
		var won [contestants]bool
		var got [contestants]track.Record
		atOnce(func(i int) {
			mine := r
			mine.Hint = fmt.Sprint(i)
			var err error
			got[i], err = s.Swap(t.Context(), mine)
			won[i] = succeeded(t, err, track.ErrStale)
		})
		r = got[onlyWinner(t, won)]
		stored(t, s, r)
	}
}

// raceOfClaims has several claimers take what is due, a few at a time, until nothing is: each record is claimed once.
func raceOfClaims(t *testing.T, s track.Store) {
	const records = 200
	at := now()
	for i := range records {
		create(t, s, record(fmt.Sprintf("C%d", i), at.Add(-time.Duration(i)*time.Millisecond)))
	}
	for range 3 {
		var mu sync.Mutex
		seen := make(map[string]int)
		atOnce(func(i int) {
			for {
				got, err := s.Claim(t.Context(), at, time.Minute, 1+i)
				if err != nil {
					t.Errorf("Claim: %v", err)
				}
				if len(got) == 0 {
					return
				}
				if len(got) > 1+i {
					t.Errorf("Claim: %d records; want at most %d", len(got), 1+i)
				}
				mu.Lock()
				for _, r := range got {
					seen[r.ID]++
				}
				mu.Unlock()
			}
		})
		if len(seen) != records {
			t.Fatalf("%d records were claimed; want %d", len(seen), records)
		}
		for id, n := range seen {
			if n != 1 {
				t.Fatalf("%s was claimed %d times at one time; want once", id, n)
			}
		}
		at = at.Add(time.Minute)
	}
}

// raceOfLeases has some claim with Claim and others with Swap: one holds the lease.
func raceOfLeases(t *testing.T, s track.Store) {
	at := now()
	r := create(t, s, record("A", at))
	for range rounds {
		var won [contestants]bool
		var got [contestants]track.Record
		atOnce(func(i int) {
			if i%2 == 0 {
				claimed, err := s.Claim(t.Context(), at, time.Minute, 10)
				if err != nil {
					t.Errorf("Claim: %v", err)
				}
				if won[i] = len(claimed) == 1; won[i] {
					got[i] = claimed[0]
				}
				return
			}
			mine := r
			mine.Due = at.Add(time.Minute)
			var err error
			got[i], err = s.Swap(t.Context(), mine)
			won[i] = succeeded(t, err, track.ErrStale)
		})
		r = got[onlyWinner(t, won)]
		stored(t, s, r)
		at = at.Add(time.Minute)
	}
}

// succeeded reports whether a contestant has won; the others must have got the error of losing.
func succeeded(t *testing.T, err, lost error) bool {
	t.Helper()
	if err != nil && !errors.Is(err, lost) {
		t.Errorf("%v; want success or %v", err, lost)
	}
	return err == nil
}

func onlyWinner(t *testing.T, won [contestants]bool) int {
	t.Helper()
	winner, n := 0, 0
	for i, w := range won {
		if w {
			winner = i
			n++
		}
	}
	if n != 1 {
		t.Fatalf("%d of %d had their way at the same time; want 1", n, contestants)
	}
	return winner
}
