package hermod_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// watched collects what an observer is told, a line for a hook.
type watched struct {
	mu    sync.Mutex
	lines []string
}

func (w *watched) note(hook string, e mss.Event) {
	line := hook + " " + e.Operation
	if e.Result != "" {
		line += fmt.Sprintf(" %d %d %s", e.HTTPStatus, e.Code, e.Result)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, line)
}

// take returns the lines since the last time.
func (w *watched) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	lines := w.lines
	w.lines = nil
	return lines
}

func (w *watched) observer() *mss.Observer {
	hook := func(name string) func(context.Context, mss.Event) {
		return func(_ context.Context, e mss.Event) { w.note(name, e) }
	}
	return &mss.Observer{
		Start: func(ctx context.Context, e mss.Event) context.Context { w.note("start", e); return ctx },
		Sent:  hook("sent"), Answered: hook("answered"), Poll: hook("poll"), Done: hook("done"),
		Judged: func(e mss.Event) { w.note("judged", e) },
	}
}

// TestObserver tells every operation from its begin to its end.
func TestObserver(t *testing.T) {
	t.Parallel()
	w, b := new(watched), new(broker)
	c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Observer = w.observer() })
	tx := started(t, c, payment())
	require.Equal(t, []string{"start MSS_Signature", "sent MSS_Signature", "answered MSS_Signature 200 100 ok", "done MSS_Signature 200 100 ok"}, w.take())
	requireOutstanding(t, c, tx)
	require.Equal(t, []string{"start MSS_StatusQuery", "poll MSS_StatusQuery 0 504 outstanding", "done MSS_StatusQuery 0 504 ok"}, w.take())
	call(t, c, "sign", b.last().signed())
	require.Empty(t, w.take(), "a callback is no operation of ours")
	_, err := c.Verify(outcome(t, c, tx))
	require.NoError(t, err)
	require.Equal(t, []string{"start MSS_StatusQuery", "poll MSS_StatusQuery 0 500 ok", "done MSS_StatusQuery 0 500 ok", "judged MSS_Signature 0 502 ok"}, w.take())

	tx = started(t, c, payment())
	call(t, c, "sign", b.last().final(401, nil))
	w.take()
	_, err = c.Verify(outcome(t, c, tx))
	require.Error(t, err)
	require.Equal(t, []string{"start MSS_StatusQuery", "poll MSS_StatusQuery 0 401 fault", "done MSS_StatusQuery 0 401 ok", "judged MSS_Signature 0 401 fault"}, w.take())

	_, err = c.Start(t.Context(), new(mss.Request))
	require.Error(t, err)
	require.Equal(t, []string{"start MSS_Signature", "done MSS_Signature 0 0 refused"}, w.take())
	for status, answered := range map[int]string{401: "401 104 fault", 503: "503 0 transport"} {
		b.respond = func(*sent) *http.Response { return says(status, "{}") }
		_, err = c.Start(t.Context(), payment())
		require.Error(t, err)
		require.Equal(t, []string{"start MSS_Signature", "sent MSS_Signature", "answered MSS_Signature " + answered, "done MSS_Signature " + answered}, w.take())
	}
	_, err = c.Poll(t.Context(), new(mss.Transaction), 0)
	require.Error(t, err)
	require.Equal(t, []string{"start MSS_StatusQuery", "done MSS_StatusQuery 0 0 refused"}, w.take())
}
