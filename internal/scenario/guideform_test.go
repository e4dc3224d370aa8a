package scenario_test

// guideForm is one of the two forms in which the guide shows its samples.
type guideForm struct {
	suffix  string // of the scenarios' names
	binding string
	compare string

	signatureReq, signatureResp string
	statusReq, statusResp       string
	receiptReq, receiptResp     string
	profileReq, profileResp     string
	fault                       string

	mode    map[string]string // MessagingMode, by the mode of a scenario
	pretty  bool              // Base64 in lines
	parts   map[string]string // of messages, by name
	receipt map[string]string // the answer's extension, by the outcome
}

var (
	guideSOAP = guideForm{
		compare:      "anyWrapper",
		signatureReq: guideSignatureReq, signatureResp: soapSignatureResp,
		statusReq: guideStatusReq, statusResp: soapStatusResp,
		receiptReq: soapReceiptReq, receiptResp: soapReceiptResp,
		profileReq: soapProfileReq, profileResp: soapProfileResp,
		fault:  guideFault,
		mode:   map[string]string{"sync": "synch", "async": "asynchClientServer"},
		pretty: true,
		parts:  soapParts,
		receipt: map[string]string{
			"accepted":  soapReceipt(`UserAck="true" UserResponse="{&quot;status&quot;:&quot;OK&quot;}"`),
			"cancelled": soapReceipt(`UserAck="true" UserResponse="{&quot;status&quot;:&quot;CANCEL&quot;}" FaultMessage="Cancelled by the person"`),
			"timed out": soapReceipt(`UserAck="true" UserResponse="{&quot;status&quot;:&quot;TIMEOUT&quot;}" FaultMessage="No key pressed"`),
			"unheard":   soapReceipt(`UserAck="false"`),
			"sent":      "",
		},
	}
	guideREST = guideForm{
		suffix: "-rest", binding: "rest",
		signatureReq: restSignatureReq, signatureResp: restSignatureResp,
		statusReq: restStatusReq, statusResp: restStatusResp,
		receiptReq: restReceiptReq, receiptResp: restReceiptResp,
		profileReq: restProfileReq, profileResp: restProfileResp,
		fault: restFault,
		mode:  map[string]string{"sync": "synch", "async": "asynch"},
		parts: restParts,
		receipt: map[string]string{
			"accepted":  restReceipt(`"true"`, `, "UserResponse": "{ \"status\": \"OK\" }"`),
			"cancelled": restReceipt(`"true"`, `, "UserResponse": "{ \"status\": \"CANCEL\" }", "FaultMessage": "Cancelled by the person"`),
			"timed out": restReceipt(`"true"`, `, "UserResponse": "{ \"status\": \"TIMEOUT\" }", "FaultMessage": "No key pressed"`),
			"unheard":   restReceipt(`"false"`, ""),
			"sent":      "",
		},
	}
)

func soapReceipt(attributes string) string {
	return `
          <mss:StatusDetail>
            <ns1:ReceiptResponseExtension ReceiptMessagingMode="synch" ` + attributes + ` xmlns:ns1="http://www.swisscom.ch/TS102204/ext/v1.0.0"/>
          </mss:StatusDetail>`
}

func restReceipt(ack, more string) string {
	return `
      "StatusDetail": {
        "ReceiptResponseExtension": {
          "ClientAck": "false", "NetworkAck": "false", "ReceiptMessagingMode": "synch", "UserAck": ` + ack + more + `
        }
      },`
}

// soapParts are parts of the SOAP samples.
var soapParts = map[string]string{
	"geofencing": `
          <mss:Service>
            <mss:Description>
              <mss:mssURI>http://mid.swisscom.ch/as#geofencing</mss:mssURI>
            </mss:Description>
          </mss:Service>`,
	"app2app": `
          <mss:Service>
            <mss:Description>
              <mss:mssURI>http://mid.swisscom.ch/as#app2app</mss:mssURI>
            </mss:Description>
            <mss:App2App>
              <ns1:RedirectUri xmlns:ns1="http://mid.swisscom.ch/TS102204/as/v1.0">` + guideReturn + `</ns1:RedirectUri>
            </mss:App2App>
          </mss:Service>`,
	"location": `
                <fi:Description>
                  <mss:mssURI>http://mid.swisscom.ch/as#geofencing</mss:mssURI>
                </fi:Description>
                <ns1:GeoFencing country="CH" accuracy="16" timestamp="2015-01-01T11:59:30.000+01:00" deviceconfidence="1.0" locationconfidence="1.0" xmlns:ns1="http://mid.swisscom.ch/TS102204/as/v1.0"/>`,
	"no location": `
                <fi:Description>
                  <mss:mssURI>http://mid.swisscom.ch/as#geofencing</mss:mssURI>
                </fi:Description>
                <ns1:GeoFencing errorcode="%d" errormessage="wording varies" xmlns:ns1="http://mid.swisscom.ch/TS102204/as/v1.0"/>`,
	"link": `
                <fi:Description>
                  <mss:mssURI>http://mid.swisscom.ch/as#app2app</mss:mssURI>
                </fi:Description>
                <fi:App2App>
                  <ns1:AuthUri xmlns:ns1="http://mid.swisscom.ch/TS102204/as/v1.0">
                    ` + guideLinkXML + `
                  </ns1:AuthUri>
                </fi:App2App>`,
	"receipt": `
          <mss:StatusDetail>
            <sco:ReceiptRequestExtension ReceiptMessagingMode="synch" UserAck="true">
              <sco:ReceiptProfile Language="EN">
                <sco:ReceiptProfileURI>http://mss.swisscom.ch/synch</sco:ReceiptProfileURI>
              </sco:ReceiptProfile>
            </sco:ReceiptRequestExtension>
          </mss:StatusDetail>`,
}

// restParts are the same parts in JSON.
var restParts = map[string]string{
	"geofencing": `, {
      "Description": "http://mid.swisscom.ch/as#geofencing"
    }`,
	"app2app": `, {
      "Description": "http://mid.swisscom.ch/as#app2app",
      "App2App": { "RedirectUri": "` + guideReturn + `" }
    }`,
	"location": `
      "Description": "http://mid.swisscom.ch/as#geofencing",
      "Geofencing": {
        "Accuracy": "16",
        "Country": "CH",
        "DeviceConfidence": "1.0",
        "LocationConfidence": "1.0",
        "Timestamp": "2015-01-01T11:59:30.000+01:00"
      }`,
	"no location": `
      "Description": "http://mid.swisscom.ch/as#geofencing",
      "Geofencing": { "ErrorCode": "%d", "ErrorMessage": "wording varies" }`,
	"link": `
      "App2App": { "AuthUri": "` + guideLink + `" },
      "Description": "http://mid.swisscom.ch/as#app2app"`,
	"receipt": `,
      "StatusDetail": {
        "ReceiptRequestExtension": {
          "ReceiptMessagingMode": "synch",
          "ReceiptProfile": { "Language": "EN", "ReceiptProfileURI": "http://mss.swisscom.ch/synch" },
          "UserAck": "true"
        }
      }`,
}
