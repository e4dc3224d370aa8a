// Package rest is the JSON binding of ETSI TS 102 204 messages, as the operator
// of Mobile ID defines it, in both directions and without any I/O: clients write
// requests and read answers, simulators do the reverse. It means the same as the
// SOAP binding in transport/soap: a message has the same value in both.
//
// # Form
//
// A document is one object with one member, which is named after the message
// part, as in {"MSS_StatusReq":{…}}, or is Fault. Every number is a JSON string
// (guide chapter 3): version numbers, TimeOut, the status code. Booleans are real
// ones in the profile query, and the strings "true" and "false" in receipts. The
// answers of additional services stand in ServiceResponses, beside Status and
// not in its StatusDetail. Profiles and descriptions of services are bare
// strings; the parameters of a profile query are one string with spaces.
//
// There are four operations: etsi.OpSignature, etsi.OpStatusQuery,
// etsi.OpReceipt and etsi.OpProfileQuery.
//
// # What is read
//
// Members may come in any order. Members that are not known are passed over,
// since newer servers send more, and null stands for absence, since clients are
// known to write what they leave out that way. A boolean is read in both
// spellings.
//
// Nothing else is bent: documents are refused that are not strict JSON (RFC 8259,
// without members that two readers could tell apart differently), or are longer
// than 1 MiB, nested deeper than 32 levels or of more than 20,000 parts; that
// hold another member beside the message, so also a Fault beside an answer; in
// which a required member is missing, or a value is of another type, such as a
// number where the service writes a string. After an error nothing that was
// filled in may be used.
//
// Faults travel with HTTP status 500 and answers with 200. The codec does not
// see the status: the caller must compare it with whether [DecodeResponse] gave
// a fault, and refuse where they disagree.
//
// # What is written
//
// What this form has no member for, such as a key reference or a portal's address
// in a fault, is an error: it is never left out. So is text that is not UTF-8,
// which other writers replace.
package rest

import "github.com/gomss/gomss/etsi"

// operations are those that have a JSON form.
var operations = [...]*etsi.Operation{etsi.OpSignature, etsi.OpStatusQuery, etsi.OpReceipt, etsi.OpProfileQuery}

// AppendRequest appends the request m of op. An error is an *[Error] that names
// what this form cannot carry.
func AppendRequest(dst []byte, op *etsi.Operation, m etsi.Message) ([]byte, error) {
	return appendMessage(dst, op.RequestPart, m, fits(op, m, op.NewRequest()))
}

// AppendResponse appends the answer m to op, with errors like AppendRequest.
func AppendResponse(dst []byte, op *etsi.Operation, m etsi.Message) ([]byte, error) {
	return appendMessage(dst, op.ResponsePart, m, fits(op, m, op.NewResponse()))
}

func appendMessage(dst []byte, part string, m etsi.Message, fits bool) ([]byte, error) {
	e := newEncoder(dst)
	if !fits {
		e.fail("", notItsMessage)
	}
	e.object(part, func() { e.message(m) })
	return e.bytes()
}

// DecodeRequest reads a request of any operation, at most 1 MiB, as a server
// does. Errors are *[Error].
func DecodeRequest(doc []byte) (*etsi.Operation, etsi.Message, error) {
	var op *etsi.Operation
	var m etsi.Message
	err := decode(doc, func(d *decoder, name string) {
		for _, known := range operations {
			if known.RequestPart == name {
				op, m = known, known.NewRequest()
				d.message(m)
				return
			}
		}
		d.failRoot("an unknown request")
	})
	if err != nil {
		return nil, nil, err
	}
	return op, m, nil
}

// DecodeResponse reads an answer to op, at most 1 MiB: either into is filled
// and the fault is nil, or the fault is given. into must be a zero value of the
// kind op.NewResponse makes; after an error it must not be used. Errors are
// *[Error].
func DecodeResponse(doc []byte, op *etsi.Operation, into etsi.Message) (*etsi.Fault, error) {
	if !fits(op, into, op.NewResponse()) {
		return nil, &Error{Offset: -1, Reason: notItsMessage}
	}
	var fault *etsi.Fault
	err := decode(doc, func(d *decoder, name string) {
		switch name {
		case "Fault":
			fault = new(etsi.Fault)
			d.fault(fault)
		case op.ResponsePart:
			d.message(into)
		default:
			d.failRoot("neither " + op.ResponsePart + " nor Fault")
		}
	})
	if err != nil {
		return nil, err
	}
	return fault, nil
}
