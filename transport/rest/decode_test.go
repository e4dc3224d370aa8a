package rest_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/transport/rest"
)

// requireError also holds that the error is the package's own.
func requireError(t *testing.T, want string, err error) {
	t.Helper()
	e := new(rest.Error)
	require.ErrorAs(t, err, &e, want)
	got := e.Reason
	if e.Path != "" {
		got = e.Path + ": " + got
	}
	require.Equal(t, want, got)
}

// head is what every message of the tests below begins with.
const head = `"AP_Info":{"AP_ID":"mid://ap.example.test","AP_TransID":"T1","Instant":"2026-02-26T09:40:16.257Z"},` +
	`"MSSP_Info":{"MSSP_ID":{"URI":"http://mssp.example.test/"}},"MajorVersion":"1","MinorVersion":"1",`

const (
	userMember   = `"MobileUser":{"MSISDN":"+41790000001"},`
	dataMember   = `"DataToBeSigned":{"Data":"Acme: x"},`
	idMember     = `"MSSP_TransID":"h1",`
	modeMember   = `"MessagingMode":"synch",`
	statusMember = `"Status":{"StatusCode":{"Value":"100"}},`
)

// wrap is a document with these members, of which the last may end in a comma.
func wrap(part, members string) string {
	return `{"` + part + `":{` + strings.TrimSuffix(members, ",") + `}}`
}

// without takes a member of head out, up to the next.
func without(member string) string {
	_, after, _ := strings.Cut(head, member)
	before := strings.TrimSuffix(head, member+after)
	for depth, i := 0, 0; ; i++ {
		switch after[i] {
		case '{':
			depth++
		case '}':
			depth--
		case ',':
			if depth == 0 {
				return before + after[i+1:]
			}
		}
	}
}

