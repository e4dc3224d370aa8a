package msstest_test

import (
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

func TestFaultNumbers(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	for _, want := range []mss.Code{101, 102, 103, 104, 105, 107, 108, 109, 208, 209, 401, 402, 403, 404, 406, 422, 900} {
		for _, mode := range []string{synch, asynch} {
			_, f := c.sign(c.ask("+41000092"+strconv.Itoa(int(want)), mode))
			require.NotNil(t, f, "%d", want)
			require.Equal(t, want, code(t, etsi.Status{}, f))
			require.Equal(t, want.Name(), f.Reason)
			require.Equal(t, map[bool]string{true: "Sender", false: "Receiver"}[want < 200], f.Code)
			require.Equal(t, "http://mid.swisscom.ch/", f.Node)

			details := map[mss.Code]int{404: 2, 900: 0}
			n, special := details[want]
			if !special {
				n = 1
			}
			require.Len(t, f.Details, n, "%d", want)
			if want == 105 || want == 404 {
				require.Equal(t, "http://portal.example?msisdn=41000092"+strconv.Itoa(int(want)), f.PortalURL)
			} else {
				require.Empty(t, f.PortalURL)
			}
		}
	}
	for _, number := range []string{"+41000092100", "+41000092500", "+4100009240", "+410000924010"} {
		_, f := c.sign(c.ask(number, synch))
		require.Equal(t, mss.UnknownClient, code(t, etsi.Status{}, f), "no test number")
	}
	srv.AssertPrompts(t, 0)
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	req := c.ask("+41000000000", synch)
	req.DataToBeSigned.Value = "Heartbeat"
	_, f := c.sign(req)
	require.Equal(t, mss.WrongParam, code(t, etsi.Status{}, f))
	require.Equal(t, []string{"Illegal msisdn"}, f.Details)
	srv.AssertPrompts(t, 0)
}

func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, &msstest.Options{APID: "mid://bank.example", Prefix: "Bank: "})
	require.Equal(t, "mid://bank.example", srv.APID())
	require.Equal(t, "Bank: ", srv.Prefix())
	c := call(t, srv)
	srv.Script(anna, msstest.Person{})
	key := xmlwire.Raw{Name: xmlwire.Name{Space: "urn:key", Local: "Key"}, XML: `<k:Key xmlns:k="urn:key"/>`}
	for name, tt := range map[string]struct {
		change func(*etsi.SignatureReq)
		want   mss.Code
		detail string
	}{
		"AP_ID":             {func(r *etsi.SignatureReq) { r.APInfo.APID = "mid://other.example" }, 104, "application provider"},
		"major version":     {func(r *etsi.SignatureReq) { r.MajorVersion = "2" }, 108, "version"},
		"minor version":     {func(r *etsi.SignatureReq) { r.MinorVersion = "0" }, 108, "version"},
		"AP_TransID":        {func(r *etsi.SignatureReq) { r.APInfo.APTransID = "1a" }, 101, "NCName"},
		"AP_TransID empty":  {func(r *etsi.SignatureReq) { r.APInfo.APTransID = "" }, 101, ""},
		"AP_TransID colon":  {func(r *etsi.SignatureReq) { r.APInfo.APTransID = "a:b" }, 101, "NCName"},
		"Instant":           {func(r *etsi.SignatureReq) { r.APInfo.Instant.NoZone = true }, 101, "zone"},
		"no MSISDN":         {func(r *etsi.SignatureReq) { r.MobileUser.MSISDN = nil }, 102, "MSISDN"},
		"MSISDN with 00":    {func(r *etsi.SignatureReq) { r.MobileUser.MSISDN = new("0041790000001") }, 101, "Illegal msisdn"},
		"MSISDN with space": {func(r *etsi.SignatureReq) { r.MobileUser.MSISDN = new("+41 790000001") }, 101, "Illegal msisdn"},
		"MessagingMode":     {func(r *etsi.SignatureReq) { r.MessagingMode = "asynchServerServer" }, 101, "MessagingMode"},
		"TimeOut":           {func(r *etsi.SignatureReq) { r.TimeOut = new(xmlwire.IntegerOf(86401)) }, 101, "TimeOut"},
		"TimeOut huge":      {func(r *etsi.SignatureReq) { r.TimeOut = new(xmlwire.Integer(strings.Repeat("9", 40))) }, 101, "TimeOut"},
		"ValidityDate":      {func(r *etsi.SignatureReq) { r.ValidityDate = &xmlwire.DateTime{Time: time.Now()} }, 101, "ValidityDate"},
		"DataToBeDisplayed": {func(r *etsi.SignatureReq) { r.DataToBeDisplayed = &etsi.Data{Value: "Bank: else"} }, 101, "DataToBeDisplayed"},
		"KeyReference":      {func(r *etsi.SignatureReq) { r.KeyReference = &etsi.KeyReference{Any: []xmlwire.Raw{key}} }, 101, "KeyReference is not offered"},
		"MSS_Format":        {func(r *etsi.SignatureReq) { r.Format = &etsi.MssURI{MssURI: etsi.NSMSS + "PKCS7"} }, 101, "MSS_Format is not offered"},
		"profile comparison": {func(r *etsi.SignatureReq) {
			r.SignatureProfileComparison = new(etsi.SignatureProfileComparisonExact)
		}, 101, "SignatureProfileComparison is not offered"},
		"no profile":               {func(r *etsi.SignatureReq) { r.SignatureProfile = nil }, 102, "SignatureProfile"},
		"unknown profile":          {func(r *etsi.SignatureReq) { r.SignatureProfile.MssURI += "x" }, 109, "profile"},
		"no services":              {func(r *etsi.SignatureReq) { r.AdditionalServices = nil }, 102, "UserLang"},
		"UserLang empty":           {func(r *etsi.SignatureReq) { r.AdditionalServices.Service[0].Items = nil }, 102, "UserLang"},
		"UserLang named otherwise": {func(r *etsi.SignatureReq) { r.AdditionalServices.Service[0].Description.MssURI += "x" }, 104, "subscribed"},
		"UserLang":                 {func(r *etsi.SignatureReq) { r.AdditionalServices.Service[0].Items[0].UserLang.Value = "rm" }, 101, "UserLang"},
		"prefix":                   {func(r *etsi.SignatureReq) { r.DataToBeSigned.Value = "Sign in?" }, 107, "DTBD matching failed"},
		"prefix inside":            {func(r *etsi.SignatureReq) { r.DataToBeSigned.Value = " Bank: Sign in?" }, 107, "DTBD matching failed"},
		"MimeType":                 {func(r *etsi.SignatureReq) { r.DataToBeSigned.MimeType = new("text/html") }, 107, "text/plain"},
		"Encoding":                 {func(r *etsi.SignatureReq) { r.DataToBeSigned.Encoding = new("base64") }, 107, "UTF-8"},
		"240 characters":           {func(r *etsi.SignatureReq) { r.DataToBeSigned.Value = "Bank: " + strings.Repeat("x", 234) }, 103, "239"},
		"120 with ç":               {func(r *etsi.SignatureReq) { r.DataToBeSigned.Value = "Bank: " + strings.Repeat("ç", 114) }, 103, "119"},
		"nobody":                   {func(r *etsi.SignatureReq) { r.MobileUser.MSISDN = new("+41790009999") }, 105, "MSISDN is unknown"},
	} {
		req := c.ask(anna, synch)
		tt.change(req)
		resp, f := c.sign(req)
		require.Equal(t, tt.want, code(t, resp.Status, f), name)
		require.Contains(t, strings.Join(f.Details, "\n"), tt.detail, name)
	}
	srv.AssertPrompts(t, 0)

	for name, change := range map[string]func(*etsi.SignatureReq){
		"as it is":       func(*etsi.SignatureReq) {},
		"minor 2":        func(r *etsi.SignatureReq) { r.MinorVersion = "2" },
		"no kinds":       func(r *etsi.SignatureReq) { r.DataToBeSigned.MimeType, r.DataToBeSigned.Encoding = nil, nil },
		"lower case":     func(r *etsi.SignatureReq) { r.AdditionalServices.Service[0].Items[0].UserLang.Value = "fr" },
		"239 characters": func(r *etsi.SignatureReq) { r.DataToBeSigned.Value = "Bank: " + strings.Repeat("x", 233) },
		"119 with ç":     func(r *etsi.SignatureReq) { r.DataToBeSigned.Value = "Bank: " + strings.Repeat("ç", 113) },
	} {
		req := c.ask(anna, synch)
		change(req)
		resp, f := c.sign(req)
		require.Equal(t, mss.StatusSignature, code(t, resp.Status, f), name)
		require.EqualValues(t, "1", resp.MinorVersion, name)
	}
}

