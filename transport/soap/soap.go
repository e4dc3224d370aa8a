// Package soap is the SOAP 1.2 binding of ETSI TS 102 204 messages, in both
// directions and without any I/O: clients write requests and read answers,
// simulators do the reverse.
//
// # Forms
//
// The WSDL says rpc/literal: the Body holds a wrapper named after the operation,
// the wrapper one accessor named after the message part. What namespaces these
// two have differs in practice, see [Style]. All forms are read; the form of a
// request is told, so that the answer can mirror it.
//
// # What is refused
//
// A document is refused as a whole, with an error that gives the offset, the
// path and the reason, if it is not strict XML, if the envelope is not SOAP 1.2,
// if a header block must be understood, if Body holds anything but one child, so
// also a Fault beside an answer, if the wrapper or the accessor has another name
// or stands in another namespace, or if a core element of the message is
// repeated or stands in another namespace. After an error nothing that was
// filled in may be used.
//
// Faults travel with HTTP status 500 and answers with 200. The codec does not
// see the status: the caller must compare it with whether [DecodeResponse] gave
// a fault, and refuse where they disagree.
//
// # Retention
//
// Decoded strings are parts of one copy of the document, which also holds what
// a provider echoes, such as a password. Clone what is kept for long.
package soap

import "github.com/gomss/gomss/etsi"

// Style is the namespaces of wrapper and accessor.
type Style struct {
	Wrapper   string // namespace of the wrapper: etsi.NSTNS or none
	Qualified bool   // the accessor is in etsi.NSMSS instead of in no namespace
}

// Forms that providers are known to read. They mirror the form of the request.
var (
	// WSDLForm is what the WSDL's binding says, with the wrapper in the WSDL's
	// namespace as JAX-WS clients send it. It is the form to send.
	WSDLForm = Style{Wrapper: etsi.NSTNS}

	// GuideForm is the form of the operator's printed examples.
	GuideForm = Style{Qualified: true}
)

const (
	nsRPC = "http://www.w3.org/2003/05/soap-rpc"
	nsXML = "http://www.w3.org/XML/1998/namespace"
)
