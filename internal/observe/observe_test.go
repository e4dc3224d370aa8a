package observe_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/mss"
)

// run is an operation from its beginning to its end.
func run(ctx context.Context, o *mss.Observer, code mss.Code, err error) {
	ctx, k := observe.Begin(ctx, o, mss.Event{Operation: mss.OpStatusQuery, Scope: "scope"})
	k.Named("T1", "M1")
	k.Sending(ctx)
	k.Answered(ctx, 200, code, err)
	k.Polled(ctx, &mss.Transaction{Started: time.Now()})
	k.Done(ctx, err)
	observe.Judged(o, &mss.Evidence{Transaction: mss.Transaction{TransID: "T1", Provider: "scope"}}, nil, err)
}

// TestCall: each hook is told once, in order, with the context of Start and with what is known by then.
func TestCall(t *testing.T) {
	t.Parallel()
	type key struct{}
	failed := &mss.Fault{Code: mss.UserCancel}
	for name, tc := range map[string]struct {
		code                 mss.Code
		err                  error
		answered, poll, done mss.Result
	}{
		"outstanding": {mss.StatusOutstanding, nil, mss.ResultOK, mss.ResultOutstanding, mss.ResultOK},
		"signed":      {mss.StatusSignature, nil, mss.ResultOK, mss.ResultOK, mss.ResultOK},
		"cancelled":   {mss.UserCancel, nil, mss.ResultFault, mss.ResultFault, mss.ResultOK},
		"refused":     {mss.UserCancel, failed, mss.ResultFault, mss.ResultFault, mss.ResultFault},
	} {
		var told []string
		var results []mss.Result
		hook := func(hook string) func(context.Context, mss.Event) {
			return func(ctx context.Context, e mss.Event) {
				require.Equal(t, "of Start", ctx.Value(key{}), name)
				require.Equal(t, []string{"scope", "T1", "M1"}, []string{e.Scope, e.TransID, e.MSSPTransID}, name)
				told, results = append(told, hook), append(results, e.Result)
			}
		}
		judged := 0
		run(t.Context(), &mss.Observer{
			Start: func(ctx context.Context, e mss.Event) context.Context {
				require.Equal(t, mss.Event{Operation: mss.OpStatusQuery, Scope: "scope"}, e)
				return context.WithValue(ctx, key{}, "of Start")
			},
			Sent: hook("Sent"), Answered: hook("Answered"), Poll: hook("Poll"), Done: hook("Done"),
			Judged: func(e mss.Event) {
				judged++
				require.Equal(t, mss.ResultOf(tc.err), e.Result, name)
				require.Equal(t, tc.err != nil, e.Code == mss.UserCancel, name)
			},
		}, tc.code, tc.err)
		require.Equal(t, []string{"Sent", "Answered", "Poll", "Done"}, told, name)
		require.Equal(t, []mss.Result{tc.answered, tc.poll, tc.done}, results[1:], name)
		require.Equal(t, 1, judged, name)
	}
}

// TestNobodyListens: an observer may be missing, and so may each of its hooks.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	for _, o := range []*mss.Observer{nil, {}} {
		require.NotPanics(t, func() { run(t.Context(), o, mss.UserCancel, errors.New("no")) })
	}
}