func TestRefusedPerson(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	for _, want := range []mss.Code{mss.CardBlocked, 1051} {
		srv.Script(anna, msstest.Person{Fault: want})
		for _, mode := range []string{synch, asynch} {
			resp, f := c.sign(c.ask(anna, mode))
			require.Equal(t, want, code(t, resp.Status, f))
			require.NotEmpty(t, f.Reason)
		}
	}
	srv.AssertPrompts(t, 0)
}

func TestRefusedStatusQuery(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	ack, f := c.sign(c.ask("41700092501", asynch))
	require.Nil(t, f)
	for name, tt := range map[string]struct {
		change func(*etsi.StatusReq)
		want   mss.Code
	}{
		"unknown MSSP_TransID": {func(r *etsi.StatusReq) { r.MSSPTransID += "x" }, 101},
		"AP_ID":                {func(r *etsi.StatusReq) { r.APInfo.APID += "x" }, 104},
		"minor version":        {func(r *etsi.StatusReq) { r.MinorVersion = "2" }, 108},
		"skewed clock":         {func(r *etsi.StatusReq) { r.APInfo.Instant.Time = time.Now().Add(time.Hour) }, 101},
		"replayed":             {func(r *etsi.StatusReq) { r.APInfo = ack.APInfo }, 101},
	} {
		req := &etsi.StatusReq{MessageAbstract: c.abstract(), MSSPTransID: ack.MSSPTransID}
		tt.change(req)
		_, f, err := c.exchange(t.Context(), statusPath, etsi.OpStatusQuery, req, new(etsi.StatusResp))
		require.NoError(t, err, name)
		require.Equal(t, tt.want, code(t, etsi.Status{}, f), name)
	}
}

