package msstest_test

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport/soap"
)

func TestSignature(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := call(t, srv)
	for _, tt := range []struct {
		name   string
		msisdn string
		person msstest.Person
		check  func(t *testing.T, cms []byte, key any)
	}{
		{"EC", anna, msstest.Person{}, func(t *testing.T, cms []byte, key any) {
			require.Equal(t, []byte{0x30, 0x80}, cms[:2], "indefinite length")
			require.IsType(t, &ecdsa.PublicKey{}, key)
		}},
		{"RSA in DER", beat, msstest.Person{Key: msstest.RSA, Form: msstest.DER, Serial: "MIDCHE0123456789"}, func(t *testing.T, cms []byte, key any) {
			require.Equal(t, []byte{0x30, 0x82}, cms[:2], "definite length")
			require.Equal(t, 2048, key.(*rsa.PublicKey).N.BitLen())
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv.Script(tt.msisdn, tt.person)
			req := c.ask(tt.msisdn, synch)
			resp, f := c.sign(req)
			require.Nil(t, f)
			require.Equal(t, mss.StatusSignature, code(t, resp.Status, f))
			require.Equal(t, "SIGNATURE", *resp.Status.StatusMessage)
			require.Equal(t, stk, resp.SignatureProfile.MssURI)
			requireEcho(t, &req.MessageAbstract, &resp.MessageAbstract)
			require.Equal(t, tt.msisdn, *resp.MobileUser.MSISDN)

			res, err := verify(t, srv, resp.Signature.Base64Signature, req.DataToBeSigned.Value)
			require.NoError(t, err)
			tt.check(t, resp.Signature.Base64Signature, res.Chain[0].PublicKey)
			if tt.person.Serial != "" {
				require.Equal(t, tt.person.Serial, res.Chain[0].Subject.SerialNumber)
			}
		})
	}
	srv.AssertPrompts(t, 2)
}

// Two signatures over one text in one second are not the same, in either form and with either key.
func TestSignaturesDiffer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		c := call(t, srv)
		for _, p := range []msstest.Person{{}, {Form: msstest.DER}, {Key: msstest.RSA}, {Key: msstest.RSA, Form: msstest.DER}} {
			srv.Script(anna, p)
			seen := make(map[string]bool)
			for range 3 {
				req := c.ask(anna, synch)
				resp, f := c.sign(req)
				require.Nil(t, f)
				res, err := verify(t, srv, resp.Signature.Base64Signature, req.DataToBeSigned.Value)
				require.NoError(t, err)
				seen[string(res.SignedAttrs)] = true
			}
			require.Len(t, seen, 3, "%+v", p)
		}
	})
}

// requireEcho checks what an answer repeats: AP_Info as it was sent, the password included.
func requireEcho(t *testing.T, req, resp *etsi.MessageAbstract) {
	t.Helper()
	require.Equal(t, req.APInfo.APID, resp.APInfo.APID)
	require.Equal(t, req.APInfo.APPWD, resp.APInfo.APPWD)
	require.Equal(t, req.APInfo.APTransID, resp.APInfo.APTransID)
	require.Equal(t, req.APInfo.Instant.Time.UnixMilli(), resp.APInfo.Instant.Time.UnixMilli())
	require.Equal(t, "http://mid.swisscom.ch/", *resp.MSSPInfo.MSSPID.URI)
	require.WithinDuration(t, time.Now(), resp.MSSPInfo.Instant.Time, time.Minute)
	require.EqualValues(t, "1", resp.MajorVersion)
	require.EqualValues(t, "1", resp.MinorVersion)
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	req := c.ask("41700092501", synch)
	resp, f := c.sign(req)
	require.Nil(t, f)
	res, err := verify(t, srv, resp.Signature.Base64Signature, req.DataToBeSigned.Value)
	require.NoError(t, err)

	leaf, intermediate := res.Chain[0], res.Chain[1]
	require.Equal(t, "MIDCHEO16P1O6E92", leaf.Subject.SerialNumber)
	require.Equal(t, "MIDCHEO16P1O6E92:PN", leaf.Subject.CommonName)
	var policies []string
	for _, p := range leaf.Policies {
		policies = append(policies, p.String())
	}
	require.ElementsMatch(t, []string{"2.16.756.1.83.30.4.4", "0.4.0.2042.1.3"}, policies)
	require.True(t, intermediate.MaxPathLenZero && intermediate.MaxPathLen == 0)
	for _, cert := range append(res.Chain, msstest.NewServer(t, nil).HTTP().Roots...) {
		require.True(t, simulated.Marked(cert), "%v has no mark", cert.Subject)
		require.LessOrEqual(t, cert.NotAfter.Sub(cert.NotBefore), 7*24*time.Hour)
	}
	require.Equal(t, mss.Simulator, srv.Anchors().Environment())
}

