package rest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/transport/rest"
)

// The documents below have the form of the guide's samples (chapter 3), with
// fictitious people; so they are the form in which the service is known to take
// requests and to answer. Values are compared as JSON, that is without the order
// of members.

const guideHead = `"AP_Info":{"AP_ID":"mid://ap.example.test","AP_TransID":"T1","Instant":"2026-02-26T09:40:16.257Z"},` +
	`"MSSP_Info":{"MSSP_ID":{"URI":"http://mssp.example.test/"}},`

const guideAnswer = `"AP_Info":{"AP_ID":"mid://ap.example.test","AP_TransID":"T1","Instant":"2026-02-26T09:40:16.257Z"},` +
	`"MSSP_Info":{"Instant":"2026-02-26T09:40:17.000+01:00","MSSP_ID":{"URI":"http://mssp.example.test/"}},`

var requestGoldens = []struct {
	name, doc string
	op        *etsi.Operation
	m         func() etsi.Message
}{
	{"signature (3.2.2.1)", `{"MSS_SignatureReq":{"AP_Info":{"AP_ID":"mid://ap.example.test","AP_PWD":"not-needed","AP_TransID":"T1",` +
		`"Instant":"2026-02-26T09:40:16.257Z"},"AdditionalServices":[{"Description":"http://mss.ficom.fi/TS102204/v1.0.0#userLang",` +
		`"UserLang":{"Value":"en"}},{"Description":"http://mid.swisscom.ch/as#geofencing"}],"DataToBeSigned":{"Data":"Acme: Hugo?",` +
		`"Encoding":"UTF-8","MimeType":"text/plain"},"MSSP_Info":{"MSSP_ID":{"URI":"http://mssp.example.test/"}},"MajorVersion":"1",` +
		`"MessagingMode":"synch","MinorVersion":"2","MobileUser":{"MSISDN":"+41790000001"},"SignatureProfile":"http://mssp.example.test/profile","TimeOut":"80"}}`,
		etsi.OpSignature, func() etsi.Message {
			m := signatureReq()
			m.APInfo.APPWD, m.DataToBeSigned.Value = "not-needed", "Acme: Hugo?"
			return m
		}},
	{"asynchronous, App2App (3.2.4.3.1) and a policy", `{"MSS_SignatureReq":{` + guideHead + `"AdditionalServices":[{"Description":"http://mid.swisscom.ch/as#app2app",` +
		`"App2App":{"RedirectUri":"myapp://example"}},{"Description":"http://mid.swisscom.ch/as#geofencing","GeoFencingRequest":{` +
		`"countrywhitelist":["CH","LI"],"countryblacklist":[],"mindeviceconfidence":"0.7","minlocationconfidence":"0.8",` +
		`"maxtimestampminutes":"600","maxaccuracymeters":"1000"}}],"DataToBeSigned":{"Data":"Acme: Hugo?","Encoding":"UTF-8","MimeType":"text/plain"},` +
		`"MajorVersion":"1","MessagingMode":"asynch","MinorVersion":"2","MobileUser":{"MSISDN":"+41790000001"},` +
		`"SignatureProfile":"http://mssp.example.test/profile","TimeOut":"80"}}`,
		etsi.OpSignature, func() etsi.Message {
			m := app2AppReq()
			m.APInfo.APPWD, m.DataToBeSigned.Value = "", "Acme: Hugo?"
			m.AdditionalServices.Service = m.AdditionalServices.Service[:2]
			return m
		}},
	{"status (3.3.1)", `{"MSS_StatusReq":{"MajorVersion":"1","MinorVersion":"1",` + guideHead + `"MSSP_TransID":"h4iof"}}`,
		etsi.OpStatusQuery, func() etsi.Message { return &etsi.StatusReq{MessageAbstract: abstract(), MSSPTransID: "h4iof"} }},
	{"receipt (3.4.1.1)", `{"MSS_ReceiptReq":{` + guideHead + `"MSSP_TransID":"h4iof","MajorVersion":"1","Message":{"Data":"Acme: danke",` +
		`"Encoding":"UTF-8","MimeType":"text/plain"},"MinorVersion":"1","MobileUser":{"MSISDN":"+41790000001"},"Status":{"StatusCode":{"Value":"100"},` +
		`"StatusDetail":{"ReceiptRequestExtension":{"ReceiptMessagingMode":"synch","ReceiptProfile":{"Language":"DE",` +
		`"ReceiptProfileURI":"http://mss.swisscom.ch/synch"},"UserAck":"true"}}}}}`,
		etsi.OpReceipt, func() etsi.Message {
			return &etsi.ReceiptReq{
				MessageAbstract: abstract(), MSSPTransID: "h4iof", MobileUser: user(),
				Status: &etsi.Status{StatusCode: etsi.StatusCode{Value: "100"}, StatusDetail: details(etsi.StatusDetailItem{
					ReceiptRequestExtension: &etsi.ScoReceiptRequestExtension{
						ReceiptMessagingMode: "synch", UserAck: new(true),
						ReceiptProfile: &etsi.ScoReceiptProfile{Language: new("DE"), ReceiptProfileURI: new("http://mss.swisscom.ch/synch")},
					},
				})},
				Message: &etsi.Data{Value: "Acme: danke", MimeType: new("text/plain"), Encoding: new("UTF-8")},
			}
		}},
	{"profile (3.5.1)", `{"MSS_ProfileReq":{` + guideHead + `"MajorVersion":"2","MinorVersion":"0","MobileUser":{"MSISDN":"+41790000001"},` +
		`"Params":"sscds state certs pinstatus rcstatus aastatus"}}`,
		etsi.OpProfileQuery, func() etsi.Message {
			return &etsi.ProfileReq{
				MessageAbstract: version(abstract(), "2", "0"), MobileUser: user(),
				Items: []etsi.ProfileReqItem{{Params: []string{"sscds", "state", "certs", "pinstatus", "rcstatus", "aastatus"}}},
			}
		}},
}