func TestScriptRefusesMistakes(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	for _, number := range []string{"", "0041790000001", "+41 79 000 00 01", "+41000092401", "41000000000"} {
		require.Panics(t, func() { srv.Script(number, msstest.Person{}) }, "%q", number)
	}
	for i, p := range []msstest.Person{
		{Method: 4}, {Key: 2}, {Form: -1}, {Serial: "MIDCHE12345"}, {Serial: "MIDCHEabcdefghij"}, {After: -1}, {Do: 9},
		{Fault: mss.StatusSignature}, {Fault: 100_000}, {Fault: mss.StatusRequestOK}, {Fault: -1}, {Forge: -1}, {Forge: 99}, {ForgeAck: msstest.ForgeText},
		{Inactive: msstest.App}, {PINBlocked: msstest.App}, {LocationError: 99}, {LocationError: 401}, {LocationError: -1},
		{Location: &msstest.Location{}}, {Location: &msstest.Location{Country: "CHE"}},
		{Location: &msstest.Location{Country: "CH", Accuracy: -1}}, {Location: &msstest.Location{Country: "CH", Age: -1}},
		{Location: &msstest.Location{Country: "CH", DeviceConfidence: 1.1}}, {Location: &msstest.Location{Country: "CH", LocationConfidence: -0.1}},
		{Receipt: 4}, {Receipt: -1}, {ReceiptAfter: -1},
	} {
		require.Panics(t, func() { srv.Script(anna, p) }, "%d: %+v", i, p)
	}
	// A location may change after it was scripted.
	where := &msstest.Location{Country: "CH"}
	srv.Script(anna, msstest.Person{Location: where})
	where.Country = "LI"
	c := &talker{call(t, srv), soapWire}
	st, f := c.outcome(c.ask(anna, synch, stk, service(geofencing)))
	require.Nil(t, f)
	require.Equal(t, "CH", *responses(t, st)[0].Items[0].GeoFencing.Country)
	require.NotPanics(t, func() { srv.Script(anna, msstest.Person{Fault: 1051, ForgeAck: msstest.ForgeTransID}) })
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	_, err := msstest.NewInProcess(&msstest.Options{ClockTolerance: -1})
	require.ErrorContains(t, err, "ClockTolerance")
	_, err = msstest.Start(&msstest.Options{ClockTolerance: -1})
	require.ErrorContains(t, err, "ClockTolerance")
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "mssp.example:0", "127.0.0.1"} {
		_, err = msstest.Start(&msstest.Options{Addr: addr})
		require.ErrorContains(t, err, "loopback", addr)
	}
	srv := msstest.NewServer(t, &msstest.Options{Addr: "localhost:0"})
	require.Contains(t, srv.URL(), "127.0.0.1")
}
