package track_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLookShowsThePromptAndPolls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(12 * time.Second), hint: "userSign"}
		s := new(track.Memory)
		long := func(c *track.Config) { c.Hold = 30 * time.Second } // for those who can wait; a page cannot
		a, b := instance(t, p, s, long), instance(t, p, s, long)
		id := started(t, a)

		var codes, hints []string
		for range 15 {
			prompt, sig, err := b.Look(t.Context(), id, session)
			require.NoError(t, err)
			require.Nil(t, sig)
			require.Equal(t, 2*time.Second, prompt.Refresh, "the page asks again although the prompt does not change")
			codes, hints = append(codes, prompt.Code), append(hints, prompt.Hint)
			time.Sleep(time.Second)
			a, b = b, a
		}
		require.Equal(t, "T1 at 0s", codes[0])
		require.Equal(t, "T1 at 14s", codes[14])
		require.Equal(t, "look", hints[4], "the service's, as long as no poll has told one")
		require.Equal(t, "userSign", hints[5])

		prompt, sig, err := b.Look(t.Context(), id, session)
		require.NoError(t, err)
		require.Zero(t, prompt)
		require.True(t, sig.Verified())
		require.Equal(t, "signed by T1", string(sig.Value))
		require.Equal(t, []time.Duration{5 * time.Second, 10 * time.Second, 15 * time.Second}, p.times)
		require.Equal(t, []time.Duration{0, 0, 0}, p.holds)
	})
}

func TestLookKeepsTheServicesRefresh(t *testing.T) {
	t.Parallel()
	p := &provider{refresh: time.Second}
	tr := instance(t, p, new(track.Memory))
	prompt, _, err := tr.Look(t.Context(), started(t, tr), session)
	require.NoError(t, err)
	require.Equal(t, time.Second, prompt.Refresh)
}

// TestLookIsBoundToTheSession has an id in other hands: nothing is told, not even that there is such a transaction.
func TestLookIsBoundToTheSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(0)}
		tr := instance(t, p, new(track.Memory))
		id := started(t, tr)
		free := track.NewID()
		require.NoError(t, tr.Start(t.Context(), free, mss.NoBinding, request("T2")))
		time.Sleep(pace)
		for _, other := range []string{"session-8", mss.NoBinding, session + "\x00", id} {
			_, sig, err := tr.Look(t.Context(), id, other)
			require.ErrorIs(t, err, track.ErrNotFound)
			require.Nil(t, sig)
			_, err = tr.Wait(t.Context(), id, other)
			require.ErrorIs(t, err, track.ErrNotFound)
		}
		require.Empty(t, p.polls)
		for _, bad := range [][2]string{{id, ""}, {id[1:], session}, {"", session}, {id + session[:1], session[1:]}} {
			_, _, err := tr.Look(t.Context(), bad[0], bad[1])
			_, is := errors.AsType[*mss.RequestError](err)
			require.True(t, is)
		}
		_, _, err := tr.Look(t.Context(), free, session)
		require.ErrorIs(t, err, track.ErrNotFound)
		_, sig, err := tr.Look(t.Context(), free, mss.NoBinding)
		require.NoError(t, err)
		require.NotNil(t, sig)
	})
}

// TestLookAgain gives the answer to everybody who looks, until it is forgotten.
func TestLookAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(0)}
		s := &spy{Store: new(track.Memory)}
		tr := instance(t, p, s, func(c *track.Config) { c.Retention = time.Minute })
		id := started(t, tr)
		time.Sleep(pace)
		for range 60 {
			_, sig, err := instance(t, p, s).Look(t.Context(), id, session)
			require.NoError(t, err)
			require.Equal(t, "signed by T1", string(sig.Value))
			time.Sleep(time.Second)
		}
		w := s.writes()
		last := w[len(w)-1]
		require.Empty(t, last.Handle, "the secrets of the prompt are gone")
		require.True(t, last.Due.IsZero())
		requireBare(t, last, id, session, "signed by")
		time.Sleep(10 * time.Minute)
		_, _, err := tr.Look(t.Context(), id, session)
		require.ErrorIs(t, err, track.ErrNotFound)
		_, _, lost := p.counted()
		require.Zero(t, lost)
	})
}

