package mssp_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
)

// watcher writes down what an observer is told.
type watcher struct {
	mu    sync.Mutex
	lines []string
	all   []mss.Event
}

type watchKey struct{}

func (w *watcher) note(hook string, ctx context.Context, e mss.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ctx != nil && ctx.Value(watchKey{}) != "here" {
		hook += " without the context"
	}
	line := fmt.Sprintf("%s %s", hook, e.Operation)
	if e.Code != 0 {
		line += fmt.Sprintf(" %d", e.Code)
	}
	if e.Result != "" {
		line += " " + string(e.Result)
	}
	w.lines = append(w.lines, line)
	w.all = append(w.all, e)
}

func (w *watcher) observer() *mss.Observer {
	hook := func(name string) func(context.Context, mss.Event) {
		return func(ctx context.Context, e mss.Event) { w.note(name, ctx, e) }
	}
	return &mss.Observer{
		Start: func(ctx context.Context, e mss.Event) context.Context {
			w.note("start", nil, e)
			return context.WithValue(ctx, watchKey{}, "here")
		},
		Sent: hook("sent"), Answered: hook("answered"), Poll: hook("poll"), Done: hook("done"),
		Judged: func(e mss.Event) { w.note("judged", nil, e) },
	}
}

func TestObserver(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	const slow = "41790000005"
	srv.Script(person, msstest.Person{})
	srv.Script(slow, msstest.Person{After: time.Hour})
	for name, tc := range map[string]struct {
		do    func(c *mssp.Client) error
		lines []string
	}{
		"signed": {
			func(c *mssp.Client) error {
				_, err := modes["async"](t, c, request(t, srv, person))
				return err
			},
			[]string{
				"start MSS_Signature", "sent MSS_Signature", "answered MSS_Signature 100 ok", "done MSS_Signature 100 ok",
				"start MSS_StatusQuery", "sent MSS_StatusQuery", "answered MSS_StatusQuery 500 ok", "poll MSS_StatusQuery 500 ok",
				"done MSS_StatusQuery 500 ok", "judged MSS_Signature 500 ok",
			},
		},
		"synchronous": {
			func(c *mssp.Client) error {
				_, err := c.SignSync(t.Context(), request(t, srv, person))
				return err
			},
			[]string{
				"start MSS_Signature", "sent MSS_Signature", "answered MSS_Signature 500 ok", "judged MSS_Signature 500 ok",
				"done MSS_Signature 500 ok",
			},
		},
		"refused here": {
			func(c *mssp.Client) error {
				req := request(t, srv, person)
				req.Display = "x"
				_, err := c.Start(t.Context(), req)
				return err
			},
			[]string{"start MSS_Signature", "done MSS_Signature refused"},
		},
		"refused there": {
			func(c *mssp.Client) error {
				_, err := c.Start(t.Context(), request(t, srv, "41790009999"))
				return err
			},
			[]string{"start MSS_Signature", "sent MSS_Signature", "answered MSS_Signature 105 fault", "done MSS_Signature 105 fault"},
		},
		"outstanding": {
			func(c *mssp.Client) error {
				tx, err := c.Start(t.Context(), request(t, srv, slow))
				if err != nil {
					return err
				}
				_, err = c.Poll(t.Context(), tx, 0)
				return err
			},
			[]string{
				"start MSS_Signature", "sent MSS_Signature", "answered MSS_Signature 100 ok", "done MSS_Signature 100 ok",
				"start MSS_StatusQuery", "sent MSS_StatusQuery", "answered MSS_StatusQuery 504 ok", "poll MSS_StatusQuery 504 outstanding",
				"done MSS_StatusQuery 504 ok",
			},
		},
		"not there": {
			func(c *mssp.Client) error {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				_, err := c.Start(ctx, request(t, srv, person))
				return err
			},
			[]string{"start MSS_Signature", "sent MSS_Signature", "answered MSS_Signature canceled", "done MSS_Signature canceled"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := new(watcher)
			c := newClient(t, srv, func(cfg *mssp.Config) { cfg.Observer = w.observer() })
			_ = tc.do(c)
			require.Equal(t, tc.lines, w.lines)
			for _, e := range w.all {
				require.Equal(t, c.Scope(), e.Scope)
				require.GreaterOrEqual(t, e.Duration, time.Duration(0))
			}
		})
	}
}

// TestObserverKnowsTheAnswersID: from its answer on, every event names the transaction.
func TestObserverKnowsTheAnswersID(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	for mode, sign := range modes {
		w := new(watcher)
		c := newClient(t, srv, func(cfg *mssp.Config) { cfg.Observer = w.observer() })
		sig, err := sign(t, c, request(t, srv, person))
		require.NoError(t, err)
		for i, e := range w.all[2:] { // after start and sent
			if e.Operation == mss.OpSignature {
				require.Equal(t, sig.Evidence.Transaction.MSSPTransID, e.MSSPTransID, "%s: %s", mode, w.lines[i+2])
			}
		}
	}
}
