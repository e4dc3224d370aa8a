// Package skmid is a client of SK ID Solutions' Mobile-ID REST API (Estonia and Lithuania). It implements mss.Service.
//
//	client, err := skmid.New(skmid.Config{
//		HTTP:             transport.Config{URL: "https://mid.sk.ee/mid-api", Roots: tlsRoots, KeyPins: pins},
//		RelyingPartyName: "ACME", RelyingPartyUUID: uuid,
//		Anchors:          anchors,
//	})
//	person, err := mss.ParsePersonID("EE", code)
//	sig, err := mss.Sign(ctx, client, &mss.Request{
//		Purpose: mss.Authentication, User: mss.User{MSISDN: number, Person: person},
//		Display: "Log in to ACME?", Language: "et",
//	}, show)
//
// # Two purposes
//
// Authentication has the person enter PIN1 for a challenge, which the client makes of random octets for every request: such a
// signature is Fresh. Signing has them enter PIN2 for Request.Data, a mss.Digest made with SHA-256, SHA-384 or SHA-512. The
// two have keys, addresses and sessions of their own, and an answer of the one is never taken for the other.
//
// A signing result comes without its certificate. Start takes it from Request.Key, or where that is nil asks the service for
// it (ProfileQuery does so too; no phone rings). The transaction and the evidence hold it.
//
// # The verification code
//
// The phone shows four digits, and the person must see the same ones on the screen before they enter a PIN: Prompt.Code.
// VerificationCode computes them of a digest, before Start. That the digits agree does not stop a relay in the middle, who
// can try challenges until they do; pin the server's key (transport.Config.KeyPins, several at once).
//
// # What is checked
//
// Before anything is sent: the number (+372, +370), the identity code and its check digit, that both are of one country, the
// text as the phone can show it, the language. Of a signature: that hash, algorithm and key agree, the signature over the
// digest that was sent, the chain to the operator's anchors when it was received, key usage, and that identity and country
// in the certificate are those asked for. Revocation is not checked: Mobile-ID offers no such service, and this module fetches
// nothing by itself.
//
// # Anchors
//
// Anchors are SK's CAs of one environment: those that issue persons' certificates (EID-Q 2021E, EID-SK 2016, ESTEID-SK 2015 at
// the time of writing), trusted by themselves (mss.LoadIssuingAnchors) or by way of their roots (mss.LoadAnchors). An answer
// carries the person's certificate alone, so no authority counts that is not among them. CAs of the demo service and real ones are never mixed, nor is either with a simulator.
//
// # Several instances
//
// The service ties the status of a session to its id and to the address that it was started from: all instances that share
// transactions must leave by one address. Of two status queries at the same time for one session it answers the older with
// "running" at once, so let one be under way; package mss/track sees to that. A session can neither be cancelled nor
// repeated.
package skmid
