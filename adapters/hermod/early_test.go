package hermod_test

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// TestEarlyCallbackBehindAnother has an answer with another number come first, and the right one behind it, before the command's own
// answer says which is which: the right one is refused for the time being, not dropped, so that the Hermod sends it again.
func TestEarlyCallbackBehindAnother(t *testing.T) {
	t.Parallel()
	another := func(r map[string]any) { r["commandId"] = "999" }
	for name, first := range map[string]func(*sent) string{
		"an answer": func(cmd *sent) string { return cmd.signed(another) },
		"a notice":  func(cmd *sent) string { return cmd.record(another, func(r map[string]any) { r["state"] = "EXPIRED" }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, log := new(broker), new(logged)
			c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Logger = slog.New(slog.NewTextHandler(log, nil)) })
			b.respond = func(cmd *sent) *http.Response {
				require.Equal(t, 200, call(t, c, "sign", first(cmd)))
				require.Equal(t, 503, call(t, c, "sign", cmd.signed()))
				require.Equal(t, 200, call(t, c, "sign", first(cmd)), "the same again")
				return nil
			}
			tx := started(t, c, payment())
			require.Contains(t, log.String(), "is still being sent")
			require.Contains(t, log.String(), "it is dropped")
			requireOutstanding(t, c, tx)
			require.Equal(t, 200, call(t, c, "sign", b.last().signed()), "again")
			sig, err := c.Verify(outcome(t, c, tx))
			require.NoError(t, err)
			require.Equal(t, mss.StatusValidSignature, sig.Asserted.Status)
		})
	}
}
