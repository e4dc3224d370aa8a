package hermod_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// answering is a broker whose devices answer a second after a command was taken.
func answering(t *testing.T, c **hermod.Client, doc func(*sent) string) *broker {
	return &broker{respond: func(cmd *sent) *http.Response {
		if answer := doc(cmd); answer != "" {
			segment := cmd.segment()
			time.AfterFunc(time.Second, func() { call(t, *c, segment, answer) })
		}
		return nil
	}}
}

// TestPing asks a device for itself, and waits for its answer.
func TestPing(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		doc  func(*sent) string
		want error
	}{
		"answers":         {func(c *sent) string { return c.final(0, map[string]any{"operatingsystem": "iOS"}) }, nil},
		"fails":           {func(c *sent) string { return c.final(9, nil) }, mss.PBSignatureProcess},
		"does not answer": {func(*sent) string { return "" }, mss.ExpiredTransaction},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var c *hermod.Client
				b := answering(t, &c, tc.doc)
				c = newBrokerClient(t, b)
				ev, err := c.Ping(t.Context(), aliceUser().ID)
				require.ErrorIs(t, err, tc.want)
				require.Equal(t, err == nil, ev != nil)
				require.Equal(t, "true", b.last().member("pingCommand", "deviceinfo"))
				require.Equal(t, []any{"@" + aliceID}, b.last().member("commandHeader", "to"))
				if ev != nil {
					require.Equal(t, b.last().final(0, map[string]any{"operatingsystem": "iOS"}), string(ev.Raw))
					_, err := c.Verify(ev)
					require.ErrorContains(t, err, "not verified: evidence", "nobody has signed")
				}
			})
		})
	}
	c := newBrokerClient(t, new(broker))
	_, err := c.Ping(t.Context(), mss.UserID{Private: mss.Conceal("@tmp")})
	require.ErrorIs(t, err, mss.FiComMalformedUserID)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Ping(ctx, aliceUser().ID)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, mss.Health(t.Context(), c), errors.ErrUnsupported)
	require.ErrorIs(t, mss.Cancel(t.Context(), c, nil), errors.ErrUnsupported)
	_, err = mss.Receipt(t.Context(), c, nil, mss.Message{})
	require.ErrorIs(t, err, errors.ErrUnsupported)
}

// TestInferredNamesOfPing overrides them, with an answer by those names.
func TestInferredNamesOfPing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c *hermod.Client
		b := &broker{respond: func(cmd *sent) *http.Response {
			old := *cmd
			old.path = "/command/ping"
			answer := rename("ping", old.final(0, nil))
			time.AfterFunc(time.Second, func() { call(t, c, "done", answer) })
			return says(200, rename("ping", old.record()))
		}}
		c = overriding(t, b, func(i *hermod.Inferred) { i.Ping = renamed })
		_, err := c.Ping(t.Context(), aliceUser().ID)
		require.NoError(t, err)
		require.Equal(t, "true", b.last().member("doIt", "deviceinfo"))
	})
}
