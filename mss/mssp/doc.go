// Package mssp is a client of an ETSI TS 102 204 Mobile Signature Service Provider (MSSP), first of all of Swisscom Mobile
// ID. It implements mss.Service.
//
//	client, err := mssp.New(mssp.Config{
//		HTTP:     transport.Config{URL: "https://mobileid.swisscom.com", Identity: identity, Roots: tlsRoots},
//		APID:     "mid://acme.example",
//		Prefix:   "Bank ACME: ",
//		Anchors:  anchors,
//		Defaults: mssp.Options{Profile: mssp.ProfileAny},
//	})
//	sig, err := mss.Sign(ctx, client, &mss.Request{
//		Purpose: mss.Authentication, User: mss.User{MSISDN: number},
//		Display: "Bank ACME: log in?", AddCode: true, Language: "en",
//	}, show)
//
// # What it can do
//
//   - Signatures: Start, Poll and Verify in asynchronous mode (mss.Sign does all three), SignSync in synchronous mode.
//   - Receipt tells the person what came of a verified signature, once for each; with mss.Message.Ack it comes back with
//     what they did.
//   - ProfileQuery tells what a person can sign with; Details of the answer is a *ProfileDetails.
//   - Health says whether network, certificate, account and service work.
//
// Options ask for more with a signature: Geofencing where the phone is, and a LocationPolicy where it has to be;
// RedirectURI opens the app on the person's device (App2App; the link is in mss.Prompt.Link). Approval is a list of keys
// and values to be approved in place of a text. What the service says besides is in Details of the signature, a *Details.
//
// Config.Binding chooses between SOAP and JSON, which mean the same: what one of them cannot carry is an error, never left
// out. Config.Endpoints and transport.Config.URL set every address.
//
// # Accounts, limits, observation
//
// An Account is an AP_ID with its password and its prefix. WithAccount makes a client for another one that shares
// connections and limits. Config.OneAtATime refuses a second request for a number before the phone rings, Config.Admit is
// asked before every ring: the place for limits by person and by source. Config.Observer sees every operation begin, be
// sent, answered and end, without personal data.
//
// A Client is safe for concurrent use. Close ends its idle connections.
//
// # What is checked
//
// Before anything is sent: the number, the text (prefix, length as the phone counts it, every character visible), the
// language, the profile, the time the person has. Of every answer: that HTTP status and body agree, that it names the
// message it answers, this account and the person. Of every signature: the CMS over exactly the text that was sent, the
// chain to the operator's anchors, key usage, certificate policy, the form of the serial number, the method, and that it
// was not accepted for another transaction.
//
// # Test numbers
//
// The service's test numbers (+41000092 and a fault code; 41700092501 and 41700092502, which sign) work only with
// Config.AllowTestNumbers: their signatures chain to the production root although nobody signed.
//
// # Other operators
//
// All that differs between operators is data in a Dialect.
package mssp
