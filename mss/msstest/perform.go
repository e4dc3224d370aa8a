package msstest

import (
	"context"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport/soap"
)

// The interface versions of the operations. Both bindings take all of them: the guide has MSS_Signature as 1/1 in SOAP
// and as 1/2 in JSON, but for one sample, and the reference client sends 1/2 in SOAP.
var (
	signatureVersions = []version{{1, 1}, {1, 2}}
	statusVersions    = []version{{1, 1}}
	receiptVersions   = []version{{1, 1}}
	profileVersions   = []version{{2, 0}, {1, 1}}
)

// perform does what a message asks for. What all operations have in common is checked first.
func (s *Server) perform(ctx context.Context, m etsi.Message, note *Request, md *mood) (answer, error) {
	switch m := m.(type) {
	case *etsi.SignatureReq:
		if f := s.admit(&m.MessageAbstract, signatureVersions); f != nil {
			return answer{fault: f}, nil
		}
		return s.signature(ctx, m, note)
	case *etsi.StatusReq:
		if f := s.admit(&m.MessageAbstract, statusVersions); f != nil {
			return answer{fault: f}, nil
		}
		return s.statusQuery(m, md.outstanding), nil
	case *etsi.ReceiptReq:
		if f := s.admit(&m.MessageAbstract, receiptVersions); f != nil {
			return answer{fault: f}, nil
		}
		return s.receipt(ctx, m)
	case *etsi.ProfileReq:
		if f := s.admit(&m.MessageAbstract, profileVersions); f != nil {
			return answer{fault: f}, nil
		}
		return s.profileQuery(m), nil
	}
	return refusal(mss.WrongParam, "The operation is not offered"), nil
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
	case *etsi.ReceiptReq:
		r.APTransID = strings.Clone(m.APInfo.APTransID)
		r.MSISDN = strings.Clone(value(m.MobileUser.MSISDN))
		r.MSSPTransID = strings.Clone(m.MSSPTransID)
		if m.Message != nil {
			r.Text = strings.Clone(m.Message.Value)
		}
	case *etsi.ProfileReq:
		r.APTransID = strings.Clone(m.APInfo.APTransID)
		r.MSISDN = strings.Clone(value(m.MobileUser.MSISDN))
	}
}

// abstract is the beginning of an answer: AP_Info as it was sent, and MSSP_Info of our own. Answers are of version 1/1
// also where 1/2 was asked; MSS_ProfileQuery alone answers in the version of the request.
func abstract(m *etsi.MessageAbstract) etsi.MessageAbstract {
	a := *m
	a.MajorVersion, a.MinorVersion = "1", "1"
	a.MSSPInfo = etsi.MSSPInfo{MSSPID: etsi.MeshMember{URI: new(msspURI)}, Instant: &xmlwire.DateTime{Time: time.Now()}}
	return a
}

func status(c mss.Code) etsi.Status {
	return etsi.Status{
		StatusCode:    etsi.StatusCode{Value: xmlwire.IntegerOf(int(c))},
		StatusMessage: new(c.Name()),
	}
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
