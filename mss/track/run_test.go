package track_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestManyInstances has two instances serve 1,000 transactions, while some people look and others wait in either of them.
func TestManyInstances(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const transactions = 1000
		p := &provider{took: 200 * time.Millisecond, answers: func(id string) time.Duration {
			h := fnv.New32()
			h.Write([]byte(id))
			return time.Duration(h.Sum32()%85_000) * time.Millisecond
		}}
		s := new(track.Memory)
		trackers := []*track.Tracker{instance(t, p, s), instance(t, p, s)}
		stop := []func(){run(t, trackers[0]), run(t, trackers[1])}

		var ids [transactions]string
		var people sync.WaitGroup
		for i := range ids {
			ids[i] = track.NewID()
			require.NoError(t, trackers[i%2].Start(t.Context(), ids[i], session, request(fmt.Sprint("T", i))))
			other := trackers[(i+1)%2]
			switch i % 5 {
			case 0:
				people.Go(func() {
					_, err := other.Wait(t.Context(), ids[i], session)
					assert.NoError(t, err)
				})
			case 1:
				people.Go(func() {
					for sig := (*mss.Signature)(nil); sig == nil; time.Sleep(700 * time.Millisecond) {
						var err error
						if _, sig, err = other.Look(t.Context(), ids[i], session); !assert.NoError(t, err) {
							return
						}
					}
				})
			}
			time.Sleep(3 * time.Millisecond)
		}
		people.Wait()
		time.Sleep(patient)
		stop[0]()
		stop[1]()

		starts, overlaps, lost := p.counted()
		require.Equal(t, transactions, starts)
		require.Zero(t, overlaps, "one poll in flight a transaction")
		require.Zero(t, lost, "each answer was fetched once")
		polls := 0
		for i, id := range ids {
			transID := fmt.Sprint("T", i)
			n := p.polls[transID]
			due := max(1, int((p.answers(transID)+pace-1)/pace))
			require.LessOrEqual(t, n, due, "%s answers after %v and was polled %d times", transID, p.answers(transID), n)
			_, sig, err := trackers[i%2].Look(t.Context(), id, session)
			require.NoError(t, err)
			require.Equal(t, "signed by "+transID, string(sig.Value))
			require.Equal(t, n, p.polls[transID])
			polls += n
		}
		t.Logf("%d transactions, %d polls", transactions, polls)
	})
}

// TestRunIsPunctual serves what nobody looks at.
func TestRunIsPunctual(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(38 * time.Second)}
		tr := instance(t, p, new(track.Memory))
		stop := run(t, tr)
		id := started(t, tr)
		time.Sleep(patient)
		stop()
		require.Len(t, p.times, 8)
		last := time.Duration(0)
		for _, at := range p.times {
			require.GreaterOrEqual(t, at-last, pace)
			require.Less(t, at-last, pace+time.Second)
			last = at
		}
		_, sig, err := tr.Look(t.Context(), id, session)
		require.NoError(t, err)
		require.NotNil(t, sig)
	})
}

// TestTakeover has an instance die in the middle of a poll. It holds no lease for longer than one.
func TestTakeover(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		over := make(chan struct{})
		var first atomic.Bool
		p := &provider{answers: after(0), onPoll: func(int) error {
			if first.CompareAndSwap(false, true) {
				<-over // also when its context ends
				return errors.New("never seen")
			}
			return nil
		}}
		s := new(track.Memory)
		var dead atomic.Bool
		dying := &spy{Store: s, fail: func(string, track.Record) error {
			if dead.Load() {
				return errBroken
			}
			return nil
		}}
		a := instance(t, p, dying)
		id := started(t, a)
		begun := time.Now()
		stopA := run(t, a)
		time.Sleep(pace + time.Second)
		require.True(t, first.Load())
		dead.Store(true)
		p.mu.Lock()
		p.inFlight["T1"] = 0 // the dead do not count
		p.mu.Unlock()
		b := instance(t, p, s)
		stopB := run(t, b)
		sig, err := b.Wait(t.Context(), id, session)
		require.NoError(t, err)
		require.NotNil(t, sig)
		require.LessOrEqual(t, time.Since(begun), pace+time.Second+25*time.Second+time.Second)
		close(over)
		stopA()
		stopB()
		_, sig, err = b.Look(t.Context(), id, session)
		require.NoError(t, err, "what the dead instance brings back changes nothing")
		require.NotNil(t, sig)
	})
}

