package rest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/transport/rest"
)

// TestRequestRefuses holds that what this form cannot carry is never left out.
func TestRequestRefuses(t *testing.T) {
	t.Parallel()
	const cannot = ": the JSON form cannot carry it"
	const notCode = ": not a string of one to five digits that do not begin with 0"
	service := func(change func(*etsi.AdditionalService)) func(*etsi.SignatureReq) {
		return func(m *etsi.SignatureReq) { change(&m.AdditionalServices.Service[1]) }
	}
	item := func(items ...etsi.AdditionalServiceItem) func(*etsi.SignatureReq) {
		return service(func(s *etsi.AdditionalService) { s.Items = items })
	}
	geo := func(g etsi.GeoFencingReq) func(*etsi.SignatureReq) {
		return item(etsi.AdditionalServiceItem{GeoFencingReq: &g})
	}
	const inService = "AdditionalServices[1]"
	for want, change := range map[string]func(*etsi.SignatureReq){
		"AP_Info/AP_URL" + cannot:                      func(m *etsi.SignatureReq) { m.APInfo.APURL = new("http://ap.example.test/") },
		"AP_Info/AP_ID: text that is not UTF-8":        func(m *etsi.SignatureReq) { m.APInfo.APID = "\xFF" },
		"AP_Info/AP_PWD: text that is not UTF-8":       func(m *etsi.SignatureReq) { m.APInfo.APPWD = "\xED\xA0\x80" },
		"MSSP_Info/MSSP_ID/DNSName" + cannot:           func(m *etsi.SignatureReq) { m.MSSPInfo.MSSPID.DNSName = new("a") },
		"MSSP_Info/MSSP_ID/IPAddress" + cannot:         func(m *etsi.SignatureReq) { m.MSSPInfo.MSSPID.IPAddress = new("a") },
		"MSSP_Info/MSSP_ID/IdentifierString" + cannot:  func(m *etsi.SignatureReq) { m.MSSPInfo.MSSPID.IdentifierString = new("a") },
		"MajorVersion" + notCode:                       func(m *etsi.SignatureReq) { m.MajorVersion = "-1" },
		"MinorVersion" + notCode:                       func(m *etsi.SignatureReq) { m.MinorVersion = "123456" },
		"MessagingMode: neither synch nor asynch":      func(m *etsi.SignatureReq) { m.MessagingMode = etsi.MessagingModeAsynchServerServer },
		"TimeOut" + notCode:                            func(m *etsi.SignatureReq) { m.TimeOut = new(xmlwire.Integer("0")) },
		"ValidityDate" + cannot:                        func(m *etsi.SignatureReq) { m.ValidityDate = &instant },
		"MobileUser/IdentityIssuer" + cannot:           func(m *etsi.SignatureReq) { m.MobileUser.IdentityIssuer = new(etsi.MeshMember) },
		"MobileUser/UserIdentifier" + cannot:           func(m *etsi.SignatureReq) { m.MobileUser.UserIdentifier = new("a") },
		"MobileUser/HomeMSSP" + cannot:                 func(m *etsi.SignatureReq) { m.MobileUser.HomeMSSP = new(etsi.MeshMember) },
		"DataToBeSigned/Data: text that is not UTF-8":  func(m *etsi.SignatureReq) { m.DataToBeSigned.Value = "a\xC3" },
		"DataToBeDisplayed" + cannot:                   func(m *etsi.SignatureReq) { m.DataToBeDisplayed = new(etsi.Data) },
		"SignatureProfile" + cannot:                    func(m *etsi.SignatureReq) { m.SignatureProfile.DigestAlgAndValue = new(etsi.DigestAlgAndValue) },
		"AdditionalServices: empty":                    func(m *etsi.SignatureReq) { m.AdditionalServices.Service = nil },
		inService + "/Description" + cannot:            service(func(s *etsi.AdditionalService) { s.Description.Any = []xmlwire.Raw{{}} }),
		inService + "/Entity" + cannot:                 service(func(s *etsi.AdditionalService) { s.Entity = new(etsi.MeshMember) }),
		inService + "/EventID" + cannot:                item(etsi.AdditionalServiceItem{EventID: new("a")}),
		inService + "/NoSpamCode" + cannot:             item(etsi.AdditionalServiceItem{NoSpamCode: new(etsi.FiNoSpamCode)}),
		inService + "/DisplayName" + cannot:            item(etsi.AdditionalServiceItem{DisplayName: new("a")}),
		inService + "/Any" + cannot:                    item(etsi.AdditionalServiceItem{Any: new(xmlwire.Raw)}),
		inService + "/UserLang: occurs twice":          item(etsi.AdditionalServiceItem{UserLang: new(etsi.FiUserLang)}, etsi.AdditionalServiceItem{UserLang: new(etsi.FiUserLang)}),
		inService + "/App2App: occurs twice":           item(etsi.AdditionalServiceItem{App2App: new(etsi.App2App)}, etsi.AdditionalServiceItem{App2App: new(etsi.App2App)}),
		inService + "/GeoFencingRequest: occurs twice": item(etsi.AdditionalServiceItem{GeoFencingReq: new(etsi.GeoFencingReq)}, etsi.AdditionalServiceItem{GeoFencingReq: new(etsi.GeoFencingReq)}),
		inService + "/GeoFencingRequest/countrywhitelist[1]: not countries of two letters (ISO 3166-1 alpha-2)": geo(etsi.GeoFencingReq{Countrywhitelist: new("CH, LI")}),
		inService + "/GeoFencingRequest/countryblacklist[0]: not countries of two letters (ISO 3166-1 alpha-2)": geo(etsi.GeoFencingReq{Countryblacklist: new("CHE")}),
		inService + "/GeoFencingRequest/countryblacklist[2]: not countries of two letters (ISO 3166-1 alpha-2)": geo(etsi.GeoFencingReq{Countryblacklist: new("CH,LI,")}),
		inService + "/GeoFencingRequest/maxaccuracymeters: text that is not UTF-8":                              geo(etsi.GeoFencingReq{Maxaccuracymeters: new("\xFF")}),
		"MSS_Format" + cannot:                 func(m *etsi.SignatureReq) { m.Format = new(etsi.MssURI) },
		"KeyReference" + cannot:               func(m *etsi.SignatureReq) { m.KeyReference = new(etsi.KeyReference) },
		"SignatureProfileComparison" + cannot: func(m *etsi.SignatureReq) { m.SignatureProfileComparison = new("exact") },
		"AP_Info/Instant: an instant outside the years 1 to 9999": func(m *etsi.SignatureReq) {
			m.APInfo.Instant.Time = time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC)
		},
	} {
		m := signatureReq()
		change(m)
		requireRefused(t, "MSS_SignatureReq/"+want, etsi.OpSignature, m, rest.AppendRequest)
	}
	for want, m := range map[string]etsi.Message{
		"MSS_ReceiptReq/SignedReceipt" + cannot:                        &etsi.ReceiptReq{MessageAbstract: abstract(), SignedReceipt: new(xmlwire.Raw)},
		"MSS_ReceiptReq/Status/StatusCode/Value" + notCode:             &etsi.ReceiptReq{MessageAbstract: abstract(), Status: new(etsi.Status)},
		"MSS_ReceiptReq/Status/StatusDetail/ServiceResponses" + cannot: &etsi.ReceiptReq{MessageAbstract: abstract(), Status: new(status("100", "", services()))},
		"MSS_ReceiptReq/Status/StatusDetail/ReceiptRequestExtension/AnyAttrs" + cannot: &etsi.ReceiptReq{MessageAbstract: abstract(),
			Status: new(status("100", "", etsi.StatusDetailItem{ReceiptRequestExtension: &etsi.ScoReceiptRequestExtension{AnyAttrs: []xmlwire.Attr{{}}}}))},
		"MSS_ReceiptReq/Status/StatusDetail/ReceiptRequestExtension: occurs twice": &etsi.ReceiptReq{MessageAbstract: abstract(),
			Status: new(status("100", "", etsi.StatusDetailItem{ReceiptRequestExtension: new(etsi.ScoReceiptRequestExtension)},
				etsi.StatusDetailItem{ReceiptRequestExtension: new(etsi.ScoReceiptRequestExtension)}))},
	} {
		requireRefused(t, want, etsi.OpReceipt, m, rest.AppendRequest)
	}
	for want, items := range map[string][]etsi.ProfileReqItem{
		"GetAutoActivation" + cannot:      {{GetAutoActivation: new(true)}},
		"GetServerSideSignature" + cannot: {{GetServerSideSignature: new(true)}},
		"GetRecoveryCodeCreated" + cannot: {{GetRecoveryCodeCreated: new(true)}},
		"GetCertificates" + cannot:        {{GetCertificates: new(false)}},
		"Any" + cannot:                    {{Any: new(xmlwire.Raw)}},
		"Params: occurs twice":            {{Params: []string{"certs"}}, {Params: []string{"state"}}},
		"Params: not a list of words":     {{Params: []string{"certs state"}}},
	} {
		m := &etsi.ProfileReq{MessageAbstract: abstract(), Items: items}
		requireRefused(t, "MSS_ProfileReq/"+want, etsi.OpProfileQuery, m, rest.AppendRequest)
	}
	m := &etsi.ProfileReq{MessageAbstract: abstract(), Items: []etsi.ProfileReqItem{{Params: []string{""}}}}
	requireRefused(t, "MSS_ProfileReq/Params: not a list of words", etsi.OpProfileQuery, m, rest.AppendRequest)
}

