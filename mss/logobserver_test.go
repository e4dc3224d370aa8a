package mss_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// hookCanary stands for what a caller's own hook might put into its error.
const hookCanary = "canary-7f3kq +41791234567"

// withoutTime makes lines that do not change from run to run.
func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey && len(groups) == 0 {
		return slog.Attr{}
	}
	return a
}

func textLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: withoutTime}))
}

func TestLogObserverLines(t *testing.T) {
	t.Parallel()
	signature := mss.Event{
		Operation: mss.OpSignature, Scope: "mssp|swisscom", TransID: "T1", MSSPTransID: "h1", Purpose: mss.Signing,
		Duration: 1500 * time.Millisecond, HTTPStatus: 200, Code: mss.StatusRequestOK, Result: mss.ResultOK,
	}
	ended := func(operation string, r mss.Result) mss.Event { return mss.Event{Operation: operation, Result: r} }
	const all = "operation=MSS_Signature provider=mssp|swisscom transId=T1 msspTransId=h1 purpose=signing result=ok code=100 httpStatus=200 duration=1.5s"
	for _, tt := range []struct {
		hook string
		e    mss.Event
		want string
	}{
		{"Start", signature, ""},
		{"Sent", signature, ""},
		{"Poll", signature, ""},
		{"Answered", signature, `level=DEBUG msg="mss exchange" ` + all},
		{"Answered", ended(mss.OpReceipt, mss.ResultTransport), `level=DEBUG msg="mss exchange" operation=MSS_Receipt result=transport duration=0s`},
		{"Done", signature, `level=INFO msg="mss operation" ` + all},
		{"Done", ended(mss.OpSignature, mss.ResultFault), `level=INFO msg="mss operation" operation=MSS_Signature result=fault duration=0s`},
		{"Done", ended(mss.OpSignature, mss.ResultOutstanding), `level=INFO msg="mss operation" operation=MSS_Signature result=outstanding duration=0s`},
		{"Done", ended(mss.OpSignature, mss.ResultCanceled), `level=INFO msg="mss operation" operation=MSS_Signature result=canceled duration=0s`},
		{"Done", ended(mss.OpSignature, mss.ResultRefused), `level=WARN msg="mss operation" operation=MSS_Signature result=refused duration=0s`},
		{"Done", ended(mss.OpSignature, mss.ResultTransport), `level=WARN msg="mss operation" operation=MSS_Signature result=transport duration=0s`},
		{"Done", ended(mss.OpSignature, mss.ResultUnverified), `level=WARN msg="mss operation" operation=MSS_Signature result=unverified duration=0s`},
		{"Done", ended(mss.OpSignature, mss.ResultUnknown), `level=WARN msg="mss operation" operation=MSS_Signature result=unknown duration=0s`},
		{"Done", ended(mss.OpStatusQuery, mss.ResultOK), `level=DEBUG msg="mss operation" operation=MSS_StatusQuery result=ok duration=0s`},
		{"Done", ended(mss.OpStatusQuery, mss.ResultFault), `level=INFO msg="mss operation" operation=MSS_StatusQuery result=fault duration=0s`},
		{"Done", ended("health", mss.ResultOK), `level=DEBUG msg="mss operation" operation=health result=ok duration=0s`},
		{"Done", ended("health", mss.ResultTransport), `level=WARN msg="mss operation" operation=health result=transport duration=0s`},
		{"Judged", ended(mss.OpSignature, mss.ResultOK), `level=INFO msg="mss verification" operation=MSS_Signature result=ok duration=0s`},
		{"Judged", ended(mss.OpSignature, mss.ResultUnverified), `level=WARN msg="mss verification" operation=MSS_Signature result=unverified duration=0s`},
	} {
		var out bytes.Buffer
		tell(t.Context(), mss.LogObserver(textLogger(&out, slog.LevelDebug)), tt.hook, tt.e)
		require.Equal(t, tt.want, strings.TrimSuffix(out.String(), "\n"), tt.hook)
	}
}

// tell calls one hook, as a service does: where there is one.
func tell(ctx context.Context, o *mss.Observer, hook string, e mss.Event) {
	h := map[string]func(context.Context, mss.Event){
		"Sent": o.Sent, "Answered": o.Answered, "Poll": o.Poll, "Done": o.Done,
	}[hook]
	switch {
	case hook == "Start" && o.Start != nil:
		o.Start(ctx, e)
	case hook == "Judged" && o.Judged != nil:
		o.Judged(e)
	case h != nil:
		h(ctx, e)
	}
}

