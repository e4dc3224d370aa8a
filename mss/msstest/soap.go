package msstest

import (
	"bytes"
	"slices"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/transport/soap"
)

// soapBinding is SOAP 1.2 with the media type of SOAP 1.1 or 1.2, both of which the real service takes. Answers mirror
// the form of wrapper of the request.
var soapBinding = binding{
	requestTypes: []string{"text/xml", "application/soap+xml"},
	responseType: "application/soap+xml;charset=utf-8",
	decode:       soap.DecodeRequest,
	message: func(op *etsi.Operation, style soap.Style, m etsi.Message) ([]byte, error) {
		return soap.AppendResponse(nil, op, style, m)
	},
	fault:   func(f *etsi.Fault) ([]byte, error) { return soap.AppendFault(nil, f) },
	rewrite: rewriteXML,
	spoil:   spoilXML,
}

// vary rewrites an encoded answer in the ways that Options ask for.
func (o *Options) vary(body []byte, a answer, op *etsi.Operation) []byte {
	const bodyTag = "<soapenv:Body>"
	head, tail, _ := bytes.Cut(body, []byte(bodyTag))
	if o.RPCResult && a.fault == nil {
		wrapper, message, _ := bytes.Cut(tail, []byte(">"))
		result := `><rpc:result xmlns:rpc="http://www.w3.org/2003/05/soap-rpc">mss:` + op.ResponsePart + `</rpc:result>`
		tail = slices.Concat(wrapper, []byte(result), message)
	}
	if o.EmptyHeader {
		head = slices.Concat(head, []byte("<soapenv:Header/>"))
	}
	return slices.Concat(head, []byte(bodyTag), tail)
}
