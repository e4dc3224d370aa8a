package otelmss_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/otelmss"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// The observer goes into a service's configuration, which then calls its hooks. Here the example calls them, and an exporter
// in memory stands for a collector.
func ExampleNew() {
	exporter := tracetest.NewInMemoryExporter()
	observer, err := otelmss.New(otelmss.Options{
		TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)),
		MeterProvider:  sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader())),
	})
	if err != nil {
		log.Fatal(err)
	}

	e := mss.Event{Operation: mss.OpSignature, TransID: "T1"}
	ctx := observer.Start(context.Background(), e)
	observer.Sent(ctx, e)
	e.HTTPStatus, e.Code, e.Result = 200, mss.StatusRequestOK, mss.ResultOK
	observer.Answered(ctx, e)
	observer.Done(ctx, e)

	for _, span := range exporter.GetSpans() {
		fmt.Println(span.Name, span.SpanKind)
		for _, a := range span.Attributes {
			fmt.Println(" ", a.Key, a.Value)
		}
	}
	// Output:
	// mss.Signature client
	//   mss.operation MSS_Signature
	//   mss.synchronous false
	//   mss.trans_id T1
	//   mss.result ok
	//   mss.code_name REQUEST_OK
	//   mss.code 100
	//   http.response.status_code 200
}
