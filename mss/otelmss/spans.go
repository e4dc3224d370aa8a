package otelmss

import (
	"context"

	"github.com/gomss/gomss/mss"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// tracing makes a span of every operation.
type tracing struct{ tracer trace.Tracer }

func newTracing(t trace.Tracer) *mss.Observer {
	s := &tracing{t}
	return &mss.Observer{
		Start:    s.start,
		Sent:     func(ctx context.Context, e mss.Event) { s.add(ctx, "Sent", nil) },
		Answered: func(ctx context.Context, e mss.Event) { s.add(ctx, "Answered", outcome(e)) },
		Poll: func(ctx context.Context, e mss.Event) {
			s.add(ctx, "Poll", append(outcome(e), keyElapsed.Float64(e.Duration.Seconds())))
		},
		Done: s.done,
	}
}

// start gives what a sampler may want to know. The span is also kept under a key of its own: another observer, or a
// transport, may have put its span over it by the time of the other hooks.
func (s *tracing) start(ctx context.Context, e mss.Event) context.Context {
	ctx, span := s.tracer.Start(ctx, spanName(e.Operation),
		trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(subject(e)...))
	return context.WithValue(ctx, s, span)
}

func (s *tracing) add(ctx context.Context, event string, a []attribute.KeyValue) {
	if span, ok := ctx.Value(s).(trace.Span); ok {
		span.AddEvent(event, trace.WithAttributes(a...))
	}
}

// done never records the error itself: its text may be a hook's.
func (s *tracing) done(ctx context.Context, e mss.Event) {
	span, ok := ctx.Value(s).(trace.Span)
	if !ok {
		return
	}
	span.SetAttributes(subject(e)...)
	span.SetAttributes(outcome(e)...)
	switch r := known(e.Result); r {
	case mss.ResultTransport, mss.ResultUnverified, mss.ResultUnknown:
		span.SetStatus(codes.Error, string(r))
	}
	span.End()
}

// subject is what an operation is about.
func subject(e mss.Event) []attribute.KeyValue {
	a := append([]attribute.KeyValue{operationOf(e), synchronousOf(e)}, purposeOf(e)...)
	for _, id := range []attribute.KeyValue{
		keyScope.String(e.Scope), keyTransID.String(e.TransID), keyMSSPTransID.String(e.MSSPTransID),
	} {
		if id.Value.AsString() != "" {
			a = append(a, id)
		}
	}
	return a
}

// outcome is how an exchange, a poll or an operation has ended.
func outcome(e mss.Event) []attribute.KeyValue {
	a := append([]attribute.KeyValue{resultOf(e)}, codeNameOf(e)...)
	if e.Code != 0 {
		a = append(a, keyCode.Int(int(e.Code)))
	}
	a = append(a, httpStatusOf(e)...)
	a = append(a, checkOf(e)...)
	return append(a, sentOf(e)...)
}
