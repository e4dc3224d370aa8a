package scenario_test

import (
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/require"
)

// message is what the messages of a scenario are made from. Requests use the first block, answers the second one; what
// is echoed stands as a placeholder unless a scenario puts something else there.
type message struct {
	Mode, TimeOut, APID, MSISDN, Text, Lang, Profile string
	N                                                string // of the placeholders that every request has anew
	MSSPTransID                                      string

	EchoAPID, EchoTransID, EchoMSISDN string
	Status, StatusName                string
	Signature, UsedProfile            string
	Result, Header                    string // XML before the message, and before the body

	// Of the guide's samples.
	TransID, MimeType       string
	Services                string // XML or JSON: further additional services
	ServiceResponses        string // XML or JSON: their answer
	Extension               string // XML or JSON: StatusDetail of a receipt
	FaultClass, FaultDetail string
	Subcode                 string // in JSON, where some write it without _
	Profiles                []string
	SIM, App                []profileCertificate
}

// profileCertificate is a certificate of a profile, with the one above it.
type profileCertificate struct {
	State, Algorithm, User, UserName, CA, CAName string
}

// write fills in a template.
func (m message) write(t *testing.T, text string) string {
	m.EchoAPID = or(m.EchoAPID, m.APID)
	m.EchoTransID = or(m.EchoTransID, "${AP_TransID"+m.N+"}")
	m.EchoMSISDN = or(m.EchoMSISDN, m.MSISDN)
	m.TimeOut = or(m.TimeOut, "80")
	m.TransID = or(m.TransID, guideTransID)
	m.MimeType = or(m.MimeType, "text/plain")
	m.Subcode = or(m.Subcode, "_"+m.Status)
	tmpl, err := template.New("").Parse(text)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, tmpl.Execute(&b, m))
	return strings.TrimLeft(b.String(), "\n")
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// The requests, in the form of the WSDL, which is what the client sends.
const (
	signatureReq = `
<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope">
  <soapenv:Body>
    <tns:MSS_Signature xmlns:tns="http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl">
      <MSS_SignatureReq MajorVersion="1" MinorVersion="1" MessagingMode="{{.Mode}}" TimeOut="{{.TimeOut}}"
          xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#">
        <mss:AP_Info AP_ID="{{.APID}}" AP_PWD="${AP_PWD}" AP_TransID="${AP_TransID{{.N}}}" Instant="${Instant{{.N}}}"/>
        <mss:MSSP_Info><mss:MSSP_ID><mss:URI>http://mid.swisscom.ch/</mss:URI></mss:MSSP_ID></mss:MSSP_Info>
        <mss:MobileUser><mss:MSISDN>{{.MSISDN}}</mss:MSISDN></mss:MobileUser>
        <mss:DataToBeSigned MimeType="text/plain" Encoding="UTF-8">{{.Text}}</mss:DataToBeSigned>
        <mss:SignatureProfile><mss:mssURI>{{.Profile}}</mss:mssURI></mss:SignatureProfile>
        <mss:AdditionalServices>
          <mss:Service>
            <mss:Description><mss:mssURI>http://mss.ficom.fi/TS102204/v1.0.0#userLang</mss:mssURI></mss:Description>
            <fi:UserLang xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#">{{.Lang}}</fi:UserLang>
          </mss:Service>
        </mss:AdditionalServices>
      </MSS_SignatureReq>
    </tns:MSS_Signature>
  </soapenv:Body>
</soapenv:Envelope>
`
	statusReq = `
<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope">
  <soapenv:Body>
    <tns:MSS_StatusQuery xmlns:tns="http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl">
      <MSS_StatusReq MajorVersion="1" MinorVersion="1" MSSP_TransID="{{.MSSPTransID}}" xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#">
        <mss:AP_Info AP_ID="{{.APID}}" AP_PWD="${AP_PWD}" AP_TransID="${AP_TransID{{.N}}}" Instant="${Instant{{.N}}}"/>
        <mss:MSSP_Info><mss:MSSP_ID><mss:URI>http://mid.swisscom.ch/</mss:URI></mss:MSSP_ID></mss:MSSP_Info>
      </MSS_StatusReq>
    </tns:MSS_StatusQuery>
  </soapenv:Body>
</soapenv:Envelope>
`
)