// TestRunSurvivesTheStore asks less often while the store fails, and goes on when it is there again.
func TestRunSurvivesTheStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(70 * time.Second)}
		s := &spy{Store: new(track.Memory)}
		var logged bytes.Buffer
		tr := instance(t, p, s, func(c *track.Config) { c.Logger = slog.New(slog.NewTextHandler(&logged, nil)) })
		id := started(t, tr)
		var claims atomic.Int32
		begun := time.Now()
		s.fail = func(call string, _ track.Record) error {
			if since := time.Since(begun); since < 7*time.Second || since >= 37*time.Second {
				return nil
			}
			if call == "Claim" {
				claims.Add(1)
			}
			return errBroken
		}
		stop := run(t, tr)
		time.Sleep(85 * time.Second)
		stop()
		require.InDelta(t, 9, claims.Load(), 3, "0.1 s, 0.2 s, 0.4 s … 10 s")
		require.Contains(t, logged.String(), errBroken.Error())
		require.NotContains(t, logged.String(), id)
		_, sig, err := tr.Look(t.Context(), id, session)
		require.NoError(t, err)
		require.NotNil(t, sig)
		require.Greater(t, p.polls["T1"], 6)
	})
}

// TestRunFinishesWhatItHasBegun is stopped while a poll is in flight that brings the only answer.
func TestRunFinishesWhatItHasBegun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(0), took: 5 * time.Second}
		tr := instance(t, p, new(track.Memory))
		id := started(t, tr)
		stop := run(t, tr)
		time.Sleep(pace + time.Second)
		require.Equal(t, 1, p.polled("T1"))
		stop()
		_, sig, err := tr.Look(t.Context(), id, session)
		require.NoError(t, err)
		require.NotNil(t, sig)
		_, _, lost := p.counted()
		require.Zero(t, lost)

		ended, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, tr.Run(ended), context.Canceled)
	})
}

func TestRunIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(0), took: time.Second}
		tr := instance(t, p, new(track.Memory), func(c *track.Config) { c.Concurrency = 7 })
		for i := range 70 {
			require.NoError(t, tr.Start(t.Context(), track.NewID(), session, request(fmt.Sprint("T", i))))
		}
		stop := run(t, tr)
		time.Sleep(20 * time.Second)
		stop()
		require.Equal(t, 7, p.peak)
		require.Len(t, p.given, 70)
		require.Less(t, p.times[69], 16*time.Second, "no place stays empty while something is due")
	})
}

// TestRunLeavesAloneWhatIsNotItsOwn has records in its store that it cannot open: they delay nobody.
func TestRunLeavesAloneWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(track.Memory)
		for i := range 500 {
			in := time.Now().Add(time.Hour)
			r := track.Record{ID: fmt.Sprint("foreign", i), Due: time.Now(), Deadline: in, Expires: in}
			if i%2 == 0 {
				r.Handle = "gmh1.of.another"
			}
			_, err := s.Create(t.Context(), r)
			require.NoError(t, err)
		}
		p := &provider{answers: after(0)}
		tr := instance(t, p, s, func(c *track.Config) { c.Concurrency = 10 })
		id := started(t, tr)
		stop := run(t, tr)
		time.Sleep(pace + time.Second)
		stop()
		require.Equal(t, map[string]int{"T1": 1}, p.polls)
		_, sig, err := tr.Look(t.Context(), id, session)
		require.NoError(t, err)
		require.NotNil(t, sig)
	})
}

// TestIdleRun asks the store about twice a second, and not at the same moments as other instances.
func TestIdleRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		moments := make(map[time.Time]int)
		s := &spy{Store: new(track.Memory), fail: func(call string, _ track.Record) error {
			mu.Lock()
			defer mu.Unlock()
			moments[time.Now()]++
			return nil
		}}
		stop := []func(){run(t, instance(t, &provider{}, s)), run(t, instance(t, &provider{}, s))}
		time.Sleep(time.Minute)
		stop[0]()
		stop[1]()
		require.Greater(t, len(moments), 200, "both begin at the same moment and then part")
		require.Less(t, len(moments), 330)
	})
}

// TestRunClaimsInBatches asks the store once for many.
func TestRunClaimsInBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var claims atomic.Int32
		s := &spy{Store: new(track.Memory), fail: func(call string, _ track.Record) error {
			if call == "Claim" {
				claims.Add(1)
			}
			return nil
		}}
		p := &provider{answers: after(0)}
		tr := instance(t, p, s, func(c *track.Config) { c.Concurrency = 300 })
		for i := range 250 {
			require.NoError(t, tr.Start(t.Context(), track.NewID(), session, request(fmt.Sprint("T", i))))
		}
		time.Sleep(pace)
		stop := run(t, tr)
		time.Sleep(time.Millisecond)
		require.Equal(t, int32(3), claims.Load(), "100, 100 and 50")
		stop()
		require.Len(t, p.given, 250)
	})
}