func TestRequestErrors(t *testing.T) {
	t.Parallel()
	signature := head + modeMember + userMember + dataMember
	for _, tc := range []struct{ doc, want string }{
		{wrap("MSS_SignatureReq", without(`"AP_Info"`)+modeMember+userMember+dataMember), "MSS_SignatureReq/AP_Info: missing"},
		{wrap("MSS_SignatureReq", without(`"MSSP_Info"`)+modeMember+userMember+dataMember), "MSS_SignatureReq/MSSP_Info: missing"},
		{wrap("MSS_SignatureReq", without(`"MajorVersion"`)+modeMember+userMember+dataMember), "MSS_SignatureReq/MajorVersion: missing"},
		{wrap("MSS_SignatureReq", without(`"MinorVersion"`)+modeMember+userMember+dataMember), "MSS_SignatureReq/MinorVersion: missing"},
		{wrap("MSS_SignatureReq", head+userMember+dataMember), "MSS_SignatureReq/MessagingMode: missing"},
		{wrap("MSS_SignatureReq", head+modeMember+dataMember), "MSS_SignatureReq/MobileUser: missing"},
		{wrap("MSS_SignatureReq", head+modeMember+userMember), "MSS_SignatureReq/DataToBeSigned: missing"},
		{wrap("MSS_SignatureReq", head+modeMember+userMember+`"DataToBeSigned":{"MimeType":"text/plain"}`), "MSS_SignatureReq/DataToBeSigned/Data: missing"},
		{wrap("MSS_SignatureReq", head+modeMember+userMember+`"DataToBeSigned":{"Data":null}`), "MSS_SignatureReq/DataToBeSigned/Data: missing"},
		{wrap("MSS_SignatureReq", head+modeMember+userMember+`"DataToBeSigned":"x"`), "MSS_SignatureReq/DataToBeSigned: not an object"},
		{wrap("MSS_SignatureReq", head+userMember+dataMember+`"MessagingMode":"asynchClientServer"`), "MSS_SignatureReq/MessagingMode: neither synch nor asynch"},
		{wrap("MSS_SignatureReq", head+modeMember+dataMember+`"MobileUser":41790000001`), "MSS_SignatureReq/MobileUser: not an object"},
		{wrap("MSS_SignatureReq", head+modeMember+dataMember+`"MobileUser":{"MSISDN":41790000001}`), "MSS_SignatureReq/MobileUser/MSISDN: not a string"},
		{wrap("MSS_SignatureReq", signature+`"TimeOut":80`), "MSS_SignatureReq/TimeOut: not a string"},
		{wrap("MSS_SignatureReq", signature+`"TimeOut":"0"`), "MSS_SignatureReq/TimeOut: not a string of one to five digits that do not begin with 0"},
		{wrap("MSS_SignatureReq", signature+`"SignatureProfile":{"mssURI":"x"}`), "MSS_SignatureReq/SignatureProfile: not a string"},
		{wrap("MSS_SignatureReq", signature+`"AdditionalServices":{}`), "MSS_SignatureReq/AdditionalServices: not an array"},
		{wrap("MSS_SignatureReq", signature+`"AdditionalServices":[null]`), "MSS_SignatureReq/AdditionalServices[0]: not an object"},
		{wrap("MSS_SignatureReq", signature+`"AdditionalServices":[{"Description":"a"},{}]`), "MSS_SignatureReq/AdditionalServices[1]/Description: missing"},
		{wrap("MSS_SignatureReq", signature+`"AdditionalServices":[{"Description":"a","UserLang":"en"}]`), "MSS_SignatureReq/AdditionalServices[0]/UserLang: not an object"},
		{wrap("MSS_SignatureReq", signature+`"AdditionalServices":[{"Description":"a","UserLang":{}}]`), "MSS_SignatureReq/AdditionalServices[0]/UserLang/Value: missing"},
		{wrap("MSS_SignatureReq", signature+`"AdditionalServices":[{"Description":"a","App2App":{}}]`), "MSS_SignatureReq/AdditionalServices[0]/App2App/RedirectUri: missing"},
		{wrap("MSS_SignatureReq", signature+`"AdditionalServices":[{"Description":"a","GeoFencingRequest":{"countrywhitelist":"CH"}}]`), "MSS_SignatureReq/AdditionalServices[0]/GeoFencingRequest/countrywhitelist: not an array"},
		{wrap("MSS_SignatureReq", signature+`"AdditionalServices":[{"Description":"a","GeoFencingRequest":{"countryblacklist":["CH",7]}}]`), "MSS_SignatureReq/AdditionalServices[0]/GeoFencingRequest/countryblacklist[1]: not a string"},
		{wrap("MSS_SignatureReq", signature+`"AdditionalServices":[{"Description":"a","GeoFencingRequest":{"countryblacklist":["CH,LI"]}}]`), "MSS_SignatureReq/AdditionalServices[0]/GeoFencingRequest/countryblacklist: not countries of two letters (ISO 3166-1 alpha-2)"},
		{wrap("MSS_SignatureReq", signature+`"AdditionalServices":[{"Description":"a","GeoFencingRequest":{"mindeviceconfidence":0.7}}]`), "MSS_SignatureReq/AdditionalServices[0]/GeoFencingRequest/mindeviceconfidence: not a string"},
		{wrap("MSS_StatusReq", head), "MSS_StatusReq/MSSP_TransID: missing"},
		{wrap("MSS_StatusReq", head+`"MSSP_TransID":["h1"]`), "MSS_StatusReq/MSSP_TransID: not a string"},
		{wrap("MSS_ReceiptReq", head+userMember), "MSS_ReceiptReq/MSSP_TransID: missing"},
		{wrap("MSS_ReceiptReq", head+idMember), "MSS_ReceiptReq/MobileUser: missing"},
		{wrap("MSS_ReceiptReq", head+idMember+userMember+`"Message":{}`), "MSS_ReceiptReq/Message/Data: missing"},
		{wrap("MSS_ReceiptReq", head+idMember+userMember+`"Status":{}`), "MSS_ReceiptReq/Status/StatusCode: missing"},
		{wrap("MSS_ReceiptReq", head+idMember+userMember+`"Status":{"StatusCode":{"Value":"100"},"StatusDetail":{"ReceiptRequestExtension":{"UserAck":"true"}}}`),
			"MSS_ReceiptReq/Status/StatusDetail/ReceiptRequestExtension/ReceiptMessagingMode: missing"},
		{wrap("MSS_ReceiptReq", head+idMember+userMember+`"Status":{"StatusCode":{"Value":"100"},"StatusDetail":{"ReceiptRequestExtension":{"ReceiptMessagingMode":"synch","UserAck":1}}}`),
			"MSS_ReceiptReq/Status/StatusDetail/ReceiptRequestExtension/UserAck: not a boolean"},
		{wrap("MSS_ProfileReq", head), "MSS_ProfileReq/MobileUser: missing"},
		{wrap("MSS_ProfileReq", head+userMember+`"Params":["sscds"]`), "MSS_ProfileReq/Params: not a string"},
		{wrap("MSS_ProfileReq", head+userMember+`"Params":"`+strings.Repeat("x ", 300)+`"`), "MSS_ProfileReq/Params: a list with too many items"},
	} {
		op, m, err := rest.DecodeRequest([]byte(tc.doc))
		requireError(t, tc.want, err)
		require.Nil(t, op)
		require.Nil(t, m)
	}
}

