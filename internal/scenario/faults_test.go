package scenario_test

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gomss/gomss/mss"
)

// faultCode is one of the 17 faults of the service, as its test numbers yield them. Details are optional in SOAP 1.2.
type faultCode struct {
	code    mss.Code
	class   string
	details []string
	portal  bool
}

var faultCodes = []faultCode{
	{mss.WrongParam, "Sender", []string{"A parameter is not valid"}, false},
	{mss.MissingParam, "Sender", []string{"A parameter is missing"}, false},
	{mss.WrongDataLength, "Sender", []string{"The text is too long"}, false},
	{mss.UnauthorizedAccess, "Sender", []string{"The client is not authorized"}, false},
	{mss.UnknownClient, "Sender", []string{"The number is not known"}, true},
	{mss.InappropriateData, "Sender", []string{"The text has another beginning than was agreed"}, false},
	{mss.IncompatibleInterface, "Sender", []string{"The version is not supported"}, false},
	{mss.UnsupportedProfile, "Sender", []string{"The profile is not supported"}, false},
	{mss.ExpiredTransaction, "Receiver", []string{"No answer in time"}, false},
	{mss.OTAError, "Receiver", []string{"The phone cannot be reached"}, false},
	{mss.UserCancel, "Receiver", []string{"The user has cancelled"}, false},
	{mss.PinBlocked, "Receiver", []string{"The PIN is blocked"}, false},
	{mss.CardBlocked, "Receiver", []string{"The user is suspended"}, false},
	{mss.NoKeyFound, "Receiver", []string{"Received from: http://node.example/\nAt: http://mid.swisscom.ch/", "The user is not active"}, true},
	{mss.PBSignatureProcess, "Receiver", []string{"Another transaction is under way"}, false},
	{mss.NoCertFound, "Receiver", []string{"There is no certificate"}, false},
	{mss.InternalError, "Receiver", nil, false},
}

func faultOf(code mss.Code) faultCode {
	return faultCodes[slices.IndexFunc(faultCodes, func(f faultCode) bool { return f.code == code })]
}

// answer is the fault as the service writes it: the subcode's prefix is declared on the Subcode.
func (f faultCode) answer(msisdn string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope">
  <soapenv:Body>
    <soapenv:Fault>
      <soapenv:Code>
        <soapenv:Value>soapenv:` + f.class + `</soapenv:Value>
        <soapenv:Subcode xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#"><soapenv:Value>mss:_` + strconv.Itoa(int(f.code)) + `</soapenv:Value></soapenv:Subcode>
      </soapenv:Code>
      <soapenv:Reason><soapenv:Text xml:lang="en">` + f.code.Name() + `</soapenv:Text></soapenv:Reason>
      <soapenv:Node>http://mid.swisscom.ch/</soapenv:Node>
      <soapenv:Role>http://uri.etsi.org/TS102207/v1.1.3#role_HomeMSSP</soapenv:Role>
`)
	if f.details != nil {
		b.WriteString("      <soapenv:Detail>\n")
		for _, d := range f.details {
			b.WriteString(`        <k:detail xmlns:k="http://kiuru.methics.fi/mssp">` + d + "</k:detail>\n")
		}
		if f.portal {
			b.WriteString(`        <sco:UserAssistance xmlns:sco="http://www.swisscom.ch/TS102204/ext/v1.0.0"><sco:PortalUrl>http://portal.example?msisdn=` + msisdn + "</sco:PortalUrl></sco:UserAssistance>\n")
		}
		b.WriteString("      </soapenv:Detail>\n")
	}
	b.WriteString("    </soapenv:Fault>\n  </soapenv:Body>\n</soapenv:Envelope>\n")
	return b.String()
}
