package msstest_test

import (
	"crypto/x509"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/cms"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
)

// everything is all that Params can ask for.
var everything = []string{"sscds", "state", "certs", "pinstatus", "carddetails", "rcstatus", "aastatus"}

func profiles(resp *etsi.ProfileResp) (list []string) {
	for _, p := range resp.SignatureProfile {
		list = append(list, p.MssURI)
	}
	return list
}

func extension(t testing.TB, resp *etsi.ProfileResp) *etsi.McsProfileQueryExtension {
	t.Helper()
	require.NotNil(t, resp.Status.StatusDetail)
	require.Len(t, resp.Status.StatusDetail.Items, 1)
	return resp.Status.StatusDetail.Items[0].ProfileQueryExtension
}

// TestProfileOfTestNumber has the answer that the real service gave for this number, but for the certificates.
func TestProfileOfTestNumber(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		req := c.askProfile("41700092501", everything...)
		resp, f := c.profile(req)
		require.Nil(t, f)
		require.Equal(t, mss.StatusRequestOK, code(t, resp.Status, f))
		require.Equal(t, req.APInfo.APTransID, resp.APInfo.APTransID)
		require.EqualValues(t, "2", resp.MajorVersion)
		require.EqualValues(t, "0", resp.MinorVersion)
		require.Equal(t, []string{anyLoA, auth1, auth1 + ".ECC", stk}, profiles(resp))

		x := extension(t, resp)
		require.Equal(t, &etsi.McsMobileUser{RecoveryCodeCreated: new(false), AutoActivation: new(false)}, x.MobileUser)
		require.Empty(t, x.Sscds.App)
		sim := x.Sscds.Sim
		require.Equal(t, "ACTIVE", *sim.State)
		require.Equal(t, &etsi.McsPinStatus{Blocked: new(false)}, sim.PinStatus)
		require.Equal(t, &etsi.McsCardDetails{MCC: new("228"), MNC: new("01"), Network: new("Swisscom")}, sim.CardDetails)
		require.Len(t, sim.MobileUserCertificate, 1)
		cert := sim.MobileUserCertificate[0]
		require.Equal(t, "ACTIVE", *cert.State)
		require.Equal(t, "EC", *cert.Algorithm)
		require.Len(t, cert.Items, 6, "user, CA and root, each with its subject")
		require.Equal(t, "cn=midcheo16p1o6e92:pn,serialnumber=midcheo16p1o6e92", *cert.Items[1].X509SubjectName)
		require.Regexp(t, `^cn=simulated rubin ca \w+,o=simulated mssp,c=ch$`, *cert.Items[3].X509SubjectName)
		require.Regexp(t, `^cn=simulated root ca \w+,o=simulated mssp,c=ch$`, *cert.Items[5].X509SubjectName)
		require.Equal(t, srv.Anchors().Intermediates()[0].Raw, cert.Items[2].X509Certificate)
		require.Equal(t, srv.Anchors().Roots()[0].Raw, cert.Items[4].X509Certificate)
		srv.AssertPrompts(t, 0)
	})
}

// The certificates of a profile are those that sign, one for each device.
func TestProfileCertificatesSign(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		srv.Script(anna, msstest.Person{Method: msstest.SIM | msstest.App, Key: msstest.RSA})
		resp, f := c.profile(c.askProfile(anna, "certs"))
		require.Nil(t, f)
		require.Equal(t, []string{anyLoA, device, auth1, auth1 + ".RSA", stk}, profiles(resp))
		x := extension(t, resp)
		require.Nil(t, x.MobileUser)
		leaves := map[string][]byte{
			stk:    x.Sscds.Sim.MobileUserCertificate[0].Items[0].X509Certificate,
			device: x.Sscds.App[0].MobileUserCertificate[0].Items[0].X509Certificate,
		}
		require.NotEqual(t, leaves[stk], leaves[device])
		for profile, leaf := range leaves {
			signed, f := c.sign(c.ask(anna, synch, profile))
			require.Nil(t, f)
			der, err := cms.ToDER(signed.Signature.Base64Signature)
			require.NoError(t, err)
			require.Equal(t, leaf, bag(t, der)[0].Raw)
			cert, err := x509.ParseCertificate(leaf)
			require.NoError(t, err)
			require.Equal(t, x509.RSA, cert.PublicKeyAlgorithm)
		}
	})
}