func TestResponseErrors(t *testing.T) {
	t.Parallel()
	status := func(s string) string { return wrap("MSS_SignatureResp", head+idMember+userMember+`"Status":`+s) }
	signature := head + idMember + userMember + statusMember
	profile := func(s string) string {
		return wrap("MSS_ProfileResp", head+`"Status":{"StatusCode":{"Value":"100"},"StatusDetail":{"ProfileQueryExtension":`+s+`}}`)
	}
	const inProfile = "MSS_ProfileResp/Status/StatusDetail/ProfileQueryExtension"
	const notCode = ": not a string of one to five digits that do not begin with 0"
	for _, tc := range []struct {
		op        *etsi.Operation
		doc, want string
	}{
		{etsi.OpSignature, status(`{"StatusCode":{"Value":500}}`), "MSS_SignatureResp/Status/StatusCode/Value: not a string"},
		{etsi.OpSignature, status(`{"StatusCode":{"Value":"0500"}}`), "MSS_SignatureResp/Status/StatusCode/Value" + notCode},
		{etsi.OpSignature, status(`{"StatusCode":{"Value":"+500"}}`), "MSS_SignatureResp/Status/StatusCode/Value" + notCode},
		{etsi.OpSignature, status(`{"StatusCode":{"Value":" 500"}}`), "MSS_SignatureResp/Status/StatusCode/Value" + notCode},
		{etsi.OpSignature, status(`{"StatusCode":{"Value":"0"}}`), "MSS_SignatureResp/Status/StatusCode/Value" + notCode},
		{etsi.OpSignature, status(`{"StatusCode":{"Value":""}}`), "MSS_SignatureResp/Status/StatusCode/Value" + notCode},
		{etsi.OpSignature, status(`{"StatusCode":{"Value":null}}`), "MSS_SignatureResp/Status/StatusCode/Value: missing"},
		{etsi.OpSignature, status(`{"StatusCode":{"value":"500"}}`), "MSS_SignatureResp/Status/StatusCode/Value: missing"},
		{etsi.OpSignature, status(`{"StatusCode":{"Value":"500","StatusCode":{}}}`), "MSS_SignatureResp/Status/StatusCode/StatusCode/Value: missing"},
		{etsi.OpSignature, status(`{"StatusMessage":"SIGNATURE"}`), "MSS_SignatureResp/Status/StatusCode: missing"},
		{etsi.OpSignature, status(`{"StatusCode":"500"}`), "MSS_SignatureResp/Status/StatusCode: not an object"},
		{etsi.OpSignature, status(`{"StatusCode":{"Value":"500"},"StatusDetail":[]}`), "MSS_SignatureResp/Status/StatusDetail: not an object"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", head+userMember+statusMember), "MSS_SignatureResp/MSSP_TransID: missing"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", head+idMember+statusMember), "MSS_SignatureResp/MobileUser: missing"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", head+idMember+userMember), "MSS_SignatureResp/Status: missing"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", without(`"MajorVersion"`)+idMember+userMember+statusMember+`"MajorVersion":1`), "MSS_SignatureResp/MajorVersion: not a string"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", without(`"MajorVersion"`)+idMember+userMember+statusMember+`"MajorVersion":"01"`), "MSS_SignatureResp/MajorVersion" + notCode},
		{etsi.OpSignature, wrap("MSS_SignatureResp", without(`"AP_Info"`)+idMember+userMember+statusMember+`"AP_Info":{"AP_TransID":"T1","Instant":"2026-02-26T09:40:16Z"}`), "MSS_SignatureResp/AP_Info/AP_ID: missing"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", without(`"AP_Info"`)+idMember+userMember+statusMember+`"AP_Info":{"AP_ID":"a","Instant":"2026-02-26T09:40:16Z"}`), "MSS_SignatureResp/AP_Info/AP_TransID: missing"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", without(`"AP_Info"`)+idMember+userMember+statusMember+`"AP_Info":{"AP_ID":"a","AP_TransID":"T1"}`), "MSS_SignatureResp/AP_Info/Instant: missing"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", without(`"AP_Info"`)+idMember+userMember+statusMember+`"AP_Info":{"AP_ID":"a","AP_TransID":"T1","Instant":"yesterday"}`), "MSS_SignatureResp/AP_Info/Instant: not a date and time"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", without(`"AP_Info"`)+idMember+userMember+statusMember+`"AP_Info":{"AP_PWD":true}`), "MSS_SignatureResp/AP_Info/AP_PWD: not a string"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", without(`"MSSP_Info"`)+idMember+userMember+statusMember+`"MSSP_Info":{}`), "MSS_SignatureResp/MSSP_Info/MSSP_ID: missing"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", without(`"MSSP_Info"`)+idMember+userMember+statusMember+`"MSSP_Info":{"MSSP_ID":"x"}`), "MSS_SignatureResp/MSSP_Info/MSSP_ID: not an object"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", without(`"MSSP_Info"`)+idMember+userMember+statusMember+`"MSSP_Info":{"MSSP_ID":{},"Instant":5}`), "MSS_SignatureResp/MSSP_Info/Instant: not a string"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", signature+`"MSS_Signature":{}`), "MSS_SignatureResp/MSS_Signature/Base64Signature: missing"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", signature+`"MSS_Signature":"MIAG"`), "MSS_SignatureResp/MSS_Signature: not an object"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", signature+`"MSS_Signature":{"Base64Signature":["MIAG"]}`), "MSS_SignatureResp/MSS_Signature/Base64Signature: not a string"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", signature+`"MSS_Signature":{"Base64Signature":"MIA-"}`), "MSS_SignatureResp/MSS_Signature/Base64Signature: not Base64"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", signature+`"MSS_Signature":{"Base64Signature":"MIA"}`), "MSS_SignatureResp/MSS_Signature/Base64Signature: not Base64"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", signature+`"MSS_Signature":{"Base64Signature":"`+strings.Repeat("AAAA", 32<<10+1)+`"}`), "MSS_SignatureResp/MSS_Signature/Base64Signature: Base64 of more than 128 KiB"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", signature+`"ServiceResponses":{}`), "MSS_SignatureResp/ServiceResponses: not an array"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", signature+`"ServiceResponses":[{"Description":"a"},{"Description":"b"},{"Geofencing":{}}]`), "MSS_SignatureResp/ServiceResponses[2]/Description: missing"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", signature+`"ServiceResponses":[{"Description":"a","Geofencing":{"Accuracy":16}}]`), "MSS_SignatureResp/ServiceResponses[0]/Geofencing/Accuracy: not a string"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", signature+`"ServiceResponses":[{"Description":"a","App2App":"x"}]`), "MSS_SignatureResp/ServiceResponses[0]/App2App: not an object"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", signature+`"ServiceResponses":[{"Description":"a","SubscriberInfo":{"Details":[{"id":"1901"}]}}]`), "MSS_SignatureResp/ServiceResponses[0]/SubscriberInfo/Details[0]/value: missing"},
		{etsi.OpSignature, wrap("MSS_SignatureResp", signature+`"ServiceResponses":[{"Description":"a","SubscriberInfo":{"Details":[{"value":"x"}]}}]`), "MSS_SignatureResp/ServiceResponses[0]/SubscriberInfo/Details[0]/id: missing"},
		{etsi.OpStatusQuery, wrap("MSS_StatusResp", head+statusMember), "MSS_StatusResp/MobileUser: missing"},
		{etsi.OpStatusQuery, wrap("MSS_StatusResp", head+userMember), "MSS_StatusResp/Status: missing"},
		{etsi.OpStatusQuery, wrap("MSS_StatusResp", head+statusMember+`"MobileUser":"41790000001"`), "MSS_StatusResp/MobileUser: not an object"},
		{etsi.OpReceipt, wrap("MSS_ReceiptResp", head), "MSS_ReceiptResp/Status: missing"},
		{etsi.OpReceipt, wrap("MSS_ReceiptResp", head+`"Status":{"StatusCode":{"Value":"100"},"StatusDetail":{"ReceiptResponseExtension":{"UserAck":"TRUE"}}}`),
			"MSS_ReceiptResp/Status/StatusDetail/ReceiptResponseExtension/UserAck: not a boolean"},
		{etsi.OpReceipt, wrap("MSS_ReceiptResp", head+`"Status":{"StatusCode":{"Value":"100"},"StatusDetail":{"ReceiptResponseExtension":{"UserResponse":{"status":"OK"}}}}`),
			"MSS_ReceiptResp/Status/StatusDetail/ReceiptResponseExtension/UserResponse: not a string"},
		{etsi.OpProfileQuery, wrap("MSS_ProfileResp", head), "MSS_ProfileResp/Status: missing"},
		{etsi.OpProfileQuery, wrap("MSS_ProfileResp", head+statusMember+`"SignatureProfile":"x"`), "MSS_ProfileResp/SignatureProfile: not an array"},
		{etsi.OpProfileQuery, profile(`[]`), inProfile + ": not an object"},
		{etsi.OpProfileQuery, profile(`{"MobileUser":{"AutoActivation":"no"}}`), inProfile + "/MobileUser/AutoActivation: not a boolean"},
		{etsi.OpProfileQuery, profile(`{"Sscds":{"Sim":[]}}`), inProfile + "/Sscds/Sim: not an object"},
		{etsi.OpProfileQuery, profile(`{"Sscds":{"App":{}}}`), inProfile + "/Sscds/App: not an array"},
		{etsi.OpProfileQuery, profile(`{"Sscds":{"App":[{},{"PinStatus":{"Blocked":0}}]}}`), inProfile + "/Sscds/App[1]/PinStatus/Blocked: not a boolean"},
		{etsi.OpProfileQuery, profile(`{"Sscds":{"Sim":{"CardDetails":{"Mcc":228}}}}`), inProfile + "/Sscds/Sim/CardDetails/Mcc: not a string"},
		{etsi.OpProfileQuery, profile(`{"Sscds":{"Sim":{"MobileUserCertificate":[{"X509Certificate":["AQ==","Ag=="],"X509SubjectName":["a"]}]}}}`),
			inProfile + "/Sscds/Sim/MobileUserCertificate[0]: not as many subject names as certificates"},
		{etsi.OpProfileQuery, profile(`{"MobileUserCertificate":[{"X509SubjectName":["a"]}]}`), inProfile + "/MobileUserCertificate[0]: not as many subject names as certificates"},
		{etsi.OpProfileQuery, profile(`{"MobileUserCertificate":[{"X509Certificate":["AQ==","?"]}]}`), inProfile + "/MobileUserCertificate[0]/X509Certificate[1]: not Base64"},
	} {
		fault, err := rest.DecodeResponse([]byte(tc.doc), tc.op, tc.op.NewResponse())
		requireError(t, tc.want, err)
		require.Nil(t, fault)
	}
}

