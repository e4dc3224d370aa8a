// Package mss asks people to sign on their phones, whoever runs the phone side: a Mobile Signature Service of ETSI
// TS 102 204 (Swisscom Mobile ID; package mssp) or another provider that an adapter maps onto the same model.
//
// One idea: Start asks, Poll fetches, Verify judges; everything in between is plain data.
//
//	req := &mss.Request{Purpose: mss.Authentication, User: mss.User{MSISDN: number},
//		Display: "Bank ACME: log in?", AddCode: true, Language: "en"}
//	sig, err := mss.Sign(ctx, service, req, func(p mss.Prompt) { fmt.Println("Compare:", p.Code) })
//
// # What a signature says
//
// A *Signature comes out of a Service's Verify and from nowhere else. Its Proven part follows from cryptography and the
// operator's anchors; its Asserted part is the provider's word. Fresh tells whether the signed octets name the
// transaction; without Request.AddCode an old signature over the same text could not be told from a new one, except that
// a Verifier never accepts one signature for two transactions.
//
// # Several instances
//
// A service keeps no state of a signature. What is outstanding is a Transaction, plain data, and any instance can go on
// with it. It holds personal data: Keys seals it for cookies and stores, bound to the session that it belongs to. Store
// Evidence before you have it judged: some providers give an answer once.
//
// # Beside signatures
//
// Receipt, ProfileQuery, Health and Cancel are abilities that a service may have; one that it lacks is an error that is
// errors.ErrUnsupported.
//
// # Faults and other errors
//
// Nothing was sent: *RequestError. The exchange failed: *TransportError. The service refused, or the person did not sign:
// *Fault, which unwraps to its Code, so errors.Is(err, mss.UserCancel) works. An answer proved less than it claimed:
// *VerificationError. The outcome is lost: ErrUnknownOutcome. Package catalogue has a text for the person for each, in four
// languages.
//
// # Retries
//
// A request that rings a phone is sent once, whatever happens to the connection. After an error MayHaveRung tells
// whether the phone may have rung; ask the person before you ask the phone again. Polls ring nobody and are repeated
// (RetryPoll).
//
// # Observation
//
// An Observer is a set of hooks: every operation begins, is sent, answered and ends, with ids, codes and durations and
// nothing personal. LogObserver is one for log/slog; the module mss/otelmss has one for OpenTelemetry. Observers joins them.
//
// # Personal data
//
// Numbers, identity codes, links and the provider's words are types that print "[redacted]" in every verb, log and
// encoding; Reveal is the way out. Errors hold none.
//
// # Compatibility
//
// Before version 1 the API may change between minor versions; CHANGELOG.md tells how.
package mss
