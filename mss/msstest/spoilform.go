package msstest

import (
	"bytes"
	"regexp"
)

// What the encoders write is known to the octet, so that forgeries of the form are replacements. An answer without the
// place to forge, such as a fault, stays as it is.

const (
	otherStatusXML = `<mss:Status><mss:StatusCode Value="503"/></mss:Status>`
	otherFaultXML  = `<soapenv:Fault><soapenv:Code><soapenv:Value>soapenv:Receiver</soapenv:Value>` +
		`<soapenv:Subcode><soapenv:Value>mss:_401</soapenv:Value></soapenv:Subcode></soapenv:Code>` +
		`<soapenv:Reason><soapenv:Text xml:lang="en">USER_CANCEL</soapenv:Text></soapenv:Reason></soapenv:Fault>`
)

// spoilXML forges an encoded SOAP answer.
func spoilXML(body []byte, f Forge) []byte {
	switch f {
	case ForgeBase64:
		return insert(body, "Base64Signature>", "", "*!")
	case ForgeTwice:
		return insert(body, "", "<mss:Status>", otherStatusXML)
	case ForgeNumber:
		return insert(body, `<mss:StatusCode Value="`, "", "x")
	case ForgeBoth:
		if !bytes.Contains(body, []byte("<soapenv:Fault>")) {
			return insert(body, "", "</soapenv:Body>", otherFaultXML)
		}
	}
	return body
}

const (
	otherStatusJSON = `"Status":{"StatusCode":{"Value":"503"}},`
	otherFaultJSON  = `"Fault":{"Code":{"Value":"Receiver","SubCode":{"Value":"_401"}},"Reason":"USER_CANCEL"},`
)

var statusValueJSON = regexp.MustCompile(`"StatusCode":\{"Value":"([0-9]+)"`)

// spoilJSON forges an encoded JSON answer.
func spoilJSON(body []byte, f Forge) []byte {
	switch f {
	case ForgeBase64:
		return insert(body, `"Base64Signature":"`, "", "*!")
	case ForgeTwice:
		return insert(body, "", `"Status":{`, otherStatusJSON)
	case ForgeNumber:
		return statusValueJSON.ReplaceAll(body, []byte(`"StatusCode":{"Value":$1`))
	case ForgeBoth:
		if !bytes.HasPrefix(body, []byte(`{"Fault"`)) {
			return insert(body, "{", "", otherFaultJSON)
		}
	}
	return body
}

// insert puts text between before and after, at the first place where they stand so.
func insert(body []byte, before, after, text string) []byte {
	return bytes.Replace(body, []byte(before+after), []byte(before+text+after), 1)
}
