package otelmss_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// canary stands for a person's number and text, in forms that slip through different filters.
const (
	canary     = "canary-7f3kq +41791234567"
	canaryWord = "canarysevenfkq"
)

// exported is everything that the exporters were given, as text.
func (b *backend) exported(t testing.TB) (spans, metrics string) {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, b.metrics.Collect(t.Context(), &all))
	s, err := json.Marshal(b.spans.GetSpans())
	require.NoError(t, err)
	m, err := json.Marshal(all)
	require.NoError(t, err)
	return string(s), string(m)
}

func canaryErrors() []error {
	hook := errors.New(canary)
	return []error{
		hook,
		fmt.Errorf("%s: %w", canary, context.Canceled),
		fmt.Errorf("%w: %s", mss.ErrUnknownOutcome, canary),
		errors.Join(hook, mss.UserCancel),
		&mss.RequestError{Field: canary, Reason: canary, Err: hook},
		&mss.Fault{Code: mss.UserCancel, Operation: canary, Reason: mss.Conceal(canary), Details: []mss.Private{mss.Conceal(canary)}, Native: canary, TraceID: canary},
		&mss.TransportError{Sent: mss.MaybeSent, Status: 502, Err: hook, Body: mss.Conceal(canary)},
		mss.Polled(&mss.TransportError{Err: hook}),
		&mss.VerificationError{Check: "chain", Err: hook, Evidence: &mss.Evidence{Raw: []byte(canary)}},
		&mss.VerificationError{Check: canary, Err: hook},
	}
}

func requireNoCanary(t *testing.T, exported, what string) {
	t.Helper()
	for _, trace := range []string{"canary", "7f3kq", "79123"} {
		require.NotContains(t, strings.ToLower(exported), trace, what)
	}
}

// What an application's hook says, in whatever error of whatever type, reaches neither spans nor metrics.
func TestErrorsLeaveNoText(t *testing.T) {
	t.Parallel()
	for _, err := range canaryErrors() {
		b := newBackend(t)
		e := accepted
		e.Err, e.Result = err, mss.ResultOf(err)
		b.play(t.Context(), moment{"Start", e}, moment{"Sent", e}, moment{"Answered", e}, moment{"Poll", e}, moment{"Done", e}, moment{"Judged", e})
		spans, metrics := b.exported(t)
		require.Contains(t, spans, `"T1"`, "the export is read at all")
		require.Contains(t, metrics, `"`+string(e.Result)+`"`)
		requireNoCanary(t, spans, fmt.Sprintf("%T", err))
		requireNoCanary(t, metrics, fmt.Sprintf("%T", err))
	}
}

// Fields with few values are not written as they come. Ids are, but on spans alone.
func TestFieldsWithTextInThem(t *testing.T) {
	t.Parallel()
	for _, text := range []string{canary, canaryWord} {
		for _, tt := range []struct {
			field   string
			e       mss.Event
			onSpans bool
		}{
			{"Operation", mss.Event{Operation: text}, false},
			{"Result", mss.Event{Result: mss.Result(text)}, false},
			{"Scope", mss.Event{Scope: text}, true},
			{"TransID", mss.Event{TransID: text}, true},
			{"MSSPTransID", mss.Event{MSSPTransID: text}, true},
		} {
			b := newBackend(t)
			b.play(t.Context(), moment{"Start", tt.e}, moment{"Sent", tt.e}, moment{"Answered", tt.e}, moment{"Poll", tt.e}, moment{"Done", tt.e}, moment{"Judged", tt.e})
			spans, metrics := b.exported(t)
			require.Contains(t, metrics, "mss.client.operations")
			requireNoCanary(t, metrics, tt.field)
			require.Equal(t, tt.onSpans, strings.Contains(spans, text), tt.field)
		}
	}
}

// A number in a field of numbers is no label either.
func TestNumbersAreNoLabels(t *testing.T) {
	t.Parallel()
	b := newBackend(t)
	e := mss.Event{Operation: mss.OpSignature, Code: 791234567, HTTPStatus: 791234567, Purpose: 791234567, Result: mss.ResultFault}
	b.play(t.Context(), moment{"Start", e}, moment{"Answered", e}, moment{"Done", e}, moment{"Judged", e})
	_, metrics := b.exported(t)
	require.Contains(t, metrics, `"other"`)
	requireNoCanary(t, metrics, "numbers")
}
