package otelmss_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/otelmss"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

func TestNewNeedsAProvider(t *testing.T) {
	t.Parallel()
	o, err := otelmss.New(otelmss.Options{})
	require.ErrorContains(t, err, "Options")
	require.Nil(t, o)
}

func TestSpanOfAnOperation(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	asked := accepted
	asked.MSSPTransID, asked.HTTPStatus, asked.Code, asked.Result = "", 0, 0, ""
	b.play(t.Context(), moment{"Start", asked}, moment{"Sent", asked}, moment{"Answered", accepted}, moment{"Done", accepted})

	spans := b.spans.GetSpans()
	require.Len(t, spans, 1)
	s := spans[0]
	require.Equal(t, "mss.Signature", s.Name)
	require.Equal(t, trace.SpanKindClient, s.SpanKind)
	require.Equal(t, codes.Unset, s.Status.Code)
	require.Equal(t, "mss.operation=MSS_Signature mss.synchronous=false mss.purpose=authentication "+
		"mss.scope=mssp|swisscom|production|mss.example|mid://acme mss.trans_id=T1 mss.mssp_trans_id=h1 "+
		"mss.result=ok mss.code_name=REQUEST_OK mss.code=100 http.response.status_code=200", list(s.Attributes))
	require.Len(t, s.Events, 2)
	require.Equal(t, "Sent ", s.Events[0].Name+" "+list(s.Events[0].Attributes))
	require.Equal(t, "Answered mss.result=ok mss.code_name=REQUEST_OK mss.code=100 http.response.status_code=200",
		s.Events[1].Name+" "+list(s.Events[1].Attributes))
}

func TestSpanTellsHowItEnded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		e      mss.Event
		status codes.Code
		text   string // description of the status
		span   string
		want   string
	}{
		{
			"poll finds the signature", mss.Event{Operation: mss.OpStatusQuery, Result: mss.ResultOK, Code: 500, HTTPStatus: 200},
			codes.Unset, "", "mss.StatusQuery",
			"mss.operation=MSS_StatusQuery mss.synchronous=false mss.result=ok mss.code_name=SIGNATURE mss.code=500 http.response.status_code=200",
		},
		{
			"the person declined", mss.Event{Operation: mss.OpSignature, Synchronous: true, Result: mss.ResultFault, Code: 401, HTTPStatus: 500, Err: &mss.Fault{Code: 401}},
			codes.Unset, "", "mss.Signature",
			"mss.operation=MSS_Signature mss.synchronous=true mss.result=fault mss.code_name=USER_CANCEL mss.code=401 http.response.status_code=500",
		},
		{
			"a code without a name", mss.Event{Operation: mss.OpProfileQuery, Result: mss.ResultFault, Code: 4242},
			codes.Unset, "", "mss.ProfileQuery",
			"mss.operation=MSS_ProfileQuery mss.synchronous=false mss.result=fault mss.code_name=other mss.code=4242",
		},
		{
			"refused unsent", mss.Event{Operation: mss.OpReceipt, Purpose: mss.Signing, Result: mss.ResultRefused, Err: &mss.RequestError{}},
			codes.Unset, "", "mss.Receipt",
			"mss.operation=MSS_Receipt mss.synchronous=false mss.purpose=signing mss.result=refused",
		},
		{
			"canceled on the way", mss.Event{
				Operation: mss.OpSignature, Result: mss.ResultCanceled,
				Err: &mss.TransportError{Sent: mss.MaybeSent, Err: context.Canceled},
			},
			codes.Unset, "", "mss.Signature",
			"mss.operation=MSS_Signature mss.synchronous=false mss.result=canceled mss.sent=maybe sent",
		},
		{
			"no connection", mss.Event{
				Operation: "health", Result: mss.ResultTransport,
				Err: &mss.TransportError{Sent: mss.NotSent, Err: errors.New("refused")},
			},
			codes.Error, "transport", "mss.Health",
			"mss.operation=health mss.synchronous=false mss.result=transport mss.sent=not sent",
		},
		{
			"not verified", mss.Event{
				Operation: mss.OpRegistration, Result: mss.ResultUnverified,
				Err: &mss.VerificationError{Check: "key-usage", Err: errors.New("none")},
			},
			codes.Error, "unverified", "mss.Registration",
			"mss.operation=MSS_Registration mss.synchronous=false mss.result=unverified mss.check=key-usage",
		},
		{
			"outcome unknown", mss.Event{Operation: mss.OpStatusQuery, Result: mss.ResultUnknown, Err: mss.ErrUnknownOutcome},
			codes.Error, "unknown", "mss.StatusQuery",
			"mss.operation=MSS_StatusQuery mss.synchronous=false mss.result=unknown",
		},
		{
			"values that nobody knows", mss.Event{
				Operation: "X", Purpose: 7, Result: "surprise", HTTPStatus: 799,
				Err: &mss.TransportError{Sent: 9, Err: &mss.VerificationError{Check: "Text 7"}},
			},
			codes.Error, "unknown", "mss.Other",
			"mss.operation=other mss.synchronous=false mss.result=unknown mss.check=other",
		},
	} {
		b := newBackend(t)
		b.play(t.Context(), moment{"Start", mss.Event{Operation: tt.e.Operation}}, moment{"Done", tt.e})
		spans := b.spans.GetSpans()
		require.Len(t, spans, 1, tt.name)
		require.Equal(t, tt.span, spans[0].Name, tt.name)
		require.Equal(t, sdktrace.Status{Code: tt.status, Description: tt.text}, spans[0].Status, tt.name)
		require.Equal(t, tt.want, list(spans[0].Attributes), tt.name)
		require.Empty(t, spans[0].Events, tt.name)
	}
}