func TestLogObserverWritesErrorsOfThisModuleAlone(t *testing.T) {
	t.Parallel()
	foreign := errors.New(hookCanary)
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&mss.RequestError{Field: "Config.Admit", Reason: "refused the request", Err: foreign}, "mss: request: Config.Admit: refused the request"},
		{&mss.Fault{Code: mss.UserCancel, Reason: mss.Conceal(hookCanary)}, "mss: 401 USER_CANCEL: the person declined, or a newer request took this one's place"},
		{fmt.Errorf("for %s: %w", hookCanary, &mss.Fault{Code: 4242}), "mss: 4242: a code without a known meaning; see the provider's guide"},
		{mss.Polled(&mss.TransportError{Sent: mss.NotSent, Err: context.DeadlineExceeded}), "mss: transport: context deadline exceeded (request: not sent)"},
		{&mss.VerificationError{Check: "chain", Err: errors.New("no root")}, "mss: not verified: chain: no root"},
		{fmt.Errorf("%s: %w", hookCanary, mss.CardBlocked), mss.CardBlocked.Error()},
		{fmt.Errorf("%w: %s", mss.ErrUnknownOutcome, hookCanary), mss.ErrUnknownOutcome.Error()},
		{fmt.Errorf("%s: %w", hookCanary, context.Canceled), "context canceled"},
		{fmt.Errorf("%s: %w", hookCanary, context.DeadlineExceeded), "context deadline exceeded"},
		{foreign, "*errors.errorString"},
		{fmt.Errorf("%s: %w", hookCanary, &os.PathError{Path: hookCanary, Err: foreign}), "*errors.errorString"},
		{errors.Join(foreign, foreign), "*errors.joinError"},
	} {
		for _, hook := range []string{"Answered", "Done", "Judged"} {
			var out bytes.Buffer
			tell(t.Context(), mss.LogObserver(textLogger(&out, slog.LevelDebug)), hook, mss.Event{Err: tt.err, Result: mss.ResultOf(tt.err)})
			require.NotContains(t, out.String(), "canary")
			require.NotContains(t, out.String(), "79123")
			_, text, found := strings.Cut(strings.TrimSpace(out.String()), " error=")
			require.True(t, found, out.String())
			require.Equal(t, tt.want, strings.Trim(text, `"`))
		}
	}
}

func TestLogObserverHoldsItsLevel(t *testing.T) {
	t.Parallel()
	e := mss.Event{Operation: mss.OpSignature, Result: mss.ResultOK}
	var out bytes.Buffer
	o := mss.LogObserver(textLogger(&out, slog.LevelWarn))
	for _, hook := range []string{"Answered", "Done", "Judged"} {
		tell(t.Context(), o, hook, e)
	}
	require.Empty(t, out.String())

	o = mss.LogObserver(nil)
	for _, hook := range []string{"Start", "Sent", "Answered", "Poll", "Done", "Judged"} {
		tell(t.Context(), o, hook, e)
	}
}

// Not parallel: AllocsPerRun counts the allocations of the whole process.
func TestLogObserverAllocatesNothingBelowItsLevel(t *testing.T) {
	o := mss.LogObserver(textLogger(io.Discard, slog.LevelError))
	e := mss.Event{Operation: mss.OpSignature, TransID: "T1", Result: mss.ResultTransport, Err: &mss.TransportError{Err: io.EOF}}
	ctx := t.Context()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		o.Answered(ctx, e)
		o.Done(ctx, e)
		o.Judged(e)
	}))
}

func BenchmarkLogObserver(b *testing.B) {
	e := mss.Event{Operation: mss.OpSignature, Scope: "mssp|swisscom", TransID: "T1", MSSPTransID: "h1", Result: mss.ResultOK}
	for _, bb := range []struct {
		name  string
		level slog.Level
	}{{"disabled", slog.LevelError}, {"enabled", slog.LevelDebug}} {
		b.Run(bb.name, func(b *testing.B) {
			o := mss.LogObserver(slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: bb.level})))
			b.ReportAllocs()
			for b.Loop() {
				o.Done(b.Context(), e)
			}
		})
	}
}

// An operation leaves a line; exchanges and polls are for those who debug.
func ExampleLogObserver() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	o := mss.LogObserver(logger) // for mssp.Config.Observer

	err := &mss.Fault{Code: mss.UnknownClient, Reason: mss.Conceal("+41791234567 is not registered")}
	e := mss.Event{Operation: mss.OpSignature, TransID: "T1", Code: mss.UnknownClient, Result: mss.ResultOf(err), Duration: time.Second, Err: err}
	o.Answered(context.Background(), e)
	o.Done(context.Background(), e)
	// Output:
	// level=INFO msg="mss operation" operation=MSS_Signature transId=T1 result=fault code=105 duration=1s error="mss: 105 UNKNOWN_CLIENT: the number has no mobile signature here: the person must sign up first"
}
