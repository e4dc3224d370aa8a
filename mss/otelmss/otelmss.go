package otelmss

import (
	"errors"
	"fmt"

	"github.com/gomss/gomss/mss"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// scopeName is the instrumentation scope of the spans and metrics.
const scopeName = "github.com/gomss/gomss/mss/otelmss"

// Options say where spans and metrics go. What is nil is not recorded: the global providers are not taken unasked, because
// they are whatever the process has set by the time of the call, and a program that forgot to set them would learn of
// its missing alerts when it needs them. To use them, say otel.GetTracerProvider() and otel.GetMeterProvider().
type Options struct {
	TracerProvider trace.TracerProvider // nil: no spans
	MeterProvider  metric.MeterProvider // nil: no metrics
}

// New returns an observer of one or several services. It fails where neither provider is given, and where the
// MeterProvider refuses an instrument.
func New(o Options) (*mss.Observer, error) {
	if o.TracerProvider == nil && o.MeterProvider == nil {
		return nil, errors.New("otelmss: Options: a TracerProvider or a MeterProvider is needed, or nothing would be recorded")
	}
	var spans, metrics *mss.Observer
	if o.TracerProvider != nil {
		spans = newTracing(o.TracerProvider.Tracer(scopeName))
	}
	if o.MeterProvider != nil {
		m, err := newInstruments(o.MeterProvider.Meter(scopeName))
		if err != nil {
			return nil, fmt.Errorf("otelmss: Options.MeterProvider: %w", err)
		}
		metrics = m.observer()
	}
	return mss.Observers(spans, metrics), nil // spans first: metrics then take them as exemplars
}
