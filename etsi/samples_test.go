package etsi_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// The declarations of every sample's root element.
const (
	namespaces = ` xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#"` +
		` xmlns:sco="http://www.swisscom.ch/TS102204/ext/v1.0.0" xmlns:mcs="http://www.methics.fi/TS102204/ext/v1.0.0"` +
		` xmlns:as="http://mid.swisscom.ch/TS102204/as/v1.0" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"` +
		` xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" xmlns:x="urn:example:other"`

	apInfo = `<mss:AP_Info AP_ID="mid://example.org" AP_TransID="A1b2" AP_PWD="" Instant="2026-03-01T12:00:00.000+01:00"/>`
	info   = apInfo + `<mss:MSSP_Info Instant="2026-03-01T11:00:01.250Z"><mss:MSSP_ID><mss:URI>http://mssp.example/</mss:URI></mss:MSSP_ID></mss:MSSP_Info>`
	user   = `<mss:MobileUser><mss:MSISDN>+41700000001</mss:MSISDN></mss:MobileUser>`
	ok     = `<mss:Status><mss:StatusCode Value="100"/><mss:StatusMessage>REQUEST_OK</mss:StatusMessage></mss:Status>`
)

// sample is a message as it is on the wire, with fictitious people.
type sample struct {
	name string
	op   *etsi.Operation
	part string // the message's element
	attr string // its attributes
	body string
}

func (s *sample) doc() string {
	return "<" + s.part + namespaces + " " + s.attr + ">" + s.body + "</" + s.part + ">"
}

func (s *sample) message() etsi.Message {
	if s.part == s.op.RequestPart {
		return s.op.NewRequest()
	}
	return s.op.NewResponse()
}

