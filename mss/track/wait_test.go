package track_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWaitPollsAtTheProvidersPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(78 * time.Second)}
		tr := instance(t, p, new(track.Memory))
		id := started(t, tr)
		sig, err := tr.Wait(t.Context(), id, session)
		require.NoError(t, err)
		require.NotNil(t, sig)
		require.Len(t, p.times, 16)
		for i, at := range p.times {
			require.Equal(t, time.Duration(i+1)*pace, at)
		}
	})
}

// TestWaitHoldsPolls has a provider that answers in the moment in which the person does.
func TestWaitHoldsPolls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(17 * time.Second)}
		tr := instance(t, p, new(track.Memory), func(c *track.Config) { c.Hold = 30 * time.Second })
		begun := time.Now()
		id := started(t, tr)
		_, err := tr.Wait(t.Context(), id, session)
		require.NoError(t, err)
		require.Equal(t, 17*time.Second, time.Since(begun))
		require.Equal(t, []time.Duration{30 * time.Second}, p.holds)
	})
}

// TestWaitSeesWhatOthersFind has several wait in several instances, of which one polls.
func TestWaitSeesWhatOthersFind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(17 * time.Second), took: 200 * time.Millisecond}
		s := new(track.Memory)
		id := started(t, instance(t, p, s))
		begun := time.Now()
		var wg sync.WaitGroup
		for range 10 {
			tr := instance(t, p, s)
			wg.Go(func() {
				sig, err := tr.Wait(t.Context(), id, session)
				assert.NoError(t, err)
				assert.NotNil(t, sig)
				assert.Less(t, time.Since(begun), 22*time.Second)
			})
		}
		wg.Wait()
		require.Equal(t, 4, p.polls["T1"])
		_, overlaps, lost := p.counted()
		require.Zero(t, overlaps)
		require.Zero(t, lost)
	})
}

// TestWaitWakesOnACallback has the answer come from outside, while no poll is due.
func TestWaitWakesOnACallback(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{}
		s := &spy{Store: new(track.Memory)}
		tr := instance(t, p, s)
		id := started(t, tr)
		begun := time.Now()
		time.AfterFunc(3*time.Second, func() {
			r := s.writes()[1]
			r.Due = time.Now().Truncate(time.Millisecond) // a callback that says: ask now
			p.mu.Lock()
			p.answers = after(3 * time.Second)
			p.mu.Unlock()
			_, err := s.Swap(context.Background(), r)
			assert.NoError(t, err)
		})
		_, err := tr.Wait(t.Context(), id, session)
		require.NoError(t, err)
		require.Equal(t, 3*time.Second, time.Since(begun))
	})
}

func TestWaitEndsAtTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(time.Hour)}
		s := new(track.Memory)
		tr := instance(t, p, s)
		id := started(t, tr)
		begun := time.Now()
		_, err := tr.Wait(t.Context(), id, session)
		require.ErrorIs(t, err, mss.ErrUnknownOutcome)
		require.True(t, mss.MayHaveRung(err))
		require.Equal(t, patient, time.Since(begun))
		require.Equal(t, patient, p.times[len(p.times)-1], "a last look at the deadline")
		polls := len(p.times)
		_, _, err = instance(t, p, s).Look(t.Context(), id, session)
		require.ErrorIs(t, err, mss.ErrUnknownOutcome)
		require.Len(t, p.times, polls, "nothing is asked any more")
	})
}

// TestLateLook comes when the deadline has passed without anybody polling: the provider may still have the answer.
func TestLateLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := instance(t, &provider{answers: after(time.Minute)}, new(track.Memory))
		id := started(t, tr)
		time.Sleep(patient + 5*time.Minute)
		_, sig, err := tr.Look(t.Context(), id, session)
		require.NoError(t, err)
		require.NotNil(t, sig)
	})
}