// A chain of one server is worth nothing to another one, although they share the keys of their authorities.
func TestServersDoNotTrustEachOther(t *testing.T) {
	t.Parallel()
	one, other := inProcess(t, nil), inProcess(t, nil)
	c := call(t, one)
	req := c.ask("+41700092502", synch)
	resp, f := c.sign(req)
	require.Nil(t, f)
	_, err := verify(t, other, resp.Signature.Base64Signature, req.DataToBeSigned.Value)
	require.Error(t, err)
}

func TestAsynchronous(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	srv.Script(anna, msstest.Person{})
	req := c.ask("41790000001", asynch) // scripted with "+", asked without
	ack, f := c.sign(req)
	require.Nil(t, f)
	require.Equal(t, mss.StatusRequestOK, code(t, ack.Status, f))
	require.Nil(t, ack.Signature)
	require.Equal(t, stk, ack.SignatureProfile.MssURI)
	require.Equal(t, "41790000001", *ack.MobileUser.MSISDN)

	resp, f := c.status(ack.MSSPTransID)
	require.Nil(t, f)
	require.Equal(t, mss.StatusSignature, code(t, resp.Status, f))
	require.Equal(t, "41790000001", *resp.MobileUser.MSISDN)
	_, err := verify(t, srv, resp.Signature.Base64Signature, req.DataToBeSigned.Value)
	require.NoError(t, err)

	again, f := c.status(ack.MSSPTransID)
	require.Nil(t, f)
	require.Equal(t, resp.Signature, again.Signature, "a final answer can be fetched again")
	srv.AssertPrompts(t, 1)
}

func TestWrapperFormIsMirrored(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	for _, style := range []soap.Style{soap.WSDLForm, soap.GuideForm} {
		c := call(t, srv)
		c.style = style
		for path, op := range map[string]*etsi.Operation{signaturePath: etsi.OpSignature, statusPath: etsi.OpStatusQuery} {
			var req, resp etsi.Message = c.ask("41700092501", asynch), op.NewResponse()
			if op == etsi.OpStatusQuery {
				ack, f := c.sign(c.ask("41700092501", asynch))
				require.Nil(t, f)
				req = &etsi.StatusReq{MessageAbstract: c.abstract(), MSSPTransID: ack.MSSPTransID}
			}
			reply, f, err := c.exchange(t.Context(), path, op, req, resp)
			require.NoError(t, err)
			require.Nil(t, f)
			want, err := soap.AppendResponse(nil, op, style, resp)
			require.NoError(t, err)
			require.Equal(t, string(want), string(reply.Body))
		}
		require.Equal(t, style, srv.Requests()[0].Style)
		srv = inProcess(t, nil)
	}
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	sim, app, both := "+41790000011", "+41790000012", "+41790000013"
	srv.Script(sim, msstest.Person{})
	srv.Script(app, msstest.Person{Method: msstest.App})
	srv.Script(both, msstest.Person{Method: msstest.SIM | msstest.App})
	for _, tt := range []struct{ msisdn, asked, used string }{
		{sim, stk, stk}, {sim, auth1, stk}, {sim, anyLoA, stk}, {sim, device, ""},
		{app, stk, ""}, {app, auth1, ""}, {app, anyLoA, device}, {app, device, device},
		{both, stk, stk}, {both, anyLoA, stk}, {both, device, device},
		{both, "http://mid.swisscom.ch/Any-Geofencing-LoA4", stk}, {both, "", ""},
	} {
		for _, mode := range []string{synch, asynch} {
			req := c.ask(tt.msisdn, mode)
			req.SignatureProfile.MssURI = tt.asked
			resp, f := c.sign(req)
			if tt.used == "" {
				require.Equal(t, mss.UnsupportedProfile, code(t, resp.Status, f), tt)
				continue
			}
			require.Nil(t, f, tt)
			require.Equal(t, tt.used, resp.SignatureProfile.MssURI, tt)
		}
	}
}

func TestVariations(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, &msstest.Options{RPCResult: true, EmptyHeader: true})
	c := call(t, srv)
	for _, style := range []soap.Style{soap.WSDLForm, soap.GuideForm} {
		c.style = style
		resp := new(etsi.SignatureResp)
		reply, f, err := c.exchange(t.Context(), signaturePath, etsi.OpSignature, c.ask("41700092501", synch), resp)
		require.NoError(t, err)
		require.Nil(t, f)
		require.Equal(t, mss.StatusSignature, code(t, resp.Status, nil))
		require.Contains(t, string(reply.Body), "<soapenv:Header/><soapenv:Body><")
		require.Contains(t, string(reply.Body), "mss:MSS_SignatureResp</rpc:result><")

		reply, f, err = c.exchange(t.Context(), signaturePath, etsi.OpSignature, c.ask("41000092401", synch), resp)
		require.NoError(t, err)
		require.Equal(t, mss.UserCancel, code(t, etsi.Status{}, f))
		require.Contains(t, string(reply.Body), "<soapenv:Header/><soapenv:Body><")
		require.NotContains(t, string(reply.Body), "rpc:result")
	}
}