// TestRetention is that of the instance that stores the answer.
func TestRetention(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for retention, want := range map[time.Duration]time.Duration{0: 10 * time.Minute, time.Minute: time.Minute} {
			tr := instance(t, &provider{answers: after(0)}, new(track.Memory), func(c *track.Config) { c.Retention = retention })
			id := started(t, tr)
			time.Sleep(pace)
			_, _, err := tr.Look(t.Context(), id, session)
			require.NoError(t, err)
			time.Sleep(want - time.Second)
			_, _, err = tr.Look(t.Context(), id, session)
			require.NoError(t, err)
			time.Sleep(time.Second)
			_, _, err = tr.Look(t.Context(), id, session)
			require.ErrorIs(t, err, track.ErrNotFound)
		}
	})
}

// TestTheAnswerIsStoredBeforeItIsJudged has the verifier of one instance fail, in two ways: another instance judges what the
// first one has stored, and the provider is asked once.
func TestTheAnswerIsStoredBeforeItIsJudged(t *testing.T) {
	t.Parallel()
	refused := &mss.VerificationError{Check: "chain", Err: errors.New("no such root")}
	for _, verify := range []func() error{
		func() error { panic("the end") },
		func() error { return refused },
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &provider{answers: after(0), onVerify: verify}
			s := new(track.Memory)
			a, b := instance(t, p, s), instance(t, p, s)
			id := started(t, a)
			time.Sleep(pace)
			func() {
				defer func() { _ = recover() }()
				_, sig, err := a.Look(t.Context(), id, session)
				require.ErrorIs(t, err, refused)
				require.Nil(t, sig)
			}()
			require.Equal(t, 1, p.verified)
			p.onVerify = nil // the root has been configured
			_, sig, err := b.Look(t.Context(), id, session)
			require.NoError(t, err)
			require.True(t, sig.Verified())
			require.Equal(t, 1, p.polls["T1"])
		})
	}
}

// TestTheAnswerSurvivesItsCaller has the caller go away while the poll that brings the only answer is in flight.
func TestTheAnswerSurvivesItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(0), took: 3 * time.Second}
		s := new(track.Memory)
		tr := instance(t, p, s)
		id := started(t, tr)
		time.Sleep(pace)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, _, _ = tr.Look(ctx, id, session)
		require.Error(t, ctx.Err())
		_, sig, err := instance(t, p, s).Look(t.Context(), id, session)
		require.NoError(t, err)
		require.NotNil(t, sig)
		_, _, lost := p.counted()
		require.Zero(t, lost)
	})
}

// TestTheAnswerSurvivesTheStore has the store fail for half a minute, before or after it has written, when the answer comes.
func TestTheAnswerSurvivesTheStore(t *testing.T) {
	t.Parallel()
	for _, late := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			broken := func(_ string, r track.Record) error {
				if since := time.Since(begun); r.Outcome != "" && since < 35*time.Second {
					return errBroken
				}
				return nil
			}
			s := &spy{Store: new(track.Memory), fail: broken}
			if late {
				s.fail, s.forget = nil, broken
			}
			p := &provider{answers: after(0)}
			tr := instance(t, p, s)
			id := started(t, tr)
			sig, err := tr.Wait(t.Context(), id, session)
			require.NoError(t, err)
			require.NotNil(t, sig)
			_, _, lost := p.counted()
			require.Zero(t, lost)
		})
	}
}

// TestTheAnswerIsThere has a store write the answer and report that it failed: whoever has polled is told the outcome.
func TestTheAnswerIsThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &spy{Store: new(track.Memory), forget: func(_ string, r track.Record) error {
			if r.Outcome != "" {
				return errBroken
			}
			return nil
		}}
		tr := instance(t, &provider{answers: after(0)}, s)
		id := started(t, tr)
		time.Sleep(pace + time.Second)
		_, sig, err := tr.Look(t.Context(), id, session)
		require.NoError(t, err)
		require.NotNil(t, sig)
	})
}

