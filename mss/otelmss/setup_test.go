package otelmss_test

import (
	"context"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/otelmss"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// backend keeps in memory what an observer records.
type backend struct {
	observer *mss.Observer
	tracer   *sdktrace.TracerProvider
	spans    *tracetest.InMemoryExporter
	metrics  *sdkmetric.ManualReader
}

func newBackend(t testing.TB) *backend {
	t.Helper()
	b := &backend{spans: tracetest.NewInMemoryExporter(), metrics: sdkmetric.NewManualReader()}
	b.tracer = sdktrace.NewTracerProvider(sdktrace.WithSyncer(b.spans))
	var err error
	b.observer, err = otelmss.New(otelmss.Options{
		TracerProvider: b.tracer,
		MeterProvider:  sdkmetric.NewMeterProvider(sdkmetric.WithReader(b.metrics)),
	})
	require.NoError(t, err)
	return b
}

// moment is one call of a hook.
type moment struct {
	hook string
	e    mss.Event
}

// play calls hooks as a service does: Start's context goes on to the others.
func (b *backend) play(ctx context.Context, moments ...moment) {
	for _, m := range moments {
		switch m.hook {
		case "Start":
			ctx = b.observer.Start(ctx, m.e)
		case "Judged":
			b.observer.Judged(m.e)
		default:
			map[string]func(context.Context, mss.Event){
				"Sent": b.observer.Sent, "Answered": b.observer.Answered, "Poll": b.observer.Poll, "Done": b.observer.Done,
			}[m.hook](ctx, m.e)
		}
	}
}

// operation is a whole call that ends so.
func (b *backend) operation(ctx context.Context, e mss.Event) {
	b.play(ctx, moment{"Start", mss.Event{Operation: e.Operation, Purpose: e.Purpose}}, moment{"Sent", e}, moment{"Answered", e}, moment{"Done", e})
}

// collect returns the metrics by name.
func (b *backend) collect(t testing.TB) map[string]metricdata.Metrics {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, b.metrics.Collect(t.Context(), &all))
	byName := map[string]metricdata.Metrics{}
	for _, scope := range all.ScopeMetrics {
		require.Equal(t, "github.com/gomss/gomss/mss/otelmss", scope.Scope.Name)
		for _, m := range scope.Metrics {
			byName[m.Name] = m
		}
	}
	return byName
}

// sums returns the values of a counter by labels, in the form "a=1 b=2".
func (b *backend) sums(t testing.TB, name string) map[string]int64 {
	t.Helper()
	data, ok := b.collect(t)[name].Data.(metricdata.Sum[int64])
	require.True(t, ok, name)
	sums := map[string]int64{}
	for _, p := range data.DataPoints {
		sums[labels(p.Attributes)] = p.Value
	}
	return sums
}

// histogram returns the count and the sum in seconds, by labels.
func (b *backend) histogram(t testing.TB, name string) map[string][2]float64 {
	t.Helper()
	data, ok := b.collect(t)[name].Data.(metricdata.Histogram[float64])
	require.True(t, ok, name)
	values := map[string][2]float64{}
	for _, p := range data.DataPoints {
		values[labels(p.Attributes)] = [2]float64{float64(p.Count), p.Sum}
	}
	return values
}

func labels(s attribute.Set) string { return list(s.ToSlice()) }

// list writes attributes in their order.
func list(kvs []attribute.KeyValue) string {
	text := ""
	for _, kv := range kvs {
		if text != "" {
			text += " "
		}
		text += string(kv.Key) + "=" + kv.Value.String()
	}
	return text
}

// accepted is what most signatures begin with.
var accepted = mss.Event{
	Operation: mss.OpSignature, Scope: "mssp|swisscom|production|mss.example|mid://acme", TransID: "T1", MSSPTransID: "h1",
	Purpose: mss.Authentication, Duration: 400 * time.Millisecond, HTTPStatus: 200, Code: mss.StatusRequestOK, Result: mss.ResultOK,
}