// The answers, in the form of the WSDL: the wrapper in a default namespace, the message in none, and each child with a
// prefix of its own.
const (
	signatureResp = `
<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope">{{.Header}}
  <soapenv:Body>
    <MSS_SignatureResponse xmlns="http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl">{{.Result}}
      <MSS_SignatureResp xmlns="" MajorVersion="1" MinorVersion="1" MSSP_TransID="{{.MSSPTransID}}">
        <m:AP_Info xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#" AP_ID="{{.EchoAPID}}" AP_PWD="${AP_PWD}" AP_TransID="{{.EchoTransID}}" Instant="${Instant{{.N}}}"/>
        <m:MSSP_Info xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#" Instant="2026-01-15T12:00:00.120Z"><m:MSSP_ID><m:URI>http://mid.swisscom.ch/</m:URI></m:MSSP_ID></m:MSSP_Info>
        <m:MobileUser xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#"><m:MSISDN>{{.EchoMSISDN}}</m:MSISDN></m:MobileUser>
{{- if .Signature}}
        <m:MSS_Signature xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#"><m:Base64Signature>{{.Signature}}</m:Base64Signature></m:MSS_Signature>
{{- end}}
{{- if .UsedProfile}}
        <m:SignatureProfile xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#"><m:mssURI>{{.UsedProfile}}</m:mssURI></m:SignatureProfile>
{{- end}}
        <m:Status xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#"><m:StatusCode Value="{{.Status}}"/><m:StatusMessage>{{.StatusName}}</m:StatusMessage></m:Status>
      </MSS_SignatureResp>
    </MSS_SignatureResponse>
  </soapenv:Body>
</soapenv:Envelope>
`
	statusResp = `
<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope">
  <soapenv:Body>
    <MSS_StatusQueryResponse xmlns="http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl">
      <MSS_StatusResp xmlns="" MajorVersion="1" MinorVersion="1">
        <m:AP_Info xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#" AP_ID="{{.EchoAPID}}" AP_PWD="${AP_PWD}" AP_TransID="{{.EchoTransID}}" Instant="${Instant{{.N}}}"/>
        <m:MSSP_Info xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#" Instant="2026-01-15T12:00:00.120Z"><m:MSSP_ID><m:URI>http://mid.swisscom.ch/</m:URI></m:MSSP_ID></m:MSSP_Info>
        <m:MobileUser xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#"><m:MSISDN>{{.EchoMSISDN}}</m:MSISDN></m:MobileUser>
{{- if .Signature}}
        <m:MSS_Signature xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#"><m:Base64Signature>{{.Signature}}</m:Base64Signature></m:MSS_Signature>
{{- end}}
        <m:Status xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#"><m:StatusCode Value="{{.Status}}"/><m:StatusMessage>{{.StatusName}}</m:StatusMessage></m:Status>
      </MSS_StatusResp>
    </MSS_StatusQueryResponse>
  </soapenv:Body>
</soapenv:Envelope>
`

	rpcResult   = "\n" + `      <rpc:result xmlns:rpc="http://www.w3.org/2003/05/soap-rpc" xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#">m:MSS_SignatureResp</rpc:result>`
	emptyHeader = "\n  <soapenv:Header/>"
)

// guideSignatureResp is the same answer in the guide's form: the wrapper in no namespace, the message in mss.
const guideSignatureResp = `
<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope" xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#">
  <soapenv:Body>
    <MSS_SignatureResponse>
      <mss:MSS_SignatureResp MajorVersion="1" MinorVersion="1" MSSP_TransID="{{.MSSPTransID}}">
        <mss:AP_Info AP_ID="{{.EchoAPID}}" AP_PWD="${AP_PWD}" AP_TransID="{{.EchoTransID}}" Instant="${Instant{{.N}}}"/>
        <mss:MSSP_Info Instant="2026-01-15T12:00:00.120Z"><mss:MSSP_ID><mss:URI>http://mid.swisscom.ch/</mss:URI></mss:MSSP_ID></mss:MSSP_Info>
        <mss:MobileUser><mss:MSISDN>{{.EchoMSISDN}}</mss:MSISDN></mss:MobileUser>
        <mss:MSS_Signature><mss:Base64Signature>{{.Signature}}</mss:Base64Signature></mss:MSS_Signature>
        <mss:SignatureProfile><mss:mssURI>{{.UsedProfile}}</mss:mssURI></mss:SignatureProfile>
        <mss:Status><mss:StatusCode Value="{{.Status}}"/><mss:StatusMessage>{{.StatusName}}</mss:StatusMessage></mss:Status>
      </mss:MSS_SignatureResp>
    </MSS_SignatureResponse>
  </soapenv:Body>
</soapenv:Envelope>
`
