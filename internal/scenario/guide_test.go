package scenario_test

import (
	"time"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/internal/scenario"
)

// What stands in the place of the guide's own placeholders. The guide's instants are kept.
const (
	guideAPID    = "mid://guide.example"
	guideTransID = "REF0101120000"
	guideSerial  = "MIDCHEGUIDE00001"
	guideText    = "Guide: confirm?"
)

var guideNow = time.Date(2015, 1, 1, 12, 0, 0, 0, time.FixedZone("", 3600))

// guide are the SOAP samples of sections 3.2.2, 3.2.3 and 3.3 of the Reference Guide v3.3, in the guide's own form of
// wrapper. testdata/README.md lists what was repaired in them.
func (c *catalogue) guide() {
	h := newHierarchy(c.t, "Guide", guideNow)
	cms := h.person(guideSerial, ecKey(c.t), cmstest.BER).sign(guideText)
	ask := func(mode string, expect scenario.Outcome) scenario.Signature {
		return scenario.Signature{
			Mode: mode, Purpose: "authentication", TransID: guideTransID, MSISDN: number, Text: guideText, Lang: "en",
			Profile: anyProfile, Expect: expect,
		}
	}
	signed := scenario.Outcome{Outcome: "signed", Verified: true, Status: 500, Signer: guideSerial, Profile: simProfile}
	add := func(name, about string, q scenario.Signature, exchanges ...exchange) {
		q.Expect.Requests = len(exchanges)
		d := c.add(name, about, one(q), exchanges...)
		d.Now, d.Compare, d.root = guideNow, "anyWrapper", h.rootPEM()
		d.Client = scenario.Account{APID: guideAPID, Password: password, Prefix: "Guide: "}
	}
	sign := guideMessage("synch", "")
	withSignature, refused := sign, sign
	refused.FaultClass, refused.Status, refused.StatusName, refused.FaultDetail = "Sender", "101", "WRONG_PARAM", "Illegal msisdn"
	withSignature.Signature, withSignature.MSSPTransID, withSignature.UsedProfile = cms, "h4dhx", simProfile
	add("guide-sync", "guide 3.2.2.1 and 3.2.2.2", ask("sync", signed),
		exchange{request: sign.write(c.t, guideSignatureReq), answer: withSignature.write(c.t, guideSyncResp)})
	add("guide-sync-fault", "guide 3.2.2.1 and 3.2.2.3", ask("sync", scenario.Outcome{Outcome: "fault", Code: 101, Name: "WRONG_PARAM"}),
		exchange{request: sign.write(c.t, guideSignatureReq), answer: refused.write(c.t, guideFault)})

	start, outstanding, last := guideMessage("asynchClientServer", ""), guideMessage("", "2"), guideMessage("", "3")
	last.Signature = cms
	add("guide-async", "guide 3.2.3.1, 3.2.3.2, 3.3.1 and 3.3.2", ask("async", signed),
		exchange{request: start.write(c.t, guideSignatureReq), answer: start.write(c.t, guideAck)},
		exchange{request: outstanding.write(c.t, guideStatusReq), answer: outstanding.write(c.t, guideOutstanding)},
		exchange{request: last.write(c.t, guideStatusReq), answer: last.write(c.t, guideStatusResp)})
}

func guideMessage(mode, n string) message {
	return message{
		Mode: mode, N: n, APID: guideAPID, MSISDN: number, Text: guideText, Lang: "en", Profile: anyProfile,
		MSSPTransID: "h4iof", UsedProfile: simProfile,
	}
}

