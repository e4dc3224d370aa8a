package msstest_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport"
	"github.com/gomss/gomss/transport/soap"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	anna = "+41790000001"
	beat = "+41790000002"

	signaturePath = "/soap/services/MSS_SignaturePort"
	statusPath    = "/soap/services/MSS_StatusQueryPort"

	stk    = "http://mid.swisscom.ch/STK-LoA4"
	device = "http://mid.swisscom.ch/Device-LoA4"
	anyLoA = "http://mid.swisscom.ch/Any-LoA4"
	auth1  = "http://mid.swisscom.ch/MID/v1/AuthProfile1"

	synch  = "synch"
	asynch = "asynchClientServer"
)

// caller is an application provider that is not careful: it sends what it is told and judges nothing.
type caller struct {
	t     testing.TB
	srv   *msstest.Server
	http  *transport.Client
	style soap.Style
}

func call(t testing.TB, srv *msstest.Server) *caller {
	t.Helper()
	client, err := transport.New(srv.HTTP())
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return &caller{t, srv, client, soap.WSDLForm}
}

// inProcess makes a server without a network.
func inProcess(t testing.TB, o *msstest.Options) *msstest.Server {
	t.Helper()
	srv, err := msstest.NewInProcess(o)
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	return srv
}

func (c *caller) abstract() etsi.MessageAbstract {
	return etsi.MessageAbstract{
		APInfo:       etsi.APInfo{APID: c.srv.APID(), APPWD: "secret", APTransID: "T" + rand.Text(), Instant: xmlwire.DateTime{Time: time.Now()}},
		MSSPInfo:     etsi.MSSPInfo{MSSPID: etsi.MeshMember{URI: new("http://mid.swisscom.ch/")}},
		MajorVersion: "1", MinorVersion: "1",
	}
}

// ask is a request that a person with a SIM card can sign.
func (c *caller) ask(msisdn, mode string) *etsi.SignatureReq {
	lang := etsi.AdditionalServiceItem{UserLang: &etsi.FiUserLang{Value: "en"}}
	return &etsi.SignatureReq{
		MessageAbstract:  c.abstract(),
		MessagingMode:    mode,
		TimeOut:          new(xmlwire.IntegerOf(80)),
		MobileUser:       etsi.MobileUser{MSISDN: &msisdn},
		DataToBeSigned:   etsi.Data{Value: c.srv.Prefix() + "Sign in?", MimeType: new("text/plain"), Encoding: new("UTF-8")},
		SignatureProfile: &etsi.MssURI{MssURI: stk},
		AdditionalServices: &etsi.AdditionalServices{Service: []etsi.AdditionalService{{
			Description: etsi.MssURI{MssURI: "http://mss.ficom.fi/TS102204/v1.0.0#userLang"},
			Items:       []etsi.AdditionalServiceItem{lang},
		}}},
	}
}

// sign sends a request and expects a message or a fault, with the HTTP status that goes with it.
func (c *caller) sign(req *etsi.SignatureReq) (*etsi.SignatureResp, *etsi.Fault) {
	c.t.Helper()
	resp := new(etsi.SignatureResp)
	reply, f, err := c.exchange(c.t.Context(), signaturePath, etsi.OpSignature, req, resp)
	require.NoError(c.t, err)
	c.checkHTTP(reply, f)
	return resp, f
}

func (c *caller) status(id string) (*etsi.StatusResp, *etsi.Fault) {
	c.t.Helper()
	resp := new(etsi.StatusResp)
	req := &etsi.StatusReq{MessageAbstract: c.abstract(), MSSPTransID: id}
	reply, f, err := c.exchange(c.t.Context(), statusPath, etsi.OpStatusQuery, req, resp)
	require.NoError(c.t, err)
	c.checkHTTP(reply, f)
	return resp, f
}

func (c *caller) checkHTTP(reply *transport.Reply, f *etsi.Fault) {
	c.t.Helper()
	require.Equal(c.t, "application/soap+xml;charset=utf-8", reply.ContentType)
	require.WithinDuration(c.t, time.Now(), reply.Date, 2*time.Second)
	if f != nil {
		require.Equal(c.t, 500, reply.Status)
	} else {
		require.Equal(c.t, 200, reply.Status)
	}
}

// exchange sends a message and reads the answer into another one.
func (c *caller) exchange(ctx context.Context, path string, op *etsi.Operation, req, into etsi.Message) (*transport.Reply, *etsi.Fault, error) {
	c.t.Helper()
	body, err := soap.AppendRequest(nil, op, c.style, req)
	require.NoError(c.t, err)
	reply, err := c.http.Do(ctx, &transport.Exchange{Path: path, ContentType: "text/xml;charset=UTF-8", Body: body, Prompts: op == etsi.OpSignature})
	if err != nil {
		return nil, nil, err
	}
	f, err := soap.DecodeResponse(reply.Body, op, into)
	return reply, f, err
}

// code returns what a fault or a status says.
func code(t testing.TB, s etsi.Status, f *etsi.Fault) mss.Code {
	t.Helper()
	if f != nil {
		n, _, ok := f.MSSCode()
		require.True(t, ok, "a fault without code")
		return mss.Code(n)
	}
	n, ok := s.StatusCode.Value.Int()
	require.True(t, ok)
	return mss.Code(n)
}

var errOtherText = errors.New("another text was signed")

// verify judges a CMS as a client with the server's anchors does.
func verify(t testing.TB, srv *msstest.Server, sig []byte, text string) (*cms.Result, error) {
	t.Helper()
	a := srv.Anchors()
	v, err := cms.New(cms.Config{Roots: a.Roots(), Intermediates: a.Intermediates(), ExtKeyUsage: x509.ExtKeyUsageClientAuth})
	require.NoError(t, err)
	return v.Verify(sig, time.Now(), func(content []byte) error {
		if string(content) != text {
			return errOtherText
		}
		return nil
	})
}

// post sends the octets of a prompting request and reports whether there was an answer.
func post(ctx context.Context, c *caller, body []byte) error {
	_, err := c.http.Do(ctx, &transport.Exchange{Path: signaturePath, ContentType: "text/xml;charset=UTF-8", Body: body, Prompts: true})
	return err
}
