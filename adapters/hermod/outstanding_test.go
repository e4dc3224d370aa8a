package hermod_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
)

// sharing makes clients that share a store and keys, as instances of one application do.
func sharing(t testing.TB, store track.Store) func(*hermod.Config) {
	t.Helper()
	keys, err := mss.NewKeys("hermod|test|hermod.example:20400|acme", []byte("0123456789abcdef0123456789abcdef"))
	require.NoError(t, err)
	return func(cfg *hermod.Config) { cfg.Store, cfg.Keys = store, keys }
}

// TestEarlyCallback has the answer come before the command's own, once and twice.
func TestEarlyCallback(t *testing.T) {
	t.Parallel()
	for _, times := range []int{1, 2} {
		b := new(broker)
		c := newBrokerClient(t, b)
		b.respond = func(cmd *sent) *http.Response {
			for doc := cmd.signed(); times > 0; times-- {
				require.Equal(t, 200, call(t, c, "sign", doc))
			}
			return nil
		}
		tx := started(t, c, payment())
		ev := outcome(t, c, tx)
		require.Equal(t, tx.MSSPTransID, ev.Transaction.MSSPTransID)
		_, err := c.Verify(ev)
		require.NoError(t, err)
		require.Equal(t, 200, call(t, c, "sign", b.last().final(401, nil)), "and too late")
		_, err = c.Verify(outcome(t, c, tx))
		require.NoError(t, err)
	}
}

// TestEarlyCallbackOfAnother drops an early answer with another number than the command gets, and takes the one that follows.
func TestEarlyCallbackOfAnother(t *testing.T) {
	t.Parallel()
	b, log := new(broker), new(logged)
	c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Logger = slog.New(slog.NewTextHandler(log, nil)) })
	b.respond = func(cmd *sent) *http.Response {
		require.Equal(t, 200, call(t, c, "sign", cmd.signed(func(r map[string]any) { r["commandId"] = "999" })))
		return nil
	}
	tx := started(t, c, payment())
	require.Contains(t, log.String(), "it is dropped")
	requireOutstanding(t, c, tx)
	require.Equal(t, 200, call(t, c, "sign", b.last().signed()))
	_, err := c.Verify(outcome(t, c, tx))
	require.NoError(t, err)
}

// TestFirstAnswerCounts delivers one outcome, whatever follows it and wherever it is delivered to.
func TestFirstAnswerCounts(t *testing.T) {
	t.Parallel()
	b, log := new(broker), new(logged)
	c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Logger = slog.New(slog.NewTextHandler(log, nil)) })
	tx := started(t, c, payment())
	cmd := b.last()
	declined := cmd.final(401, nil)
	for _, drop := range []struct{ segment, doc, log string }{
		{"sign", cmd.record(), ""}, // not over
		{"sign", cmd.record(func(r map[string]any) { r["state"] = "FETCHED" }), ""},
		{"authenticate", declined, "another kind"},
		{"sign", cmd.final(401, nil, func(r map[string]any) { r["commandId"] = "1" }), "commandId"},
	} {
		require.Equal(t, 200, call(t, c, drop.segment, drop.doc))
		requireOutstanding(t, c, tx)
		require.Contains(t, log.String(), drop.log)
	}
	require.Equal(t, 404, call(t, c, "sign", cmd.final(401, nil, func(r map[string]any) { r["externalId"] = "T0" })))
	require.Equal(t, 404, call(t, c, "sign", cmd.final(401, nil, func(r map[string]any) { delete(r, "externalId") })))
	requireOutstanding(t, c, tx)

	require.Equal(t, 200, call(t, c, "sign", declined))
	before := log.String()
	require.Equal(t, 200, call(t, c, "sign", declined))
	require.Equal(t, before, log.String(), "the same again is nothing to report")
	require.Equal(t, 200, call(t, c, "sign", cmd.signed()))
	require.Contains(t, log.String(), "another answer already")
	_, err := c.Verify(outcome(t, c, tx))
	require.ErrorIs(t, err, mss.UserCancel)
	_, err = c.Late(t.Context(), tx)
	require.ErrorIs(t, err, track.ErrNotFound, "it was not late, but another")
}

// TestOutOfOrder has the answers to two commands come in the other order.
func TestOutOfOrder(t *testing.T) {
	t.Parallel()
	b := new(broker)
	c := newBrokerClient(t, b)
	first := started(t, c, payment())
	one := b.last()
	second := started(t, c, payment())
	require.Equal(t, 200, call(t, c, "sign", b.last().final(401, nil)))
	requireOutstanding(t, c, first)
	require.Equal(t, 200, call(t, c, "sign", one.signed()))
	_, err := c.Verify(outcome(t, c, first))
	require.NoError(t, err)
	_, err = c.Verify(outcome(t, c, second))
	require.ErrorIs(t, err, mss.UserCancel)
}

