package mssp_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/stretchr/testify/require"
)

const profileSerial = "MIDCHECANARY7F3K"

// hierarchy is the DER of a person's certificate, its CA's and the root's; all self-issued, as nobody verifies them.
var hierarchy = sync.OnceValue(func() (der [3][]byte) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	for i, name := range []string{profileSerial, "Example CA", "Example Root"} {
		c := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: name},
			NotBefore: time.Unix(1e9, 0), NotAfter: time.Unix(2e9, 0),
		}
		if der[i], err = x509.CreateCertificate(rand.Reader, c, c, key.Public(), key); err != nil {
			panic(err)
		}
	}
	return der
})

type (
	certificate = etsi.McsMobileUserCertificate
	item        = etsi.McsMobileUserCertificateItem
	extension   = etsi.McsProfileQueryExtension
)

func der(b []byte) item     { return item{X509Certificate: b} }
func subject(s string) item { return item{X509SubjectName: &s} }
func chain(is ...item) certificate {
	return certificate{Items: is, State: new("ACTIVE"), Algorithm: new("EC")}
}

// pairs is a lawful chain.
func pairs() certificate {
	h := hierarchy()
	return chain(der(h[0]), subject("cn="+strings.ToLower(profileSerial)), der(h[1]), subject("cn=example ca"), der(h[2]), subject("cn=example root"))
}

func profileAnswers(x *extension, profiles ...string) func(*etsi.Operation, etsi.Message) (etsi.Message, *etsi.Fault) {
	return func(_ *etsi.Operation, m etsi.Message) (etsi.Message, *etsi.Fault) {
		req, ok := m.(*etsi.ProfileReq)
		if !ok {
			return nil, nil
		}
		resp := &etsi.ProfileResp{MessageAbstract: echoed(&req.MessageAbstract), Status: statusOf(mss.StatusRequestOK)}
		for _, uri := range profiles {
			resp.SignatureProfile = append(resp.SignatureProfile, etsi.MssURI{MssURI: uri})
		}
		if x != nil {
			resp.Status = statusOf(mss.StatusRequestOK, etsi.StatusDetailItem{ProfileQueryExtension: x})
		}
		return resp, nil
	}
}

func profileOf(t *testing.T, c *mssp.Client) (*mss.Profile, *mssp.ProfileDetails, error) {
	t.Helper()
	p, err := mss.ProfileQuery(t.Context(), c, mss.User{MSISDN: msisdn(t, person)})
	if err != nil {
		require.Nil(t, p)
		return nil, nil, err
	}
	return p, p.Details.(*mssp.ProfileDetails), nil
}

func names(chain []*x509.Certificate) (names []string) {
	for _, c := range chain {
		names = append(names, c.Subject.CommonName)
	}
	return names
}

// TestProfile reads what the service tells today (guide section 3.5.2).
func TestProfile(t *testing.T) {
	t.Parallel()
	for _, binding := range bindings {
		t.Run(binding.String(), func(t *testing.T) {
			t.Parallel()
			_, c, s := newScripted(t, binding, nil)
			s.answer = profileAnswers(&extension{
				MobileUser: &etsi.McsMobileUser{AutoActivation: new(false), RecoveryCodeCreated: new(true)},
				Sscds: &etsi.McsSscds{
					Sim: &etsi.McsSscd{
						State: new("INACTIVE"), PinStatus: &etsi.McsPinStatus{Blocked: new(true)},
						CardDetails: &etsi.McsCardDetails{MCC: new("228"), MNC: new("01"), Network: new("Swisscom")},
					},
					App: []etsi.McsSscd{
						{State: new("ACTIVE"), MobileUserCertificate: []certificate{pairs(), {State: new("FUTURE"), Algorithm: new("RSA")}}},
						{State: new("LOST\u202e" + strings.Repeat("x", 100)), PinStatus: &etsi.McsPinStatus{}},
					},
				},
			}, mssp.ProfileAny, mssp.ProfileDevice)
			p, d, err := profileOf(t, c)
			require.NoError(t, err)
			require.Equal(t, []string{mssp.ProfileAny, mssp.ProfileDevice}, p.SignatureProfiles)
			require.False(t, *d.AutoActivation)
			require.True(t, *d.RecoveryCode)
			require.Nil(t, d.ServerSideSignature)
			require.Empty(t, d.Certificates)

			require.Equal(t, "INACTIVE", d.SIM.State)
			require.True(t, *d.SIM.PINBlocked)
			require.Equal(t, mssp.Card{MCC: "228", MNC: "01", Network: "Swisscom"}, *d.SIM.Card)
			require.Empty(t, d.SIM.Certificates)

			require.Len(t, d.Apps, 2)
			require.Equal(t, "ACTIVE", d.Apps[0].State)
			require.Nil(t, d.Apps[0].PINBlocked)
			require.Nil(t, d.Apps[0].Card)
			first, second := d.Apps[0].Certificates[0], d.Apps[0].Certificates[1]
			require.Equal(t, []string{"ACTIVE", "EC", "FUTURE", "RSA"}, []string{first.State, first.Algorithm, second.State, second.Algorithm})
			require.Equal(t, []string{profileSerial, "Example CA", "Example Root"}, names(first.Chain))
			require.Equal(t, []string{"cn=" + strings.ToLower(profileSerial), "cn=example ca", "cn=example root"}, first.Subjects)
			require.Empty(t, second.Chain)
			require.Equal(t, [][]*x509.Certificate{first.Chain}, p.Certificates)
			require.Equal(t, `LOST\u{202E}`+strings.Repeat("x", 59)+"…", d.Apps[1].State)
			require.Nil(t, d.Apps[1].PINBlocked)
		})
	}
}

