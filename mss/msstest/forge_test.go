package msstest_test

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport"
)

// spoilt is a forged answer as a client sees it.
type spoilt struct {
	reply     *transport.Reply
	fault     *etsi.Fault
	err       error // of reading the answer
	abstract  etsi.MessageAbstract
	msisdn    string
	status    mss.Code
	signature []byte
	sent      *etsi.MessageAbstract
	text      string
}

// chain returns the certificate and the issuers in a CMS that verifies by its signature, whatever they are.
func (a *spoilt) chain(t *testing.T) []*x509.Certificate {
	t.Helper()
	der, err := cms.ToDER(a.signature)
	require.NoError(t, err)
	return bag(t, der)
}

// signedData is a CMS in DER (RFC 5652 5.1).
type signedData struct {
	Version      int
	Digests      asn1.RawValue
	Encap        encapsulated
	Certificates asn1.RawValue `asn1:"tag:0"`
	Signers      asn1.RawValue
}

type encapsulated struct {
	Type    asn1.ObjectIdentifier
	Content []byte `asn1:"explicit,tag:0"`
}

func parse(t testing.TB, der []byte) *signedData {
	t.Helper()
	var info struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	_, err := asn1.Unmarshal(der, &info)
	require.NoError(t, err)
	sd := new(signedData)
	_, err = asn1.Unmarshal(info.Content.Bytes, sd)
	require.NoError(t, err)
	return sd
}

// bag reads the certificates of a CMS.
func bag(t testing.TB, der []byte) []*x509.Certificate {
	t.Helper()
	certs, err := x509.ParseCertificates(parse(t, der).Certificates.Bytes)
	require.NoError(t, err)
	return certs
}

func (a *spoilt) check(t *testing.T, srv *msstest.Server, want string) {
	t.Helper()
	_, err := verify(t, srv, a.signature, a.text)
	if want == "" {
		require.NoError(t, err)
		return
	}
	e := new(cms.Error)
	require.ErrorAs(t, err, &e)
	require.Equal(t, want, e.Check, "%v", err)
}

// forgeries tells of each one how the answer differs from a genuine one, and that it is genuine otherwise.
var forgeries = []struct {
	name  string
	forge msstest.Forge
	check func(t *testing.T, srv *msstest.Server, a *spoilt)
}{
	{"none", msstest.Genuine, func(t *testing.T, srv *msstest.Server, a *spoilt) {
		require.Equal(t, a.sent.APInfo.APTransID, a.abstract.APInfo.APTransID)
		require.Equal(t, a.sent.APInfo.APID, a.abstract.APInfo.APID)
		require.Equal(t, anna, a.msisdn)
		a.check(t, srv, "")
	}},
	{"AP_TransID", msstest.ForgeTransID, func(t *testing.T, srv *msstest.Server, a *spoilt) {
		require.NotEqual(t, a.sent.APInfo.APTransID, a.abstract.APInfo.APTransID)
		a.check(t, srv, "")
	}},
	{"MSISDN", msstest.ForgeMSISDN, func(t *testing.T, srv *msstest.Server, a *spoilt) {
		require.NotEqual(t, anna, a.msisdn)
		_, err := mss.ParseMSISDN(a.msisdn)
		require.NoError(t, err)
		a.check(t, srv, "")
	}},
	{"AP_ID", msstest.ForgeAPID, func(t *testing.T, srv *msstest.Server, a *spoilt) {
		require.NotEqual(t, a.sent.APInfo.APID, a.abstract.APInfo.APID)
		a.check(t, srv, "")
	}},
	{"text", msstest.ForgeText, func(t *testing.T, srv *msstest.Server, a *spoilt) {
		_, err := verify(t, srv, a.signature, a.text)
		require.ErrorIs(t, err, errOtherText)
		a.text += " (altered)"
		a.check(t, srv, "")
	}},
	{"anchor", msstest.ForgeAnchor, func(t *testing.T, srv *msstest.Server, a *spoilt) {
		a.check(t, srv, "chain")
		root := a.chain(t)[2]
		require.Equal(t, srv.Anchors().Roots()[0].Subject.CommonName, root.Subject.CommonName)
		requireIssued(t, root, a.chain(t))
	}},
	{"policy", msstest.ForgePolicy, func(t *testing.T, srv *msstest.Server, a *spoilt) {
		a.check(t, srv, "")
		require.Empty(t, a.chain(t)[0].Policies)
	}},
	{"serial number", msstest.ForgeSerial, func(t *testing.T, srv *msstest.Server, a *spoilt) {
		a.check(t, srv, "")
		serial := a.chain(t)[0].Subject.SerialNumber
		require.Len(t, serial, 16)
		require.False(t, strings.HasPrefix(serial, "MIDCHE"))
	}},
	{"two serial numbers", msstest.ForgeSerials, func(t *testing.T, srv *msstest.Server, a *spoilt) {
		a.check(t, srv, "")
		var serials []any
		for _, n := range a.chain(t)[0].Subject.Names {
			if n.Type.Equal(asn1.ObjectIdentifier{2, 5, 4, 5}) {
				serials = append(serials, n.Value)
			}
		}
		require.Len(t, serials, 2)
		require.NotEqual(t, serials[0], serials[1])
	}},
	{"expired", msstest.ForgeExpired, func(t *testing.T, srv *msstest.Server, a *spoilt) { a.check(t, srv, "chain") }},
	{"unmarked", msstest.ForgeUnmarked, func(t *testing.T, srv *msstest.Server, a *spoilt) {
		a.check(t, srv, "")
		require.False(t, simulated.Marked(a.chain(t)[0]))
	}},
	{"SHA-1", msstest.ForgeSHA1, func(t *testing.T, srv *msstest.Server, a *spoilt) { a.check(t, srv, "algorithm") }},
	{"status 503", msstest.ForgeStatus503, func(t *testing.T, srv *msstest.Server, a *spoilt) {
		require.Equal(t, mss.StatusInvalidSignature, a.status)
		require.Equal(t, 200, a.reply.Status)
		a.check(t, srv, "")
	}},
	{"no signature", msstest.ForgeNoSignature, func(t *testing.T, _ *msstest.Server, a *spoilt) {
		require.Equal(t, mss.StatusSignature, a.status)
		require.Empty(t, a.signature)
	}},
	{"Base64", msstest.ForgeBase64, func(t *testing.T, _ *msstest.Server, a *spoilt) {
		require.ErrorContains(t, a.err, "Base64Signature")
	}},
	{"HTTP 500", msstest.ForgeSuccess500, func(t *testing.T, srv *msstest.Server, a *spoilt) {
		require.Equal(t, 500, a.reply.Status)
		require.Equal(t, mss.StatusSignature, a.status)
		a.check(t, srv, "")
	}},
	{"fault with 200", msstest.ForgeFault200, func(t *testing.T, _ *msstest.Server, a *spoilt) {
		require.Equal(t, 200, a.reply.Status)
		require.Equal(t, mss.UserCancel, code(t, etsi.Status{}, a.fault))
	}},
	{"HTML 502", msstest.ForgeHTML502, func(t *testing.T, _ *msstest.Server, a *spoilt) { a.requireHTML(t, 502) }},
	{"HTML 403", msstest.ForgeHTML403, func(t *testing.T, _ *msstest.Server, a *spoilt) { a.requireHTML(t, 403) }},
	{"truncated", msstest.ForgeTruncated, func(t *testing.T, _ *msstest.Server, a *spoilt) {
		e := new(mss.TransportError)
		require.ErrorAs(t, a.err, &e)
		require.Equal(t, mss.Answered, e.Sent)
		require.Equal(t, 200, e.Status)
	}},
}