// TestDeadline gives a command up when its time is over, says so from then on, and keeps what comes later.
func TestDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := new(broker)
		c := newBrokerClient(t, b)
		tx := started(t, c, payment())
		begun := time.Now()
		_, err := mss.Wait(t.Context(), c, tx, nil)
		f, ok := errors.AsType[*mss.Fault](err)
		require.True(t, ok, "%v", err)
		require.Equal(t, mss.ExpiredTransaction, f.Code)
		require.Equal(t, mss.FiComServerTimeout, f.Sub)
		require.Equal(t, 135*time.Second, time.Since(begun), "two minutes, and a quarter of one for the callback on its way")
		require.Zero(t, c.Prompt(tx, time.Now()))

		_, err = c.Late(t.Context(), tx)
		require.ErrorIs(t, err, track.ErrNotFound)
		signed := b.last().signed()
		require.Equal(t, 200, call(t, c, "sign", signed))
		require.Equal(t, 200, call(t, c, "sign", signed))
		require.Equal(t, 200, call(t, c, "sign", b.last().final(401, nil)), "a third answer is dropped")
		_, err = c.Verify(outcome(t, c, tx))
		require.ErrorIs(t, err, mss.ExpiredTransaction, "it stays so")
		late, err := c.Late(t.Context(), tx)
		require.NoError(t, err)
		require.Equal(t, signed, string(late.Raw))
		sig, err := c.Verify(late)
		require.NoError(t, err)
		require.True(t, sig.Verified())

		time.Sleep(time.Hour)
		_, err = c.Poll(t.Context(), tx, 0)
		require.ErrorIs(t, err, mss.ErrUnknownOutcome)
		_, err = c.Late(t.Context(), tx)
		require.ErrorIs(t, err, track.ErrNotFound)
		require.Equal(t, 404, call(t, c, "sign", signed))
	})
}

// TestTimeoutCallback is the Hermod's own word that the time is up, and what may follow it.
func TestTimeoutCallback(t *testing.T) {
	t.Parallel()
	b := new(broker)
	c := newBrokerClient(t, b)
	tx := started(t, c, payment())
	require.Equal(t, 200, call(t, c, "sign", b.last().record(func(r map[string]any) { r["state"] = "TIMEOUT" })))
	_, err := c.Verify(outcome(t, c, tx))
	f, ok := errors.AsType[*mss.Fault](err)
	require.True(t, ok)
	require.Equal(t, mss.FiComUserTimeout, f.Sub)
	require.Equal(t, "TIMEOUT", f.Native)
	signed := b.last().signed()
	require.Equal(t, 200, call(t, c, "sign", signed))
	late, err := c.Late(t.Context(), tx)
	require.NoError(t, err)
	require.Equal(t, signed, string(late.Raw))
}

// TestPollWakes waits no longer than for the callback, and no longer than it is told to.
func TestPollWakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := new(broker)
		c := newBrokerClient(t, b)
		tx := started(t, c, payment())
		begun := time.Now()
		for _, hold := range []time.Duration{0, time.Millisecond, 7 * time.Second, time.Minute} {
			st, err := c.Poll(t.Context(), tx, hold)
			require.NoError(t, err)
			require.Nil(t, st.Evidence)
			require.Equal(t, hold < time.Second, st.After == time.Second)
			require.Equal(t, hold, time.Since(begun))
			begun = time.Now()
		}
		time.AfterFunc(3*time.Second, func() { call(t, c, "sign", b.last().signed()) })
		st, err := c.Poll(t.Context(), tx, time.Hour)
		require.NoError(t, err)
		require.NotNil(t, st.Evidence)
		require.Equal(t, 3*time.Second, time.Since(begun))

		tx = started(t, c, payment())
		begun = time.Now()
		_, err = c.Poll(t.Context(), tx, time.Hour)
		require.NoError(t, err)
		require.Equal(t, time.Minute, time.Since(begun), "never longer than a minute")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errors.New("the page was closed")) })
		_, err = c.Poll(ctx, tx, time.Minute)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "the page was closed")
		require.True(t, mss.MayHaveRung(err))
	})
}

