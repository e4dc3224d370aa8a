package soap

import (
	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// DecodeRequest reads a request of any operation, at most 1 MiB, as a server
// does. The style is that of the request, to be used in the answer. Errors are
// *xmlwire.Error.
func DecodeRequest(doc []byte) (*etsi.Operation, Style, etsi.Message, error) {
	d := xmlwire.NewDecoder(doc, xmlwire.Limits{})
	if err := enterBody(d); err != nil {
		return nil, Style{}, nil, err
	}
	op := etsi.OperationNamed(d.Name().Local)
	if op == nil {
		return nil, Style{}, nil, d.Fail("an unknown operation")
	}
	s := Style{Wrapper: d.Name().Space}
	if err := checkWrapperSpace(d); err != nil {
		return nil, Style{}, nil, err
	}
	m := op.NewRequest()
	qualified, err := readPart(d, op.RequestPart, m)
	if err == nil {
		err = leaveBody(d)
	}
	if err != nil {
		return nil, Style{}, nil, err
	}
	s.Qualified = qualified
	return op, s, m, nil
}

// DecodeResponse reads an answer to op, at most 1 MiB: either into is filled
// and the fault is nil, or the fault is given. into must be a zero value of the
// kind op.NewResponse makes; after an error it must not be used. Errors are
// *xmlwire.Error.
func DecodeResponse(doc []byte, op *etsi.Operation, into etsi.Message) (*etsi.Fault, error) {
	d := xmlwire.NewDecoder(doc, xmlwire.Limits{})
	if err := enterBody(d); err != nil {
		return nil, err
	}
	fault, err := readAnswer(d, op, into)
	if err == nil {
		err = leaveBody(d)
	}
	if err != nil {
		return nil, err
	}
	return fault, nil
}

func readAnswer(d *xmlwire.Decoder, op *etsi.Operation, into etsi.Message) (*etsi.Fault, error) {
	name := d.Name()
	if name == env("Fault") {
		d.Root()
		return readFault(d)
	}
	// FiCom's examples name the wrapper of the answer like that of the request.
	if name.Local != op.Response && name.Local != op.Name {
		return nil, d.Fail("an element where %s or Fault must stand", op.Response)
	}
	if err := checkWrapperSpace(d); err != nil {
		return nil, err
	}
	_, err := readPart(d, op.ResponsePart, into)
	return nil, err
}

func checkWrapperSpace(d *xmlwire.Decoder) error {
	if s := d.Name().Space; s != "" && s != etsi.NSTNS {
		return d.Fail("in the wrong namespace")
	}
	return nil
}