// samples has every message and every extension at least once.
var samples = []sample{
	{"signature request", etsi.OpSignature, "MSS_SignatureReq",
		`MajorVersion="1" MinorVersion="1" MessagingMode="synch" TimeOut="80" ValidityDate="2026-03-01T12:05:00.000Z"`,
		info + `<mss:MobileUser><mss:IdentityIssuer><mss:DNSName>issuer.example</mss:DNSName></mss:IdentityIssuer>` +
			`<mss:UserIdentifier>user@example</mss:UserIdentifier><mss:HomeMSSP><mss:IPAddress>192.0.2.1</mss:IPAddress>` +
			`<mss:IdentifierString>home</mss:IdentifierString></mss:HomeMSSP><mss:MSISDN>41700000001</mss:MSISDN></mss:MobileUser>` +
			`<mss:DataToBeSigned MimeType="text/plain" Encoding="UTF-8">Example: sign &lt;in&gt;? &amp; Zürich</mss:DataToBeSigned>` +
			`<mss:DataToBeDisplayed>Shown</mss:DataToBeDisplayed>` +
			`<mss:SignatureProfile><mss:mssURI>http://mid.swisscom.ch/Any-LoA4</mss:mssURI></mss:SignatureProfile>` +
			`<mss:AdditionalServices>` +
			`<mss:Service><mss:Description><mss:mssURI>http://mss.ficom.fi/TS102204/v1.0.0#userLang</mss:mssURI></mss:Description><fi:UserLang>EN</fi:UserLang></mss:Service>` +
			`<mss:Service><mss:Description><mss:mssURI>http://mid.swisscom.ch/as#app2app</mss:mssURI></mss:Description><mss:App2App><as:RedirectUri>app://back</as:RedirectUri></mss:App2App></mss:Service>` +
			`<mss:Service><mss:Description><mss:mssURI>http://mid.swisscom.ch/as#geofencing</mss:mssURI></mss:Description><mss:GeoFencingReq countrywhitelist="CH,LI" mindeviceconfidence="0.7" maxaccuracymeters="1000"/></mss:Service>` +
			`<mss:Service><mss:Description><mss:mssURI>http://mss.ficom.fi/TS102204/v1.0.0#noSpam</mss:mssURI></mss:Description><mss:Entity><mss:URI>urn:e</mss:URI></mss:Entity>` +
			`<fi:NoSpamCode verify="no">A12</fi:NoSpamCode><fi:EventID>E1</fi:EventID><fi:DisplayName>Shop</fi:DisplayName><x:Own a="1">raw</x:Own></mss:Service>` +
			`</mss:AdditionalServices>` +
			`<mss:MSS_Format><mss:mssURI>http://uri.etsi.org/TS102204/v1.1.2#PKCS7</mss:mssURI></mss:MSS_Format>` +
			`<mss:KeyReference><mss:CertificateURL>urn:c</mss:CertificateURL><mss:CertificateIssuerDN>CN=CA</mss:CertificateIssuerDN>` +
			`<mss:HashOfUsersPublicKey><mss:DigestMethod Algorithm="urn:sha"/><mss:DigestValue>AQI=</mss:DigestValue></mss:HashOfUsersPublicKey>` +
			`<mss:HashOfCAPublicKey><mss:DigestValue>Aw==</mss:DigestValue></mss:HashOfCAPublicKey><x:Key/></mss:KeyReference>` +
			`<mss:SignatureProfileComparison>exact</mss:SignatureProfileComparison>`},
	{"signature response", etsi.OpSignature, "MSS_SignatureResp", `MajorVersion="1" MinorVersion="1" MSSP_TransID="h1a2b"`,
		info + user + `<mss:MSS_Signature><mss:Base64Signature>MIAG` + "\n  " + `CSqG</mss:Base64Signature></mss:MSS_Signature>` +
			`<mss:SignatureProfile><mss:mssURI>http://mid.swisscom.ch/STK-LoA4</mss:mssURI></mss:SignatureProfile>` +
			`<mss:Status><mss:StatusCode Value="500"/><mss:StatusMessage>SIGNATURE</mss:StatusMessage><mss:StatusDetail><fi:ServiceResponses>` +
			`<fi:ServiceResponse><fi:Description><mss:mssURI>http://mid.swisscom.ch/as#geofencing</mss:mssURI></fi:Description>` +
			`<as:GeoFencing country="CH" accuracy="16.5" timestamp="2026-03-01T12:00:00.000+01:00" deviceconfidence="1.0" locationconfidence="0.9"/></fi:ServiceResponse>` +
			`<fi:ServiceResponse><fi:Description><mss:mssURI>http://mid.swisscom.ch/as#subscriberInfo</mss:mssURI></fi:Description>` +
			`<fi:Entity><mss:URI>urn:e</mss:URI></fi:Entity><fi:Status><mss:StatusCode Value="100"/></fi:Status>` +
			`<as:SubscriberInfo><as:Detail id="1901" value="22801"/></as:SubscriberInfo><x:Own/></fi:ServiceResponse>` +
			`</fi:ServiceResponses><x:Own/></mss:StatusDetail></mss:Status>`},
	{"signature acknowledgement", etsi.OpSignature, "MSS_SignatureResp", `MajorVersion="1" MinorVersion="1" MSSP_TransID="h1a2b"`,
		info + user + `<mss:Status><mss:StatusCode Value="100"/><mss:StatusDetail><fi:ServiceResponses><fi:ServiceResponse>` +
			`<fi:Description><mss:mssURI>http://mid.swisscom.ch/as#app2app</mss:mssURI></fi:Description>` +
			`<fi:App2App><as:AuthUri> mobileid://auth?a=b&amp;session_token=c </as:AuthUri></fi:App2App>` +
			`</fi:ServiceResponse></fi:ServiceResponses></mss:StatusDetail></mss:Status>`},
	{"signature in PKCS #1", etsi.OpSignature, "MSS_SignatureResp", `MajorVersion="1" MinorVersion="1" MSSP_TransID="_1"`,
		info + user + `<mss:MSS_Signature><fi:PKCS1><fi:SignatureValue>AQ==</fi:SignatureValue><fi:X509Certificate>Ag==</fi:X509Certificate></fi:PKCS1></mss:MSS_Signature>` + ok},
	{"signature in XML", etsi.OpSignature, "MSS_SignatureResp", `MajorVersion="1" MinorVersion="1" MSSP_TransID="_1"`,
		info + user + `<mss:MSS_Signature><mss:XMLSignature Id="s"><ds:SignedInfo/><ds:SignatureValue>AQ==</ds:SignatureValue></mss:XMLSignature></mss:MSS_Signature>` + ok},
	{"signature of another kind", etsi.OpSignature, "MSS_SignatureResp", `MajorVersion="1" MinorVersion="1" MSSP_TransID="_1"`,
		info + user + `<mss:MSS_Signature><x:Jws>e30</x:Jws></mss:MSS_Signature>` + ok},
	{"status request", etsi.OpStatusQuery, "MSS_StatusReq", `MajorVersion="1" MinorVersion="1" MSSP_TransID="h1a2b"`, info},
	{"status request with user", etsi.OpStatusQuery, "MSS_StatusReq", `MajorVersion="1" MinorVersion="1" MSSP_TransID="h1a2b"`, info + user},
	{"status response", etsi.OpStatusQuery, "MSS_StatusResp", `MajorVersion="1" MinorVersion="1"`,
		info + user + `<mss:Status><mss:StatusCode Value="504"><mss:StatusCode Value="5041"/></mss:StatusCode><mss:StatusMessage>OUTSTANDING_TRANSACTION</mss:StatusMessage></mss:Status>`},
	{"receipt request", etsi.OpReceipt, "MSS_ReceiptReq", `MajorVersion="1" MinorVersion="1" MSSP_TransID="h1a2b"`,
		info + user + `<mss:Status><mss:StatusCode Value="100"/><mss:StatusDetail>` +
			`<sco:ReceiptRequestExtension ReceiptMessagingMode="synch" UserAck="true" TimeOut="60" RetryTimeOut="5" NextRetry="1" x:own="v"><sco:ReceiptProfile Language="EN"><sco:ReceiptProfileURI>http://mss.swisscom.ch/synch</sco:ReceiptProfileURI></sco:ReceiptProfile></sco:ReceiptRequestExtension>` +
			`</mss:StatusDetail></mss:Status><mss:Message MimeType="text/plain" Encoding="UTF-8">Done</mss:Message>` +
			`<mss:SignedReceipt><ds:SignedInfo/><ds:SignatureValue>AQ==</ds:SignatureValue></mss:SignedReceipt>`},
	{"receipt response", etsi.OpReceipt, "MSS_ReceiptResp", `MajorVersion="1" MinorVersion="1"`,
		info + `<mss:Status><mss:StatusCode Value="100"/><mss:StatusDetail><sco:ReceiptResponseExtension ReceiptMessagingMode="synch" UserAck="true" NetworkAck="false" ClientAck="0"` +
			` UserResponse="{&quot;status&quot;:&quot;CANCEL&quot;}" FaultMessage="User cancelled the request"/></mss:StatusDetail></mss:Status>`},
	{"profile request", etsi.OpProfileQuery, "MSS_ProfileReq", `MajorVersion="2" MinorVersion="0"`,
		info + user + `<mss:Params>sscds state certs</mss:Params><mss:GetCertificates>true</mss:GetCertificates><mss:GetAutoActivation>false</mss:GetAutoActivation>` +
			`<mss:GetServerSideSignature>1</mss:GetServerSideSignature><mss:GetRecoveryCodeCreated>0</mss:GetRecoveryCodeCreated><x:Own/>`},
	{"profile response", etsi.OpProfileQuery, "MSS_ProfileResp", `MajorVersion="2" MinorVersion="0"`,
		info + `<mss:SignatureProfile><mss:mssURI>http://mid.swisscom.ch/Any-LoA4</mss:mssURI></mss:SignatureProfile>` +
			`<mss:SignatureProfile><mss:mssURI>http://mid.swisscom.ch/STK-LoA4</mss:mssURI><mss:DigestAlgAndValue><mss:DigestMethod Algorithm="urn:d"><x:Param/></mss:DigestMethod><mss:DigestValue>AQ==</mss:DigestValue></mss:DigestAlgAndValue><x:Own/></mss:SignatureProfile>` +
			`<mss:Status><mss:StatusCode Value="100"/><mss:StatusDetail><mcs:ProfileQueryExtension>` +
			`<mcs:MobileUserCertificate><ds:X509Certificate>AQ==</ds:X509Certificate></mcs:MobileUserCertificate><mcs:AutoActivation>false</mcs:AutoActivation>` +
			`<mcs:ServerSideSignature>false</mcs:ServerSideSignature><mcs:RecoveryCodeCreated>true</mcs:RecoveryCodeCreated>` +
			`<mcs:MobileUser RecoveryCodeCreated="true" AutoActivation="false" ServerSideSignature="false"/><mcs:Sscds><mcs:Sim><mcs:State>ACTIVE</mcs:State>` +
			`<mcs:Activation name="a" success="true"><x:Own/></mcs:Activation><mcs:PinStatus blocked="false"/>` +
			`<mcs:MobileUserCertificate State="ACTIVE" Algorithm="EC"><ds:X509Certificate>AQ==</ds:X509Certificate><ds:X509SubjectName>cn=user</ds:X509SubjectName>` +
			`<ds:X509Certificate>Ag==</ds:X509Certificate><ds:X509SubjectName>cn=ca</ds:X509SubjectName></mcs:MobileUserCertificate>` +
			`<mcs:CardDetails><mcs:MCC>228</mcs:MCC><mcs:MNC>01</mcs:MNC><mcs:Network>Example</mcs:Network></mcs:CardDetails></mcs:Sim>` +
			`<mcs:App><mcs:State>INACTIVE</mcs:State></mcs:App><mcs:App/></mcs:Sscds><x:Own/></mcs:ProfileQueryExtension></mss:StatusDetail></mss:Status>`},
	{"registration request", etsi.OpRegistration, "MSS_RegistrationReq", `MajorVersion="1" MinorVersion="1"`,
		info + user + `<mss:EncryptedData><xenc:CipherData/></mss:EncryptedData><mss:EncryptResponseBy>urn:k</mss:EncryptResponseBy>` +
			`<mss:CertificateURI>urn:c</mss:CertificateURI><mss:X509Certificate>AQ==</mss:X509Certificate><x:Own/>`},
	{"registration response", etsi.OpRegistration, "MSS_RegistrationResp", `MajorVersion="1" MinorVersion="1"`,
		info + ok + `<mss:EncryptedData/><mss:CertificateURI>urn:c</mss:CertificateURI><mss:X509Certificate>AQ==</mss:X509Certificate><mss:PublicKey>Ag==</mss:PublicKey>`},
	{"handshake request", etsi.OpHandshake, "MSS_HandshakeReq", `MajorVersion="1" MinorVersion="1"`,
		info + `<mss:SecureMethods MSS_Signature="true" MSS_Registration="false" MSS_Notification="false" MSS_ProfileQuery="false" MSS_Receipt="true" MSS_Status="false"/>` +
			`<mss:Certificates><mss:Certificate>AQ==</mss:Certificate></mss:Certificates><mss:RootCAs><mss:DN>CN=CA</mss:DN></mss:RootCAs>` +
			`<mss:SignatureAlgList><mss:Algorithm><mss:mssURI>urn:a</mss:mssURI></mss:Algorithm></mss:SignatureAlgList>`},
	{"handshake response", etsi.OpHandshake, "MSS_HandshakeResp", `MajorVersion="1" MinorVersion="1" MSSP_TransID="h1"`,
		info + `<mss:SecureMethods MSS_Signature="true" MSS_Registration="false" MSS_Notification="false" MSS_ProfileQuery="false" MSS_Receipt="true" MSS_Status="false"/>` +
			`<mss:MatchingMSSPCertificates/><mss:MatchingAPCertificates><mss:Certificate>AQ==</mss:Certificate></mss:MatchingAPCertificates><mss:MatchingSigAlgList/>`},
	{"notification", etsi.OpNotification, "MSS_StatusResp", `MajorVersion="1" MinorVersion="1" MSSP_TransID="h1a2b"`,
		info + user + `<mss:MSS_Signature><mss:Base64Signature>MIAG</mss:Base64Signature></mss:MSS_Signature><mss:Status><mss:StatusCode Value="500"/></mss:Status>`},
	{"notification answer", etsi.OpNotification, "MSS_ReceiptReq", `MajorVersion="1" MinorVersion="1" MSSP_TransID="h1a2b"`,
		info + user + `<mss:Status><mss:StatusCode Value="601"/></mss:Status>`},
}

