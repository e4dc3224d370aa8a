package msstest_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
)

const (
	geofencing     = "http://mid.swisscom.ch/as#geofencing"
	app2app        = "http://mid.swisscom.ch/as#app2app"
	subscriberInfo = "http://mid.swisscom.ch/as#subscriberInfo"
	validate       = "http://uri.etsi.org/TS102204/v1.1.2#validate"
	fenced         = "http://mid.swisscom.ch/Any-Geofencing-LoA4"
)

func redirect(uri string) etsi.AdditionalService {
	return service(app2app, etsi.AdditionalServiceItem{App2App: &etsi.App2App{RedirectUri: uri}})
}

func fence(p *etsi.GeoFencingReq) etsi.AdditionalService {
	return service(geofencing, etsi.AdditionalServiceItem{GeoFencingReq: p})
}

// outcome signs in a mode and returns the status that carries the outcome.
func (c *talker) outcome(req *etsi.SignatureReq) (etsi.Status, *etsi.Fault) {
	c.t.Helper()
	resp, f := c.sign(req)
	if f != nil || req.MessagingMode == synch {
		return resp.Status, f
	}
	require.Equal(c.t, mss.StatusRequestOK, code(c.t, resp.Status, nil))
	require.Nil(c.t, resp.Status.StatusDetail, "a location comes with the signature")
	st, f := c.status(resp.MSSPTransID)
	return st.Status, f
}

func TestGeofencing(t *testing.T) {
	t.Parallel()
	for _, w := range wires {
		synctest.Test(t, func(t *testing.T) {
			srv := inProcess(t, nil)
			c := &talker{call(t, srv), w}
			srv.Script(anna, msstest.Person{Location: &msstest.Location{Country: "LI", Accuracy: 12.5, Age: time.Hour, DeviceConfidence: 1, LocationConfidence: 0.75}})
			for msisdn, want := range map[string]etsi.AsGeoFencing{
				"41700092501": {Country: new("CH"), Accuracy: new("105"), Deviceconfidence: new("0.9"), Locationconfidence: new("0.9")},
				anna:          {Country: new("LI"), Accuracy: new("12.5"), Deviceconfidence: new("1"), Locationconfidence: new("0.75")},
			} {
				for _, mode := range []string{synch, asynch} {
					st, f := c.outcome(c.ask(msisdn, mode, stk, service(geofencing)))
					require.Nil(t, f)
					require.Equal(t, mss.StatusSignature, code(t, st, f))
					list := responses(t, st)
					require.Len(t, list, 1)
					require.Equal(t, geofencing, list[0].Description.MssURI)
					got := *list[0].Items[0].GeoFencing
					at, err := time.Parse(time.RFC3339, *got.Timestamp)
					require.NoError(t, err)
					age := time.Duration(0)
					if msisdn == anna {
						age = time.Hour
					}
					require.WithinDuration(t, time.Now().Add(-age), at, time.Second)
					got.Timestamp = nil
					require.Equal(t, want, got)
				}
			}
		})
	}
}

func TestGeofencingErrors(t *testing.T) {
	t.Parallel()
	located := func(t *testing.T, c *talker, req *etsi.SignatureReq) *etsi.AsGeoFencing {
		st, f := c.outcome(req)
		require.Nil(t, f, "an error of geofencing fails no signature")
		require.Equal(t, mss.StatusSignature, code(t, st, f))
		return responses(t, st)[0].Items[0].GeoFencing
	}
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		for _, n := range []int{100, 101, 102, 103, 104, 105, 106, 120, 121, 122, 123, 200, 201} {
			srv.Script(anna, msstest.Person{LocationError: n})
			g := located(t, c, c.ask(anna, asynch, stk, service(geofencing)))
			require.Equal(t, strconv.Itoa(n), *g.Errorcode)
			require.NotEmpty(t, *g.Errormessage)
			require.Nil(t, g.Country)
		}
		other := msstest.Card{MCC: "228", MNC: "02", Network: "Sunrise"}
		srv.Script(anna, msstest.Person{Method: msstest.SIM | msstest.App, Card: other})
		require.Equal(t, "123", *located(t, c, c.ask(anna, synch, stk, service(geofencing))).Errorcode)
		require.Equal(t, "CH", *located(t, c, c.ask(anna, synch, device, service(geofencing))).Country, "the app has a GPS")

		req := c.ask(anna, synch, fenced, service(geofencing))
		resp, f := c.sign(req)
		require.Nil(t, f)
		require.Equal(t, device, resp.SignatureProfile.MssURI, "the method that can locate")
	})
	eachWire(t, &msstest.Options{NoGeofencing: true}, func(t *testing.T, srv *msstest.Server, c *talker) {
		require.Equal(t, "122", *located(t, c, c.ask("41700092501", synch, stk, service(geofencing))).Errorcode)
		_, f := c.sign(c.ask("41700092501", synch, fenced, service(geofencing)))
		require.Equal(t, mss.UnsupportedProfile, code(t, etsi.Status{}, f))
	})
}