// Each value of Params gives what it names and nothing else.
func TestProfileParams(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		srv.Script(anna, msstest.Person{
			Method: msstest.SIM | msstest.App, PINBlocked: msstest.App, Card: msstest.UnknownCard,
			RecoveryCode: true, AutoActivation: true,
		})
		blocked := func(b bool) *etsi.McsPinStatus { return &etsi.McsPinStatus{Blocked: &b} }
		for param, want := range map[string]*etsi.McsProfileQueryExtension{
			"sscds":     {Sscds: &etsi.McsSscds{Sim: &etsi.McsSscd{}, App: []etsi.McsSscd{{}}}},
			"state":     {Sscds: &etsi.McsSscds{Sim: &etsi.McsSscd{State: new("ACTIVE")}, App: []etsi.McsSscd{{State: new("ACTIVE")}}}},
			"pinstatus": {Sscds: &etsi.McsSscds{Sim: &etsi.McsSscd{PinStatus: blocked(false)}, App: []etsi.McsSscd{{PinStatus: blocked(true)}}}},
			"carddetails": {Sscds: &etsi.McsSscds{App: []etsi.McsSscd{{}}, Sim: &etsi.McsSscd{
				CardDetails: &etsi.McsCardDetails{MCC: new("000"), MNC: new("00"), Network: new("Unknown network")},
			}}},
			"rcstatus": {MobileUser: &etsi.McsMobileUser{RecoveryCodeCreated: new(true)}},
			"aastatus": {MobileUser: &etsi.McsMobileUser{AutoActivation: new(true)}},
		} {
			resp, f := c.profile(c.askProfile(anna, param))
			require.Nil(t, f)
			require.Equal(t, want, extension(t, resp), param)
		}
		resp, f := c.profile(c.askProfile(anna))
		require.Nil(t, f)
		require.Nil(t, resp.Status.StatusDetail, "nothing was asked for")
		require.EqualValues(t, "1", resp.MajorVersion)
		require.EqualValues(t, "1", resp.MinorVersion)
		require.Len(t, resp.SignatureProfile, 5)
	})
}

func TestRefusedProfileQueries(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		srv.Script(anna, msstest.Person{})
		srv.Script(beat, msstest.Person{Fault: mss.NoCertFound})
		for name, tt := range map[string]struct {
			change func(*etsi.ProfileReq)
			want   mss.Code
		}{
			"nobody":            {func(r *etsi.ProfileReq) { r.MobileUser.MSISDN = new("+41790009999") }, 105},
			"certificate":       {func(r *etsi.ProfileReq) { r.MobileUser.MSISDN = new(beat) }, 422},
			"test number":       {func(r *etsi.ProfileReq) { r.MobileUser.MSISDN = new("41000092401") }, 401},
			"heartbeat":         {func(r *etsi.ProfileReq) { r.MobileUser.MSISDN = new("41000000000") }, 101},
			"no number":         {func(r *etsi.ProfileReq) { r.MobileUser.MSISDN = nil }, 102},
			"unknown parameter": {func(r *etsi.ProfileReq) { r.Items[0].Params[0] = "sscd" }, 101},
			"version":           {func(r *etsi.ProfileReq) { r.MinorVersion = "1" }, 108},
			"Params in 1/1":     {func(r *etsi.ProfileReq) { r.MajorVersion, r.MinorVersion = "1", "1" }, 108},
			"account":           {func(r *etsi.ProfileReq) { r.APInfo.APID += "x" }, 104},
		} {
			req := c.askProfile(anna, "sscds", "state")
			tt.change(req)
			_, f := c.profile(req)
			require.NotNil(t, f, name)
			require.Equal(t, tt.want, code(t, etsi.Status{}, f), name)
		}
		if c.answerType != jsonType { // JSON has no member for them
			for _, item := range []etsi.ProfileReqItem{
				{GetAutoActivation: new(true)}, {GetServerSideSignature: new(true)}, {GetRecoveryCodeCreated: new(true)}, {GetCertificates: new(true)},
			} {
				req := c.askProfile(anna, "sscds")
				req.Items = append(req.Items, item)
				_, f := c.profile(req)
				require.Equal(t, mss.WrongParam, code(t, etsi.Status{}, f))
				require.Contains(t, strings.Join(f.Details, ""), "Params")
			}
		}
	})
}

