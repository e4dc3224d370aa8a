package msstest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport/soap"
)

const soapType = "application/soap+xml;charset=utf-8"

// operations are the addresses of the service, one for each operation that it offers.
var operations = map[string]*etsi.Operation{
	"/soap/services/MSS_SignaturePort":   etsi.OpSignature,
	"/soap/services/MSS_StatusQueryPort": etsi.OpStatusQuery,
}

// answer is what an operation came to: a message or a fault, and how it is to be spoilt.
type answer struct {
	message etsi.Message
	fault   *etsi.Fault
	forge   Forge
}

// soapExchange answers a SOAP request, in the form of wrapper in which it was asked.
func (s *Server) soapExchange(ctx context.Context, op *etsi.Operation, body []byte, note *Request) (*reply, error) {
	got, style, m, err := soap.DecodeRequest(body)
	if err != nil {
		return s.soapReply(op, style, answer{fault: refuse(mss.WrongParam, "The message cannot be read: "+err.Error())})
	}
	s.history.set(func() { note.describe(got, style, m) })
	if got != op {
		return s.soapReply(op, style, answer{fault: refuse(mss.WrongParam, got.Name+" is not offered at this address")})
	}
	a, err := s.perform(ctx, m, note)
	if err != nil {
		return nil, err
	}
	return s.soapReply(op, style, a)
}

// perform does what a message asks for. What all operations have in common is checked first.
func (s *Server) perform(ctx context.Context, m etsi.Message, note *Request) (answer, error) {
	switch m := m.(type) {
	case *etsi.SignatureReq:
		if f := s.admit(&m.MessageAbstract, 1, 1, 2); f != nil {
			return answer{fault: f}, nil
		}
		return s.signature(ctx, m, note)
	case *etsi.StatusReq:
		if f := s.admit(&m.MessageAbstract, 1, 1, 1); f != nil {
			return answer{fault: f}, nil
		}
		return s.statusQuery(m), nil
	}
	return answer{}, fmt.Errorf("msstest: no operation for a message of type %T", m)
}

// describe completes the note of a request with what its message says. Cloned, it does not keep the message alive.
func (r *Request) describe(op *etsi.Operation, style soap.Style, m etsi.Message) {
	r.Operation, r.Style = op.Name, style
	switch m := m.(type) {
	case *etsi.SignatureReq:
		r.APTransID = strings.Clone(m.APInfo.APTransID)
		r.MSISDN = strings.Clone(value(m.MobileUser.MSISDN))
		r.Mode = strings.Clone(m.MessagingMode)
		r.Text = strings.Clone(m.DataToBeSigned.Value)
	case *etsi.StatusReq:
		r.APTransID = strings.Clone(m.APInfo.APTransID)
		r.MSSPTransID = strings.Clone(m.MSSPTransID)
	}
}

// soapReply encodes an answer: 200 for messages, 500 for every fault, whatever it says. Forgeries of the encoded form
// are made here.
func (s *Server) soapReply(op *etsi.Operation, style soap.Style, a answer) (*reply, error) {
	status, body, err := encode(op, style, a)
	if err != nil {
		return nil, fmt.Errorf("msstest: answer: %w", err)
	}
	return a.forge.spoil(newReply(status, soapType, s.options.vary(body, a, op.ResponsePart))), nil
}

func encode(op *etsi.Operation, style soap.Style, a answer) (status int, body []byte, err error) {
	if a.fault != nil {
		body, err = soap.AppendFault(nil, a.fault)
		return http.StatusInternalServerError, body, err
	}
	body, err = soap.AppendResponse(nil, op, style, a.message)
	return http.StatusOK, body, err
}

// abstract is the beginning of an answer: AP_Info as it was sent, the password included, and MSSP_Info of our own. The
// version is 1/1 also where 1/2 was asked.
func abstract(m *etsi.MessageAbstract) etsi.MessageAbstract {
	a := *m
	a.MajorVersion, a.MinorVersion = "1", "1"
	a.MSSPInfo = etsi.MSSPInfo{MSSPID: etsi.MeshMember{URI: new(msspURI)}, Instant: &xmlwire.DateTime{Time: time.Now()}}
	return a
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
