package hermod_test

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
)

// TestNoticeIsNoLateAnswer has the Hermod say that the time is up after a poll has found so, or twice in different words: the
// place for a late answer stays free for one.
func TestNoticeIsNoLateAnswer(t *testing.T) {
	t.Parallel()
	for name, settle := range map[string]func(*testing.T, *hermod.Client, *sent, *mss.Transaction){
		"after the deadline": func(t *testing.T, c *hermod.Client, _ *sent, tx *mss.Transaction) {
			time.Sleep(time.Until(tx.Deadline))
			outcome(t, c, tx)
		},
		"after a notice": func(t *testing.T, c *hermod.Client, cmd *sent, _ *mss.Transaction) {
			require.Equal(t, 200, call(t, c, "sign", cmd.record(func(r map[string]any) { r["state"] = "EXPIRED" })))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := new(broker)
				c := newBrokerClient(t, b)
				tx := started(t, c, payment())
				cmd := b.last()
				settle(t, c, cmd, tx)
				require.Equal(t, 200, call(t, c, "sign", cmd.record(func(r map[string]any) { r["state"] = "TIMEOUT" })))
				_, err := c.Late(t.Context(), tx)
				require.ErrorIs(t, err, track.ErrNotFound)
				signed := cmd.signed()
				require.Equal(t, 200, call(t, c, "sign", signed))
				late, err := c.Late(t.Context(), tx)
				require.NoError(t, err)
				require.Equal(t, signed, string(late.Raw))
				_, err = c.Verify(outcome(t, c, tx))
				require.ErrorIs(t, err, mss.ExpiredTransaction)
			})
		})
	}
}

// distantStore takes its time before it yields a record.
type distantStore struct{ track.Store }

func (s distantStore) Watch(ctx context.Context, id string) iter.Seq2[track.Record, error] {
	return func(yield func(track.Record, error) bool) {
		select {
		case <-ctx.Done():
			yield(track.Record{}, context.Cause(ctx))
			return
		case <-time.After(50 * time.Millisecond):
		}
		s.Store.Watch(ctx, id)(yield)
	}
}

// TestDistantStore is looked into however short a poll is to wait.
func TestDistantStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := new(broker)
		c := newBrokerClient(t, b, sharing(t, distantStore{new(track.Memory)}))
		tx := started(t, c, payment())
		st, err := c.Poll(t.Context(), tx, 10*time.Millisecond)
		require.NoError(t, err)
		require.Nil(t, st.Evidence)
		require.Equal(t, 200, call(t, c, "sign", b.last().signed()))
		st, err = c.Poll(t.Context(), tx, 10*time.Millisecond)
		require.NoError(t, err)
		require.NotNil(t, st.Evidence)
	})
}