// TestTheAnswerBeatsTheFence has the bearer of the only answer paused for so long that others have written meanwhile.
func TestTheAnswerBeatsTheFence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(track.Memory)
		slow := &spy{Store: s}
		var once sync.Once
		slow.delay = func(call string) (pause time.Duration) {
			if call == "Swap" && len(slow.writes()) == 1 {
				once.Do(func() { pause = 45 * time.Second }) // the lease is over, and the others have given up
			}
			return pause
		}
		p := &provider{answers: after(0)}
		other := instance(t, p, s)
		id := started(t, other)
		time.Sleep(pace)
		var paused sync.WaitGroup
		paused.Go(func() {
			_, sig, err := instance(t, p, slow).Look(t.Context(), id, session)
			assert.NoError(t, err)
			assert.NotNil(t, sig)
		})
		synctest.Wait() // it has the answer, and has not stored it
		_, err := other.Wait(t.Context(), id, session)
		assert.ErrorIs(t, err, mss.ErrUnknownOutcome, "the provider gives it once")
		paused.Wait()
		_, sig, err := other.Look(t.Context(), id, session)
		require.NoError(t, err)
		require.NotNil(t, sig)
	})
}

// TestRecordsCannotBeExchanged moves what is sealed from one record to another.
func TestRecordsCannotBeExchanged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(0)}
		s := &spy{Store: new(track.Memory)}
		tr := instance(t, p, s)
		victim := started(t, tr)
		time.Sleep(pace)
		_, _, err := tr.Look(t.Context(), victim, session)
		require.NoError(t, err)
		stolen := s.writes()
		require.Len(t, stolen, 4) // created, started, claimed, answered

		attacker := track.NewID()
		require.NoError(t, tr.Start(t.Context(), attacker, "session-8", request("T2")))
		w := s.writes()
		own := w[len(w)-1]
		own.Handle = stolen[1].Handle
		own, err = s.Swap(t.Context(), own)
		require.NoError(t, err)
		_, _, err = tr.Look(t.Context(), attacker, "session-8")
		require.ErrorIs(t, err, mss.ErrHandle)
		own.Outcome = stolen[3].Outcome
		_, err = s.Swap(t.Context(), own)
		require.NoError(t, err)
		_, sig, err := tr.Look(t.Context(), attacker, "session-8")
		require.ErrorIs(t, err, mss.ErrHandle)
		require.Nil(t, sig)
		require.Empty(t, p.polls["T2"])
	})
}

func TestLookWithOtherKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other, err := mss.NewKeys(scope, bytes.Repeat([]byte{8}, 32))
		require.NoError(t, err)
		p, s := &provider{answers: after(0)}, new(track.Memory)
		tr := instance(t, p, s)
		id := started(t, tr)
		stranger := instance(t, p, s, func(c *track.Config) { c.Keys = other })
		for range 2 {
			_, _, err = stranger.Look(t.Context(), id, session)
			require.ErrorIs(t, err, mss.ErrHandle)
			_, err = stranger.Wait(t.Context(), id, session)
			require.ErrorIs(t, err, mss.ErrHandle)
			time.Sleep(pace)
			require.Empty(t, p.polls)
		}
		_, err = tr.Wait(t.Context(), id, session)
		require.NoError(t, err, "nothing is lost: it was leased at most")
	})
}

func TestHintsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{hint: strings.Repeat("\u202e", 10_000)}
		tr := instance(t, p, new(track.Memory))
		id := started(t, tr)
		time.Sleep(pace)
		prompt, _, err := tr.Look(t.Context(), id, session)
		require.NoError(t, err)
		require.NotContains(t, prompt.Hint, "\u202e")
		require.LessOrEqual(t, len(prompt.Hint), track.MaxHint)
	})
}

// TestAnswersThatCannotBeSealed end as unknown; nothing is judged that is not stored.
func TestAnswersThatCannotBeSealed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(0), repeats: true, raw: make([]byte, 2<<20)}
		tr := instance(t, p, new(track.Memory))
		id := started(t, tr)
		begun := time.Now()
		_, err := tr.Wait(t.Context(), id, session)
		require.ErrorIs(t, err, mss.ErrUnknownOutcome)
		require.Equal(t, patient, time.Since(begun))
		require.Zero(t, p.verified)
	})
}

// TestLookWithoutAStore does not wait for it: a page must be answered.
func TestLookWithoutAStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &spy{Store: new(track.Memory)}
		p := &provider{}
		tr := instance(t, p, s)
		id := started(t, tr)
		time.Sleep(pace)
		for _, broken := range []string{"Get", "Swap"} {
			s.fail = func(call string, _ track.Record) error {
				if call == broken {
					return errBroken
				}
				return nil
			}
			_, _, err := tr.Look(t.Context(), id, session)
			require.ErrorIs(t, err, errBroken)
			require.True(t, mss.MayHaveRung(err))
			require.Empty(t, p.polls, "without a lease nothing is polled")
		}
	})
}
