package scenario_test

// The remaining SOAP samples, in the guide's form.
const (
	soapStatus = `
        <mss:Status>
          <mss:StatusCode Value="{{.Status}}"/>
          <mss:StatusMessage>{{.StatusName}}</mss:StatusMessage>{{if .ServiceResponses}}
          <mss:StatusDetail>
            <fi:ServiceResponses>
              <fi:ServiceResponse>{{.ServiceResponses}}
              </fi:ServiceResponse>
            </fi:ServiceResponses>
          </mss:StatusDetail>{{end}}{{.Extension}}
        </mss:Status>`

	soapSignatureResp = guideSignatureHead + `{{if .Signature}}` + guideSigned + `{{end}}` + guideProfile + soapStatus + guideSignatureTail
	soapStatusResp    = guideStatusHead + `{{if .Signature}}` + guideSigned + `{{end}}` + soapStatus + guideStatusTail

	soapReceiptReq = `
<soapenv:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope">
  <soapenv:Body>
    <MSS_Receipt>
      <mss:MSS_ReceiptReq MinorVersion="1" MajorVersion="1" MSSP_TransID="{{.MSSPTransID}}" xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:sco="http://www.swisscom.ch/TS102204/ext/v1.0.0">
        <mss:AP_Info AP_ID="{{.APID}}" AP_PWD="${AP_PWD}" AP_TransID="${AP_TransID{{.N}}}" Instant="2015-01-01T12:00:00.000+01:00"/>
        <mss:MSSP_Info>
          <mss:MSSP_ID>
            <mss:URI>http://mid.swisscom.ch/</mss:URI>
          </mss:MSSP_ID>
        </mss:MSSP_Info>
        <mss:MobileUser>
          <mss:MSISDN>{{.MSISDN}}</mss:MSISDN>
        </mss:MobileUser>
        <mss:Status>
          <mss:StatusCode Value="100"/>{{.Extension}}
        </mss:Status>
        <mss:Message MimeType="text/plain" Encoding="UTF-8">{{.Text}}</mss:Message>
      </mss:MSS_ReceiptReq>
    </MSS_Receipt>
  </soapenv:Body>
</soapenv:Envelope>
`
	soapReceiptResp = guideHead + `
    <MSS_ReceiptResponse>
      <mss:MSS_ReceiptResp MajorVersion="1" MinorVersion="1" xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#">
        <mss:AP_Info AP_ID="{{.APID}}" AP_PWD="${AP_PWD}" AP_TransID="${AP_TransID{{.N}}}" Instant="2015-01-01T12:00:00.000+01:00"/>
        <mss:MSSP_Info Instant="2015-01-01T12:00:00.100+01:00">
          <mss:MSSP_ID>
            <mss:URI>http://mid.swisscom.ch/</mss:URI>
          </mss:MSSP_ID>
        </mss:MSSP_Info>` + soapStatus + `
      </mss:MSS_ReceiptResp>
    </MSS_ReceiptResponse>` + guideTail

	soapProfileReq = `
<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:ets="http://uri.etsi.org/TS102204/etsi204-kiuru.wsdl" xmlns:v1="http://uri.etsi.org/TS102204/v1.1.2#">
  <soap:Body>
    <ets:MSS_ProfileQuery>
      <MSS_ProfileReq MajorVersion="2" MinorVersion="0" xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#">
        <mss:AP_Info AP_ID="{{.APID}}" AP_PWD="${AP_PWD}" AP_TransID="${AP_TransID{{.N}}}" Instant="2015-01-01T12:00:00.000+01:00"/>
        <mss:MSSP_Info>
          <mss:MSSP_ID>
            <mss:URI>http://mid.swisscom.ch/</mss:URI>
          </mss:MSSP_ID>
        </mss:MSSP_Info>
        <mss:MobileUser>
          <mss:MSISDN>{{.MSISDN}}</mss:MSISDN>
        </mss:MobileUser>
        <mss:Params>sscds state certs pinstatus rcstatus aastatus carddetails</mss:Params>
      </MSS_ProfileReq>
    </ets:MSS_ProfileQuery>
  </soap:Body>
</soap:Envelope>
`
	soapProfileResp = guideHead + `
    <MSS_ProfileQueryResponse>
      <mss:MSS_ProfileResp xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#" MajorVersion="2" MinorVersion="0">
        <mss:AP_Info AP_ID="{{.APID}}" AP_PWD="${AP_PWD}" AP_TransID="${AP_TransID{{.N}}}" Instant="2015-01-01T12:00:00.000+01:00" xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#" />
        <mss:MSSP_Info Instant="2015-01-01T12:00:00.100+01:00">
          <mss:MSSP_ID>
            <mss:URI>http://mid.swisscom.ch/</mss:URI>
          </mss:MSSP_ID>
        </mss:MSSP_Info>{{range .Profiles}}
        <mss:SignatureProfile>
          <mss:mssURI>{{.}}</mss:mssURI>
        </mss:SignatureProfile>{{end}}
        <mss:Status>
          <mss:StatusCode Value="100"/>
          <mss:StatusMessage>REQUEST_OK</mss:StatusMessage>
          <mss:StatusDetail>
            <mcs:ProfileQueryExtension xmlns:mcs="http://www.methics.fi/TS102204/ext/v1.0.0" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
              <mcs:MobileUser RecoveryCodeCreated="true" AutoActivation="false"/>
              <mcs:Sscds>
                <mcs:Sim>
                  <mcs:State>INACTIVE</mcs:State>
                  <mcs:PinStatus blocked="false"/>{{range .SIM}}{{template "certificate" .}}{{end}}
                </mcs:Sim>
                <mcs:App>
                  <mcs:State>ACTIVE</mcs:State>
                  <mcs:PinStatus blocked="false"/>{{range .App}}{{template "certificate" .}}{{end}}
                </mcs:App>
              </mcs:Sscds>
            </mcs:ProfileQueryExtension>
          </mss:StatusDetail>
        </mss:Status>
      </mss:MSS_ProfileResp>
    </MSS_ProfileQueryResponse>` + guideTail + `{{define "certificate"}}
                  <mcs:MobileUserCertificate State="{{.State}}" Algorithm="{{.Algorithm}}">
                    <ds:X509Certificate>{{.User}}</ds:X509Certificate>
                    <ds:X509SubjectName>{{.UserName}}</ds:X509SubjectName>
                    <ds:X509Certificate>{{.CA}}</ds:X509Certificate>
                    <ds:X509SubjectName>{{.CAName}}</ds:X509SubjectName>
                  </mcs:MobileUserCertificate>{{end}}`
)
