package msstest_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
)

// raw sends a message and returns the reply as it is.
func (c *talker) raw(op *etsi.Operation, req etsi.Message) (int, string, error) {
	c.t.Helper()
	reply, _, err := c.tryDo(c.t.Context(), op, req, op.NewResponse())
	require.NotNil(c.t, reply, "%v", err)
	return reply.Status, string(reply.Body), err
}

// An answer in JSON has what the service has in its own: everything a string but what is none, services beside Status,
// no password, times in UTC.
func TestJSONAnswer(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := &talker{call(t, srv), jsonWire}
	req := c.ask("41700092501", synch, stk, service(geofencing))
	zone := time.FixedZone("", 3600)
	req.APInfo.Instant.Time = req.APInfo.Instant.Time.Truncate(time.Millisecond).In(zone)
	_, body, err := c.raw(etsi.OpSignature, req)
	require.NoError(t, err)
	require.NotContains(t, body, "secret")
	var doc struct {
		Resp struct {
			APInfo   map[string]string `json:"AP_Info"`
			MSSPInfo struct {
				Instant string
				ID      map[string]string `json:"MSSP_ID"`
			} `json:"MSSP_Info"`
			Major     string            `json:"MajorVersion"`
			Minor     string            `json:"MinorVersion"`
			TransID   string            `json:"MSSP_TransID"`
			User      map[string]string `json:"MobileUser"`
			Signature map[string]string `json:"MSS_Signature"`
			Profile   string            `json:"SignatureProfile"`
			Services  []struct {
				Description string
				Geofencing  map[string]string
			} `json:"ServiceResponses"`
			Status struct {
				StatusCode    map[string]string
				StatusMessage string
			}
		} `json:"MSS_SignatureResp"`
	}
	d := json.NewDecoder(strings.NewReader(body))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&doc))
	r := doc.Resp
	require.Equal(t, map[string]string{
		"AP_ID": srv.APID(), "AP_TransID": req.APInfo.APTransID, "Instant": req.APInfo.Instant.Time.UTC().Format("2006-01-02T15:04:05.000Z"),
	}, r.APInfo)
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`, r.MSSPInfo.Instant)
	require.Equal(t, "1/1", r.Major+"/"+r.Minor)
	require.Equal(t, map[string]string{"MSISDN": "41700092501"}, r.User)
	require.Equal(t, map[string]string{"Value": "500"}, r.Status.StatusCode)
	require.Equal(t, stk, r.Profile)
	require.Equal(t, "105", r.Services[0].Geofencing["Accuracy"])

	_, body, err = c.raw(etsi.OpProfileQuery, c.askProfile("41000092404"))
	require.NoError(t, err)
	require.JSONEq(t, `{"Fault":{"Code":{"SubCode":{"Value":"_404","ValueNs":"http://uri.etsi.org/TS102204/v1.1.2#"},
		"Value":"Receiver","ValueNs":"http://www.w3.org/2003/05/soap-envelope"},
		"Detail":"The user has not activated the service","Reason":"NO_KEY_FOUND"}}`, body)
}

// An answer in SOAP repeats AP_Info to the letter.
func TestSOAPAnswer(t *testing.T) {
	t.Parallel()
	c := &talker{call(t, inProcess(t, nil)), soapWire}
	req := c.askProfile("41700092501")
	req.APInfo.Instant.Time = req.APInfo.Instant.Time.Truncate(time.Millisecond).In(time.FixedZone("", 3600))
	_, body, err := c.raw(etsi.OpProfileQuery, req)
	require.NoError(t, err)
	require.Contains(t, body, `AP_PWD="secret"`)
	require.Contains(t, body, `Instant="`+req.APInfo.Instant.Time.Format("2006-01-02T15:04:05.000-07:00")+`"`)
}

// Both bindings take both versions of MSS_Signature.
func TestSignatureVersions(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, _ *msstest.Server, c *talker) {
		for minor, want := range map[xmlwire.Integer]mss.Code{"1": 500, "2": 500, "0": 108, "3": 108} {
			req := c.ask("41700092501", synch, stk)
			req.MinorVersion = minor
			resp, f := c.sign(req)
			require.Equal(t, want, code(t, resp.Status, f))
			if f == nil {
				require.EqualValues(t, "1", resp.MinorVersion)
			}
		}
	})
}

// The address of one operation does not serve another.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for path, w := range map[string]wire{
		"/rest/service/status": jsonWire, "/rest/service/profile": jsonWire,
		"/soap/services/MSS_ReceiptPort": soapWire, "/soap/services/MSS_ProfileQueryPort": soapWire,
	} {
		c := &talker{call(t, inProcess(t, nil)), w}
		c.paths = map[*etsi.Operation]string{etsi.OpSignature: path}
		_, f := c.sign(c.ask("41700092501", synch, stk))
		require.Equal(t, mss.WrongParam, code(t, etsi.Status{}, f))
		require.Contains(t, f.Details[0], "MSS_Signature is not offered")
	}
	c := &talker{call(t, inProcess(t, nil)), soapWire}
	c.paths = map[*etsi.Operation]string{etsi.OpProfileQuery: "/soap/services/MSS_ProfileQueryPort"}
	_, f := c.profile(c.askProfile("41700092501"))
	require.Nil(t, f, "where the reference client sends it")
}

func TestUnreadableJSON(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	for _, path := range []string{"/rest/service", "/rest/service/sign"} {
		for _, body := range []string{"", "{}", `{"MSS_Other":{}}`, `{"MSS_SignatureReq":{},"MSS_SignatureReq":{}}`, "<xml/>"} {
			resp, text := send(t, srv, "POST", path, jsonType, body)
			require.Equal(t, 500, resp.StatusCode)
			require.Equal(t, jsonType, resp.Header.Get("Content-Type"))
			require.Contains(t, text, `"_101"`)
			require.Contains(t, text, "cannot be read")
		}
	}
}

// TestForgedForms: of every operation, in both bindings, the codec refuses the answer for what is wrong with it.
func TestForgedForms(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		srv.Script(anna, msstest.Person{})
		id := c.signed(anna, stk)
		for forge, want := range map[msstest.Forge]string{
			msstest.ForgeTwice:  "(occurs twice|stands there before)",
			msstest.ForgeNumber: "StatusCode.*: not a",
			msstest.ForgeBoth:   "second (child|member)",
		} {
			refused := func(op *etsi.Operation, req etsi.Message) {
				t.Helper()
				status, body, err := c.raw(op, req)
				require.Equal(t, 200, status)
				require.Error(t, err, body)
				require.Regexp(t, want, err.Error())
			}
			srv.Script(anna, msstest.Person{Forge: forge})
			refused(etsi.OpSignature, c.ask(anna, synch, stk))
			refused(etsi.OpProfileQuery, c.askProfile(anna, "sscds"))
			refused(etsi.OpReceipt, c.askReceipt(anna, id, true))
			srv.Script(anna, msstest.Person{ForgeAck: forge})
			refused(etsi.OpSignature, c.ask(anna, asynch, stk))

			id = c.signed(anna, stk)
			srv.Script(anna, msstest.Person{Forge: forge, Do: msstest.Cancel})
			_, f := c.sign(c.ask(anna, synch, stk))
			require.Equal(t, mss.UserCancel, code(t, etsi.Status{}, f), "a fault has none of it")
		}
	})
}

// Forgeries of what is said are read like genuine answers.
func TestForgedWords(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		for forge, want := range map[msstest.Forge][]string{
			msstest.ForgeConfidence: {"7", "7", "105"}, msstest.ForgeNaN: {"NaN", "NaN", "105"}, msstest.ForgeAccuracy: {"0.9", "0.9", "-1"},
		} {
			srv.Script(anna, msstest.Person{Forge: forge})
			for _, mode := range []string{synch, asynch} {
				st, f := c.outcome(c.ask(anna, mode, stk, service(geofencing)))
				require.Nil(t, f)
				g := responses(t, st)[0].Items[0].GeoFencing
				require.Equal(t, want, []string{*g.Deviceconfidence, *g.Locationconfidence, *g.Accuracy})
			}
		}
		srv.Script(anna, msstest.Person{Forge: msstest.ForgeNaN, LocationError: 105})
		st, f := c.outcome(c.ask(anna, synch, stk, service(geofencing)))
		require.Nil(t, f)
		require.Nil(t, responses(t, st)[0].Items[0].GeoFencing.Deviceconfidence, "an error has no numbers")

		for forge, scheme := range map[msstest.Forge]string{msstest.ForgeLinkHTTP: "http://", msstest.ForgeLinkScript: "javascript:"} {
			for _, p := range []msstest.Person{{Method: msstest.App, Forge: forge}, {Method: msstest.App, ForgeAck: forge}} {
				srv.Script(anna, p)
				ack, f := c.sign(c.ask(anna, asynch, device, redirect("myapp://x")))
				require.Nil(t, f)
				link := *responses(t, ack.Status)[0].Items[0].App2App.AuthUri
				require.True(t, strings.HasPrefix(link, scheme), link)
			}
		}
	})
}

func TestForgedReceiptsAndProfiles(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		told := func(forge msstest.Forge) (*etsi.ReceiptReq, *etsi.ReceiptResp) {
			srv.Script(anna, msstest.Person{})
			req := c.askReceipt(anna, c.signed(anna, stk), true)
			srv.Script(anna, msstest.Person{Forge: forge})
			resp, f := c.receipt(req)
			require.Nil(t, f)
			return req, resp
		}
		for forge, want := range map[msstest.Forge]struct {
			ack      bool
			response string
		}{
			msstest.ForgeReceiptUnheard: {false, `{"status":"OK"}`},
			msstest.ForgeReceiptWord:    {true, `{"status":"FINE"}`},
			msstest.ForgeReceiptText:    {true, "OK"},
			msstest.ForgeText:           {true, `{"status":"OK"}`}, // of something that a receipt does not have
		} {
			_, resp := told(forge)
			x := resp.Status.StatusDetail.Items[0].ReceiptResponseExtension
			require.Equal(t, want.ack, *x.UserAck)
			require.Equal(t, want.response, *x.UserResponse)
		}
		for forge, ids := range map[msstest.Forge][2]bool{
			msstest.ForgeTransID: {false, true}, msstest.ForgeAPID: {true, false}, msstest.ForgeMSISDN: {true, true},
		} {
			req, resp := told(forge)
			require.Equal(t, ids, [2]bool{req.APInfo.APTransID == resp.APInfo.APTransID, req.APInfo.APID == resp.APInfo.APID})
			query := c.askProfile(anna)
			profile, f := c.profile(query)
			require.Nil(t, f)
			require.Equal(t, ids, [2]bool{query.APInfo.APTransID == profile.APInfo.APTransID, query.APInfo.APID == profile.APInfo.APID})
		}
	})
}

// TestFaultNumbersEverywhere: by placing a request to one of these numbers the related fault is raised (guide section
// 6.2), whatever the operation, and with the same words in both bindings.
func TestFaultNumbersEverywhere(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		for _, want := range []mss.Code{101, 102, 103, 104, 105, 107, 108, 109, 208, 209, 401, 402, 403, 404, 406, 422, 900} {
			number := "+41000092" + strconv.Itoa(int(want))
			_, one := c.sign(c.ask(number, synch, stk))
			_, two := c.receipt(c.askReceipt(number, "any", true))
			_, three := c.profile(c.askProfile(number, "sscds"))
			for _, f := range []*etsi.Fault{one, two, three} {
				require.NotNil(t, f)
				require.Equal(t, want, code(t, etsi.Status{}, f))
				require.Equal(t, want.Name(), f.Reason)
				require.Equal(t, one, f)
			}
		}
		srv.AssertPrompts(t, 0)
		srv.AssertReceipts(t, 0)
	})
}
