package mss

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// LogObserver writes a line for every exchange ("mss exchange"), for every operation that has ended ("mss operation") and
// for every outcome that was judged ("mss verification"). The level says who should read it:
//
//   - Debug: exchanges; status queries and health checks that went well, of which there are many.
//   - Info: what else went well; faults, the person's refusal among them; what the caller canceled.
//   - Warn: requests refused unsent, failures in transport, answers that did not verify, unknown outcomes.
//
// A line holds what is known of operation, provider (the scope), transId, msspTransId, purpose, result, code, httpStatus,
// duration and error, nothing personal: an error of this module is written as it prints, of any other, such as a hook's,
// only the type. Below the level of l nothing is computed. A nil l is silent.
func LogObserver(l *slog.Logger) *Observer {
	if l == nil {
		return &Observer{}
	}
	return &Observer{
		Answered: func(ctx context.Context, e Event) { logEvent(ctx, l, slog.LevelDebug, "mss exchange", e) },
		Done:     func(ctx context.Context, e Event) { logEvent(ctx, l, doneLevel(e), "mss operation", e) },
		Judged: func(e Event) {
			logEvent(context.Background(), l, resultLevel(e.Result), "mss verification", e)
		},
	}
}

func doneLevel(e Event) slog.Level {
	if repeated := e.Operation == OpStatusQuery || e.Operation == OpHealth; repeated && e.Result == ResultOK {
		return slog.LevelDebug
	}
	return resultLevel(e.Result)
}

func resultLevel(r Result) slog.Level {
	switch r {
	case ResultOK, ResultOutstanding, ResultFault, ResultCanceled:
		return slog.LevelInfo
	}
	return slog.LevelWarn
}

func logEvent(ctx context.Context, l *slog.Logger, level slog.Level, msg string, e Event) {
	if l.Enabled(ctx, level) {
		l.LogAttrs(ctx, level, msg, e.attrs()...)
	}
}

// attrs are the fields that are known, under the names that the model's types print (print.go).
func (e Event) attrs() []slog.Attr {
	a := make([]slog.Attr, 0, 10)
	for _, f := range []struct{ key, value string }{
		{"operation", e.Operation}, {"provider", e.Scope}, {"transId", e.TransID}, {"msspTransId", e.MSSPTransID},
	} {
		if f.value != "" {
			a = append(a, slog.String(f.key, f.value))
		}
	}
	if e.Purpose != 0 {
		a = append(a, slog.String("purpose", e.Purpose.String()))
	}
	a = append(a, slog.String("result", string(e.Result)))
	if e.Code != 0 {
		a = append(a, slog.Int("code", int(e.Code)))
	}
	if e.HTTPStatus != 0 {
		a = append(a, slog.Int("httpStatus", e.HTTPStatus))
	}
	a = append(a, slog.Duration("duration", e.Duration))
	if e.Err != nil {
		a = append(a, slog.String("error", errorForLogs(e.Err)))
	}
	return a
}

// errorForLogs is the text of the error of this module within err, without what wraps it, or else the type of err's root.
// What a caller's own hooks say may be personal.
func errorForLogs(err error) string {
	ours := cmp.Or(as[*RequestError](err), as[*Fault](err), as[*VerificationError](err), as[*TransportError](err), as[Code](err))
	if ours != nil {
		return ours.Error()
	}
	for _, known := range []error{ErrUnknownOutcome, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	for next := err; next != nil; next = errors.Unwrap(next) {
		err = next
	}
	return fmt.Sprintf("%T", err)
}

func as[E error](err error) error {
	if e, ok := errors.AsType[E](err); ok {
		return e
	}
	return nil
}
