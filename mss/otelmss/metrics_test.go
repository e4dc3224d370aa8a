package otelmss_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/otelmss"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

func unverified(check string) error {
	return mss.Polled(&mss.VerificationError{Check: check, Err: errors.New("does not hold")})
}

func TestOperationsAreCounted(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	for range 3 {
		b.operation(t.Context(), accepted)
	}
	for _, e := range []mss.Event{
		{Operation: mss.OpSignature, Result: mss.ResultFault, Code: mss.UnauthorizedAccess},
		{Operation: mss.OpSignature, Result: mss.ResultFault, Code: 4242},
		{Operation: mss.OpSignature, Result: mss.ResultFault, Code: 4243},
		{Operation: mss.OpStatusQuery, Result: mss.ResultTransport},
		{Operation: "health", Result: mss.ResultOK, Code: mss.WrongParam},
		{Operation: "surprise", Result: "surprise", Code: -1},
	} {
		b.operation(t.Context(), e)
	}
	require.Equal(t, map[string]int64{
		"mss.code_name=REQUEST_OK mss.operation=MSS_Signature mss.result=ok":             3,
		"mss.code_name=UNAUTHORIZED_ACCESS mss.operation=MSS_Signature mss.result=fault": 1,
		"mss.code_name=other mss.operation=MSS_Signature mss.result=fault":               2,
		"mss.operation=MSS_StatusQuery mss.result=transport":                             1,
		"mss.code_name=WRONG_PARAM mss.operation=health mss.result=ok":                   1,
		"mss.code_name=other mss.operation=other mss.result=unknown":                     1,
	}, b.sums(t, "mss.client.operations"))
}

func TestActiveOperationsComeBackToNone(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	refused := mss.Event{Operation: mss.OpReceipt, Result: mss.ResultRefused}
	first := b.observer.Start(t.Context(), accepted)
	second := b.observer.Start(t.Context(), accepted)
	third := b.observer.Start(t.Context(), refused)
	require.Equal(t, map[string]int64{"mss.operation=MSS_Signature": 2, "mss.operation=MSS_Receipt": 1}, b.sums(t, "mss.client.active_operations"))
	b.observer.Done(second, accepted)
	require.Equal(t, map[string]int64{"mss.operation=MSS_Signature": 1, "mss.operation=MSS_Receipt": 1}, b.sums(t, "mss.client.active_operations"))
	b.observer.Done(first, accepted)
	b.observer.Done(third, refused)
	require.Equal(t, map[string]int64{"mss.operation=MSS_Signature": 0, "mss.operation=MSS_Receipt": 0}, b.sums(t, "mss.client.active_operations"))
}

func TestDurations(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	waited := mss.Event{Operation: mss.OpSignature, Synchronous: true, Result: mss.ResultOK, HTTPStatus: 200, Code: 500}
	exchange, whole := waited, waited
	exchange.Duration, whole.Duration = 11*time.Second, 12*time.Second
	failed := mss.Event{Operation: mss.OpSignature, Result: mss.ResultTransport, HTTPStatus: 502, Duration: 250 * time.Millisecond}
	odd := failed
	odd.HTTPStatus = 799
	b.play(t.Context(),
		moment{"Start", waited}, moment{"Answered", exchange}, moment{"Done", whole},
		moment{"Start", failed}, moment{"Answered", failed}, moment{"Answered", odd}, moment{"Done", failed})

	require.Equal(t, map[string][2]float64{
		"mss.operation=MSS_Signature mss.result=ok mss.synchronous=true":         {1, 12},
		"mss.operation=MSS_Signature mss.result=transport mss.synchronous=false": {1, 0.25},
	}, b.histogram(t, "mss.client.operation.duration"))
	require.Equal(t, map[string][2]float64{
		"http.response.status_code=200 mss.operation=MSS_Signature mss.result=ok mss.synchronous=true":         {1, 11},
		"http.response.status_code=502 mss.operation=MSS_Signature mss.result=transport mss.synchronous=false": {1, 0.25},
		"mss.operation=MSS_Signature mss.result=transport mss.synchronous=false":                               {1, 0.25},
	}, b.histogram(t, "mss.client.exchange.duration"))
}

func TestJudgements(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	for _, e := range []mss.Event{
		{Operation: mss.OpSignature, Purpose: mss.Authentication, Result: mss.ResultOK, Code: mss.StatusSignature, Duration: 8 * time.Second},
		{Operation: mss.OpSignature, Purpose: mss.Authentication, Result: mss.ResultOK, Code: mss.StatusSignature, Duration: 4 * time.Second},
		{Operation: mss.OpSignature, Purpose: mss.Signing, Result: mss.ResultFault, Code: mss.UserCancel, Duration: 3 * time.Second, Err: &mss.Fault{Code: mss.UserCancel}},
		{Operation: mss.OpSignature, Purpose: 9, Result: mss.ResultUnverified, Duration: time.Second, Err: unverified("chain")},
		{Operation: mss.OpSignature, Result: mss.ResultUnverified, Duration: -time.Second, Err: unverified("chain")},
		{Operation: mss.OpSignature, Result: mss.ResultUnverified, Duration: -time.Second, Err: unverified("replay")},
	} {
		b.play(t.Context(), moment{"Judged", e})
	}
	b.operation(t.Context(), mss.Event{Operation: mss.OpSignature, Result: mss.ResultUnverified, Err: unverified("echo")})

	require.Equal(t, map[string][2]float64{
		"mss.code_name=SIGNATURE mss.purpose=authentication mss.result=ok": {2, 12},
		"mss.code_name=USER_CANCEL mss.purpose=signing mss.result=fault":   {1, 3},
		"mss.result=unverified": {1, 1},
	}, b.histogram(t, "mss.client.answer.duration"))
	require.Equal(t, map[string]int64{"mss.check=chain": 2, "mss.check=replay": 1, "mss.check=echo": 1},
		b.sums(t, "mss.client.verification.failures"))
	require.Empty(t, b.spans.GetSpans()[0].Links, "a judgement is no span")
	require.Len(t, b.spans.GetSpans(), 1)
}

