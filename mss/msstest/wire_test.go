package msstest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport"
	"github.com/gomss/gomss/transport/rest"
	"github.com/gomss/gomss/transport/soap"
)

// wire is a binding at its addresses. Messages mean the same in all of them.
type wire struct {
	name                    string
	requestType, answerType string
	paths                   map[*etsi.Operation]string
	minor                   xmlwire.Integer // of MSS_Signature, as the guide has it
	encode                  func(*etsi.Operation, etsi.Message) ([]byte, error)
	decode                  func([]byte, *etsi.Operation, etsi.Message) (*etsi.Fault, error)
}

func encodeSOAP(op *etsi.Operation, m etsi.Message) ([]byte, error) {
	return soap.AppendRequest(nil, op, soap.WSDLForm, m)
}

func encodeJSON(op *etsi.Operation, m etsi.Message) ([]byte, error) {
	return rest.AppendRequest(nil, op, m)
}

const jsonType = "application/json;charset=UTF-8"

var (
	soapWire = wire{"SOAP", "text/xml;charset=UTF-8", "application/soap+xml;charset=utf-8", map[*etsi.Operation]string{
		etsi.OpSignature: signaturePath, etsi.OpStatusQuery: statusPath,
		etsi.OpReceipt: "/soap/services/MSS_ReceiptPort", etsi.OpProfileQuery: "/soap/services/MSS_ProfilePort",
	}, "1", encodeSOAP, soap.DecodeResponse}
	jsonWire = wire{"JSON", jsonType, jsonType, map[*etsi.Operation]string{
		etsi.OpSignature: "/rest/service/sign", etsi.OpStatusQuery: "/rest/service/status",
		etsi.OpReceipt: "/rest/service/receipt", etsi.OpProfileQuery: "/rest/service/profile",
	}, "2", encodeJSON, rest.DecodeResponse}
	bareWire = wire{"JSON at one address", "application/json", jsonType, map[*etsi.Operation]string{
		etsi.OpSignature: "/rest/service", etsi.OpStatusQuery: "/rest/service",
		etsi.OpReceipt: "/rest/service", etsi.OpProfileQuery: "/rest/service",
	}, "1", encodeJSON, rest.DecodeResponse}

	wires = []wire{soapWire, jsonWire, bareWire}
)

// talker is a caller in one binding.
type talker struct {
	*caller
	wire
}

// eachWire runs a test in both bindings, each time in process and with a server of its own.
func eachWire(t *testing.T, o *msstest.Options, test func(t *testing.T, srv *msstest.Server, c *talker)) {
	t.Helper()
	for _, w := range wires {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			srv := inProcess(t, o)
			test(t, srv, &talker{call(t, srv), w})
		})
	}
}

// ask is a request as the guide has it, for a profile, with additional services beside UserLang.
func (c *talker) ask(msisdn, mode, profile string, more ...etsi.AdditionalService) *etsi.SignatureReq {
	req := c.caller.ask(msisdn, mode)
	req.MinorVersion = c.minor
	req.SignatureProfile.MssURI = profile
	req.AdditionalServices.Service = append(req.AdditionalServices.Service, more...)
	return req
}

// do sends a message and expects an answer that can be read, with the HTTP status and media type that go with it.
func do[M any, P interface {
	*M
	etsi.Message
}](c *talker, op *etsi.Operation, req etsi.Message) (*M, *etsi.Fault) {
	c.t.Helper()
	resp := new(M)
	reply, f, err := c.tryDo(c.t.Context(), op, req, P(resp))
	require.NoError(c.t, err)
	require.Equal(c.t, c.answerType, reply.ContentType)
	require.Equal(c.t, map[bool]int{false: 200, true: 500}[f != nil], reply.Status)
	return resp, f
}

func (c *talker) tryDo(ctx context.Context, op *etsi.Operation, req, into etsi.Message) (*transport.Reply, *etsi.Fault, error) {
	c.t.Helper()
	body, err := c.encode(op, req)
	require.NoError(c.t, err)
	prompts := op == etsi.OpSignature || op == etsi.OpReceipt
	reply, err := c.http.Do(ctx, &transport.Exchange{Path: c.paths[op], ContentType: c.requestType, Body: body, Prompts: prompts})
	if err != nil {
		return nil, nil, err
	}
	f, err := c.decode(reply.Body, op, into)
	return reply, f, err
}

func (c *talker) sign(req *etsi.SignatureReq) (*etsi.SignatureResp, *etsi.Fault) {
	c.t.Helper()
	return do[etsi.SignatureResp](c, etsi.OpSignature, req)
}

func (c *talker) status(id string) (*etsi.StatusResp, *etsi.Fault) {
	c.t.Helper()
	return do[etsi.StatusResp](c, etsi.OpStatusQuery, &etsi.StatusReq{MessageAbstract: c.abstract(), MSSPTransID: id})
}

func (c *talker) receipt(req *etsi.ReceiptReq) (*etsi.ReceiptResp, *etsi.Fault) {
	c.t.Helper()
	return do[etsi.ReceiptResp](c, etsi.OpReceipt, req)
}

func (c *talker) profile(req *etsi.ProfileReq) (*etsi.ProfileResp, *etsi.Fault) {
	c.t.Helper()
	return do[etsi.ProfileResp](c, etsi.OpProfileQuery, req)
}

// askReceipt is a receipt for a signature, with the extension or without.
func (c *talker) askReceipt(msisdn, id string, extended bool) *etsi.ReceiptReq {
	req := &etsi.ReceiptReq{
		MessageAbstract: c.abstract(), MSSPTransID: id, MobileUser: etsi.MobileUser{MSISDN: &msisdn},
		Status:  &etsi.Status{StatusCode: etsi.StatusCode{Value: "100"}},
		Message: &etsi.Data{Value: c.srv.Prefix() + "Thank you", MimeType: new("text/plain"), Encoding: new("UTF-8")},
	}
	if extended {
		req.Status.StatusDetail = &etsi.StatusDetail{Items: []etsi.StatusDetailItem{{
			ReceiptRequestExtension: &etsi.ScoReceiptRequestExtension{
				ReceiptMessagingMode: "synch", UserAck: new(true),
				ReceiptProfile: &etsi.ScoReceiptProfile{Language: new("EN"), ReceiptProfileURI: new("http://mss.swisscom.ch/synch")},
			},
		}}}
	}
	return req
}

// askProfile is a profile query, in the version that Params need where there are any.
func (c *talker) askProfile(msisdn string, params ...string) *etsi.ProfileReq {
	req := &etsi.ProfileReq{MessageAbstract: c.abstract(), MobileUser: etsi.MobileUser{MSISDN: &msisdn}}
	if params != nil {
		req.MajorVersion, req.MinorVersion = "2", "0"
		req.Items = []etsi.ProfileReqItem{{Params: params}}
	}
	return req
}

func service(uri string, items ...etsi.AdditionalServiceItem) etsi.AdditionalService {
	return etsi.AdditionalService{Description: etsi.MssURI{MssURI: uri}, Items: items}
}

// responses are the answers of additional services in a status.
func responses(t testing.TB, s etsi.Status) []etsi.FiServiceResponse {
	t.Helper()
	if s.StatusDetail == nil {
		return nil
	}
	require.Len(t, s.StatusDetail.Items, 1)
	return s.StatusDetail.Items[0].ServiceResponses.ServiceResponse
}
