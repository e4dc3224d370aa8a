package hermod_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// TestMoreMailboxesThanFit: a person may have more of them than a sealed transaction has room for. The phones have rung, so that the
// command goes on, with the messages that the device may answer whose key is to sign.
func TestMoreMailboxesThanFit(t *testing.T) {
	t.Parallel()
	const otherProfile, anotherBox = "0e2fd7c3-0000-4000-8000-000000000000", "5b0e8a52-77e5-4f0e-9a0a-51c2f0f7a002"
	for name, tc := range map[string]struct {
		pid         string // of the other mailboxes
		own, ownPID string // the mailbox that the device answers from
		length      int    // of the ids of messages
		warning     string
	}{
		"of other profiles":           {otherProfile, aliceBox, aliceProfile, 36, ""},
		"of no profile that is known": {"", aliceBox, "", 36, ""},
		"of the same profile":         {aliceProfile, aliceBox, aliceProfile, 36, ""},
		"with long addresses":         {"", aliceBox, "", 200, "answers from the others are refused"},
		"another than enrolled":       {"", anotherBox, aliceProfile, 36, ""},
		"all but one of others":       {otherProfile, anotherBox, "", 36, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var boxes []any
			box := func(bid, pid, mid string) string {
				location := brokerURL + "/ms/" + bid + "/" + mid
				boxes = append(boxes, map[string]any{"to": bid, "bid": bid, "mid": mid, "pid": pid, "location": location})
				return location
			}
			for i := range 40 {
				box(fmt.Sprintf("%036d", i), tc.pid, fmt.Sprintf("%0*d", tc.length, i))
			}
			own := box(tc.own, tc.ownPID, strings.Repeat("m", tc.length))
			addressed := func(r map[string]any) { r["destinations"] = boxes }
			b, log := &broker{respond: func(cmd *sent) *http.Response { return says(200, cmd.record(addressed)) }}, new(logged)
			c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Logger = slog.New(slog.NewTextHandler(log, nil)) })
			req := payment()
			req.Data, req.Display = mss.Text("I agree."), strings.Repeat("a", 600)
			tx := started(t, c, req)
			require.Equal(t, tc.warning == "", log.String() == "", log)
			require.Contains(t, log.String(), tc.warning)
			require.Equal(t, 200, call(t, c, "sign", b.last().signed(addressed, func(r map[string]any) {
				r["responseHeader"] = map[string]any{"inReplyTo": own, "status": 200}
			})))
			sig, err := c.Verify(outcome(t, c, tx))
			require.NoError(t, err)
			require.True(t, sig.Verified())
		})
	}
}