func TestResponseRefuses(t *testing.T) {
	t.Parallel()
	const cannot = ": the JSON form cannot carry it"
	response := func(r etsi.FiServiceResponse) etsi.Status { return status("500", "", services(r)) }
	item := func(items ...etsi.FiServiceResponseItem) etsi.Status {
		return response(etsi.FiServiceResponse{Items: items})
	}
	for want, s := range map[string]etsi.Status{
		"ServiceResponses: occurs twice":                   status("500", "", services(), services()),
		"ServiceResponses[0]/Entity" + cannot:              response(etsi.FiServiceResponse{Entity: new(etsi.MeshMember)}),
		"ServiceResponses[0]/Status" + cannot:              response(etsi.FiServiceResponse{Status: new(etsi.Status)}),
		"ServiceResponses[0]/Any" + cannot:                 item(etsi.FiServiceResponseItem{Any: new(xmlwire.Raw)}),
		"ServiceResponses[0]/Geofencing: occurs twice":     item(etsi.FiServiceResponseItem{GeoFencing: new(etsi.AsGeoFencing)}, etsi.FiServiceResponseItem{GeoFencing: new(etsi.AsGeoFencing)}),
		"ServiceResponses[0]/App2App: occurs twice":        item(etsi.FiServiceResponseItem{App2App: new(etsi.FiApp2App)}, etsi.FiServiceResponseItem{App2App: new(etsi.FiApp2App)}),
		"ServiceResponses[0]/SubscriberInfo: occurs twice": item(etsi.FiServiceResponseItem{SubscriberInfo: new(etsi.AsSubscriberInfo)}, etsi.FiServiceResponseItem{SubscriberInfo: new(etsi.AsSubscriberInfo)}),
		"Status/StatusDetail/Any" + cannot:                 status("500", "", etsi.StatusDetailItem{Any: new(xmlwire.Raw)}),
		"Status/StatusDetail/ReceiptResponseExtension: occurs twice": status("500", "",
			etsi.StatusDetailItem{ReceiptResponseExtension: new(etsi.ScoReceiptResponseExtension)}, etsi.StatusDetailItem{ReceiptResponseExtension: new(etsi.ScoReceiptResponseExtension)}),
		"Status/StatusDetail/ProfileQueryExtension: occurs twice": status("500", "",
			etsi.StatusDetailItem{ProfileQueryExtension: new(etsi.McsProfileQueryExtension)}, etsi.StatusDetailItem{ProfileQueryExtension: new(etsi.McsProfileQueryExtension)}),
	} {
		m := signatureResp(3)
		m.Status = s
		requireRefused(t, "MSS_SignatureResp/"+want, etsi.OpSignature, m, rest.AppendResponse)
	}
	for want, s := range map[string]*etsi.Signature{
		"XMLSignature" + cannot:    {XMLSignature: new(xmlwire.Raw)},
		"PKCS1" + cannot:           {PKCS1: new(etsi.FiPKCS1)},
		"Any" + cannot:             {Any: []xmlwire.Raw{{}}},
		"Base64Signature: missing": {},
	} {
		m := signatureResp(3)
		m.Signature = s
		requireRefused(t, "MSS_SignatureResp/MSS_Signature/"+want, etsi.OpSignature, m, rest.AppendResponse)
	}
	name, octets := etsi.McsMobileUserCertificateItem{X509SubjectName: new("a")}, etsi.McsMobileUserCertificateItem{X509Certificate: []byte{1}}
	both := etsi.McsMobileUserCertificateItem{X509SubjectName: new("a"), X509Certificate: []byte{1}}
	const inExtension = "MSS_ProfileResp/Status/StatusDetail/ProfileQueryExtension/"
	for _, items := range [][]etsi.McsMobileUserCertificateItem{{octets}, {name}, {name, octets}, {octets, octets}, {octets, name, octets}, {both, both}, {{}, {}}} {
		m := profileResp()
		m.Status.StatusDetail.Items[0].ProfileQueryExtension.MobileUserCertificate[0].Items = items
		requireRefused(t, inExtension+"MobileUserCertificate[0]: certificates and subject names that do not alternate",
			etsi.OpProfileQuery, m, rest.AppendResponse)
	}
	m := profileResp()
	m.Status.StatusDetail.Items[0].ProfileQueryExtension.Any = []xmlwire.Raw{{}}
	requireRefused(t, inExtension+"Any"+cannot, etsi.OpProfileQuery, m, rest.AppendResponse)
	m = profileResp()
	m.Status.StatusDetail.Items[0].ProfileQueryExtension.Sscds.Sim.Activation = []etsi.McsActivation{{}}
	requireRefused(t, inExtension+"Sscds/Sim/Activation"+cannot, etsi.OpProfileQuery, m, rest.AppendResponse)
}

