package soap_test

import (
	"fmt"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/transport/soap"
)

// A status query in the form of the WSDL, and an answer to it that is a fault.
func Example() {
	doc, err := soap.AppendRequest(nil, etsi.OpStatusQuery, soap.WSDLForm, &etsi.StatusReq{
		MessageAbstract: etsi.MessageAbstract{
			APInfo:       etsi.APInfo{APID: "mid://acme.example", APTransID: "T1", Instant: xmlwire.DateTime{Time: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)}},
			MSSPInfo:     etsi.MSSPInfo{MSSPID: etsi.MeshMember{URI: new("http://mssp.example/")}},
			MajorVersion: "1", MinorVersion: "1",
		},
		MSSPTransID: "h4iof",
	})
	if err != nil {
		panic(err)
	}
	op, style, request, err := soap.DecodeRequest(doc)
	fmt.Println(op.Name, style == soap.WSDLForm, request.(*etsi.StatusReq).MSSPTransID, err)

	doc, err = soap.AppendFault(nil, &etsi.Fault{
		Code: "Receiver", Subcodes: []xmlwire.Name{{Space: etsi.NSMSS, Local: "_401"}}, Reason: "USER_CANCEL", Lang: "en",
	})
	if err != nil {
		panic(err)
	}
	fault, err := soap.DecodeResponse(doc, op, op.NewResponse())
	code, _, _ := fault.MSSCode()
	fmt.Println(code, fault.Reason, err)
	// Output:
	// MSS_StatusQuery true h4iof <nil>
	// 401 USER_CANCEL <nil>
}