// TestForeignTransactions are not polled.
func TestForeignTransactions(t *testing.T) {
	t.Parallel()
	b := new(broker)
	c := newBrokerClient(t, b)
	tx := started(t, c, payment())
	other := started(t, c, payment())
	for name, edit := range map[string]func(*mss.Transaction){
		"another scope":           func(tx *mss.Transaction) { tx.Provider += "x" },
		"no number":               func(tx *mss.Transaction) { tx.MSSPTransID = "" },
		"another number":          func(tx *mss.Transaction) { tx.MSSPTransID = other.MSSPTransID },
		"another purpose":         func(tx *mss.Transaction) { tx.Purpose = mss.Authentication },
		"no state":                func(tx *mss.Transaction) { tx.State = nil },
		"another service's state": func(tx *mss.Transaction) { tx.State = []byte{9, 9} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			foreign := *tx
			edit(&foreign)
			_, err := c.Poll(t.Context(), &foreign, 0)
			_, ok := errors.AsType[*mss.RequestError](err)
			require.True(t, ok, "%v", err)
			require.True(t, mss.MayHaveRung(err), "the phone rang before")
		})
	}
	_, err := c.Late(t.Context(), new(mss.Transaction))
	require.ErrorContains(t, err, "was not made by this client")
}

// TestStoreFails never sends what is not on record, and never says that an outcome is known that is not.
func TestStoreFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := errors.New("the database is down")
		b := new(broker)
		store := &failingStore{Store: new(track.Memory)}
		c := newBrokerClient(t, b, sharing(t, store))
		store.fail(down, "Create")
		_, err := c.Start(t.Context(), payment())
		require.ErrorIs(t, err, down)
		require.False(t, mss.MayHaveRung(err))
		require.Zero(t, b.count())

		store.fail(down, "Swap")
		_, err = c.Start(t.Context(), payment())
		require.ErrorIs(t, err, mss.ErrUnknownOutcome)
		require.True(t, mss.MayHaveRung(err))
		require.Equal(t, 1, b.count())

		store.fail(down, "Swap", "Get")
		time.AfterFunc(2*time.Second, func() { store.fail(nil) })
		tx := started(t, c, payment())
		requireOutstanding(t, c, tx)

		store.fail(errWritten, "Swap")
		tx = started(t, c, payment())
		requireOutstanding(t, c, tx)

		store.fail(down, "Get")
		require.Equal(t, 503, call(t, c, "sign", b.last().signed()))
		_, err = c.Poll(t.Context(), tx, 0)
		require.ErrorIs(t, err, down)
		_, again := mss.RetryPoll(err)
		require.True(t, again)
		store.fail(down, "Swap")
		require.Equal(t, 503, call(t, c, "sign", b.last().signed()))
		requireOutstanding(t, c, tx)
		store.fail(errWritten, "Swap")
		require.Equal(t, 200, call(t, c, "sign", b.last().signed()), "it is there when one looks")
		store.fail(nil)
		_, err = c.Verify(outcome(t, c, tx))
		require.NoError(t, err)
	})
}

// TestCallbackAtTheDeadline has the answer come after a poll has found that the time is up, and before it has written so.
func TestCallbackAtTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := new(broker)
		store := &failingStore{Store: new(track.Memory)}
		c := newBrokerClient(t, b, sharing(t, store))
		tx := started(t, c, payment())
		time.Sleep(time.Until(tx.Deadline))
		store.before = func() { require.Equal(t, 200, call(t, c, "sign", b.last().signed())) }
		_, err := c.Verify(outcome(t, c, tx))
		require.NoError(t, err)
	})
}

// TestStartIsLeft binds a command that was accepted although the caller has gone meanwhile: the person may sign.
func TestStartIsLeft(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	b := new(broker)
	c := newBrokerClient(t, b, func(cfg *hermod.Config) {
		cfg.Observer = &mss.Observer{Answered: func(context.Context, mss.Event) { cancel() }}
	})
	tx, err := c.Start(ctx, payment())
	require.NoError(t, err)
	require.Error(t, ctx.Err())
	require.Equal(t, 200, call(t, c, "sign", b.last().final(401, nil, func(r map[string]any) { r["commandId"] = "7" })), "which is dropped")
	requireOutstanding(t, c, tx)
}

// TestOtherKeys cannot open what this application has recorded: nothing is taken, and nothing lost.
func TestOtherKeys(t *testing.T) {
	t.Parallel()
	b := new(broker)
	store := new(track.Memory)
	c := newBrokerClient(t, b, sharing(t, store))
	tx := started(t, c, payment())
	stranger := newBrokerClient(t, b, func(cfg *hermod.Config) {
		keys, err := mss.NewKeys(c.Scope(), []byte("another secret of thirty-two oct"))
		require.NoError(t, err)
		cfg.Store, cfg.Keys = store, keys
	})
	require.Equal(t, 503, call(t, stranger, "sign", b.last().signed()))
	_, err := stranger.Poll(t.Context(), tx, 0)
	require.ErrorIs(t, err, mss.ErrHandle)
	require.Equal(t, 200, call(t, c, "sign", b.last().signed()))
	outcome(t, c, tx)
}