// An inactive device is left out of the profiles and cannot sign, but for a SIM card that signing activates.
func TestInactiveDevices(t *testing.T) {
	t.Parallel()
	const both = msstest.SIM | msstest.App
	for _, w := range wires {
		synctest.Test(t, func(t *testing.T) {
			srv := inProcess(t, nil)
			c := &talker{call(t, srv), w}
			for _, tt := range []struct {
				person         msstest.Person
				stk, app, any  mss.Code
				used           string // by Any
				profiles, sims string
			}{
				{msstest.Person{Method: both}, 500, 500, 500, stk, "any app auth1 ecc stk", "ACTIVE ACTIVE"},
				{msstest.Person{Method: both, Inactive: msstest.SIM}, 404, 500, 500, device, "any app", "INACTIVE ACTIVE"},
				{msstest.Person{Method: both, Inactive: msstest.App}, 500, 404, 500, stk, "any auth1 ecc stk", "ACTIVE INACTIVE"},
				{msstest.Person{Method: both, Inactive: both}, 404, 404, 404, "", "", ""},
				{msstest.Person{Inactive: msstest.SIM}, 404, 109, 404, "", "", ""},
				{msstest.Person{Method: msstest.App, Inactive: msstest.App}, 109, 404, 404, "", "", ""},
				{msstest.Person{Method: both, Inactive: msstest.SIM, AutoActivation: true}, 500, 500, 500, device, "any app auth1 ecc stk", "INACTIVE ACTIVE"},
				{msstest.Person{Inactive: msstest.SIM, AutoActivation: true}, 500, 109, 500, stk, "any auth1 ecc stk", "INACTIVE"},
				{msstest.Person{Method: msstest.App, Inactive: msstest.App, AutoActivation: true}, 109, 404, 404, "", "", ""},
				{msstest.Person{Method: both, PINBlocked: msstest.SIM}, 402, 500, 402, "", "any app auth1 ecc stk", "ACTIVE ACTIVE"},
			} {
				for profile, want := range map[string]mss.Code{stk: tt.stk, device: tt.app, anyLoA: tt.any} {
					srv.Script(anna, tt.person)
					resp, f := c.sign(c.ask(anna, synch, profile))
					require.Equal(t, want, code(t, resp.Status, f), "%+v %s", tt.person, profile)
					if profile == anyLoA && tt.used != "" {
						require.Equal(t, tt.used, resp.SignatureProfile.MssURI)
					}
				}
				srv.Script(anna, tt.person)
				resp, f := c.profile(c.askProfile(anna, "state"))
				if tt.profiles == "" {
					require.Equal(t, mss.NoKeyFound, code(t, etsi.Status{}, f))
					continue
				}
				require.Nil(t, f)
				short := strings.NewReplacer(anyLoA, "any", device, "app", auth1+".ECC", "ecc", auth1, "auth1", stk, "stk")
				require.Equal(t, tt.profiles, short.Replace(strings.Join(profiles(resp), " ")))
				require.Equal(t, tt.sims, states(extension(t, resp)))
			}
		})
	}
}

func states(x *etsi.McsProfileQueryExtension) string {
	var list []string
	if x.Sscds.Sim != nil {
		list = append(list, *x.Sscds.Sim.State)
	}
	for _, app := range x.Sscds.App {
		list = append(list, *app.State)
	}
	return strings.Join(list, " ")
}

// The signature activates the SIM card when the person gives it, not before, and not when they do not.
func TestAutoActivation(t *testing.T) {
	t.Parallel()
	for _, w := range wires {
		synctest.Test(t, func(t *testing.T) {
			srv := inProcess(t, nil)
			c := &talker{call(t, srv), w}
			state := func() string {
				resp, f := c.profile(c.askProfile(anna, "state", "aastatus"))
				require.Nil(t, f)
				require.True(t, *extension(t, resp).MobileUser.AutoActivation)
				return states(extension(t, resp))
			}
			person := msstest.Person{Inactive: msstest.SIM, AutoActivation: true, After: 10 * time.Second, Do: msstest.Cancel}
			srv.Script(anna, person)
			_, f := c.sign(c.ask(anna, synch, stk))
			require.Equal(t, mss.UserCancel, code(t, etsi.Status{}, f))
			require.Equal(t, "INACTIVE", state())

			person.Do = msstest.Sign
			srv.Script(anna, person)
			ack, f := c.sign(c.ask(anna, asynch, stk))
			require.Nil(t, f)
			require.Equal(t, "INACTIVE", state(), "the person has not signed yet")
			time.Sleep(10 * time.Second)
			require.Equal(t, "ACTIVE", state())
			st, f := c.status(ack.MSSPTransID)
			require.Equal(t, mss.StatusSignature, code(t, st.Status, f))
			srv.Script(anna, person)
			require.Equal(t, "INACTIVE", state(), "another script is another person")
		})
	}
}
