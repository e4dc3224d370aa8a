package mssp_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport/rest"
	"github.com/gomss/gomss/transport/soap"
	"github.com/stretchr/testify/require"
)

var bindings = []mssp.Binding{mssp.SOAP, mssp.JSON}

// scripted is a service whose answers to some messages the test writes. The simulator answers the others.
type scripted struct {
	next   http.RoundTripper
	answer func(op *etsi.Operation, m etsi.Message) (etsi.Message, *etsi.Fault) // nil, nil: the simulator's

	sent     atomic.Int32 // messages that were not the simulator's
	lastPath string
	last     etsi.Message
}

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	isJSON := strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
	var (
		op    *etsi.Operation
		style soap.Style
		m     etsi.Message
	)
	if isJSON {
		op, m, err = rest.DecodeRequest(body)
	} else {
		op, style, m, err = soap.DecodeRequest(body)
	}
	if err != nil {
		return nil, err
	}
	message, fault := s.answer(op, m)
	if message == nil && fault == nil {
		r.Body = io.NopCloser(bytes.NewReader(body))
		return s.next.RoundTrip(r)
	}
	s.sent.Add(1)
	s.last, s.lastPath = m, r.URL.Path
	status, contentType := http.StatusOK, "application/soap+xml;charset=utf-8"
	if fault != nil {
		status = http.StatusInternalServerError
	}
	var doc []byte
	switch {
	case isJSON && fault != nil:
		doc, err = rest.AppendFault(nil, fault)
	case isJSON:
		doc, err = rest.AppendResponse(nil, op, message)
	case fault != nil:
		doc, err = soap.AppendFault(nil, fault)
	default:
		doc, err = soap.AppendResponse(nil, op, style, message)
	}
	if isJSON {
		contentType = "application/json;charset=UTF-8"
	}
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(bytes.NewReader(doc)), Request: r,
	}, nil
}

// newScripted makes a simulator, a client of one binding, and what stands between them.
func newScripted(t *testing.T, binding mssp.Binding, change func(*mssp.Config)) (*msstest.Server, *mssp.Client, *scripted) {
	t.Helper()
	srv, err := msstest.NewInProcess(nil)
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	srv.Script(person, msstest.Person{})
	s := &scripted{next: srv.RoundTripper()}
	s.answer = func(*etsi.Operation, etsi.Message) (etsi.Message, *etsi.Fault) { return nil, nil }
	c := newClient(t, srv, func(cfg *mssp.Config) {
		cfg.HTTP.Base = s
		cfg.Binding = binding
		if change != nil {
			change(cfg)
		}
	})
	return srv, c, s
}

// echoed is the beginning of an answer to a message.
func echoed(m *etsi.MessageAbstract) etsi.MessageAbstract {
	a := *m
	a.MSSPInfo = etsi.MSSPInfo{MSSPID: etsi.MeshMember{URI: new("http://mid.swisscom.ch/")}}
	return a
}

func statusOf(c mss.Code, details ...etsi.StatusDetailItem) etsi.Status {
	s := etsi.Status{StatusCode: etsi.StatusCode{Value: xmlwire.IntegerOf(int(c))}}
	if len(details) > 0 {
		s.StatusDetail = &etsi.StatusDetail{Items: details}
	}
	return s
}

func faultOf(code string, details ...string) *etsi.Fault {
	return &etsi.Fault{Code: "Sender", Subcodes: []xmlwire.Name{{Space: etsi.NSMSS, Local: "_" + code}}, Reason: "refused", Details: details}
}
