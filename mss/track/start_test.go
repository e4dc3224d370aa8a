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
	"github.com/stretchr/testify/require"
)

func TestNewChecksTheConfiguration(t *testing.T) {
	t.Parallel()
	foreign, err := mss.NewKeys("phone|other", bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	for name, change := range map[string]func(*track.Config){
		"Service":     func(c *track.Config) { c.Service = nil },
		"Store":       func(c *track.Config) { c.Store = nil },
		"Keys":        func(c *track.Config) { c.Keys = nil },
		"Hold":        func(c *track.Config) { c.Hold = time.Minute + 1 },
		"Concurrency": func(c *track.Config) { c.Concurrency = -1 },
		"Retention":   func(c *track.Config) { c.Retention = 24*time.Hour + 1 },

		"Config.Keys: cannot seal": func(c *track.Config) { c.Keys = foreign },
		"cannot seal what":         func(c *track.Config) { c.Keys, c.Service = foreign, wrapped{c.Service} },
	} {
		cfg := track.Config{Service: new(provider), Store: new(track.Memory), Keys: keys(t)}
		_, err := track.New(cfg)
		require.NoError(t, err)
		change(&cfg)
		_, err = track.New(cfg)
		require.ErrorContains(t, err, name)
	}
}

// wrapped is a service around another, as instrumentation makes them.
type wrapped struct{ mss.Service }

func (w wrapped) Unwrap() mss.Service { return w.Service }

func TestIDsAreUnguessable(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for range 1000 {
		id := track.NewID()
		require.Len(t, id, 26)
		require.Empty(t, strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
		require.False(t, seen[id])
		seen[id] = true
	}
}

func TestStartIsOnRecordBeforeThePhoneRings(t *testing.T) {
	t.Parallel()
	s := &spy{Store: new(track.Memory)}
	p := &provider{}
	p.onStart = func(context.Context) {
		w := s.writes()
		require.Len(t, w, 1)
		require.Empty(t, w[0].Handle)
		require.True(t, w[0].Due.IsZero(), "there is nothing to poll for")
	}
	tr := instance(t, p, s)
	id := started(t, tr)
	w := s.writes()
	require.Len(t, w, 2)
	require.True(t, strings.HasPrefix(w[1].Handle, "gmh1."))
	require.WithinDuration(t, time.Now().Add(patient), w[1].Deadline, time.Minute)
	for _, r := range w {
		requireBare(t, r, id, session)
		require.Zero(t, r.Due.Nanosecond()%int(time.Millisecond))
	}
}

func TestStartSendsOnceForAnID(t *testing.T) {
	t.Parallel()
	p, s := &provider{}, new(track.Memory)
	id := track.NewID()
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		tr := instance(t, p, s)
		wg.Go(func() { errs[i] = tr.Start(t.Context(), id, session, request("T1")) })
	}
	wg.Wait()
	sent := 0
	for _, err := range errs {
		if err == nil {
			sent++
			continue
		}
		require.ErrorIs(t, err, track.ErrExists)
		require.True(t, mss.MayHaveRung(err))
	}
	require.Equal(t, 1, sent)
	starts, _, _ := p.counted()
	require.Equal(t, 1, starts)
}

func TestStartRefusesWhatIsMissing(t *testing.T) {
	t.Parallel()
	p := &provider{}
	s := &spy{Store: new(track.Memory)}
	tr := instance(t, p, s)
	for field, arg := range map[string][2]string{
		"id":      {"order-4711", session},
		"session": {track.NewID(), ""},
	} {
		err := tr.Start(t.Context(), arg[0], arg[1], request("T1"))
		re, ok := errors.AsType[*mss.RequestError](err)
		require.True(t, ok)
		require.Equal(t, field, re.Field)
		require.False(t, mss.MayHaveRung(err))
	}
	require.Empty(t, s.writes())
	starts, _, _ := p.counted()
	require.Zero(t, starts)
}

// TestStartThatDidNotRing frees the id: the person corrects the number and sends the same form again.
func TestStartThatDidNotRing(t *testing.T) {
	t.Parallel()
	p := &provider{startErr: &mss.RequestError{Field: "User.MSISDN", Reason: "is required"}}
	tr := instance(t, p, new(track.Memory))
	id := track.NewID()
	require.ErrorIs(t, tr.Start(t.Context(), id, session, request("T1")), p.startErr)
	_, _, err := tr.Look(t.Context(), id, session)
	require.ErrorIs(t, err, track.ErrNotFound)
	p.startErr = nil
	require.NoError(t, tr.Start(t.Context(), id, session, request("T1")))
}

func TestStartThatMayHaveRung(t *testing.T) {
	t.Parallel()
	cut := &mss.TransportError{Sent: mss.MaybeSent, Err: errors.New("cut")}
	p := &provider{startErr: cut}
	s := new(track.Memory)
	id := track.NewID()
	require.ErrorIs(t, instance(t, p, s).Start(t.Context(), id, session, request("T1")), cut)
	_, _, err := instance(t, p, s).Look(t.Context(), id, session)
	require.ErrorIs(t, err, mss.ErrUnknownOutcome, "at once")
	_, err = instance(t, p, s).Wait(t.Context(), id, session)
	require.ErrorIs(t, err, mss.ErrUnknownOutcome)
	p.startErr = nil
	require.ErrorIs(t, instance(t, p, s).Start(t.Context(), id, session, request("T1")), track.ErrExists)
	starts, _, _ := p.counted()
	require.Equal(t, 1, starts)
}

// TestStartThatDies has the sender die between the record and what came of it: it panics, or it is never heard of again.
func TestStartThatDies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{onStart: func(context.Context) { panic("the end") }}
		s := new(track.Memory)
		id := track.NewID()
		require.Panics(t, func() { _ = instance(t, p, s).Start(t.Context(), id, session, request("T1")) })
		requireLost(t, p, s, id)
	})
	synctest.Test(t, func(t *testing.T) {
		over := make(chan struct{})
		p := &provider{onStart: func(context.Context) { <-over }} // also when its context ends
		s := new(track.Memory)
		id := track.NewID()
		var sender sync.WaitGroup
		sender.Go(func() {
			_ = instance(t, p, &spy{Store: s, fail: func(call string, _ track.Record) error {
				if call == "Create" {
					return nil
				}
				return errBroken // the dead write nothing
			}}).Start(t.Context(), id, session, request("T1"))
		})
		synctest.Wait()
		requireLost(t, p, s, id)
		close(over)
		sender.Wait()
	})
}