// TestRace has the callback, twice, an answer to the contrary, polls and the deadline's end come at once: there is one outcome for
// all.
func TestRace(t *testing.T) {
	t.Parallel()
	for range 20 {
		b := new(broker)
		c := newBrokerClient(t, b)
		b.respond = func(cmd *sent) *http.Response {
			go call(t, c, "sign", cmd.signed()) // before, while or after its command is accepted
			return nil
		}
		tx := started(t, c, payment())
		cmd := b.last()
		var all sync.WaitGroup
		var signed, declined atomic.Int64
		for i := range 8 {
			all.Go(func() {
				if i%2 == 0 {
					call(t, c, "sign", []string{cmd.signed(), cmd.final(401, nil)}[i/2%2])
				}
				st, err := c.Poll(context.Background(), tx, time.Minute)
				if err != nil || st.Evidence == nil {
					t.Error("no outcome", err)
				} else if _, err := c.Verify(st.Evidence); errors.Is(err, mss.UserCancel) {
					declined.Add(1)
				} else if err == nil {
					signed.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 8, max(signed.Load(), declined.Load()))
		require.Zero(t, min(signed.Load(), declined.Load()))
	}
}

// TestRestart ends the process between command and callback, and between callback and delivery: the outcome is delivered, once.
func TestRestart(t *testing.T) {
	t.Parallel()
	store := newFileStore(t)
	var sealed string
	var cmd *sent
	keys := func(c *hermod.Client) *mss.Keys {
		k, err := mss.NewKeys(c.Scope(), []byte("0123456789abcdef0123456789abcdef"))
		require.NoError(t, err)
		return k
	}
	t.Run("asks", func(t *testing.T) {
		b := new(broker)
		c := newBrokerClient(t, b, sharing(t, store.restarted()))
		tx := started(t, c, payment())
		var err error
		sealed, err = keys(c).Seal(tx, "session 1")
		require.NoError(t, err)
		cmd = b.last()
	})
	t.Run("is called back", func(t *testing.T) {
		c := newBrokerClient(t, new(broker), sharing(t, store.restarted()))
		require.Equal(t, 200, call(t, c, "sign", cmd.signed()))
	})
	t.Run("delivers", func(t *testing.T) {
		c := newBrokerClient(t, new(broker), sharing(t, store.restarted()))
		tx := new(mss.Transaction)
		require.NoError(t, keys(c).Open(sealed, "session 1", tx))
		require.Equal(t, 200, call(t, c, "sign", cmd.final(401, nil)), "which changes nothing")
		sig, err := mss.Wait(t.Context(), c, tx, nil)
		require.NoError(t, err)
		require.True(t, sig.Verified())
	})
}

// TestRestartOfTracker is the same with package track, which delivers an outcome to whoever waits: the instance that asked ends, and
// another one is called back and delivers. Both packages share one store.
func TestRestartOfTracker(t *testing.T) {
	t.Parallel()
	store := newFileStore(t)
	b := new(broker)
	id := track.NewID()
	tracker := func(t *testing.T) (*hermod.Client, *track.Tracker) {
		share := sharing(t, store.restarted())
		c := newBrokerClient(t, b, share)
		var cfg hermod.Config
		share(&cfg)
		tr, err := track.New(track.Config{Service: c, Store: cfg.Store, Keys: cfg.Keys})
		require.NoError(t, err)
		return c, tr
	}
	t.Run("asks", func(t *testing.T) {
		_, tr := tracker(t)
		require.NoError(t, tr.Start(t.Context(), id, "session 1", payment()))
		require.ErrorIs(t, tr.Start(t.Context(), id, "session 1", payment()), track.ErrExists)
	})
	t.Run("delivers", func(t *testing.T) {
		c, tr := tracker(t)
		require.Equal(t, 200, call(t, c, "sign", b.last().signed()))
		sig, err := tr.Wait(t.Context(), id, "session 1")
		require.NoError(t, err)
		require.True(t, sig.Verified())
	})
	require.Equal(t, 1, b.count(), "the phone rang once")
}

// TestInstances has one instance ask, another one be called back, and a third one wait.
func TestInstances(t *testing.T) {
	t.Parallel()
	b := new(broker)
	store := newFileStore(t)
	asks := newBrokerClient(t, b, sharing(t, store.restarted()))
	called := newBrokerClient(t, b, sharing(t, store.restarted()))
	waits := newBrokerClient(t, b, sharing(t, store.restarted()))
	tx := started(t, asks, payment())
	var waiting sync.WaitGroup
	waiting.Go(func() {
		sig, err := mss.Wait(context.Background(), waits, tx, nil)
		if err != nil || !sig.Verified() {
			t.Error("no signature", err)
		}
	})
	require.Equal(t, 200, call(t, called, "sign", b.last().signed()))
	waiting.Wait()
	require.Equal(t, outcome(t, asks, tx).Raw, outcome(t, called, tx).Raw)
}