// TestRoot is what SEC-11 asks of SOAP's Body: one message, of the right kind.
func TestRoot(t *testing.T) {
	t.Parallel()
	good := wrap("MSS_StatusResp", head+userMember+statusMember)
	_, err := rest.DecodeResponse([]byte(good), etsi.OpStatusQuery, new(etsi.StatusResp))
	require.NoError(t, err)
	const neither = "neither MSS_StatusResp nor Fault"
	for _, tc := range []struct{ doc, want string }{
		{`[]`, "not an object"},
		{`"MSS_StatusResp"`, "not an object"},
		{`null`, "not an object"},
		{`7`, "not an object"},
		{`{}`, "no message inside"},
		{`{"MSS_StatusResp":null}`, "MSS_StatusResp: not an object"},
		{wrap("MSS_SignatureResp", head+userMember+statusMember), neither},
		{wrap("mss_statusresp", head+userMember+statusMember), neither},
		{wrap("MSS_StatusReq", head+idMember), neither},
		{wrap("Status", `"StatusCode":{"Value":"504"}`), neither},
		{good[:len(good)-1] + `,"Fault":{"Code":{"Value":"Sender"}}}`, "a second member beside the message"},
		{good[:len(good)-1] + `,"Fault":null}`, "a second member beside the message"},
		{good[:len(good)-1] + `,"Other":1}`, "a second member beside the message"},
		{`{"Other":1,` + good[1:], neither},
	} {
		fault, err := rest.DecodeResponse([]byte(tc.doc), etsi.OpStatusQuery, new(etsi.StatusResp))
		requireError(t, tc.want, err)
		require.Nil(t, fault)
	}
	for _, part := range []string{"MSS_StatusResp", "Fault", "MSS_RegistrationReq", "MSS_HandshakeReq", "mss_statusreq"} {
		_, _, err := rest.DecodeRequest([]byte(wrap(part, head+idMember)))
		requireError(t, "an unknown request", err)
	}
	_, _, err = rest.DecodeRequest([]byte(`{"MSS_StatusReq":{` + head + `"MSSP_TransID":"h1"},"MSS_ReceiptReq":{}}`))
	requireError(t, "a second member beside the message", err)
}