// TestProfileOlder reads what older services tell: certificates and flags without a device.
func TestProfileOlder(t *testing.T) {
	t.Parallel()
	for _, binding := range bindings {
		t.Run(binding.String(), func(t *testing.T) {
			t.Parallel()
			_, c, s := newScripted(t, binding, nil)
			s.answer = profileAnswers(&extension{
				MobileUserCertificate: []certificate{pairs()},
				AutoActivation:        new(true), ServerSideSignature: new(false), RecoveryCodeCreated: new(false),
				MobileUser: &etsi.McsMobileUser{RecoveryCodeCreated: new(false)}, // told twice, and the same
			}, mssp.ProfileAuth1)
			p, d, err := profileOf(t, c)
			require.NoError(t, err)
			require.Equal(t, []string{mssp.ProfileAuth1}, p.SignatureProfiles)
			require.True(t, *d.AutoActivation)
			require.False(t, *d.ServerSideSignature)
			require.False(t, *d.RecoveryCode)
			require.Nil(t, d.SIM)
			require.Len(t, d.Certificates, 1)
			require.Equal(t, [][]*x509.Certificate{d.Certificates[0].Chain}, p.Certificates)
		})
	}
}

// TestProfileBare: nothing but the signature profiles, or not even those.
func TestProfileBare(t *testing.T) {
	t.Parallel()
	for _, binding := range bindings {
		t.Run(binding.String(), func(t *testing.T) {
			t.Parallel()
			_, c, s := newScripted(t, binding, nil)
			for _, profiles := range [][]string{{mssp.ProfileSIM}, nil} {
				s.answer = profileAnswers(nil, profiles...)
				p, d, err := profileOf(t, c)
				require.NoError(t, err)
				require.Equal(t, profiles, p.SignatureProfiles)
				require.Empty(t, p.Certificates)
				require.Equal(t, mssp.ProfileDetails{}, *d)
			}
		})
	}
}

// TestProfileSOAPOnly reads what the JSON binding has no form for: certificates without names, and activations.
func TestProfileSOAPOnly(t *testing.T) {
	t.Parallel()
	_, c, s := newScripted(t, mssp.SOAP, nil)
	h := hierarchy()
	s.answer = profileAnswers(&extension{Sscds: &etsi.McsSscds{Sim: &etsi.McsSscd{
		MobileUserCertificate: []certificate{chain(der(h[0]), der(h[1]), subject("cn=example ca"))},
		Activation:            []etsi.McsActivation{{Name: new("first"), Success: new(true)}, {}},
	}}})
	p, d, err := profileOf(t, c)
	require.NoError(t, err)
	require.Equal(t, []string{"", "cn=example ca"}, d.SIM.Certificates[0].Subjects)
	require.Len(t, p.Certificates[0], 2)
	require.Equal(t, []mssp.Activation{{Name: "first", Success: new(true)}, {}}, d.SIM.Activations)
}

