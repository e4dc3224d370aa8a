package track_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
)

// cancelling is a provider that takes requests off the phone.
type cancelling struct {
	*provider
	cancelled []string
	err       error
}

func (c *cancelling) Cancel(_ context.Context, tx *mss.Transaction) error {
	c.cancelled = append(c.cancelled, tx.TransID)
	return c.err
}

// TestCancel: any instance, in the session alone, as long as nothing is decided.
func TestCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &cancelling{provider: &provider{answers: after(20 * time.Second)}}
		s := new(track.Memory)
		a, b := instance(t, c, s), instance(t, c, s)
		id := started(t, a)
		require.ErrorIs(t, b.Cancel(t.Context(), id, "session-8"), track.ErrNotFound)
		require.Empty(t, c.cancelled)
		require.NoError(t, b.Cancel(t.Context(), id, session))
		require.Equal(t, []string{"T1"}, c.cancelled)
		c.err = errors.New("too late")
		require.ErrorIs(t, a.Cancel(t.Context(), id, session), c.err)

		_, err := a.Wait(t.Context(), id, session) // what became of it is the service's to say
		require.NoError(t, err)
		require.NoError(t, b.Cancel(t.Context(), id, session), "decided")
		require.Len(t, c.cancelled, 2)
	})
}

func TestCancelUnsupported(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := instance(t, &provider{answers: after(time.Minute)}, new(track.Memory))
		require.ErrorIs(t, tr.Cancel(t.Context(), started(t, tr), session), errors.ErrUnsupported)
	})
}
