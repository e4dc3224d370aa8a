package track_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss/track"
	"github.com/gomss/gomss/mss/track/tracktest"
	"github.com/stretchr/testify/require"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	tracktest.Exercise(t, func(*testing.T) track.Store { return new(track.Memory) })
}

func kept(id string, forgotten time.Duration) track.Record {
	return track.Record{ID: id, Handle: "h", Due: time.Now(), Expires: time.Now().Add(forgotten)}
}

func TestMemoryForgetsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := new(track.Memory)
		r, err := m.Create(t.Context(), kept("A", time.Minute))
		require.NoError(t, err)
		var ended time.Duration
		begun := time.Now()
		var wg sync.WaitGroup
		wg.Go(func() {
			for _, err := range m.Watch(t.Context(), "A") {
				if errors.Is(err, track.ErrNotFound) {
					ended = time.Since(begun)
				}
			}
		})
		time.Sleep(time.Minute - time.Millisecond)
		_, err = m.Get(t.Context(), "A")
		require.NoError(t, err)
		time.Sleep(time.Millisecond)
		_, err = m.Get(t.Context(), "A")
		require.ErrorIs(t, err, track.ErrNotFound)
		_, err = m.Swap(t.Context(), r)
		require.ErrorIs(t, err, track.ErrStale)
		wg.Wait()
		require.Equal(t, time.Minute, ended, "who watches is told")
	})
}

// TestMemoryIsBounded fills a store, with records and with answers.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &track.Memory{Limit: 100 << 10}
		fill := func(prefix string) (n int) {
			for ; ; n++ {
				_, err := m.Create(t.Context(), kept(fmt.Sprint(prefix, n), time.Minute))
				if err != nil {
					require.ErrorIs(t, err, track.ErrFull)
					return n
				}
			}
		}
		n := fill("first")
		require.InDelta(t, 50<<10/512, n, 5, "half of the limit")
		require.Zero(t, fill("second"), "there is room only once some have expired")

		r, err := m.Get(t.Context(), "first0")
		require.NoError(t, err)
		r.Outcome = strings.Repeat("x", 40<<10)
		r, err = m.Swap(t.Context(), r)
		require.NoError(t, err, "the other half is for answers")
		r.Outcome = strings.Repeat("x", 60<<10)
		_, err = m.Swap(t.Context(), r)
		require.ErrorIs(t, err, track.ErrFull)
		r.Outcome = ""
		_, err = m.Swap(t.Context(), r)
		require.NoError(t, err, "what shrinks always fits")

		time.Sleep(time.Minute)
		require.Equal(t, n, fill("third"), "and then there is room for as many")
		claimed, err := m.Claim(t.Context(), time.Now(), time.Minute, 10*n)
		require.NoError(t, err)
		require.Len(t, claimed, n, "none of those that have expired")

		m = &track.Memory{Limit: 100 << 10}
		for i := range n {
			_, err := m.Create(t.Context(), kept(fmt.Sprint(i), 3*time.Second))
			require.NoError(t, err)
		}
		time.Sleep(3 * time.Second)
		require.Equal(t, n, fill("fourth"), "a store that is full looks for what has expired at once")
	})
}

func TestMemoryRefusesWhatIsOutOfBounds(t *testing.T) {
	t.Parallel()
	m := new(track.Memory)
	good, err := m.Create(t.Context(), kept("A", time.Hour))
	require.NoError(t, err)
	for name, change := range map[string]func(*track.Record){
		"no ID":   func(r *track.Record) { r.ID = "" },
		"ID":      func(r *track.Record) { r.ID = strings.Repeat("A", track.MaxID+1) },
		"Handle":  func(r *track.Record) { r.Handle = strings.Repeat("A", track.MaxHandle+1) },
		"Outcome": func(r *track.Record) { r.Outcome = strings.Repeat("A", track.MaxOutcome+1) },
		"Hint":    func(r *track.Record) { r.Hint = strings.Repeat("A", track.MaxHint+1) },
	} {
		r := kept("B", time.Hour)
		change(&r)
		_, err := m.Create(t.Context(), r)
		require.Error(t, err, name)
		r = good
		change(&r)
		_, err = m.Swap(t.Context(), r)
		require.Error(t, err, name)
	}
}

func BenchmarkMemoryClaim(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m := new(track.Memory)
			now := time.Now()
			for i := range n {
				r := kept(fmt.Sprint("R", i), time.Hour)
				r.Due = now.Add(time.Duration(i) * time.Microsecond)
				if _, err := m.Create(b.Context(), r); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(time.Minute)
				if got, err := m.Claim(b.Context(), now, time.Minute, 100); err != nil || len(got) != 100 {
					b.Fatal(len(got), err)
				}
			}
		})
	}
}