// requireLost looks at a request whose sender has just died, from another instance.
func requireLost(t *testing.T, p *provider, s track.Store, id string) {
	t.Helper()
	begun := time.Now()
	other := instance(t, p, s)
	defer run(t, other)()
	prompt, sig, err := other.Look(t.Context(), id, session)
	require.NoError(t, err, "it may still be sending")
	require.Nil(t, sig)
	require.Positive(t, prompt.Refresh)
	require.ErrorIs(t, other.Start(t.Context(), id, session, request("T1")), track.ErrExists)

	_, err = other.Wait(t.Context(), id, session)
	require.ErrorIs(t, err, mss.ErrUnknownOutcome)
	require.True(t, mss.MayHaveRung(err))
	require.Equal(t, 35*time.Second, time.Since(begun).Truncate(time.Second))
	_, _, err = other.Look(t.Context(), id, session)
	require.ErrorIs(t, err, mss.ErrUnknownOutcome)
	require.ErrorIs(t, other.Start(t.Context(), id, session, request("T1")), track.ErrExists)

	time.Sleep(10 * time.Minute)
	starts, _, _ := p.counted()
	require.Equal(t, 1, starts, "there is no second prompt")
	require.Empty(t, p.polls)
}

// TestStartSurvivesTheStore has the store fail after the phone has rung, for less and for more than a minute.
func TestStartSurvivesTheStore(t *testing.T) {
	t.Parallel()
	for _, outage := range []time.Duration{30 * time.Second, 2 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			s := &spy{Store: new(track.Memory), fail: func(call string, _ track.Record) error {
				if call != "Create" && time.Since(begun) < outage {
					return errBroken
				}
				return nil
			}}
			p := &provider{answers: after(10 * time.Second)}
			tr := instance(t, p, s)
			id := track.NewID()
			ctx, cancel := context.WithCancel(t.Context())
			p.onStart = func(context.Context) { cancel() } // the caller goes away as soon as the phone rings
			err := tr.Start(ctx, id, session, request("T1"))
			if outage > time.Minute {
				require.ErrorIs(t, err, mss.ErrUnknownOutcome)
				require.ErrorIs(t, err, errBroken)
				require.Equal(t, time.Minute, time.Since(begun))
				return
			}
			require.NoError(t, err)
			_, err = tr.Wait(t.Context(), id, session)
			require.NoError(t, err)
		})
	}
}