func (a *spoilt) requireHTML(t *testing.T, status int) {
	t.Helper()
	require.Error(t, a.err)
	require.Equal(t, status, a.reply.Status)
	require.Equal(t, "text/html", a.reply.ContentType)
}

// requireIssued checks that a chain, leaf first, holds together.
func requireIssued(t *testing.T, root *x509.Certificate, chain []*x509.Certificate) {
	t.Helper()
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root)
	intermediates.AddCert(chain[1])
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	require.NoError(t, err)
}

func TestForgeries(t *testing.T) {
	t.Parallel()
	for _, key := range []msstest.Key{msstest.EC, msstest.RSA} {
		for _, tt := range forgeries {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				for srv, w := range map[*msstest.Server]wire{
					inProcess(t, nil): soapWire, msstest.NewServer(t, nil): soapWire, inProcess(t, nil): jsonWire,
				} {
					c := &talker{call(t, srv), w}
					srv.Script(anna, msstest.Person{Key: key, Forge: tt.forge})
					tt.check(t, srv, c.spoilt(synch))
					tt.check(t, srv, c.spoilt(asynch))
				}
			})
		}
	}
}

// spoilt asks a person and returns the answer with the outcome.
func (c *talker) spoilt(mode string) *spoilt {
	c.t.Helper()
	req := c.ask(anna, mode, stk)
	a := &spoilt{sent: &req.MessageAbstract, text: req.DataToBeSigned.Value}
	if mode == synch {
		resp := new(etsi.SignatureResp)
		a.reply, a.fault, a.err = c.tryDo(c.t.Context(), etsi.OpSignature, req, resp)
		a.take(c.t, resp.MessageAbstract, resp.MobileUser, resp.Signature, resp.Status)
		return a
	}
	ack, f := c.sign(req)
	require.Nil(c.t, f)
	query, resp := &etsi.StatusReq{MessageAbstract: c.abstract(), MSSPTransID: ack.MSSPTransID}, new(etsi.StatusResp)
	a.sent = &query.MessageAbstract
	a.reply, a.fault, a.err = c.tryDo(c.t.Context(), etsi.OpStatusQuery, query, resp)
	a.take(c.t, resp.MessageAbstract, resp.MobileUser, resp.Signature, resp.Status)
	return a
}