// sampleNamed finds a sample by its name.
func sampleNamed(t testing.TB, name string) *sample {
	for i := range samples {
		if samples[i].name == name {
			return &samples[i]
		}
	}
	require.Fail(t, "no sample", name)
	return nil
}

// decode reads a document whose root is a message.
func decode(m etsi.Message, doc string) error {
	d := xmlwire.NewDecoder([]byte(doc), xmlwire.Limits{})
	if _, err := d.Next(); err != nil {
		return err
	}
	if err := m.DecodeXML(d); err != nil {
		return err
	}
	_, err := d.Next()
	return err
}

// encode writes a message as a document with the given root.
func encode(m etsi.Message, root xmlwire.Name) (string, error) {
	e := xmlwire.NewEncoder(nil)
	e.Start(root)
	m.EncodeXML(e)
	e.End()
	doc, err := e.Bytes()
	return string(doc), err
}

// withoutRaw empties the raw elements of a message, which take the declarations
// around them into themselves when they are written.
func withoutRaw(m etsi.Message) etsi.Message {
	emptyRaw(reflect.ValueOf(m))
	return m
}

func emptyRaw(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			emptyRaw(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			emptyRaw(v.Index(i))
		}
	case reflect.Struct:
		if raw, ok := v.Addr().Interface().(*xmlwire.Raw); ok {
			raw.XML, raw.Scope = "", nil
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type() != reflect.TypeFor[xmlwire.DateTime]() {
				emptyRaw(v.Field(i))
			}
		}
	}
}
