// Package scenario runs a client of package mssp against recorded exchanges and compares what comes out.
//
// A scenario is a directory:
//
//	scenario.json                          what is asked, and what must come out
//	root.pem, …                            anchors, named in scenario.json
//	01-request.xml, 01-response.xml, …     the exchanges, as package replay has them; .json with "binding": "rest"
//
// scenario.json says by what clock and anchors signatures are judged, what account the client has, and what is asked, one
// question after the other on the same client:
//
//	{
//	  "about": "the person cancels on the phone",
//	  "now": "2026-01-15T12:00:00Z",
//	  "environment": "simulator",
//	  "anchors": ["root.pem"],
//	  "binding": "soap",
//	  "client": {"apid": "mid://acme.example", "prefix": "Bank ACME: "},
//	  "signatures": [{
//	    "mode": "async", "purpose": "authentication", "msisdn": "41790000001", "lang": "en",
//	    "text": "Bank ACME: log in?", "profile": "http://mid.swisscom.ch/Any-LoA4",
//	    "expect": {"outcome": "fault", "code": 401, "name": "USER_CANCEL", "requests": 3}
//	  }]
//	}
//
// It is read strictly: a member with an unknown name is an error. "binding" is soap, also where it is absent, or rest.
// "compare": "anyWrapper" takes the guide's form of the rpc wrapper for that of the WSDL (replay.AnyWrapper). In
// asynchronous mode the client polls, without waiting, as often as "requests" says.
//
// A signature may ask for more, and a receipt may follow it:
//
//	"geofencing": {"allow": ["CH"], "location": 0.7, "minutes": 10}     {}: without a policy; "local": true: not sent
//	"app2app": "acmeapp://signed"                                       with "redirectSchemes": ["acmeapp"] in "client"
//	"validate": true, "subscriberInfo": true
//	"approval": {"type": "Payment", "pairs": [{"key": "To", "value": "Bank ACME: Muster"}]}     with "text": ""
//	"receipt": {"text": "Bank ACME: done", "lang": "en", "ack": true, "expect": {…}}
//
// Before the signatures come questions what people can sign with, and after them whether the service works:
//
//	"profiles": [{"msisdn": "41790000001", "expect": {…}}]
//	"health": {"outcome": "healthy", "requests": 1}
//
// [Scenario.Write] makes such a directory of what a replay.Recorder has written of live traffic. A person's signature,
// which the recorder drops, is made anew there: only if it was verified live, with a simulator's keys, over a fictitious
// text, by a signer MIDCHEREPLACED01. Such a scenario is of the environment simulator, and its "about" says what it is.
//
// # Outcomes
//
//	signed       a verified signature: "verified", "status", "signer", "profile", and what additional services said:
//	             "location", "locationError", "subscriber", "network"
//	receipt      the service took a receipt: "receipt"
//	profile      what a person can sign with: "signatureProfiles", "recoveryCode", "autoActivation", "sim", "apps"
//	healthy      the service works
//	fault        the service's refusal, or a status without a signature: "code", "name"
//	unverified   an answer that does not prove what it claims: "check"
//	outstanding  no answer yet after the last poll
//	error        nothing sent ("kind": "request", with "field"), or no answer of the service ("kind": "transport", with "http")
//
// Whatever becomes of a signature with App2App, "link" is what opens the app.
package scenario