// TestFailedPolls are repeated; after the deadline only where time may heal them, and for a minute.
func TestFailedPolls(t *testing.T) {
	t.Parallel()
	cut := &mss.TransportError{Sent: mss.MaybeSent, Err: errors.New("cut")}
	forbidden := &mss.TransportError{Sent: mss.Answered, Status: 403, Err: errors.New("forbidden")}
	fault := &mss.Fault{Code: mss.UnauthorizedAccess, Operation: mss.OpStatusQuery}
	for _, tt := range []struct {
		err      error
		failing  int // polls
		min, max time.Duration
		ok       bool
	}{
		{cut, 3, 15 * time.Second, 25 * time.Second, true},
		{forbidden, 3, 15 * time.Second, 25 * time.Second, true},
		{fault, 3, 15 * time.Second, 25 * time.Second, true},
		{cut, 1000, patient + time.Minute, patient + time.Minute + 6*time.Second, false},
		{forbidden, 1000, patient, patient, false},
		{fault, 1000, patient, patient, false},
		{fmt.Errorf("%w: unknown order", mss.ErrUnknownOutcome), 1, pace, pace, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &provider{answers: after(0), onPoll: func(n int) error {
				if n <= tt.failing {
					return tt.err
				}
				return nil
			}}
			tr := instance(t, p, new(track.Memory))
			id := started(t, tr)
			begun := time.Now()
			_, err := tr.Wait(t.Context(), id, session)
			took := time.Since(begun)
			if tt.ok {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, mss.ErrUnknownOutcome)
			}
			require.GreaterOrEqual(t, took, tt.min, "%v", tt.err)
			require.LessOrEqual(t, took, tt.max, "%v", tt.err)
		})
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{}
		tr := instance(t, p, new(track.Memory))
		id := started(t, tr)
		reason := errors.New("the person closed the page")
		ctx, cancel := context.WithCancelCause(t.Context())
		begun := time.Now()
		time.AfterFunc(7*time.Second, func() { cancel(reason) })
		_, err := tr.Wait(ctx, id, session)
		require.ErrorIs(t, err, reason)
		require.True(t, mss.MayHaveRung(err))
		require.Equal(t, 7*time.Second, time.Since(begun))
		_, err = tr.Wait(ctx, id, session)
		require.ErrorIs(t, err, reason)
	})
}

func TestWaitSurvivesTheStore(t *testing.T) {
	t.Parallel()
	for outage, ok := range map[time.Duration]bool{30 * time.Second: true, 10 * time.Minute: false} {
		synctest.Test(t, func(t *testing.T) {
			s := &spy{Store: new(track.Memory)}
			p := &provider{answers: after(50 * time.Second)}
			tr := instance(t, p, s)
			id := started(t, tr)
			begun := time.Now()
			s.fail = func(string, track.Record) error {
				if since := time.Since(begun); since > 7*time.Second && since < 7*time.Second+outage {
					return errBroken
				}
				return nil
			}
			sig, err := tr.Wait(t.Context(), id, session)
			if ok {
				require.NoError(t, err)
				require.NotNil(t, sig)
				return
			}
			require.ErrorIs(t, err, errBroken)
			require.Less(t, time.Since(begun), 2*time.Minute)
		})
	}
}

// TestPollNeedsItsWholeLease has a store that is so slow that the lease would not last for a poll.
func TestPollNeedsItsWholeLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &spy{Store: new(track.Memory)}
		p := &provider{answers: after(0), took: 14 * time.Second}
		tr := instance(t, p, s)
		id := started(t, tr)
		time.Sleep(pace)
		begun := time.Now()
		s.delay = func(call string) time.Duration {
			if call == "Swap" && time.Since(begun) < time.Second {
				return 6 * time.Second
			}
			return 0
		}
		_, sig, err := tr.Look(t.Context(), id, session)
		require.NoError(t, err)
		require.Nil(t, sig)
		require.Empty(t, p.polls, "it left the poll to the next lease")
		_, err = tr.Wait(t.Context(), id, session)
		require.NoError(t, err)
		require.Equal(t, 25*time.Second+14*time.Second, time.Since(begun))
	})
}

// TestPollEndsBeforeItsLease has a service that hangs: the next one polls when it has been cut off.
func TestPollEndsBeforeItsLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(0), took: time.Hour}
		s := new(track.Memory)
		id := started(t, instance(t, p, s))
		begun := time.Now()
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				_, err := instance(t, p, s).Wait(t.Context(), id, session)
				assert.ErrorIs(t, err, mss.ErrUnknownOutcome)
			})
		}
		wg.Wait()
		require.Less(t, time.Since(begun), 4*time.Minute)
		_, overlaps, _ := p.counted()
		require.Zero(t, overlaps)
		require.Greater(t, p.polls["T1"], 4)
	})
}
