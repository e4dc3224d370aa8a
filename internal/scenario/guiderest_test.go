package scenario_test

// The JSON samples, with the members in the guide's order.
const (
	restAPInfo = `"AP_Info": {
      "AP_ID": "{{.APID}}",
      "AP_PWD": "${AP_PWD}",
      "AP_TransID": "`
	restRequestEnd = `",
      "Instant": "2015-01-01T12:00:00.000+01:00"
    },`
	restEcho = `"AP_Info": {
      "AP_ID": "{{.APID}}",
      "AP_TransID": "`
	restEchoEnd = `",
      "Instant": "2015-01-01T11:00:00.000Z"
    },
    "MSSP_Info": {
      "Instant": "2015-01-01T11:00:00.100Z",
      "MSSP_ID": { "URI": "http://mid.swisscom.ch/" }
    },`
	restOwn  = `{{.TransID}}`
	restEach = `${AP_TransID{{.N}}}`

	restMSSPInfo = `
    "MSSP_Info": {
      "MSSP_ID": { "URI": "http://mid.swisscom.ch/" }
    },`
	restSigned = `{{if .Signature}}
    "MSS_Signature": {
      "Base64Signature": "{{.Signature}}"
    },{{end}}`
	restServiceResponses = `{{if .ServiceResponses}}
    "ServiceResponses": [{{"{"}}{{.ServiceResponses}}
    }],{{end}}`
	restStatus = `
    "Status": {
      "StatusCode": { "Value": "{{.Status}}" },{{.Extension}}
      "StatusMessage": "{{.StatusName}}"
    }
  }
}
`

	restSignatureReq = `
{
  "MSS_SignatureReq": {
    ` + restAPInfo + restOwn + restRequestEnd + `
    "AdditionalServices": [{
      "Description": "http://mss.ficom.fi/TS102204/v1.0.0#userLang",
      "UserLang": { "Value": "{{.Lang}}" }
    }{{.Services}}],
    "DataToBeSigned": {
      "Data": "{{.Text}}",
      "Encoding": "UTF-8",
      "MimeType": "{{.MimeType}}"
    },` + restMSSPInfo + `
    "MajorVersion": "1",
    "MessagingMode": "{{.Mode}}",
    "MinorVersion": "2",
    "MobileUser": { "MSISDN": "{{.MSISDN}}" },
    "SignatureProfile": "{{.Profile}}",
    "TimeOut": "{{.TimeOut}}"
  }
}
`
	restSignatureResp = `
{
  "MSS_SignatureResp": {
    ` + restEcho + restOwn + restEchoEnd + `
    "MSSP_TransID": "{{.MSSPTransID}}",` + restSigned + `
    "MajorVersion": "1",
    "MinorVersion": "1",
    "MobileUser": { "MSISDN": "{{.MSISDN}}" },` + restServiceResponses + `
    "SignatureProfile": "{{.UsedProfile}}",` + restStatus

	restStatusReq = `
{
  "MSS_StatusReq": {
    "MajorVersion": "1",
    "MinorVersion": "1",
    ` + restAPInfo + restEach + restRequestEnd + restMSSPInfo + `
    "MSSP_TransID": "{{.MSSPTransID}}"
  }
}
`
	restStatusResp = `
{
  "MSS_StatusResp": {
    ` + restEcho + restEach + restEchoEnd + restSigned + `
    "MajorVersion": "1",
    "MinorVersion": "1",
    "MobileUser": { "MSISDN": "{{.MSISDN}}" },` + restServiceResponses + restStatus

	restReceiptReq = `
{
  "MSS_ReceiptReq": {
    ` + restAPInfo + restEach + restRequestEnd + restMSSPInfo + `
    "MSSP_TransID": "{{.MSSPTransID}}",
    "MajorVersion": "1",
    "Message": {
      "Data": "{{.Text}}",
      "Encoding": "UTF-8",
      "MimeType": "{{.MimeType}}"
    },
    "MinorVersion": "1",
    "MobileUser": { "MSISDN": "{{.MSISDN}}" },
    "Status": {
      "StatusCode": { "Value": "100" }{{.Extension}}
    }
  }
}
`
	restReceiptResp = `
{
  "MSS_ReceiptResp": {
    ` + restEcho + restEach + restEchoEnd + `
    "MajorVersion": "1",
    "MinorVersion": "1",` + restStatus

	restProfileReq = `
{
  "MSS_ProfileReq": {
    ` + restAPInfo + restEach + restRequestEnd + restMSSPInfo + `
    "MajorVersion": "2",
    "MinorVersion": "0",
    "MobileUser": { "MSISDN": "{{.MSISDN}}" },
    "Params": "sscds state certs pinstatus rcstatus aastatus carddetails"
  }
}
`
	restProfileResp = `
{
  "MSS_ProfileResp": {
    ` + restEcho + restEach + restEchoEnd + `
    "MajorVersion": "2",
    "MinorVersion": "0",
    "SignatureProfile": [{{range $i, $p := .Profiles}}{{if $i}},{{end}}
      "{{$p}}"{{end}}
    ],
    "Status": {
      "StatusCode": { "Value": "100" },
      "StatusDetail": {
        "ProfileQueryExtension": {
          "MobileUser": { "AutoActivation": false, "RecoveryCodeCreated": true },
          "Sscds": {
            "App": [{
              "MobileUserCertificate": [{{range $i, $c := .App}}{{if $i}}, {{end}}{{template "certificate" $c}}{{end}}],
              "PinStatus": { "Blocked": false },
              "State": "ACTIVE"
            }],
            "Sim": {
              "MobileUserCertificate": [{{range $i, $c := .SIM}}{{if $i}}, {{end}}{{template "certificate" $c}}{{end}}],
              "PinStatus": { "Blocked": false },
              "State": "INACTIVE"
            }
          }
        }
      },
      "StatusMessage": "REQUEST_OK"
    }
  }
}
{{define "certificate"}}{
                "Algorithm": "{{.Algorithm}}",
                "State": "{{.State}}",
                "X509Certificate": [
                  "{{.User}}",
                  "{{.CA}}"
                ],
                "X509SubjectName": [
                  "{{.UserName}}",
                  "{{.CAName}}"
                ]
              }{{end}}`

	restFault = `
{
  "Fault": {
    "Code": {
      "SubCode": { "Value": "{{.Subcode}}", "ValueNs": "http://uri.etsi.org/TS102204/v1.1.2#" },
      "Value": "{{.FaultClass}}",
      "ValueNs": "http://www.w3.org/2003/05/soap-envelope"
    },
    "Detail": "{{.FaultDetail}}",
    "Reason": "{{.StatusName}}"
  }
}
`
)
