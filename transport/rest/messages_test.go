package rest_test

import (
	"bytes"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

var (
	instant = xmlwire.DateTime{Time: time.Date(2026, 2, 26, 9, 40, 16, 257e6, time.UTC)}
	stamped = xmlwire.DateTime{Time: time.Date(2026, 2, 26, 9, 40, 17, 0, time.FixedZone("", 3600))}
)

func abstract() etsi.MessageAbstract {
	return etsi.MessageAbstract{
		APInfo:       etsi.APInfo{APID: "mid://ap.example.test", APTransID: "T1", Instant: instant},
		MSSPInfo:     etsi.MSSPInfo{MSSPID: etsi.MeshMember{URI: new("http://mssp.example.test/")}},
		MajorVersion: "1", MinorVersion: "1",
	}
}

// answered is what an answer begins with.
func answered() etsi.MessageAbstract {
	m := abstract()
	m.MSSPInfo.Instant = &stamped
	return m
}

func version(m etsi.MessageAbstract, major, minor xmlwire.Integer) etsi.MessageAbstract {
	m.MajorVersion, m.MinorVersion = major, minor
	return m
}

func user() etsi.MobileUser { return etsi.MobileUser{MSISDN: new("+41790000001")} }

func uri(s string) etsi.MssURI { return etsi.MssURI{MssURI: s} }

// details is the detail of a status with these items.
func details(items ...etsi.StatusDetailItem) *etsi.StatusDetail {
	return &etsi.StatusDetail{Items: items}
}

// services is the item of a status's detail that holds answers of services.
func services(all ...etsi.FiServiceResponse) etsi.StatusDetailItem {
	return etsi.StatusDetailItem{ServiceResponses: &etsi.FiServiceResponses{ServiceResponse: all}}
}

func signatureReq() *etsi.SignatureReq {
	return &etsi.SignatureReq{
		MessageAbstract:  version(abstract(), "1", "2"),
		MobileUser:       user(),
		DataToBeSigned:   etsi.Data{Value: "Acme: <login> & \"é\"?\\\r\n\t(A1) €\u2028😀", MimeType: new("text/plain"), Encoding: new("UTF-8")},
		SignatureProfile: new(uri("http://mssp.example.test/profile")),
		AdditionalServices: &etsi.AdditionalServices{Service: []etsi.AdditionalService{
			{
				Description: uri("http://mss.ficom.fi/TS102204/v1.0.0#userLang"),
				Items:       []etsi.AdditionalServiceItem{{UserLang: &etsi.FiUserLang{Value: "en"}}},
			},
			{Description: uri("http://mid.swisscom.ch/as#geofencing")},
		}},
		TimeOut:       new(xmlwire.Integer("80")),
		MessagingMode: etsi.MessagingModeSynch,
	}
}

// app2AppReq has the services that signatureReq has not.
func app2AppReq() *etsi.SignatureReq {
	m := signatureReq()
	m.APInfo.APPWD = "not-needed"
	m.MessagingMode = etsi.MessagingModeAsynchClientServer
	m.AdditionalServices.Service = []etsi.AdditionalService{
		{
			Description: uri("http://mid.swisscom.ch/as#app2app"),
			Items:       []etsi.AdditionalServiceItem{{App2App: &etsi.App2App{RedirectUri: "myapp://example"}}},
		},
		{
			Description: uri("http://mid.swisscom.ch/as#geofencing"),
			Items: []etsi.AdditionalServiceItem{{GeoFencingReq: &etsi.GeoFencingReq{
				Countrywhitelist: new("CH,LI"), Countryblacklist: new(""), Mindeviceconfidence: new("0.7"),
				Minlocationconfidence: new("0.8"), Maxtimestampminutes: new("600"), Maxaccuracymeters: new("1000"),
			}}},
		},
		{
			Description: uri("http://mssp.example.test/several"),
			Items: []etsi.AdditionalServiceItem{
				{GeoFencingReq: new(etsi.GeoFencingReq)}, {UserLang: &etsi.FiUserLang{Value: "IT"}},
			},
		},
	}
	return m
}

// signatureResp is a synchronous answer with a signature of n octets and a location.
func signatureResp(n int) *etsi.SignatureResp {
	return &etsi.SignatureResp{
		MessageAbstract:  answered(),
		MSSPTransID:      "h1",
		MobileUser:       user(),
		Signature:        &etsi.Signature{Base64Signature: bytes.Repeat([]byte{0x30, 0x82, 7}, n/3)},
		SignatureProfile: new(uri("http://mssp.example.test/profile")),
		Status: etsi.Status{
			StatusCode: etsi.StatusCode{Value: "500"}, StatusMessage: new("SIGNATURE"),
			StatusDetail: details(services(etsi.FiServiceResponse{
				Description: uri("http://mid.swisscom.ch/as#geofencing"),
				Items: []etsi.FiServiceResponseItem{{GeoFencing: &etsi.AsGeoFencing{
					Country: new("CH"), Accuracy: new("10.5"), Timestamp: new("2026-02-26T09:40:10.000+01:00"),
					Deviceconfidence: new("1.0"), Locationconfidence: new("0.9"),
				}}},
			})),
		},
	}
}

func profileResp() *etsi.ProfileResp {
	chain := func(state, algorithm string, octets ...byte) etsi.McsMobileUserCertificate {
		c := etsi.McsMobileUserCertificate{State: &state, Algorithm: &algorithm}
		for _, o := range octets {
			c.Items = append(c.Items,
				etsi.McsMobileUserCertificateItem{X509Certificate: []byte{o, 0, 0xFF}},
				etsi.McsMobileUserCertificateItem{X509SubjectName: new("cn=subject " + string(o))})
		}
		return c
	}
	return &etsi.ProfileResp{
		MessageAbstract:  version(answered(), "2", "0"),
		SignatureProfile: []etsi.MssURI{uri("http://mssp.example.test/a"), uri("http://mssp.example.test/b")},
		Status: etsi.Status{StatusCode: etsi.StatusCode{Value: "100"}, StatusDetail: details(etsi.StatusDetailItem{
			ProfileQueryExtension: &etsi.McsProfileQueryExtension{
				MobileUserCertificate: []etsi.McsMobileUserCertificate{chain("ACTIVE", "RSA", 'a')},
				AutoActivation:        new(true), ServerSideSignature: new(false), RecoveryCodeCreated: new(false),
				MobileUser: &etsi.McsMobileUser{AutoActivation: new(false), RecoveryCodeCreated: new(true), ServerSideSignature: new(false)},
				Sscds: &etsi.McsSscds{
					Sim: &etsi.McsSscd{
						State: new("ACTIVE"), PinStatus: &etsi.McsPinStatus{Blocked: new(false)},
						MobileUserCertificate: []etsi.McsMobileUserCertificate{chain("ACTIVE", "EC", 'u', 'c', 'r'), chain("INACTIVE", "RSA")},
						CardDetails:           &etsi.McsCardDetails{MCC: new("228"), MNC: new("01"), Network: new("Example")},
					},
					App: []etsi.McsSscd{{State: new("REGISTERED"), PinStatus: new(etsi.McsPinStatus)}, {}},
				},
			},
		})},
	}
}

func status(code xmlwire.Integer, message string, items ...etsi.StatusDetailItem) etsi.Status {
	s := etsi.Status{StatusCode: etsi.StatusCode{Value: code}, StatusMessage: &message}
	if items != nil {
		s.StatusDetail = details(items...)
	}
	return s
}

type message struct {
	name string
	op   *etsi.Operation
	m    etsi.Message
}

// requests has every request and everything that this form can carry in one.
func requests() []message {
	return []message{
		{"signature", etsi.OpSignature, signatureReq()},
		{"signature with App2App and a policy", etsi.OpSignature, app2AppReq()},
		{"signature, the least", etsi.OpSignature, &etsi.SignatureReq{MessageAbstract: abstract(), MessagingMode: etsi.MessagingModeSynch}},
		{"status", etsi.OpStatusQuery, &etsi.StatusReq{MessageAbstract: abstract(), MSSPTransID: "h1"}},
		{"status with user", etsi.OpStatusQuery, &etsi.StatusReq{MessageAbstract: abstract(), MSSPTransID: "h1", MobileUser: new(user())}},
		{"receipt", etsi.OpReceipt, &etsi.ReceiptReq{
			MessageAbstract: abstract(), MSSPTransID: "h1", MobileUser: user(),
			Status: &etsi.Status{StatusCode: etsi.StatusCode{Value: "100"}, StatusDetail: details(etsi.StatusDetailItem{
				ReceiptRequestExtension: &etsi.ScoReceiptRequestExtension{
					ReceiptMessagingMode: "synch", UserAck: new(true), TimeOut: new(xmlwire.Integer("60")),
					RetryTimeOut: new(xmlwire.Integer("5")), NextRetry: new(xmlwire.Integer("0")),
					ReceiptProfile: &etsi.ScoReceiptProfile{Language: new("EN"), ReceiptProfileURI: new("http://mss.swisscom.ch/synch")},
				},
			})},
			Message: &etsi.Data{Value: "Acme: done", MimeType: new("text/plain"), Encoding: new("UTF-8")},
		}},
		{"receipt, the least", etsi.OpReceipt, &etsi.ReceiptReq{MessageAbstract: abstract(), MSSPTransID: "h1", MobileUser: user()}},
		{"profile", etsi.OpProfileQuery, &etsi.ProfileReq{
			MessageAbstract: version(abstract(), "2", "0"), MobileUser: user(),
			Items: []etsi.ProfileReqItem{{Params: []string{"sscds", "state", "certs", "carddetails"}}},
		}},
		{"profile without parameters", etsi.OpProfileQuery, &etsi.ProfileReq{MessageAbstract: abstract(), MobileUser: user()}},
		{"profile with none", etsi.OpProfileQuery, &etsi.ProfileReq{
			MessageAbstract: abstract(), MobileUser: user(), Items: []etsi.ProfileReqItem{{Params: []string{}}},
		}},
	}
}

// responses has every answer and everything that this form can carry in one.
func responses() []message {
	return []message{
		{"signature", etsi.OpSignature, signatureResp(300)},
		{"acknowledgement with a link", etsi.OpSignature, &etsi.SignatureResp{
			MessageAbstract: answered(), MSSPTransID: "h1", MobileUser: user(),
			Status: status("100", "REQUEST_OK", services(
				etsi.FiServiceResponse{
					Description: uri("http://mid.swisscom.ch/as#app2app"),
					Items:       []etsi.FiServiceResponseItem{{App2App: &etsi.FiApp2App{AuthUri: new("mobileid://auth?a=myapp%3A%2F%2Fx&session_token=y")}}},
				},
				etsi.FiServiceResponse{Description: uri("http://mssp.example.test/nothing")},
			)),
		}},
		{"status, signed", etsi.OpStatusQuery, &etsi.StatusResp{
			MessageAbstract: answered(), MobileUser: user(), MSSPTransID: new("h1"),
			Signature: &etsi.Signature{Base64Signature: []byte{}},
			Status: status("502", "VALID_SIGNATURE", services(
				etsi.FiServiceResponse{
					Description: uri("http://mid.swisscom.ch/as#geofencing"),
					Items:       []etsi.FiServiceResponseItem{{GeoFencing: &etsi.AsGeoFencing{Errorcode: new("105"), Errormessage: new("Location is off")}}},
				},
				etsi.FiServiceResponse{
					Description: uri("http://mid.swisscom.ch/as#subscriberInfo"),
					Items: []etsi.FiServiceResponseItem{
						{SubscriberInfo: &etsi.AsSubscriberInfo{Detail: []etsi.AsSubscriberDetail{{Id: "1901", Value: "22801"}, {Id: "x", Value: ""}}}},
						{App2App: new(etsi.FiApp2App)},
					},
				},
			)),
		}},
		{"status, services of none", etsi.OpStatusQuery, &etsi.StatusResp{
			MessageAbstract: answered(), MobileUser: user(), Status: status("500", "SIGNATURE", services()),
		}},
		{"status, services and another detail", etsi.OpStatusQuery, &etsi.StatusResp{
			MessageAbstract: answered(), MobileUser: user(),
			Status: status("500", "SIGNATURE", services(), etsi.StatusDetailItem{ReceiptResponseExtension: new(etsi.ScoReceiptResponseExtension)}),
		}},
		{"status, outstanding", etsi.OpStatusQuery, &etsi.StatusResp{
			MessageAbstract: answered(), MobileUser: etsi.MobileUser{},
			Status: etsi.Status{StatusCode: etsi.StatusCode{Value: "504", StatusCode: &etsi.StatusCode{Value: "5041"}}, StatusDetail: details()},
		}},
		{"receipt", etsi.OpReceipt, &etsi.ReceiptResp{MessageAbstract: answered(), Status: status("100", "REQUEST_OK",
			etsi.StatusDetailItem{ReceiptResponseExtension: &etsi.ScoReceiptResponseExtension{
				ReceiptMessagingMode: new("synch"), UserAck: new(true), NetworkAck: new(false), ClientAck: new(false),
				UserResponse: new(`{"status":"CANCEL"}`), FaultMessage: new("User cancelled the request"),
			}},
		)}},
		{"receipt, nothing heard", etsi.OpReceipt, &etsi.ReceiptResp{MessageAbstract: answered(), Status: status("100", "REQUEST_OK")}},
		{"profile", etsi.OpProfileQuery, profileResp()},
		{"profile, the least", etsi.OpProfileQuery, &etsi.ProfileResp{MessageAbstract: answered(), Status: status("100", "REQUEST_OK")}},
	}
}

func mss(local string) xmlwire.Name { return xmlwire.Name{Space: etsi.NSMSS, Local: local} }

// faults are those that this form can carry.
func faults() map[string]*etsi.Fault {
	return map[string]*etsi.Fault{
		"least": {Code: "Receiver"},
		"usual": {
			Code: "Sender", Subcodes: []xmlwire.Name{mss("_105")}, Reason: "UNKNOWN_CLIENT", Details: []string{"Unknown <user> & co"},
		},
		"nested": {
			Code: "Receiver", Subcodes: []xmlwire.Name{mss("_780"), {Space: etsi.NSFi, Local: "_7801"}, {Local: "x"}}, Reason: "ÜBERLAST",
			Details: []string{"Fault received from URL: a\nAt node: b"},
		},
	}
}