// TestNestedCodes holds that nothing is written that is nested too deep to be
// read.
func TestNestedCodes(t *testing.T) {
	t.Parallel()
	m := &etsi.ReceiptResp{MessageAbstract: abstract(), Status: status("100", "REQUEST_OK")}
	deepen := func() { m.Status.StatusCode = etsi.StatusCode{Value: "100", StatusCode: new(m.Status.StatusCode)} }
	for range 28 { // under the root, the message, Status and the first StatusCode
		deepen()
	}
	doc, err := rest.AppendResponse(nil, etsi.OpReceipt, m)
	require.NoError(t, err)
	var again etsi.ReceiptResp
	_, err = rest.DecodeResponse(doc, etsi.OpReceipt, &again)
	require.NoError(t, err)
	require.Equal(t, m, &again)
	deepen()
	_, err = rest.AppendResponse(nil, etsi.OpReceipt, m)
	require.ErrorContains(t, err, "/StatusCode/StatusCode: nested deeper than 32 levels")
}

// TestOperations is about messages of other operations, and operations that this
// form has not.
func TestOperations(t *testing.T) {
	t.Parallel()
	const want = "not a message of this operation, or the operation has no JSON form"
	for _, tc := range []message{
		{"another operation", etsi.OpStatusQuery, signatureReq()},
		{"the answer for the request", etsi.OpSignature, signatureResp(3)},
		{"nothing", etsi.OpSignature, nil},
		{"no JSON form", etsi.OpRegistration, new(etsi.RegistrationReq)},
		{"no JSON form, though the type has one", etsi.OpNotification, new(etsi.StatusResp)},
	} {
		requireRefused(t, want, tc.op, tc.m, rest.AppendRequest)
	}
	requireRefused(t, want, etsi.OpSignature, signatureReq(), rest.AppendResponse)
	requireRefused(t, want, etsi.OpNotification, new(etsi.ReceiptReq), rest.AppendResponse)
	doc, err := rest.AppendResponse(nil, etsi.OpSignature, signatureResp(3))
	require.NoError(t, err)
	for op, into := range map[*etsi.Operation]etsi.Message{
		etsi.OpSignature: new(etsi.StatusResp), etsi.OpReceipt: nil, etsi.OpNotification: new(etsi.ReceiptReq), etsi.OpRegistration: new(etsi.RegistrationResp),
	} {
		_, err := rest.DecodeResponse(doc, op, into)
		requireError(t, want, err)
	}
}

func requireRefused(t *testing.T, want string, op *etsi.Operation, m etsi.Message,
	write func([]byte, *etsi.Operation, etsi.Message) ([]byte, error)) {
	t.Helper()
	out, err := write([]byte("before"), op, m)
	requireError(t, want, err)
	require.EqualError(t, err, "json: "+want)
	require.Nil(t, out)
}
