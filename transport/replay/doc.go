// Package replay records HTTP exchanges of SOAP messages and plays them back.
//
// # Files
//
// A recording is a directory with numbered pairs of files:
//
//	01-request.xml     what the client sent
//	01-response.xml    what the service answered
//	01-response.http   HTTP status and content type of the answer; optional
//
// Without the third file a fault comes with status 500, anything else with 200, and the type is
// application/soap+xml;charset=utf-8. Its two lines are:
//
//	Status: 200
//	Content-Type: text/xml;charset=UTF-8
//
// # Placeholders
//
// What differs from run to run stands in a request as a placeholder, ${Name}, in the place of a whole attribute value or
// a whole text. It matches any value there and binds it to the name; where the name comes again it must match the same
// value. Identifiers, numbers and times must not be empty, and no two requests may have the same AP_TransID. An answer may use the names that are bound by its own request and those before it, anywhere in its values:
//
//	<mss:AP_Info AP_ID="mid://acme.example" AP_PWD="${AP_PWD}" AP_TransID="${AP_TransID}" Instant="${Instant}"/>
//
// # Playing
//
// A [Player] is a http.RoundTripper that holds every request against the recorded one, as XML and not as octets: names
// by namespace and local name, attributes in any order, white space between elements ignored, order of elements and all
// values exact. Prefixes within values are compared literally. A request that differs gets no answer but a [Mismatch].
//
// Of HTTP a recording holds nothing that a request could be held against. Refused is what is not sent by POST or not as
// XML, and what goes to another URL path than the requests for the same operation, or to that of another operation.
//
// # Recording
//
// A [Recorder] is put around a live client's RoundTripper (transport.Config.Wrap). It writes nothing that is not on its
// list of what may be kept; numbers, texts, accounts, passwords, identifiers and links are replaced consistently. See
// [NewRecorder]. [Public] and [Exchange.Signature] tell what it kept to whoever describes a recording.
package replay
