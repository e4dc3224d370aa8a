package rest_test

import (
	"fmt"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/transport/rest"
)

// A status query, and an answer to it that is a fault.
func Example() {
	doc, err := rest.AppendRequest(nil, etsi.OpStatusQuery, &etsi.StatusReq{
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
	fmt.Println(string(doc))
	op, request, err := rest.DecodeRequest(doc)
	fmt.Println(op.Name, request.(*etsi.StatusReq).MSSPTransID, err)

	doc, err = rest.AppendFault(nil, &etsi.Fault{
		Code: "Receiver", Subcodes: []xmlwire.Name{{Space: etsi.NSMSS, Local: "_401"}}, Reason: "USER_CANCEL",
	})
	if err != nil {
		panic(err)
	}
	fault, err := rest.DecodeResponse(doc, op, op.NewResponse())
	code, _, _ := fault.MSSCode()
	fmt.Println(code, fault.Reason, err)
	// Output:
	// {"MSS_StatusReq":{"AP_Info":{"AP_ID":"mid://acme.example","AP_TransID":"T1","Instant":"2026-01-15T12:00:00.000Z"},"MSSP_Info":{"MSSP_ID":{"URI":"http://mssp.example/"}},"MajorVersion":"1","MinorVersion":"1","MSSP_TransID":"h4iof"}}
	// MSS_StatusQuery h4iof <nil>
	// 401 USER_CANCEL <nil>
}