// The names and units are an interface: dashboards and alerts are written against them.
func TestInstruments(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	b.operation(t.Context(), accepted)
	b.play(t.Context(), moment{"Judged", mss.Event{Result: mss.ResultUnverified, Err: unverified("chain")}})
	got := map[string]string{}
	for name, m := range b.collect(t) {
		require.NotEmpty(t, m.Description, name)
		got[name] = m.Unit
		if h, ok := m.Data.(metricdata.Histogram[float64]); ok {
			bounds := h.DataPoints[0].Bounds
			require.Greater(t, bounds[len(bounds)-1], 200.0, "%s: people take minutes", name)
			require.LessOrEqual(t, bounds[0], 1.0, name)
		}
	}
	require.Equal(t, map[string]string{
		"mss.client.operations":            "{operation}",
		"mss.client.active_operations":     "{operation}",
		"mss.client.operation.duration":    "s",
		"mss.client.exchange.duration":     "s",
		"mss.client.answer.duration":       "s",
		"mss.client.verification.failures": "{failure}",
	}, got)
	active := b.collect(t)["mss.client.active_operations"].Data.(metricdata.Sum[int64])
	require.False(t, active.IsMonotonic)
}

// Whatever a service sends, the series stay few.
func TestCardinalityIsBounded(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	for i := range 2000 {
		e := mss.Event{
			Operation: fmt.Sprintf("op %d", i), Scope: fmt.Sprint("scope ", i), TransID: fmt.Sprint("T", i), MSSPTransID: fmt.Sprint("h", i),
			Purpose: mss.Purpose(3 + i), HTTPStatus: 1000 + i, Code: mss.Code(10_000 + i), Result: mss.Result(fmt.Sprint("r", i)),
			Err: &mss.VerificationError{Check: fmt.Sprint("check ", i), Err: errors.New("x")},
		}
		b.operation(t.Context(), e)
		b.play(t.Context(), moment{"Judged", e})
	}
	for name, m := range b.collect(t) {
		switch d := m.Data.(type) {
		case metricdata.Sum[int64]:
			require.Len(t, d.DataPoints, 1, name)
		case metricdata.Histogram[float64]:
			require.Len(t, d.DataPoints, 1, name)
		default:
			require.Fail(t, "no such kind of metric is expected", "%s: %T", name, d)
		}
	}
}

// A provider alone is enough.
func TestEitherProviderMayBeLeftOut(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	spansAlone, err := otelmss.New(otelmss.Options{TracerProvider: b.tracer})
	require.NoError(t, err)
	reader := sdkmetric.NewManualReader()
	metricsAlone, err := otelmss.New(otelmss.Options{MeterProvider: sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))})
	require.NoError(t, err)

	b.observer = spansAlone
	b.operation(t.Context(), accepted)
	require.Len(t, b.spans.GetSpans(), 1)
	require.Empty(t, b.collect(t))

	b.spans.Reset()
	b.observer, b.metrics = metricsAlone, reader
	b.operation(t.Context(), accepted)
	require.Empty(t, b.spans.GetSpans())
	require.Len(t, b.collect(t), 4)
}

// brokenMeters refuses one kind of instrument.
type brokenMeters struct{ noop.MeterProvider }

func (brokenMeters) Meter(string, ...metric.MeterOption) metric.Meter { return brokenMeter{} }

type brokenMeter struct{ noop.Meter }

func (brokenMeter) Float64Histogram(string, ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	return noop.Float64Histogram{}, errors.New("no histograms here")
}

func TestNewTellsThatAnInstrumentIsRefused(t *testing.T) {
	t.Parallel()
	o, err := otelmss.New(otelmss.Options{MeterProvider: brokenMeters{}})
	require.ErrorContains(t, err, "no histograms here")
	require.Nil(t, o)
}

// An exemplar leads from a metric to a trace: the metrics see the context with the operation's span, from its start on.
func TestMetricsLeadToTheSpan(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	ctx := b.observer.Start(t.Context(), accepted)
	active := b.collect(t)["mss.client.active_operations"].Data.(metricdata.Sum[int64]).DataPoints[0].Exemplars
	b.observer.Done(ctx, accepted)
	calls := b.collect(t)["mss.client.operation.duration"].Data.(metricdata.Histogram[float64]).DataPoints[0].Exemplars

	id := b.spans.GetSpans()[0].SpanContext.SpanID()
	require.Len(t, active, 1)
	require.Equal(t, id[:], active[0].SpanID)
	require.Len(t, calls, 1)
	require.Equal(t, id[:], calls[0].SpanID)
}

func BenchmarkOperation(b *testing.B) {
	back := newBackend(b)
	b.ReportAllocs()
	for b.Loop() {
		back.operation(b.Context(), accepted)
		back.spans.Reset()
	}
}
