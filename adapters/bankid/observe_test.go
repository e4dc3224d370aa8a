package bankid_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/mss"
)

// TestObserver tells every operation from its begin to its end.
func TestObserver(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status int
		doc    string
		want   []string // of collect
	}{
		"pending":  {200, status("pending", "userSign"), []string{"start MSS_StatusQuery", "sent MSS_StatusQuery", "answered MSS_StatusQuery 200 504 ok", "poll MSS_StatusQuery 200 504 outstanding", "done MSS_StatusQuery 200 504 ok"}},
		"declined": {200, status("failed", "userCancel"), []string{"start MSS_StatusQuery", "sent MSS_StatusQuery", "answered MSS_StatusQuery 200 401 fault", "poll MSS_StatusQuery 200 401 fault", "done MSS_StatusQuery 200 401 ok", "judged MSS_Signature 0 401 fault"}},
		"gone":     {400, `{"errorCode":"invalidParameters"}`, []string{"start MSS_StatusQuery", "sent MSS_StatusQuery", "answered MSS_StatusQuery 400 101 fault", "done MSS_StatusQuery 400 101 unknown"}},
		"down":     {503, ``, []string{"start MSS_StatusQuery", "sent MSS_StatusQuery", "answered MSS_StatusQuery 503 900 fault", "done MSS_StatusQuery 503 900 fault"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lines []string
			note := func(hook string, e mss.Event) {
				line := hook + " " + e.Operation
				if e.Result != "" {
					line += fmt.Sprintf(" %d %d %s", e.HTTPStatus, e.Code, e.Result)
				}
				lines = append(lines, line)
				if hook != "start" {
					require.Regexp(t, `^bankid\|production\|bankid\.example\|[0-9a-f]{16}$`, e.Scope)
				}
			}
			hook := func(name string) func(context.Context, mss.Event) {
				return func(_ context.Context, e mss.Event) { note(name, e) }
			}
			s := collecting(func() *http.Response { return says(tc.status, tc.doc) })
			c := newTestClient(t, s, func(cfg *bankid.Config) {
				cfg.Observer = &mss.Observer{
					Start: func(ctx context.Context, e mss.Event) context.Context { note("start", e); return ctx },
					Sent:  hook("sent"), Answered: hook("answered"), Poll: hook("poll"), Done: hook("done"),
					Judged: func(e mss.Event) { note("judged", e) },
				}
			})
			tx, err := c.Start(t.Context(), login())
			require.NoError(t, err)
			require.Equal(t, []string{"start MSS_Signature", "sent MSS_Signature", "answered MSS_Signature 200 100 ok", "done MSS_Signature 200 100 ok"}, lines)
			lines = nil
			st, err := c.Poll(t.Context(), tx, 0)
			if err == nil && st.Evidence != nil {
				_, err = c.Verify(st.Evidence)
				require.Error(t, err)
			}
			require.Equal(t, tc.want, lines)
		})
	}
}