// TestProfileCard: what says that a card is not known says nothing.
func TestProfileCard(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		card *etsi.McsCardDetails
		want *mssp.Card
	}{
		"unknown":         {&etsi.McsCardDetails{MCC: new("000"), MNC: new("00"), Network: new("Unknown network")}, nil},
		"empty":           {&etsi.McsCardDetails{}, nil},
		"none":            {nil, nil},
		"without network": {&etsi.McsCardDetails{MCC: new("232"), MNC: new("00")}, &mssp.Card{MCC: "232", MNC: "00"}},
		"only a network":  {&etsi.McsCardDetails{Network: new("Example Mobile")}, &mssp.Card{Network: "Example Mobile"}},
	} {
		for _, binding := range bindings {
			t.Run(name+"/"+binding.String(), func(t *testing.T) {
				t.Parallel()
				_, c, s := newScripted(t, binding, nil)
				s.answer = profileAnswers(&extension{Sscds: &etsi.McsSscds{Sim: &etsi.McsSscd{CardDetails: tt.card}}})
				_, d, err := profileOf(t, c)
				require.NoError(t, err)
				require.Equal(t, tt.want, d.SIM.Card)
			})
		}
	}
}

// TestProfileRequest holds what is sent against the guide (section 3.5.1).
func TestProfileRequest(t *testing.T) {
	t.Parallel()
	for _, binding := range bindings {
		t.Run(binding.String(), func(t *testing.T) {
			t.Parallel()
			srv, c, s := newScripted(t, binding, nil)
			s.answer = profileAnswers(nil)
			_, _, err := profileOf(t, c)
			require.NoError(t, err)
			req := s.last.(*etsi.ProfileReq)
			require.Equal(t, person, *req.MobileUser.MSISDN)
			require.Equal(t, srv.APID(), req.APInfo.APID)
			require.EqualValues(t, "2", req.MajorVersion)
			require.EqualValues(t, "0", req.MinorVersion)
			require.Equal(t, []etsi.ProfileReqItem{{Params: []string{"sscds", "state", "certs", "pinstatus", "rcstatus", "aastatus", "carddetails"}}}, req.Items)
			want := map[mssp.Binding]string{mssp.SOAP: "/soap/services/MSS_ProfilePort", mssp.JSON: "/rest/service/profile"}
			require.Equal(t, want[binding], s.lastPath)
			first := req.APInfo.APTransID
			_, _, err = profileOf(t, c)
			require.NoError(t, err)
			require.NotEqual(t, first, s.last.(*etsi.ProfileReq).APInfo.APTransID)
		})
	}
}

func TestProfileRefused(t *testing.T) {
	t.Parallel()
	_, c, s := newScripted(t, mssp.SOAP, nil)
	s.answer = profileAnswers(nil)
	for _, u := range []mss.User{{}, {MSISDN: mss.MSISDN{Private: mss.Conceal("0041791234567")}}} {
		_, err := c.ProfileQuery(t.Context(), u)
		refusal, _ := errors.AsType[*mss.RequestError](err)
		require.NotNil(t, refusal)
		require.Equal(t, "User.MSISDN", refusal.Field)
	}
	require.Zero(t, s.sent.Load())
}

func TestProfileFault(t *testing.T) {
	t.Parallel()
	for _, binding := range bindings {
		_, c, s := newScripted(t, binding, nil)
		s.answer = func(*etsi.Operation, etsi.Message) (etsi.Message, *etsi.Fault) {
			return nil, faultOf("404", "not active")
		}
		_, _, err := profileOf(t, c)
		f, _ := errors.AsType[*mss.Fault](err)
		require.NotNil(t, f, "%v", err)
		require.Equal(t, mss.NoKeyFound, f.Code)
		require.Equal(t, mss.OpProfileQuery, f.Operation)
	}
}

// TestProfilePrintsNothing: a profile and its parts say who somebody is and what they can do.
func TestProfilePrintsNothing(t *testing.T) {
	t.Parallel()
	_, c, s := newScripted(t, mssp.SOAP, nil)
	s.answer = profileAnswers(&extension{Sscds: &etsi.McsSscds{Sim: &etsi.McsSscd{
		State: new("CANARY"), MobileUserCertificate: []certificate{pairs()},
		CardDetails: &etsi.McsCardDetails{MCC: new("CANARY")}, Activation: []etsi.McsActivation{{Name: new("CANARY")}},
	}}}, "urn:canary")
	p, d, err := profileOf(t, c)
	require.NoError(t, err)
	for _, v := range []any{p, *p, d, *d, d.SIM, *d.SIM, *d.SIM.Card, d.SIM.Certificates[0], d.SIM.Activations[0]} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		require.Equal(t, slog.StringValue("[redacted]"), slog.AnyValue(v).Resolve(), "%T", v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", []any{v})
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
		require.NoError(t, json.NewEncoder(&out).Encode(v))
		require.NoError(t, xml.NewEncoder(&out).Encode(v))
		require.Contains(t, out.String(), "[redacted]")
		require.NotRegexp(t, "(?i)canary|436[aA]6e617279", out.String(), "%T", v)
	}
}
