// Package replay records HTTP exchanges of SOAP and JSON messages, plays them back, and traces them legibly.
//
// # Files
//
// A recording is a directory with numbered pairs of files:
//
//	01-request.xml     what the client sent
//	01-response.xml    what the service answered
//	01-response.http   HTTP status and content type of the answer; optional
//
// or, of messages in JSON, 01-request.json and 01-response.json. Without the third file a fault comes with status 500,
// anything else with 200, and the type is application/soap+xml;charset=utf-8 or application/json;charset=UTF-8. Its two
// lines are:
//
//	Status: 200
//	Content-Type: text/xml;charset=UTF-8
//
// # Placeholders
//
// What differs from run to run stands in a request as a placeholder, ${Name}, in the place of a whole attribute value, a
// whole text or a whole JSON string. It matches any value there and binds it to the name; where the name comes again it
// must match the same value. Identifiers, numbers and times must not be empty, and no two requests may have the same
// AP_TransID. An answer may use the names that are bound by its own request and those before it, anywhere in its values,
// and gets them escaped for its form:
//
//	<mss:AP_Info AP_ID="mid://acme.example" AP_PWD="${AP_PWD}" AP_TransID="${AP_TransID}" Instant="${Instant}"/>
//	"AP_Info": {"AP_ID": "mid://acme.example", "AP_TransID": "${AP_TransID}", "Instant": "${Instant}"}
//
// # Playing
//
// A [Player] is a http.RoundTripper that holds every request against the recorded one, by what it says and not as octets.
// In XML: names by namespace and local name, attributes in any order, white space between elements ignored, order of
// elements and all values exact; prefixes within values are compared literally. In JSON, which is read as strictly as
// internal/strictjson does: members in any order, arrays in theirs, all values exact, numbers as they are written. A
// request that differs gets no answer but a [Mismatch].
//
// Of HTTP a recording holds nothing that a request could be held against. Refused is what is not sent by POST or not as
// the form of the recorded request, and what goes to another URL path than the requests for the same operation, or to that
// of another operation.
//
// # Recording and tracing
//
// A [Recorder] is put around a live client's RoundTripper (transport.Config.Wrap). It writes nothing that is not on its
// list of what may be kept; numbers, texts, accounts, passwords, identifiers, locations, certificates and links are
// replaced consistently. See [NewRecorder]. [Public], [Exchange.Signature] and the constants tell what it kept, and put in
// the place of the rest, to whoever describes a recording. [Trace] shows the same to who looks for a fault.
//
// A signature that was dropped leaves an answer that proves nothing. Whoever has keys of a simulator can put another one
// there, over the text that stands for the person's: [Recorder.Resign]. It, and [Recorder.Check], look once more for
// what was replaced.
package replay