func TestRequestGoldens(t *testing.T) {
	t.Parallel()
	for _, tc := range requestGoldens {
		doc, err := rest.AppendRequest(nil, tc.op, tc.m())
		require.NoError(t, err, tc.name)
		require.JSONEq(t, tc.doc, string(doc), tc.name)
		op, m, err := rest.DecodeRequest([]byte(tc.doc))
		require.NoError(t, err, tc.name)
		require.Same(t, tc.op, op)
		require.Equal(t, tc.m(), m, tc.name)
	}
}

var responseGoldens = []struct {
	name, doc string
	op        *etsi.Operation
	m         etsi.Message
}{
	{"signature with location (3.2.4.2.2)", `{"MSS_SignatureResp":{` + guideAnswer + `"MSSP_TransID":"h1","MSS_Signature":{"Base64Signature":"MIIH"},` +
		`"MajorVersion":"1","MinorVersion":"1","MobileUser":{"MSISDN":"+41790000001"},"ServiceResponses":[{"Description":"http://mid.swisscom.ch/as#geofencing",` +
		`"Geofencing":{"Accuracy":"10.5","Country":"CH","DeviceConfidence":"1.0","LocationConfidence":"0.9","Timestamp":"2026-02-26T09:40:10.000+01:00"}}],` +
		`"SignatureProfile":"http://mssp.example.test/profile","Status":{"StatusCode":{"Value":"500"},"StatusMessage":"SIGNATURE"}}}`,
		etsi.OpSignature, signatureResp(3)},
	{"location unknown (3.2.4.2.3)", `{"MSS_StatusResp":{` + guideAnswer + `"MSS_Signature":{"Base64Signature":"MIIH"},"MajorVersion":"1","MinorVersion":"1",` +
		`"MobileUser":{"MSISDN":"+41790000001"},"ServiceResponses":[{"Description":"http://mid.swisscom.ch/as#geofencing",` +
		`"Geofencing":{"ErrorCode":"100","ErrorMessage":"Geofencing feature disabled"}}],"Status":{"StatusCode":{"Value":"500"},"StatusMessage":"SIGNATURE"}}}`,
		etsi.OpStatusQuery, &etsi.StatusResp{
			MessageAbstract: answered(), MobileUser: user(), Signature: &etsi.Signature{Base64Signature: []byte{0x30, 0x82, 7}},
			Status: status("500", "SIGNATURE", services(etsi.FiServiceResponse{
				Description: uri("http://mid.swisscom.ch/as#geofencing"),
				Items:       []etsi.FiServiceResponseItem{{GeoFencing: &etsi.AsGeoFencing{Errorcode: new("100"), Errormessage: new("Geofencing feature disabled")}}},
			})),
		}},
	{"acknowledgement with a link (3.2.4.3.2)", `{"MSS_SignatureResp":{` + guideAnswer + `"MSSP_TransID":"h1","MajorVersion":"1","MinorVersion":"2",` +
		`"MobileUser":{"MSISDN":"+41790000001"},"ServiceResponses":[{"App2App":{"AuthUri":"mobileid://auth?mobile_auth_redirect_uri=myapp%3A%2F%2Fexample&session_token=s"},` +
		`"Description":"http://mid.swisscom.ch/as#app2app"}],"SignatureProfile":"http://mid.swisscom.ch/Device-LoA4",` +
		`"Status":{"StatusCode":{"Value":"100"},"StatusMessage":"REQUEST_OK"}}}`,
		etsi.OpSignature, &etsi.SignatureResp{
			MessageAbstract: version(answered(), "1", "2"), MSSPTransID: "h1", MobileUser: user(), SignatureProfile: new(uri("http://mid.swisscom.ch/Device-LoA4")),
			Status: status("100", "REQUEST_OK", services(etsi.FiServiceResponse{
				Description: uri("http://mid.swisscom.ch/as#app2app"),
				Items: []etsi.FiServiceResponseItem{{App2App: &etsi.FiApp2App{
					AuthUri: new("mobileid://auth?mobile_auth_redirect_uri=myapp%3A%2F%2Fexample&session_token=s"),
				}}},
			})),
		}},
	{"outstanding (3.3.2)", `{"MSS_StatusResp":{` + guideAnswer + `"MajorVersion":"1","MinorVersion":"1","MobileUser":{"MSISDN":"+41790000001"},` +
		`"Status":{"StatusCode":{"Value":"504"},"StatusMessage":"OUTSTANDING_TRANSACTION"}}}`,
		etsi.OpStatusQuery, &etsi.StatusResp{MessageAbstract: answered(), MobileUser: user(), Status: status("504", "OUTSTANDING_TRANSACTION")}},
	{"receipt (3.4.1.2)", `{"MSS_ReceiptResp":{` + guideAnswer + `"MajorVersion":"1","MinorVersion":"1","Status":{"StatusCode":{"Value":"100"},` +
		`"StatusDetail":{"ReceiptResponseExtension":{"ClientAck":"false","NetworkAck":"false","ReceiptMessagingMode":"synch","UserAck":"true",` +
		`"UserResponse":"{ \"status\": \"OK\" }"}},"StatusMessage":"REQUEST_OK"}}}`,
		etsi.OpReceipt, &etsi.ReceiptResp{MessageAbstract: answered(), Status: status("100", "REQUEST_OK",
			etsi.StatusDetailItem{ReceiptResponseExtension: &etsi.ScoReceiptResponseExtension{
				ReceiptMessagingMode: new("synch"), UserAck: new(true), NetworkAck: new(false), ClientAck: new(false), UserResponse: new(`{ "status": "OK" }`),
			}},
		)}},
	{"profile (3.5.2)", `{"MSS_ProfileResp":{` + guideAnswer + `"MajorVersion":"2","MinorVersion":"0","SignatureProfile":["http://mid.swisscom.ch/Any-LoA4",` +
		`"http://mid.swisscom.ch/Device-LoA4"],"Status":{"StatusCode":{"Value":"100"},"StatusDetail":{"ProfileQueryExtension":{"MobileUser":{"AutoActivation":false,` +
		`"RecoveryCodeCreated":true},"Sscds":{"App":[{"MobileUserCertificate":[{"Algorithm":"RSA","State":"ACTIVE","X509Certificate":["AQ==","Ag=="],` +
		`"X509SubjectName":["cn=user","cn=ca"]}],"PinStatus":{"Blocked":false},"State":"ACTIVE"}],"Sim":{"PinStatus":{"Blocked":true},"State":"INACTIVE"}}}},` +
		`"StatusMessage":"REQUEST_OK"}}}`,
		etsi.OpProfileQuery, &etsi.ProfileResp{
			MessageAbstract:  version(answered(), "2", "0"),
			SignatureProfile: []etsi.MssURI{uri("http://mid.swisscom.ch/Any-LoA4"), uri("http://mid.swisscom.ch/Device-LoA4")},
			Status: status("100", "REQUEST_OK", etsi.StatusDetailItem{ProfileQueryExtension: &etsi.McsProfileQueryExtension{
				MobileUser: &etsi.McsMobileUser{AutoActivation: new(false), RecoveryCodeCreated: new(true)},
				Sscds: &etsi.McsSscds{
					App: []etsi.McsSscd{{
						State: new("ACTIVE"), PinStatus: &etsi.McsPinStatus{Blocked: new(false)},
						MobileUserCertificate: []etsi.McsMobileUserCertificate{{Algorithm: new("RSA"), State: new("ACTIVE"), Items: []etsi.McsMobileUserCertificateItem{
							{X509Certificate: []byte{1}}, {X509SubjectName: new("cn=user")}, {X509Certificate: []byte{2}}, {X509SubjectName: new("cn=ca")},
						}}},
					}},
					Sim: &etsi.McsSscd{State: new("INACTIVE"), PinStatus: &etsi.McsPinStatus{Blocked: new(true)}},
				},
			}}),
		}},
}

