// Package otelmss tells OpenTelemetry what a service does: spans, and the metrics that a team would be woken by. It is a
// module of its own, so that who does without OpenTelemetry links none of it.
//
//	observer, err := otelmss.New(otelmss.Options{
//		TracerProvider: otel.GetTracerProvider(),
//		MeterProvider:  otel.GetMeterProvider(),
//	})
//	…
//	client, err := mssp.New(mssp.Config{Observer: observer, …}) // or mss.Observers(observer, mss.LogObserver(logger))
//
// # Spans
//
// Every operation is a span of kind client, within the span of the caller's context: mss.Signature, mss.StatusQuery,
// mss.Receipt, mss.ProfileQuery, mss.Registration, mss.Health or, of an operation that is none of these, mss.Other. It has
// the events Sent, Answered and Poll. Its attributes, where they are known:
//
//   - mss.operation: MSS_Signature, MSS_StatusQuery…, health or other
//   - mss.scope: the service with its account, Transaction.Provider
//   - mss.trans_id, mss.mssp_trans_id: AP_TransID and MSSP_TransID; they join the spans of one signature, whichever instance
//     asked and polled
//   - mss.purpose: authentication or signing
//   - mss.synchronous: whether the call itself waited for the person
//   - mss.result: an mss.Result
//   - mss.code, mss.code_name: the service's status or fault, 401 and USER_CANCEL; a code without a name is "other"
//   - http.response.status_code
//   - mss.check: the check that failed (unverified)
//   - mss.sent: how much of the request has left (transport): "not sent", "maybe sent", "answered"
//   - mss.elapsed: in the event Poll, seconds since the person was asked
//
// The status of the span is Error where the result is transport, unverified or unknown. It is not where the person
// declined, the service refused, the caller canceled or the request was refused unsent: to tell an outage from a person's
// No, look at mss.code_name.
//
// Verification has no context, so it has no span; metrics count it.
//
// # Metrics
//
//   - mss.client.operations (counter, {operation}): operations that have ended, by mss.operation, mss.result, mss.code_name
//   - mss.client.active_operations (up-down counter, {operation}): operations under way, by mss.operation
//   - mss.client.operation.duration (histogram, s): by mss.operation, mss.result, mss.synchronous
//   - mss.client.exchange.duration (histogram, s): one message and its answer, by mss.operation, mss.result,
//     mss.synchronous, http.response.status_code
//   - mss.client.answer.duration (histogram, s): from the request until the person's answer was there, by mss.purpose,
//     mss.result, mss.code_name. It is taken when the outcome is judged, and its count is that of the outcomes.
//   - mss.client.verification.failures (counter, {failure}): answers that claimed more than they proved, by mss.check
//
// Every label has few values, whatever a service sends: ids, scopes and unknown codes are none. Evidence that is judged
// again counts again; give a separate verifier of archives no observer.
//
// # Alerts
//
// In PromQL, with the names as the Prometheus exporter writes them. Rare events ask for series that are new, too: increase
// sees nothing of a counter that begins at 1.
//
//	# Somebody forges, or an anchor is missing: every single one.
//	increase(mss_client_verification_failures_total[15m]) > 0
//	  or (mss_client_verification_failures_total unless mss_client_verification_failures_total offset 15m) > 0
//	# People may have signed, and nobody knows.
//	increase(mss_client_operations_total{mss_result="unknown",mss_operation!="health"}[15m]) > 0
//	  or (mss_client_operations_total{mss_result="unknown",mss_operation!="health"}
//	    unless mss_client_operations_total offset 15m) > 0
//	# The service cannot be reached.
//	sum(rate(mss_client_operations_total{mss_result="transport"}[5m])) / sum(rate(mss_client_operations_total[5m])) > 0.05
//	# The service refuses us: the contract, the certificate, the clock.
//	sum(increase(mss_client_operations_total{mss_operation!="health",
//	  mss_code_name=~"UNAUTHORIZED_ACCESS|WRONG_PARAM|INAPPROPRIATE_DATA"}[5m])) > 5
//	# The service fails.
//	sum(increase(mss_client_operations_total{mss_code_name=~"INTERNAL_ERROR|OTA_ERROR"}[5m])) > 5
//	# More and more people decline or do not answer: requests that they did not ask for.
//	sum(rate(mss_client_answer_duration_seconds_count{mss_code_name=~"USER_CANCEL|EXPIRED_TRANSACTION"}[15m]))
//	  / sum(rate(mss_client_answer_duration_seconds_count[15m])) > 0.3
//	# Our own limits refuse requests: an attack on strangers' phones, or a limit that is too low.
//	sum(rate(mss_client_operations_total{mss_result="refused"}[5m])) > 1
//	# The service is slow where it waits for nobody.
//	histogram_quantile(0.95, sum by (le) (rate(mss_client_exchange_duration_seconds_bucket{mss_synchronous="false"}[5m]))) > 3
//
// The thresholds are examples. The results and codes are those of package mss.
//
// # Personal data
//
// Spans and metrics hold no text of an error: those of package mss hold nothing personal, but a hook of the application may
// have made the one that ended an operation. A span holds the ids of its transaction, which lead to the person for who has
// the application's records; where AP_TransIDs are the application's own, it must not make them of personal data.
package otelmss