// TestStartIsWrittenAgain: a store that fails a single write, and can be read meanwhile, loses nothing.
func TestStartIsWrittenAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		failed := false
		s := &spy{Store: new(track.Memory), fail: func(call string, r track.Record) (err error) {
			if call == "Swap" && !failed {
				failed, err = true, errBroken
			}
			return err
		}}
		tr := instance(t, &provider{answers: after(0)}, s)
		_, err := tr.Wait(t.Context(), started(t, tr), session)
		require.NoError(t, err)
		require.True(t, failed)
	})
}

// TestStartWithoutAStore rings nobody.
func TestStartWithoutAStore(t *testing.T) {
	t.Parallel()
	p := &provider{}
	tr := instance(t, p, &spy{Store: new(track.Memory), fail: func(string, track.Record) error { return errBroken }})
	err := tr.Start(t.Context(), track.NewID(), session, request("T1"))
	require.ErrorIs(t, err, errBroken)
	require.False(t, mss.MayHaveRung(err))
	starts, _, _ := p.counted()
	require.Zero(t, starts)
}

// TestStartIsWrittenOnce has writes reach the store although they seem to fail.
func TestStartIsWrittenOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &spy{Store: new(track.Memory), forget: func(call string, _ track.Record) error {
			if call == "Swap" {
				return errBroken
			}
			return nil
		}}
		tr := instance(t, &provider{}, s)
		id := started(t, tr)
		require.Len(t, s.writes(), 2, "the record is there: nothing is written again")
		s.forget = nil
		p, _, err := tr.Look(t.Context(), id, session)
		require.NoError(t, err)
		require.Equal(t, "T1 at 0s", p.Code)
	})
}

// TestStartIsNeverLate has a slow store: once others take the request for lost it must not be sent any more.
func TestStartIsNeverLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &spy{Store: new(track.Memory), delay: func(call string) time.Duration {
			if call == "Create" {
				return 20 * time.Second
			}
			return 0
		}}
		begun := time.Now()
		var left time.Duration
		p := &provider{onStart: func(ctx context.Context) {
			deadline, _ := ctx.Deadline()
			left = deadline.Sub(begun)
		}}
		started(t, instance(t, p, s))
		require.Equal(t, 30*time.Second, left, "counted from before the record")
	})
}

// scopeless is a service that does not tell its scope.
type scopeless struct{ mss.Service }

// TestStartWithOtherKeys finds out only after the phone has rung.
func TestStartWithOtherKeys(t *testing.T) {
	t.Parallel()
	foreign, err := mss.NewKeys("phone|other", bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	p := &provider{}
	tr := instance(t, scopeless{p}, new(track.Memory), func(c *track.Config) { c.Keys = foreign })
	id := track.NewID()
	require.ErrorIs(t, tr.Start(t.Context(), id, session, request("T1")), mss.ErrUnknownOutcome)
	_, _, err = tr.Look(t.Context(), id, session)
	require.ErrorIs(t, err, mss.ErrUnknownOutcome)
	require.ErrorIs(t, tr.Start(t.Context(), id, session, request("T1")), track.ErrExists)
}

// TestStartWithoutTimes has a service that does not say when to poll, and until when.
func TestStartWithoutTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{answers: after(0), timeless: true}
		tr := instance(t, p, new(track.Memory))
		id := started(t, tr)
		_, sig, err := tr.Look(t.Context(), id, session)
		require.NoError(t, err)
		require.NotNil(t, sig)
		require.Equal(t, []time.Duration{0}, p.times)
	})
}

// TestStartDoesNotOverwriteAnother is paused for so long that its record has expired, and the id was used again.
func TestStartDoesNotOverwriteAnother(t *testing.T) {
	t.Parallel()
	s := &spy{Store: new(track.Memory)}
	var other track.Record
	p := &provider{onStart: func(context.Context) {
		r := s.writes()[0]
		r.Expires = time.Now().Add(-time.Second)
		_, err := s.Swap(context.Background(), r)
		require.NoError(t, err)
		r.Expires = time.Now().Add(time.Hour)
		other, err = s.Create(context.Background(), r)
		require.NoError(t, err)
	}}
	err := instance(t, p, s).Start(t.Context(), track.NewID(), session, request("T1"))
	require.ErrorIs(t, err, mss.ErrUnknownOutcome)
	require.ErrorIs(t, err, track.ErrStale)
	now, err := s.Get(t.Context(), other.ID)
	require.NoError(t, err)
	require.Equal(t, other, now)
}
