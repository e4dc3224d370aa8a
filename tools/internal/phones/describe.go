package phones

import (
	"encoding/json"
	"mime"
	"path"
	"regexp"
	"strings"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/transport/rest"
	"github.com/gomss/gomss/transport/soap"
)

// isJSON reports whether a message is in JSON.
func isJSON(contentType string) bool {
	t, _, _ := mime.ParseMediaType(contentType)
	return strings.HasSuffix(t, "json")
}

// decodeRequest reads a request of TS 102 204, in either binding; nil: it cannot be read.
func (x *Exchange) decodeRequest() (op *etsi.Operation, m etsi.Message) {
	var err error
	if isJSON(x.RequestType) {
		op, m, err = rest.DecodeRequest(x.Request)
	} else {
		op, _, m, err = soap.DecodeRequest(x.Request)
	}
	if err != nil {
		return nil, nil
	}
	return op, m
}

// decodeAnswer reads the answer; ok is false for a fault, and for what cannot be read.
func (x *Exchange) decodeAnswer(op *etsi.Operation) (m etsi.Message, ok bool) {
	m = op.NewResponse()
	decode := soap.DecodeResponse
	if isJSON(x.AnswerType) {
		decode = rest.DecodeResponse
	}
	f, err := decode(x.Answer, op, m)
	return m, f == nil && err == nil
}

// describeMobileID names the operation and the MSSP_TransID.
func describeMobileID(x *Exchange) {
	x.Operation = path.Base(x.Path)
	op, m := x.decodeRequest()
	if op == nil {
		return
	}
	x.Operation = op.Name
	switch m := m.(type) {
	case *etsi.SignatureReq:
		if a, ok := x.decodeAnswer(op); ok {
			x.Transaction = a.(*etsi.SignatureResp).MSSPTransID
		}
	case *etsi.StatusReq:
		x.Transaction = m.MSSPTransID
	case *etsi.ReceiptReq:
		x.Transaction = m.MSSPTransID
	}
}

// describeHermod names the command and its id.
func describeHermod(x *Exchange) {
	x.Operation = path.Base(x.Path)
	if x.Transaction = idsIn(x.Request).CommandID; x.Transaction == "" {
		x.Transaction = idsIn(x.Answer).CommandID
	}
}

// ids are the members of JSON messages that name what they are about.
type ids struct {
	SessionID    string `json:"sessionID"`
	OldSessionID string `json:"sessionId"` // of years ago (skmidtest.Options.Legacy)
	OrderRef     string `json:"orderRef"`
	CommandID    string `json:"commandId"`
}

func idsIn(body []byte) (v ids) {
	_ = json.Unmarshal(body, &v) // what cannot be read names nothing
	return v
}

var skStatus = regexp.MustCompile(`/(authentication|signature)/session/([^/]+)$`)

// describeSKMobileID names the endpoint and the session.
func describeSKMobileID(x *Exchange) {
	if m := skStatus.FindStringSubmatch(x.Path); m != nil {
		x.Operation, x.Transaction = m[1]+" status", m[2]
		return
	}
	x.Operation = path.Base(x.Path)
	if v := idsIn(x.Answer); v.SessionID != "" {
		x.Transaction = v.SessionID
	} else {
		x.Transaction = v.OldSessionID
	}
}

// describeBankID names the endpoint and the order.
func describeBankID(x *Exchange) {
	x.Operation = strings.TrimPrefix(x.Path, "/rp/v6.0/")
	if x.Transaction = idsIn(x.Request).OrderRef; x.Transaction == "" {
		x.Transaction = idsIn(x.Answer).OrderRef
	}
}

// describeRegistrant names what is asked for.
func describeRegistrant(x *Exchange) {
	x.Operation = strings.TrimPrefix(x.Path, "/api/v1/registrant/")
}