// TestStrict shows that documents pass internal/strictjson: a later 500 must not
// override a 503.
func TestStrict(t *testing.T) {
	t.Parallel()
	answer := func(code string) string {
		return wrap("MSS_StatusResp", head+userMember+`"Status":{"StatusCode":{`+code+`}}`)
	}
	for _, doc := range []string{
		answer(`"Value":"503","Value":"500"`),
		answer(`"Value":"503","value":"500"`),
		answer(`"Value":"503","\u0056alue":"500"`),
		answer(`"Value":"503"`) + "{}",
		answer("\"Value\":\"503\",\"x\":\"\xFF\""),
		answer(`"Value":"503","x":"\ud800"`),
		answer(`"Value":"503","x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40)),
		answer(`"Value":"503",`),
		"\uFEFF" + answer(`"Value":"503"`),
		"", " ", "<html>",
	} {
		_, err := rest.DecodeResponse([]byte(doc), etsi.OpStatusQuery, new(etsi.StatusResp))
		e := new(rest.Error)
		require.ErrorAs(t, err, &e, doc)
		require.Equal(t, -1, e.Offset)
		require.Empty(t, e.Path)
		_, _, err = rest.DecodeRequest([]byte(doc))
		require.EqualError(t, err, e.Error())
	}
}

// TestOffset holds that an offset leads to the value.
func TestOffset(t *testing.T) {
	t.Parallel()
	doc := wrap("MSS_StatusReq", head+`"MSSP_TransID":12`)
	_, _, err := rest.DecodeRequest([]byte(doc))
	e := new(rest.Error)
	require.ErrorAs(t, err, &e)
	require.Equal(t, strings.Index(doc, "12}")+2, e.Offset)
	require.Contains(t, err.Error(), "json: offset ")
}

// TestNothingToldOfTheContent plants what must not be in an error.
func TestNothingToldOfTheContent(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		wrap("MSS_StatusReq", head+`"MSSP_TransID":{"CANARY":"CANARY"}`),
		wrap("CANARY", `"CANARY":1`),
		wrap("MSS_StatusReq", head+`"CANARY":{"CANARY":"CANARY"}`),
		wrap("MSS_StatusReq", `"AP_Info":{"AP_ID":"a","AP_TransID":"b","Instant":"CANARY"}`),
		wrap("MSS_StatusReq", `"CANARY":"CANARY","canary":1`),
		wrap("MSS_StatusReq", `"CANARY":[`+strings.Repeat("1,", 30_000)+`1]`),
	} {
		_, _, err := rest.DecodeRequest([]byte(doc))
		require.Error(t, err)
		require.NotContains(t, strings.ToUpper(err.Error()), "CANARY")
	}
}

// TestTolerated is all that is bent.
func TestTolerated(t *testing.T) {
	t.Parallel()
	doc := wrap("MSS_SignatureReq", head+modeMember+userMember+dataMember+
		`"New":{"Status":[{"StatusCode":"x"}]},"Timeout":80,"AdditionalServices":[],"SignatureProfile":null`)
	_, m, err := rest.DecodeRequest([]byte(doc))
	require.NoError(t, err)
	require.Equal(t, &etsi.SignatureReq{
		MessageAbstract: abstract(), MessagingMode: etsi.MessagingModeSynch, MobileUser: user(), DataToBeSigned: etsi.Data{Value: "Acme: x"},
	}, m)

	for _, r := range requests() {
		doc, err := rest.AppendRequest(nil, r.op, r.m)
		require.NoError(t, err)
		_, m, err := rest.DecodeRequest(withNewMembers(doc))
		require.NoError(t, err)
		require.Equal(t, r.m, m, r.name)
	}
	for _, r := range responses() {
		doc, err := rest.AppendResponse(nil, r.op, r.m)
		require.NoError(t, err)
		m := r.op.NewResponse()
		_, err = rest.DecodeResponse(withNewMembers(doc), r.op, m)
		require.NoError(t, err)
		require.Equal(t, r.m, m, r.name)
	}
	for name, f := range faults() {
		doc, err := rest.AppendFault(nil, f)
		require.NoError(t, err)
		require.Equal(t, f, decodeFault(t, string(withNewMembers(doc))), name)
	}
}

// withNewMembers puts new members into every object but the root. The texts of
// the tests' messages have no {" in them.
func withNewMembers(doc []byte) []byte {
	root, inner, _ := strings.Cut(string(doc), ":")
	return []byte(root + ":" + strings.ReplaceAll(inner, `{"`, `{"New":{"a":[true,{}]},"New2":null,"New3":2E410,"`))
}

func TestBooleans(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{`true`: true, `"true"`: true, `false`: false, `"false"`: false} {
		doc := wrap("MSS_ReceiptResp", head+`"Status":{"StatusCode":{"Value":"100"},"StatusDetail":{`+
			`"ReceiptResponseExtension":{"UserAck":`+text+`},"ProfileQueryExtension":{"Sscds":{"Sim":{"PinStatus":{"Blocked":`+text+`}}}}}}`)
		var m etsi.ReceiptResp
		_, err := rest.DecodeResponse([]byte(doc), etsi.OpReceipt, &m)
		require.NoError(t, err)
		require.Equal(t, &want, m.Status.StatusDetail.Items[0].ReceiptResponseExtension.UserAck)
		require.Equal(t, &want, m.Status.StatusDetail.Items[1].ProfileQueryExtension.Sscds.Sim.PinStatus.Blocked)
	}
}

// TestBase64 is as in SOAP: white space anywhere, nothing else.
func TestBase64(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("AAAA", 32<<10)
	octets, err := base64.StdEncoding.DecodeString(longest)
	require.NoError(t, err)
	for text, want := range map[string][]byte{
		``:                    {},
		` \n\t\r`:             {},
		`MIAG`:                {0x30, 0x80, 6},
		`\n MI\r\n\tAG CQ== `: {0x30, 0x80, 6, 9},
		longest:               octets,
	} {
		doc := wrap("MSS_StatusResp", head+userMember+statusMember+`"MSS_Signature":{"Base64Signature":"`+text+`"}`)
		var m etsi.StatusResp
		_, err := rest.DecodeResponse([]byte(doc), etsi.OpStatusQuery, &m)
		require.NoError(t, err)
		require.Equal(t, want, m.Signature.Base64Signature)
	}
}

// TestUserLangDefault is the schema's: an empty element means German.
func TestUserLangDefault(t *testing.T) {
	t.Parallel()
	doc := wrap("MSS_SignatureReq", head+modeMember+userMember+dataMember+`"AdditionalServices":[{"Description":"a","UserLang":{"Value":""}}]`)
	_, m, err := rest.DecodeRequest([]byte(doc))
	require.NoError(t, err)
	require.Equal(t, "de", m.(*etsi.SignatureReq).AdditionalServices.Service[0].Items[0].UserLang.Value)
}
