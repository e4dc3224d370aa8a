package soap

import (
	"errors"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// declaration is what providers' own answers begin with.
const declaration = `<?xml version="1.0" encoding="UTF-8"?>`

var errStyle = errors.New("soap: the wrapper is in the namespace of the WSDL or in none")

// AppendRequest appends the request m of op. The error is an *xmlwire.Error if a
// text has characters that XML cannot carry; its path names the element.
func AppendRequest(dst []byte, op *etsi.Operation, s Style, m etsi.Message) ([]byte, error) {
	return appendMessage(dst, s, op.Name, op.RequestPart, m)
}

// AppendResponse appends the answer m of op, with errors like AppendRequest.
func AppendResponse(dst []byte, op *etsi.Operation, s Style, m etsi.Message) ([]byte, error) {
	return appendMessage(dst, s, op.Response, op.ResponsePart, m)
}

func appendMessage(dst []byte, s Style, wrapper, part string, m etsi.Message) ([]byte, error) {
	if s.Wrapper != "" && s.Wrapper != etsi.NSTNS {
		return nil, errStyle
	}
	accessor := xmlwire.Name{Local: part}
	if s.Qualified {
		accessor.Space = etsi.NSMSS
	}
	return appendEnvelope(dst, func(e *xmlwire.Encoder) {
		e.Start(xmlwire.Name{Space: s.Wrapper, Local: wrapper})
		e.Start(accessor)
		e.Root()
		m.EncodeXML(e)
		e.End()
		e.End()
	})
}

func appendEnvelope(dst []byte, body func(*xmlwire.Encoder)) ([]byte, error) {
	e := xmlwire.NewEncoder(append(dst, declaration...))
	e.Start(env("Envelope"))
	e.Start(env("Body"))
	body(e)
	e.End()
	e.End()
	return e.Bytes()
}

func env(local string) xmlwire.Name { return xmlwire.Name{Space: etsi.NSSoapenv, Local: local} }
