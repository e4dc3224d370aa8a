package mss_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

func TestResultOf(t *testing.T) {
	t.Parallel()
	broken := &mss.TransportError{Sent: mss.MaybeSent, Err: errors.New("broken")}
	for _, tt := range []struct {
		name string
		err  error
		want mss.Result
	}{
		{"nil", nil, mss.ResultOK},
		{"request", &mss.RequestError{Field: "Display"}, mss.ResultRefused},
		{"request, of a hook's error", &mss.RequestError{Err: context.Canceled}, mss.ResultRefused},
		{"fault", &mss.Fault{Code: mss.UserCancel}, mss.ResultFault},
		{"fault of a poll", mss.Polled(&mss.Fault{Code: mss.UserCancel}), mss.ResultFault},
		{"verification", &mss.VerificationError{Check: "chain", Err: errors.New("no root")}, mss.ResultUnverified},
		{"transport", broken, mss.ResultTransport},
		{"transport, out of its own time", &mss.TransportError{Err: context.DeadlineExceeded}, mss.ResultTransport},
		{"transport, canceled by the caller", &mss.TransportError{Err: context.Canceled}, mss.ResultCanceled},
		{"canceled", fmt.Errorf("login: %w", context.Canceled), mss.ResultCanceled},
		{"the caller's deadline", context.DeadlineExceeded, mss.ResultCanceled},
		{"unknown outcome", mss.ErrUnknownOutcome, mss.ResultUnknown},
		{"unknown outcome after a failed poll", fmt.Errorf("%w: %w", mss.ErrUnknownOutcome, broken), mss.ResultUnknown},
		{"foreign", errors.New("of a hook"), mss.ResultUnknown},
	} {
		require.Equal(t, tt.want, mss.ResultOf(tt.err), tt.name)
	}
}

type traceKey struct{}

// recorder notes its hooks under a name, with the names of the observers whose Start came before.
func recorder(name string, notes *[]string) *mss.Observer {
	note := func(hook string) func(context.Context, mss.Event) {
		return func(ctx context.Context, e mss.Event) {
			path, _ := ctx.Value(traceKey{}).(string)
			*notes = append(*notes, name+" "+hook+" "+e.TransID+" "+path)
		}
	}
	return &mss.Observer{
		Start: func(ctx context.Context, e mss.Event) context.Context {
			note("start")(ctx, e)
			path, _ := ctx.Value(traceKey{}).(string)
			return context.WithValue(ctx, traceKey{}, path+name)
		},
		Sent: note("sent"), Answered: note("answered"), Poll: note("poll"), Done: note("done"),
		Judged: func(e mss.Event) { note("judged")(context.Background(), e) },
	}
}

func TestObserversCallInOrderAndChainContexts(t *testing.T) {
	t.Parallel()
	var notes []string
	given := []*mss.Observer{nil, recorder("a", &notes), {}, recorder("b", &notes), nil}
	o := mss.Observers(given...)
	given[1] = nil // of no effect: the joined observer has its own list

	e := mss.Event{TransID: "T1"}
	ctx := o.Start(t.Context(), e)
	for _, h := range []func(context.Context, mss.Event){o.Sent, o.Answered, o.Poll, o.Done} {
		h(ctx, e)
	}
	o.Judged(e)
	require.Equal(t, []string{
		"a start T1 ", "b start T1 a",
		"a sent T1 ab", "b sent T1 ab",
		"a answered T1 ab", "b answered T1 ab",
		"a poll T1 ab", "b poll T1 ab",
		"a done T1 ab", "b done T1 ab",
		"a judged T1 ", "b judged T1 ",
	}, notes)
}

func TestObserversOfNobody(t *testing.T) {
	t.Parallel()
	for _, o := range []*mss.Observer{mss.Observers(), mss.Observers(nil, nil), mss.Observers(&mss.Observer{})} {
		ctx := context.WithValue(t.Context(), traceKey{}, "kept")
		require.Equal(t, ctx, o.Start(ctx, mss.Event{}))
		for _, h := range []func(context.Context, mss.Event){o.Sent, o.Answered, o.Poll, o.Done} {
			h(ctx, mss.Event{})
		}
		o.Judged(mss.Event{})
	}
}

// Whoever wants no OpenTelemetry must not link any: that is why package otelmss is a module of its own.
func TestLibraryLinksNoOpenTelemetry(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "github.com/gomss/gomss/mss", "github.com/gomss/gomss/mss/mssp")
	out, err := cmd.Output()
	require.NoError(t, err)
	deps := strings.Fields(string(out))
	require.Contains(t, deps, "github.com/gomss/gomss/mss")
	for _, d := range deps {
		require.False(t, strings.HasPrefix(d, "go.opentelemetry.io/"), d)
	}
}

// Several observers see the same events; the first one's context goes on to the next.
func ExampleObservers() {
	count := 0
	counter := &mss.Observer{Done: func(context.Context, mss.Event) { count++ }}
	printer := &mss.Observer{Done: func(_ context.Context, e mss.Event) { fmt.Println(e.Operation, e.Result) }}
	o := mss.Observers(counter, nil, printer) // for mssp.Config.Observer

	o.Done(context.Background(), mss.Event{Operation: mss.OpSignature, Result: mss.ResultOK})
	fmt.Println(count)
	// Output:
	// MSS_Signature ok
	// 1
}