func (a *spoilt) take(t testing.TB, m etsi.MessageAbstract, u etsi.MobileUser, s *etsi.Signature, st etsi.Status) {
	if a.err != nil || a.fault != nil {
		return
	}
	a.abstract, a.msisdn, a.status = m, *u.MSISDN, code(t, st, nil)
	if s != nil {
		a.signature = s.Base64Signature
	}
}

func TestForgeReplay(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := &talker{call(t, srv), jsonWire}
	srv.Script(anna, msstest.Person{Forge: msstest.ForgeReplay})
	first := c.spoilt(synch)
	first.check(t, srv, "")
	require.Equal(t, first.signature, c.spoilt(asynch).signature)

	srv.Script(anna, msstest.Person{})
	fresh := c.spoilt(synch)
	require.NotEqual(t, first.signature, fresh.signature)
	srv.Script(anna, msstest.Person{Forge: msstest.ForgeReplay})
	require.Equal(t, fresh.signature, c.spoilt(synch).signature)
}

func TestForgeProfile(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	for _, tt := range []struct {
		method       msstest.Method
		asked, named string
	}{{msstest.SIM, stk, device}, {msstest.App, device, stk}} {
		for mode, p := range map[string]msstest.Person{
			synch:  {Method: tt.method, Forge: msstest.ForgeProfile},
			asynch: {Method: tt.method, ForgeAck: msstest.ForgeProfile},
		} {
			srv.Script(anna, p)
			req := c.ask(anna, mode)
			req.SignatureProfile.MssURI = tt.asked
			resp, f := c.sign(req)
			require.Nil(t, f)
			require.Equal(t, tt.named, resp.SignatureProfile.MssURI)
		}
	}
}

func TestForgeMSSPTransID(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	srv.Script(anna, msstest.Person{Do: msstest.Ignore})
	srv.Script(beat, msstest.Person{Forge: msstest.ForgeMSSPTransID})
	lonely, f := c.sign(c.ask(beat, asynch))
	require.Nil(t, f)
	first, f := c.sign(c.ask(anna, asynch))
	require.Nil(t, f)
	require.NotEqual(t, lonely.MSSPTransID, first.MSSPTransID, "nothing to take it from")
	second, f := c.sign(c.ask(beat, asynch))
	require.Nil(t, f)
	require.Equal(t, first.MSSPTransID, second.MSSPTransID)
	resp, f := c.status(second.MSSPTransID)
	require.Nil(t, f)
	require.Equal(t, anna, *resp.MobileUser.MSISDN, "the other person's transaction")
}

// TestForgeMSSPTransIDIsDeterministic: of several others it is always the same one.
func TestForgeMSSPTransIDIsDeterministic(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	var others []string
	for i := range 8 {
		number := "4179000001" + strconv.Itoa(i)
		srv.Script(number, msstest.Person{Do: msstest.Ignore})
		ack, f := c.sign(c.ask(number, asynch))
		require.Nil(t, f)
		others = append(others, ack.MSSPTransID)
	}
	srv.Script(beat, msstest.Person{Forge: msstest.ForgeMSSPTransID})
	for range 5 {
		forged, f := c.sign(c.ask(beat, asynch))
		require.Nil(t, f)
		require.Equal(t, slices.Min(others), forged.MSSPTransID)
	}
}

func TestForgeAck(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	for forge, check := range map[msstest.Forge]func(reply *transport.Reply, req *etsi.SignatureReq, resp *etsi.SignatureResp, err error){
		msstest.ForgeTransID: func(_ *transport.Reply, req *etsi.SignatureReq, resp *etsi.SignatureResp, _ error) {
			require.NotEqual(t, req.APInfo.APTransID, resp.APInfo.APTransID)
		},
		msstest.ForgeAPID: func(_ *transport.Reply, req *etsi.SignatureReq, resp *etsi.SignatureResp, _ error) {
			require.NotEqual(t, req.APInfo.APID, resp.APInfo.APID)
		},
		msstest.ForgeMSISDN: func(_ *transport.Reply, _ *etsi.SignatureReq, resp *etsi.SignatureResp, _ error) {
			require.NotEqual(t, anna, *resp.MobileUser.MSISDN)
		},
		msstest.ForgeSuccess500: func(reply *transport.Reply, _ *etsi.SignatureReq, _ *etsi.SignatureResp, _ error) {
			require.Equal(t, 500, reply.Status)
		},
		msstest.ForgeHTML502: func(reply *transport.Reply, _ *etsi.SignatureReq, _ *etsi.SignatureResp, _ error) {
			require.Equal(t, 502, reply.Status)
		},
		msstest.ForgeTruncated: func(_ *transport.Reply, _ *etsi.SignatureReq, _ *etsi.SignatureResp, err error) {
			require.Error(t, err)
		},
	} {
		srv.Script(anna, msstest.Person{ForgeAck: forge})
		req, resp := c.ask(anna, asynch), new(etsi.SignatureResp)
		reply, f, err := c.exchange(t.Context(), signaturePath, etsi.OpSignature, req, resp)
		require.Nil(t, f)
		check(reply, req, resp, err)
	}
}
