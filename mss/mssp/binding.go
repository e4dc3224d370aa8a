package mssp

import (
	"mime"
	"strconv"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/transport/rest"
	"github.com/gomss/gomss/transport/soap"
)

// Binding is the form that messages have on the wire. Both mean the same; what one of them cannot carry is an error.
type Binding int

const (
	SOAP Binding = iota // SOAP 1.2, of TS 102 204
	JSON                // the operator's own JSON form of the same messages
)

// String returns "soap" or "rest", as the operator's guide calls them.
func (b Binding) String() string {
	switch b {
	case SOAP:
		return "soap"
	case JSON:
		return "rest"
	}
	return "Binding(" + strconv.Itoa(int(b)) + ")"
}

// codec is what a binding does with messages.
type codec struct {
	kind            string // of what is expected, for errors
	appendRequest   func(d *Dialect, dst []byte, op *etsi.Operation, m etsi.Message) ([]byte, error)
	decodeResponse  func(doc []byte, op *etsi.Operation, into etsi.Message) (*etsi.Fault, error)
	withoutPassword func(doc []byte) []byte // blanks AP_PWD in a document that has been decoded
	mediaTypes      []string                // of answers
}

var codecs = map[Binding]*codec{
	SOAP: {
		kind: "XML",
		appendRequest: func(d *Dialect, dst []byte, op *etsi.Operation, m etsi.Message) ([]byte, error) {
			return soap.AppendRequest(dst, op, d.Style, m)
		},
		decodeResponse:  soap.DecodeResponse,
		withoutPassword: withoutPasswordXML,
		// Every type that SOAP 1.2 was seen to come with (guide section 3.1.2, and the service itself).
		mediaTypes: []string{"application/soap+xml", "text/xml", "application/xml"},
	},
	JSON: {
		kind: "JSON",
		appendRequest: func(_ *Dialect, dst []byte, op *etsi.Operation, m etsi.Message) ([]byte, error) {
			return rest.AppendRequest(dst, op, m)
		},
		decodeResponse:  rest.DecodeResponse,
		withoutPassword: withoutPasswordJSON,
		mediaTypes:      []string{"application/json"},
	},
}

// accepts reports whether an answer of this content type can be one of the binding.
func (c *codec) accepts(contentType string) bool {
	got, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	for _, known := range c.mediaTypes {
		if got == known {
			return true
		}
	}
	return false
}