func TestResponseGoldens(t *testing.T) {
	t.Parallel()
	for _, tc := range responseGoldens {
		doc, err := rest.AppendResponse(nil, tc.op, tc.m)
		require.NoError(t, err, tc.name)
		require.JSONEq(t, tc.doc, string(doc), tc.name)
		m := tc.op.NewResponse()
		fault, err := rest.DecodeResponse([]byte(tc.doc), tc.op, m)
		require.NoError(t, err, tc.name)
		require.Nil(t, fault)
		require.Equal(t, tc.m, m, tc.name)
	}
}

// TestFaultGoldens has the two spellings of a fault code that the guide prints
// (sections 3.2.2.3 and 6.2.1).
func TestFaultGoldens(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]*etsi.Fault{
		`{"Fault":{"Code":{"SubCode":{"Value":"_101","ValueNs":"http://uri.etsi.org/TS102204/v1.1.2#"},"Value":"Sender",` +
			`"ValueNs":"http://www.w3.org/2003/05/soap-envelope"},"Detail":"Illegal msisdn","Reason":"WRONG_PARAM"}}`: {
			Code: "Sender", Subcodes: []xmlwire.Name{mss("_101")}, Reason: "WRONG_PARAM", Details: []string{"Illegal msisdn"},
		},
		`{"Fault":{"Code":{"SubCode":{"Value":"401","ValueNs":"http://uri.etsi.org/TS102204/v1.1.2#"},"Value":"Receiver",` +
			`"ValueNs":"http://www.w3.org/2003/05/soap-envelope"},"Detail":"User cancelled the request","Reason":"USER_CANCEL"}}`: {
			Code: "Receiver", Subcodes: []xmlwire.Name{mss("401")}, Reason: "USER_CANCEL", Details: []string{"User cancelled the request"},
		},
	} {
		require.Equal(t, want, decodeFault(t, doc))
		again, err := rest.AppendFault(nil, want)
		require.NoError(t, err)
		require.JSONEq(t, doc, string(again))
	}
}
