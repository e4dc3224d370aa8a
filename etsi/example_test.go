package etsi_test

import (
	"fmt"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// A status, written and read. What is wrong with a document is named by its path.
func Example() {
	const doc = `<m:Status xmlns:m="http://uri.etsi.org/TS102204/v1.1.2#"><m:StatusCode Value="%s"/><m:StatusMessage>SIGNATURE</m:StatusMessage></m:Status>`
	for _, value := range []string{"500", "five"} {
		d := xmlwire.NewDecoder(fmt.Appendf(nil, doc, value), xmlwire.Limits{})
		if _, err := d.Next(); err != nil {
			panic(err)
		}
		var s etsi.Status
		if err := s.DecodeXML(d); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(s.StatusCode.Value, *s.StatusMessage)
	}

	e := xmlwire.NewEncoder(nil)
	e.Start(xmlwire.Name{Space: etsi.NSMSS, Local: "Status"})
	(&etsi.Status{StatusCode: etsi.StatusCode{Value: xmlwire.IntegerOf(100)}}).EncodeXML(e)
	e.End()
	out, err := e.Bytes()
	fmt.Println(string(out), err)
	// Output:
	// 500 SIGNATURE
	// xml: offset 57: Status/StatusCode/@Value: not an integer
	// <mss:Status xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#"><mss:StatusCode Value="100"/></mss:Status> <nil>
}