func TestGeofencingPolicy(t *testing.T) {
	t.Parallel()
	person := msstest.Person{Location: &msstest.Location{Country: "CH", Accuracy: 50, Age: 90 * time.Second, DeviceConfidence: 0.8, LocationConfidence: 0.7}}
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		srv.Script(anna, person)
		for _, tt := range []struct {
			policy etsi.GeoFencingReq
			want   mss.Code
		}{
			{etsi.GeoFencingReq{}, 500},
			{etsi.GeoFencingReq{Countrywhitelist: new("LI,CH")}, 500},
			{etsi.GeoFencingReq{Countrywhitelist: new("LI")}, 450},
			{etsi.GeoFencingReq{Countryblacklist: new("LI,AT")}, 500},
			{etsi.GeoFencingReq{Countryblacklist: new("AT,CH")}, 450},
			{etsi.GeoFencingReq{Countrywhitelist: new("CH"), Countryblacklist: new("CH")}, 450},
			{etsi.GeoFencingReq{Mindeviceconfidence: new("0.8")}, 500},
			{etsi.GeoFencingReq{Mindeviceconfidence: new("0.81")}, 450},
			{etsi.GeoFencingReq{Minlocationconfidence: new("0.7")}, 500},
			{etsi.GeoFencingReq{Minlocationconfidence: new("0.71")}, 450},
			{etsi.GeoFencingReq{Maxtimestampminutes: new("2")}, 500},
			{etsi.GeoFencingReq{Maxtimestampminutes: new("1")}, 450},
			{etsi.GeoFencingReq{Maxaccuracymeters: new("50")}, 500},
			{etsi.GeoFencingReq{Maxaccuracymeters: new("49")}, 450},
			{etsi.GeoFencingReq{Mindeviceconfidence: new("1.1")}, 101},
			{etsi.GeoFencingReq{Minlocationconfidence: new("NaN")}, 101},
			{etsi.GeoFencingReq{Minlocationconfidence: new("-0.1")}, 101},
			{etsi.GeoFencingReq{Maxtimestampminutes: new("1.5")}, 101},
			{etsi.GeoFencingReq{Maxtimestampminutes: new("99999999999")}, 101},
			{etsi.GeoFencingReq{Maxaccuracymeters: new("near")}, 101},
			{etsi.GeoFencingReq{Maxaccuracymeters: new("-1")}, 101},
			{etsi.GeoFencingReq{Maxaccuracymeters: new("NaN")}, 101},
			{etsi.GeoFencingReq{Maxaccuracymeters: new("Inf")}, 101},
			{etsi.GeoFencingReq{Countrywhitelist: new("ch")}, 101},
			{etsi.GeoFencingReq{Countrywhitelist: new("")}, 101},
		} {
			for _, mode := range []string{synch, asynch} {
				st, f := c.outcome(c.ask(anna, mode, stk, fence(&tt.policy)))
				require.Equal(t, tt.want, code(t, st, f), "%+v", tt.policy)
			}
		}
		srv.Script(anna, msstest.Person{LocationError: 105})
		st, f := c.outcome(c.ask(anna, synch, stk, fence(&etsi.GeoFencingReq{})))
		require.Equal(t, mss.GeofencingViolation, code(t, st, f), "who is nowhere is not inside")
		srv.Script(anna, msstest.Person{Do: msstest.Cancel})
		st, f = c.outcome(c.ask(anna, synch, stk, fence(&etsi.GeoFencingReq{Countrywhitelist: new("LI")})))
		require.Equal(t, mss.UserCancel, code(t, st, f), "without a signature there is nothing to judge")
	})
}

// The policy is understood in the other namespace that it could stand in, too.
func TestPolicyInTheOtherNamespace(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := &talker{call(t, srv), soapWire}
	encode, moved := c.encode, 0
	c.encode = func(op *etsi.Operation, m etsi.Message) ([]byte, error) {
		body, err := encode(op, m)
		text := strings.Replace(string(body), "<mss:GeoFencingReq", `<x:GeoFencingReq xmlns:x="`+etsi.NSAs+`"`, 1)
		moved += strings.Count(text, "x:GeoFencingReq")
		return []byte(text), err
	}
	_, f := c.sign(c.ask("41700092501", synch, stk, fence(&etsi.GeoFencingReq{Countrywhitelist: new("LI")})))
	require.Equal(t, mss.GeofencingViolation, code(t, etsi.Status{}, f))
	require.Equal(t, 1, moved)
}