func TestSpanTellsPolls(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	e := mss.Event{Operation: mss.OpStatusQuery, Code: mss.StatusOutstanding, Result: mss.ResultOutstanding, Duration: 7500 * time.Millisecond}
	b.play(t.Context(), moment{"Start", e}, moment{"Poll", e}, moment{"Done", e})
	events := b.spans.GetSpans()[0].Events
	require.Len(t, events, 1)
	require.Equal(t, "Poll mss.result=outstanding mss.code_name=OUTSTANDING_TRANSACTION mss.code=504 mss.elapsed=7.5",
		events[0].Name+" "+list(events[0].Attributes))
}

// A sampler decides by what a span begins with.
func TestSpanBeginsWithItsSubject(t *testing.T) {
	t.Parallel()
	seen := &sampler{}
	o, err := otelmss.New(otelmss.Options{TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSampler(seen))})
	require.NoError(t, err)
	ctx := o.Start(t.Context(), mss.Event{Operation: mss.OpSignature, Scope: "s", TransID: "T1", Purpose: mss.Signing, Synchronous: true})
	o.Done(ctx, mss.Event{})
	require.Equal(t, "mss.operation=MSS_Signature mss.synchronous=true mss.purpose=signing mss.scope=s mss.trans_id=T1", seen.attributes)
}

type sampler struct{ attributes string }

func (s *sampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	s.attributes = list(p.Attributes)
	return sdktrace.SamplingResult{Decision: sdktrace.Drop}
}

func (s *sampler) Description() string { return "notes what it is asked" }

// The operation's span is a child of the caller's, and what a transport does within the operation is a child of it.
func TestContextsNest(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	tracer := b.tracer.Tracer("test")

	ctx, login := tracer.Start(t.Context(), "login")
	ctx = b.observer.Start(ctx, accepted)
	below, exchange := tracer.Start(ctx, "exchange") // by a traced http.RoundTripper
	b.observer.Sent(below, accepted)                 // told with the deeper context, it still belongs to the operation
	exchange.End()
	b.observer.Done(below, accepted)
	login.End()

	byName := map[string]tracetest.SpanStub{}
	for _, s := range b.spans.GetSpans() {
		byName[s.Name] = s
	}
	require.Len(t, byName, 3)
	operation := byName["mss.Signature"]
	require.Equal(t, login.SpanContext().SpanID(), operation.Parent.SpanID())
	require.Equal(t, operation.SpanContext.SpanID(), byName["exchange"].Parent.SpanID())
	require.Len(t, operation.Events, 1)
	require.Empty(t, byName["exchange"].Events)
}

// Two observers, for two backends, do not end each other's spans.
func TestObserversKeepTheirOwnSpans(t *testing.T) {
	t.Parallel()
	a, b := newBackend(t), newBackend(t)
	both := mss.Observers(a.observer, b.observer)
	ctx := both.Start(t.Context(), accepted)
	both.Sent(ctx, accepted)
	both.Done(ctx, accepted)
	for _, each := range []*backend{a, b} {
		spans := each.spans.GetSpans()
		require.Len(t, spans, 1)
		require.Len(t, spans[0].Events, 1)
	}
}

func TestHooksWithoutAStartAreHarmless(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	ctx, span := b.tracer.Tracer("test").Start(t.Context(), "the caller's")
	b.play(ctx, moment{"Sent", accepted}, moment{"Answered", accepted}, moment{"Poll", accepted}, moment{"Done", accepted})
	require.Empty(t, b.spans.GetSpans(), "the caller's span is not ended")
	span.End()
	require.Empty(t, b.spans.GetSpans()[0].Events)
}
