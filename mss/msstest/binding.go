package msstest

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport/soap"
)

// binding is one of the two ways in which messages travel. What they mean is the same in both.
type binding struct {
	requestTypes []string // media types
	responseType string

	decode  func(body []byte) (*etsi.Operation, soap.Style, etsi.Message, error)
	message func(op *etsi.Operation, style soap.Style, m etsi.Message) ([]byte, error)
	fault   func(f *etsi.Fault) ([]byte, error)
	rewrite func(body []byte, l *layout) ([]byte, error) // says the same in other octets
	spoil   func(body []byte, f Forge) []byte            // forges the encoded answer
}

// endpoint is an address of the service. Without an operation it serves all of them.
type endpoint struct {
	binding *binding
	op      *etsi.Operation
}

// endpoints are the published addresses, with two more that clients in the field use: the reference client sends profile
// queries to MSS_ProfileQueryPort, and every JSON request to the bare /rest/service.
var endpoints = map[string]endpoint{
	"/soap/services/MSS_SignaturePort":    {&soapBinding, etsi.OpSignature},
	"/soap/services/MSS_StatusQueryPort":  {&soapBinding, etsi.OpStatusQuery},
	"/soap/services/MSS_ReceiptPort":      {&soapBinding, etsi.OpReceipt},
	"/soap/services/MSS_ProfilePort":      {&soapBinding, etsi.OpProfileQuery},
	"/soap/services/MSS_ProfileQueryPort": {&soapBinding, etsi.OpProfileQuery},
	"/rest/service/sign":                  {&jsonBinding, etsi.OpSignature},
	"/rest/service/status":                {&jsonBinding, etsi.OpStatusQuery},
	"/rest/service/receipt":               {&jsonBinding, etsi.OpReceipt},
	"/rest/service/profile":               {&jsonBinding, etsi.OpProfileQuery},
	"/rest/service":                       {&jsonBinding, nil},
}

// answer is what an operation came to: a message or a fault, and how it is to be spoilt.
type answer struct {
	message etsi.Message
	fault   *etsi.Fault
	forge   Forge
}

// talk answers the body of a request, in the form in which it was asked.
func (s *Server) talk(ctx context.Context, e endpoint, body []byte, note *Request, md *mood) (*reply, error) {
	op, style, m, err := e.binding.decode(body)
	if err != nil {
		return s.reply(e.binding, op, style, refusal(mss.WrongParam, "The message cannot be read: "+err.Error()), md)
	}
	s.history.Set(func() { note.describe(op, style, m) })
	if e.op != nil && e.op != op {
		return s.reply(e.binding, op, style, refusal(mss.WrongParam, op.Name+" is not offered at this address"), md)
	}
	a, err := s.perform(ctx, m, note, md)
	if err != nil {
		return nil, err
	}
	if err := s.linger(ctx, md); err != nil {
		return nil, err
	}
	return s.reply(e.binding, op, style, a, md)
}

// refusal is an answer that is a fault.
func refusal(c mss.Code, details ...string) answer { return answer{fault: refuse(c, details...)} }

// reply encodes an answer: HTTP 200 for messages, 500 for every fault, whatever it says. Forged answers are not varied
// as well: whoever scripts one wants to see that one thing.
func (s *Server) reply(b *binding, op *etsi.Operation, style soap.Style, a answer, md *mood) (*reply, error) {
	status, encode := http.StatusInternalServerError, func() ([]byte, error) { return b.fault(a.fault) }
	if a.fault == nil {
		status, encode = http.StatusOK, func() ([]byte, error) { return b.message(op, style, a.message) }
	}
	body, err := encode()
	if err == nil && b == &soapBinding {
		body = s.options.vary(body, a, op)
	}
	if err == nil && a.forge == Genuine && md.layout != nil {
		body, err = b.rewrite(body, md.layout)
	}
	if err != nil {
		return nil, fmt.Errorf("msstest: answer: %w", err)
	}
	p := newReply(status, b.responseType, b.spoil(body, a.forge))
	return a.forge.spoil(p), nil
}
