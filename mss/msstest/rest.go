package msstest

import (
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/transport/rest"
	"github.com/gomss/gomss/transport/soap"
)

// jsonBinding is the operator's JSON binding.
var jsonBinding = binding{
	requestTypes: []string{"application/json"},
	responseType: "application/json;charset=UTF-8",
	decode: func(body []byte) (*etsi.Operation, soap.Style, etsi.Message, error) {
		op, m, err := rest.DecodeRequest(body)
		return op, soap.Style{}, m, err
	},
	message: func(op *etsi.Operation, _ soap.Style, m etsi.Message) ([]byte, error) {
		adapt(m)
		return rest.AppendResponse(nil, op, m)
	},
	fault:   func(f *etsi.Fault) ([]byte, error) { return rest.AppendFault(nil, brief(f)) },
	rewrite: rewriteJSON,
	spoil:   spoilJSON,
}

// adapt makes of an answer what the service says in JSON: AP_Info without the password, times in UTC, and receipts with
// two members more.
func adapt(m etsi.Message) {
	var a *etsi.MessageAbstract
	switch m := m.(type) {
	case *etsi.SignatureResp:
		a = &m.MessageAbstract
	case *etsi.StatusResp:
		a = &m.MessageAbstract
	case *etsi.ProfileResp:
		a = &m.MessageAbstract
	case *etsi.ReceiptResp:
		a = &m.MessageAbstract
		if d := m.Status.StatusDetail; d != nil {
			x := d.Items[0].ReceiptResponseExtension
			x.ClientAck, x.NetworkAck = new(false), new(false)
		}
	}
	a.APInfo.APPWD = ""
	a.APInfo.Instant.Time = a.APInfo.Instant.Time.UTC()
	a.MSSPInfo.Instant.Time = a.MSSPInfo.Instant.Time.UTC().Truncate(time.Millisecond)
}

// brief is what of a fault there is room for in JSON: one detail, which is the telling one, and neither node nor portal.
func brief(f *etsi.Fault) *etsi.Fault {
	b := &etsi.Fault{Code: f.Code, Subcodes: f.Subcodes, Reason: f.Reason}
	if n := len(f.Details); n > 0 {
		b.Details = f.Details[n-1:]
	}
	return b
}