func TestApp2App(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		srv.Script(anna, msstest.Person{Method: msstest.App})
		const back = "myapp://app.open#access_token=AB&x=1"
		req := c.ask(anna, asynch, device, redirect(back))
		ack, f := c.sign(req)
		require.Nil(t, f)
		list := responses(t, ack.Status)
		require.Len(t, list, 1)
		require.Equal(t, app2app, list[0].Description.MssURI)
		link, err := url.Parse(*list[0].Items[0].App2App.AuthUri)
		require.NoError(t, err)
		require.Equal(t, "mobileid", link.Scheme)
		require.Equal(t, "auth", link.Host)
		require.Equal(t, back, link.Query().Get("mobile_auth_redirect_uri"))
		require.Regexp(t, `^[0-9a-f]{8}-[\w-]{48}$`, link.Query().Get("session_token"))
		require.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, link.Query().Get("user_id"))
		require.Len(t, link.Query(), 3)
		srv.AssertPrompts(t, 0)

		st, f := c.status(ack.MSSPTransID)
		require.Nil(t, f)
		require.Nil(t, st.Status.StatusDetail)
		_, err = verify(t, srv, st.Signature.Base64Signature, req.DataToBeSigned.Value)
		require.NoError(t, err)

		again, f := c.sign(c.ask(anna, asynch, device, redirect(back)))
		require.Nil(t, f)
		require.NotEqual(t, *list[0].Items[0].App2App.AuthUri, *responses(t, again.Status)[0].Items[0].App2App.AuthUri)
	})
}

func TestSubscriberInfoAndValidation(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		for card, want := range map[msstest.Card]string{
			{}: "22801", msstest.UnknownCard: "unknown", {MCC: "228", MNC: "02", Network: "Sunrise"}: "22802",
		} {
			srv.Script(anna, msstest.Person{Card: card})
			for _, mode := range []string{synch, asynch} {
				st, f := c.outcome(c.ask(anna, mode, stk, service(subscriberInfo), service(validate)))
				require.Nil(t, f)
				require.Equal(t, mss.StatusValidSignature, code(t, st, f))
				require.Equal(t, "VALID_SIGNATURE", *st.StatusMessage)
				list := responses(t, st)
				require.Len(t, list, 1)
				require.Equal(t, subscriberInfo, list[0].Description.MssURI)
				require.Equal(t, []etsi.AsSubscriberDetail{{Id: "1901", Value: want}}, list[0].Items[0].SubscriberInfo.Detail)
			}
		}
		srv.Script(anna, msstest.Person{Forge: msstest.ForgeStatus503})
		st, f := c.outcome(c.ask(anna, synch, stk, service(validate)))
		require.Equal(t, mss.StatusInvalidSignature, code(t, st, f))
	})
}

func TestSeveralServices(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		st, f := c.outcome(c.ask("41700092501", asynch, stk, service(subscriberInfo), service(geofencing)))
		require.Nil(t, f)
		var order []string
		for _, r := range responses(t, st) {
			order = append(order, r.Description.MssURI)
		}
		require.Equal(t, []string{subscriberInfo, geofencing}, order)
	})
}

func TestRefusedServices(t *testing.T) {
	t.Parallel()
	lang := etsi.AdditionalServiceItem{UserLang: &etsi.FiUserLang{Value: "en"}}
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		srv.Script(anna, msstest.Person{Method: msstest.SIM | msstest.App})
		for _, tt := range []struct {
			mode, profile string
			service       etsi.AdditionalService
			want          mss.Code
			detail        string
		}{
			{synch, stk, service("http://mid.swisscom.ch/as#other"), 104, "subscribed"},
			{synch, device, redirect("myapp://x"), 101, "asynchronous"},
			{asynch, stk, redirect("myapp://x"), 101, "needs the app"},
			{asynch, anyLoA, redirect("myapp://x"), 101, "needs the app"},
			{asynch, device, redirect("myapp"), 101, "RedirectUri"},
			{asynch, device, redirect("my app://x"), 101, "RedirectUri"},
			{asynch, device, service(app2app), 102, "RedirectUri"},
			{asynch, device, service(app2app, lang), 101, "RedirectUri"},
			{synch, stk, service(geofencing, lang), 101, "policy"},
			{synch, stk, service(validate, lang), 101, "parameters"},
			{synch, stk, service("http://mss.ficom.fi/TS102204/v1.0.0#userLang", lang), 101, "twice"},
		} {
			_, f := c.sign(c.ask(anna, tt.mode, tt.profile, tt.service))
			require.Equal(t, tt.want, code(t, etsi.Status{}, f), tt)
			require.Contains(t, strings.Join(f.Details, ""), tt.detail, tt)
		}
		srv.AssertPrompts(t, 0)
	})
}
