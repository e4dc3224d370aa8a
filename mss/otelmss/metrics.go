package otelmss

import (
	"context"
	"errors"

	"github.com/gomss/gomss/mss"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// Bounds of histograms, in seconds. An answer at once is a matter of milliseconds; a call that waits for the person takes
// as long as they do: seconds, up to the five minutes that the longest provider gives.
var (
	callBounds   = []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320}
	personBounds = []float64{1, 2, 5, 10, 15, 20, 30, 40, 60, 80, 120, 180, 300}
)

// instruments are the metrics that the package comment lists.
type instruments struct {
	operations        metric.Int64Counter
	active            metric.Int64UpDownCounter
	operationDuration metric.Float64Histogram
	exchangeDuration  metric.Float64Histogram
	answerDuration    metric.Float64Histogram
	failures          metric.Int64Counter
}

func newInstruments(m metric.Meter) (*instruments, error) {
	var i instruments
	var errs [6]error
	i.operations, errs[0] = m.Int64Counter("mss.client.operations", metric.WithUnit("{operation}"),
		metric.WithDescription("Operations that have ended."))
	i.active, errs[1] = m.Int64UpDownCounter("mss.client.active_operations", metric.WithUnit("{operation}"),
		metric.WithDescription("Operations under way."))
	i.operationDuration, errs[2] = m.Float64Histogram("mss.client.operation.duration", metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(callBounds...),
		metric.WithDescription("Duration of operations; synchronous ones wait for the person."))
	i.exchangeDuration, errs[3] = m.Float64Histogram("mss.client.exchange.duration", metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(callBounds...),
		metric.WithDescription("Time from sending a message to its answer."))
	i.answerDuration, errs[4] = m.Float64Histogram("mss.client.answer.duration", metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(personBounds...),
		metric.WithDescription("Time from the request to the person's answer."))
	i.failures, errs[5] = m.Int64Counter("mss.client.verification.failures", metric.WithUnit("{failure}"),
		metric.WithDescription("Answers that claimed more than they proved."))
	return &i, errors.Join(errs[:]...)
}

func (i *instruments) observer() *mss.Observer {
	return &mss.Observer{
		Start: func(ctx context.Context, e mss.Event) context.Context {
			i.active.Add(ctx, 1, metric.WithAttributes(operationOf(e)))
			return ctx
		},
		Answered: i.answered,
		Done:     i.done,
		Judged:   i.judged,
	}
}

func (i *instruments) answered(ctx context.Context, e mss.Event) {
	a := append([]attribute.KeyValue{operationOf(e), resultOf(e), synchronousOf(e)}, httpStatusOf(e)...)
	i.exchangeDuration.Record(ctx, e.Duration.Seconds(), metric.WithAttributes(a...))
}

func (i *instruments) done(ctx context.Context, e mss.Event) {
	operation, result := operationOf(e), resultOf(e)
	i.active.Add(ctx, -1, metric.WithAttributes(operation))
	i.operations.Add(ctx, 1, metric.WithAttributes(append([]attribute.KeyValue{operation, result}, codeNameOf(e)...)...))
	i.operationDuration.Record(ctx, e.Duration.Seconds(), metric.WithAttributes(operation, result, synchronousOf(e)))
	i.failed(ctx, e)
}

// judged has no context to go by. An answer that came before the request is one of two clocks that disagree.
func (i *instruments) judged(e mss.Event) {
	ctx := context.Background()
	if e.Duration >= 0 {
		a := append([]attribute.KeyValue{resultOf(e)}, purposeOf(e)...)
		i.answerDuration.Record(ctx, e.Duration.Seconds(), metric.WithAttributes(append(a, codeNameOf(e)...)...))
	}
	i.failed(ctx, e)
}

func (i *instruments) failed(ctx context.Context, e mss.Event) {
	if check := checkOf(e); check != nil {
		i.failures.Add(ctx, 1, metric.WithAttributes(check...))
	}
}
