package mssp

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
)

func number(t *testing.T, digits string) mss.MSISDN {
	t.Helper()
	m, err := mss.ParseMSISDN(digits)
	require.NoError(t, err)
	return m
}

func TestOutstandingEndsAtTheDeadline(t *testing.T) {
	t.Parallel()
	anna := number(t, "41790000001")
	now := time.Now()
	deadline := now.Add(time.Minute)
	o := newOutstanding(1)
	reserve := func(at time.Time) error { return o.reserve(anna, at, false) }
	require.NoError(t, reserve(now))
	require.ErrorContains(t, reserve(now), "MaxOutstanding")
	require.True(t, o.enter("id", anna, now, deadline))
	require.Error(t, reserve(now), "outstanding")
	require.NoError(t, reserve(deadline.Add(time.Second)), "nobody came for it")
	require.True(t, o.enter("id", anna, deadline.Add(time.Second), deadline.Add(time.Minute)), "an id may be used again then")
	o.leave("id")
	require.NoError(t, reserve(now))
	o.release(anna, time.Time{})
	require.NoError(t, reserve(now))
	require.True(t, o.enter("other", anna, now, deadline))
	o.limit = 2
	require.NoError(t, reserve(now))
	require.False(t, o.enter("other", anna, now, deadline), "two transactions would share one answer")
	o.release(anna, time.Time{})
	require.NoError(t, reserve(now), "and its place is free")
}

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		anna, ben := number(t, "41790000001"), number(t, "+41790000002")
		o := newOutstanding(10)
		reserve := func(who mss.MSISDN) error { return o.reserve(who, time.Now(), true) }

		require.NoError(t, reserve(anna))
		require.ErrorIs(t, reserve(anna), ErrOutstanding, "while it is being sent")
		require.NoError(t, reserve(ben), "somebody else")
		require.True(t, o.enter("a", anna, time.Now(), time.Now().Add(time.Minute)))
		require.ErrorIs(t, reserve(anna), ErrOutstanding, "on the phone")
		require.False(t, o.leave("a"))
		require.NoError(t, reserve(anna), "answered")

		o.release(anna, time.Time{})
		require.NoError(t, reserve(anna), "never sent")
		o.release(anna, time.Now().Add(40*time.Second))
		require.ErrorIs(t, reserve(anna), ErrOutstanding, "may be on the phone")
		time.Sleep(40 * time.Second)
		require.NoError(t, reserve(anna))
		require.True(t, o.enter("b", anna, time.Now(), time.Now().Add(time.Minute)))
		time.Sleep(time.Minute)
		require.NoError(t, reserve(anna), "nobody came for it")
		o.release(anna, time.Time{})
		o.release(ben, time.Time{})
		o.forget(time.Now().Add(time.Second))
		require.Empty(t, o.users, "nothing is kept of idle phones")
		require.Empty(t, o.ids)
	})
}

// TestUnheardOutlastsAnAnswer: the outcome of one request says nothing of another that failed on the way.
func TestUnheardOutlastsAnAnswer(t *testing.T) {
	t.Parallel()
	anna := number(t, "41790000001")
	now := time.Now()
	o := newOutstanding(10)
	require.NoError(t, o.reserve(anna, now, false))
	require.NoError(t, o.reserve(anna, now, false))
	o.release(anna, now.Add(time.Hour))
	require.True(t, o.enter("a", anna, now, now.Add(time.Minute)))
	o.leave("a")
	require.ErrorIs(t, o.reserve(anna, now, true), ErrOutstanding)
}

func TestSuperseded(t *testing.T) {
	t.Parallel()
	anna, ben := number(t, "41790000001"), number(t, "41790000002")
	now := time.Now()
	o := newOutstanding(10)
	for id, who := range map[string]mss.MSISDN{"a": anna, "b": ben} {
		require.NoError(t, o.reserve(who, now, false))
		require.True(t, o.enter(id, who, now, now.Add(time.Minute)))
	}
	require.NoError(t, o.reserve(anna, now, false))
	require.True(t, o.enter("a2", anna, now, now.Add(time.Minute)))
	require.True(t, o.leave("a"))
	require.False(t, o.leave("a"), "once")
	require.False(t, o.leave("b"))
	require.False(t, o.leave("a2"))
	require.False(t, o.leave("unknown"))
}