const (
	guideSignatureReq = `
<soapenv:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope">
  <soapenv:Body>
    <MSS_Signature>
      <mss:MSS_SignatureReq MinorVersion="1" MajorVersion="1" MessagingMode="{{.Mode}}" TimeOut="80" xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#">
        <mss:AP_Info AP_ID="{{.APID}}" AP_PWD="${AP_PWD}" AP_TransID="{{.TransID}}" Instant="2015-01-01T12:00:00.000+01:00"/>
        <mss:MSSP_Info>
          <mss:MSSP_ID>
            <mss:URI>http://mid.swisscom.ch/</mss:URI>
          </mss:MSSP_ID>
        </mss:MSSP_Info>
        <mss:MobileUser>
          <mss:MSISDN>{{.MSISDN}}</mss:MSISDN>
        </mss:MobileUser>
        <mss:DataToBeSigned MimeType="{{.MimeType}}" Encoding="UTF-8">{{.Text}}</mss:DataToBeSigned>
        <mss:SignatureProfile>
          <mss:mssURI>{{.Profile}}</mss:mssURI>
        </mss:SignatureProfile>
        <mss:AdditionalServices>
          <mss:Service>
            <mss:Description>
              <mss:mssURI>http://mss.ficom.fi/TS102204/v1.0.0#userLang</mss:mssURI>
            </mss:Description>
            <fi:UserLang>{{.Lang}}</fi:UserLang>
          </mss:Service>{{.Services}}
        </mss:AdditionalServices>
      </mss:MSS_SignatureReq>
    </MSS_Signature>
  </soapenv:Body>
</soapenv:Envelope>
`
	guideStatusReq = `
<soapenv:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope">
  <soapenv:Body>
    <MSS_StatusQuery>
      <mss:MSS_StatusReq MinorVersion="1" MajorVersion="1" MSSP_TransID="{{.MSSPTransID}}" xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#">
        <mss:AP_Info AP_ID="{{.APID}}" AP_PWD="${AP_PWD}" AP_TransID="${AP_TransID{{.N}}}" Instant="2015-01-01T12:00:00.000+01:00"/>
        <mss:MSSP_Info>
          <mss:MSSP_ID>
            <mss:URI>http://mid.swisscom.ch/</mss:URI>
          </mss:MSSP_ID>
        </mss:MSSP_Info>
      </mss:MSS_StatusReq>
    </MSS_StatusQuery>
  </soapenv:Body>
</soapenv:Envelope>
`

	// The guide's answers all begin and end in the same way.
	guideHead = `
<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <soapenv:Body>`
	guideTail = `
  </soapenv:Body>
</soapenv:Envelope>
`
	guideSignatureHead = guideHead + `
    <MSS_SignatureResponse>
      <mss:MSS_SignatureResp MajorVersion="1" MinorVersion="1" MSSP_TransID="{{.MSSPTransID}}" xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#">
        <mss:AP_Info AP_ID="{{.APID}}" AP_PWD="${AP_PWD}" AP_TransID="{{.TransID}}" Instant="2015-01-01T12:00:00.000+01:00"/>` + guideParties
	guideStatusHead = guideHead + `
    <MSS_StatusQueryResponse>
      <mss:MSS_StatusResp MajorVersion="1" MinorVersion="1" xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#">
        <mss:AP_Info AP_ID="{{.APID}}" AP_PWD="${AP_PWD}" AP_TransID="${AP_TransID{{.N}}}" Instant="2015-01-01T12:00:00.000+01:00"/>` + guideParties
	guideParties = `
        <mss:MSSP_Info Instant="2015-01-01T12:00:00.100+01:00">
          <mss:MSSP_ID>
            <mss:URI>http://mid.swisscom.ch/</mss:URI>
          </mss:MSSP_ID>
        </mss:MSSP_Info>
        <mss:MobileUser>
          <mss:MSISDN>{{.MSISDN}}</mss:MSISDN>
        </mss:MobileUser>`
	guideSigned = `
        <mss:MSS_Signature>
          <mss:Base64Signature>{{.Signature}}</mss:Base64Signature>
        </mss:MSS_Signature>`
	guideProfile = `
        <mss:SignatureProfile>
          <mss:mssURI>{{.UsedProfile}}</mss:mssURI>
        </mss:SignatureProfile>`
	guideSignatureTail = `
      </mss:MSS_SignatureResp>
    </MSS_SignatureResponse>` + guideTail
	guideStatusTail = `
      </mss:MSS_StatusResp>
    </MSS_StatusQueryResponse>` + guideTail

	guideSyncResp    = guideSignatureHead + guideSigned + guideProfile + guideStatus500 + guideSignatureTail
	guideAck         = guideSignatureHead + guideProfile + guideStatus100 + guideSignatureTail
	guideOutstanding = guideStatusHead + guideStatus504 + guideStatusTail
	guideStatusResp  = guideStatusHead + guideSigned + guideStatus500 + guideStatusTail

	guideStatus100 = `
        <mss:Status>
          <mss:StatusCode Value="100"/>
          <mss:StatusMessage>REQUEST_OK</mss:StatusMessage>
        </mss:Status>`
	guideStatus500 = `
        <mss:Status>
          <mss:StatusCode Value="500"/>
          <mss:StatusMessage>SIGNATURE</mss:StatusMessage>
        </mss:Status>`
	guideStatus504 = `
        <mss:Status>
          <mss:StatusCode Value="504"/>
          <mss:StatusMessage>OUTSTANDING_TRANSACTION</mss:StatusMessage>
        </mss:Status>`

	guideFault = guideHead + `
    <soapenv:Fault>
      <soapenv:Code>
        <soapenv:Value>soapenv:{{.FaultClass}}</soapenv:Value>
        <soapenv:Subcode xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#">
          <soapenv:Value>mss:_{{.Status}}</soapenv:Value>
        </soapenv:Subcode>
      </soapenv:Code>
      <soapenv:Reason>
        <soapenv:Text xml:lang="en">{{.StatusName}}</soapenv:Text>
      </soapenv:Reason>
      <soapenv:Detail>
        <ns1:detail xmlns:ns1="http://kiuru.methics.fi/mssp">{{.FaultDetail}}</ns1:detail>
      </soapenv:Detail>
    </soapenv:Fault>` + guideTail
)
