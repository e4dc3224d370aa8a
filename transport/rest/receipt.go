package rest

import "github.com/gomss/gomss/etsi"

func (e *encoder) receiptReq(m *etsi.ReceiptReq) {
	e.abstract(&m.MessageAbstract)
	e.text("MSSP_TransID", m.MSSPTransID)
	e.mobileUser(&m.MobileUser)
	if m.Status != nil {
		e.status("Status", m.Status)
	}
	if m.Message != nil {
		e.data("Message", m.Message)
	}
	e.refuse("SignedReceipt", m.SignedReceipt != nil)
}

func (d *decoder) receiptReq(m *etsi.ReceiptReq) {
	d.object(func(name string) {
		switch name {
		case "MSSP_TransID":
			m.MSSPTransID = d.text()
		case "MobileUser":
			d.mobileUser(&m.MobileUser)
		case "Status":
			m.Status = new(etsi.Status)
			d.status(m.Status)
		case "Message":
			m.Message = new(etsi.Data)
			d.data(m.Message)
		default:
			d.abstract(name, &m.MessageAbstract)
		}
	}, needs("MSSP_TransID", "MobileUser")...)
}

func (e *encoder) receiptResp(m *etsi.ReceiptResp) {
	e.abstract(&m.MessageAbstract)
	e.status("Status", &m.Status)
}

func (d *decoder) receiptResp(m *etsi.ReceiptResp) {
	d.object(func(name string) {
		if name == "Status" {
			d.status(&m.Status)
		} else {
			d.abstract(name, &m.MessageAbstract)
		}
	}, needs("Status")...)
}

// receiptExtension is what the extensions of request and answer have in common,
// which is all but whether ReceiptMessagingMode must be there.
type receiptExtension = etsi.ScoReceiptResponseExtension

func (e *encoder) receiptRequestExtension(x *etsi.ScoReceiptRequestExtension) {
	e.receiptExtension("ReceiptRequestExtension", &receiptExtension{
		ReceiptProfile: x.ReceiptProfile, ReceiptMessagingMode: &x.ReceiptMessagingMode,
		UserAck: x.UserAck, NetworkAck: x.NetworkAck, ClientAck: x.ClientAck,
		TimeOut: x.TimeOut, RetryTimeOut: x.RetryTimeOut, NextRetry: x.NextRetry,
		UserResponse: x.UserResponse, FaultMessage: x.FaultMessage, AnyAttrs: x.AnyAttrs,
	})
}

func (d *decoder) receiptRequestExtension() *etsi.ScoReceiptRequestExtension {
	x := d.receiptExtension("ReceiptMessagingMode")
	if x.ReceiptMessagingMode == nil {
		return nil
	}
	return &etsi.ScoReceiptRequestExtension{
		ReceiptProfile: x.ReceiptProfile, ReceiptMessagingMode: *x.ReceiptMessagingMode,
		UserAck: x.UserAck, NetworkAck: x.NetworkAck, ClientAck: x.ClientAck,
		TimeOut: x.TimeOut, RetryTimeOut: x.RetryTimeOut, NextRetry: x.NextRetry,
		UserResponse: x.UserResponse, FaultMessage: x.FaultMessage,
	}
}

func (e *encoder) receiptResponseExtension(x *etsi.ScoReceiptResponseExtension) {
	e.receiptExtension("ReceiptResponseExtension", x)
}

func (d *decoder) receiptResponseExtension() *etsi.ScoReceiptResponseExtension {
	return d.receiptExtension()
}

func (e *encoder) receiptExtension(name string, x *receiptExtension) {
	e.object(name, func() {
		e.optional("ReceiptMessagingMode", x.ReceiptMessagingMode)
		e.boolText("UserAck", x.UserAck)
		e.boolText("NetworkAck", x.NetworkAck)
		e.boolText("ClientAck", x.ClientAck)
		e.optionalNumber("TimeOut", x.TimeOut)
		e.optionalNumber("RetryTimeOut", x.RetryTimeOut)
		e.optionalNumber("NextRetry", x.NextRetry)
		e.optional("UserResponse", x.UserResponse)
		e.optional("FaultMessage", x.FaultMessage)
		e.refuse("AnyAttrs", x.AnyAttrs != nil)
		if p := x.ReceiptProfile; p != nil {
			e.object("ReceiptProfile", func() {
				e.optional("Language", p.Language)
				e.optional("ReceiptProfileURI", p.ReceiptProfileURI)
			})
		}
	})
}

func (d *decoder) receiptExtension(required ...string) *receiptExtension {
	x := new(receiptExtension)
	d.object(func(name string) {
		switch name {
		case "ReceiptMessagingMode":
			x.ReceiptMessagingMode = d.optional()
		case "UserAck":
			x.UserAck = d.bool()
		case "NetworkAck":
			x.NetworkAck = d.bool()
		case "ClientAck":
			x.ClientAck = d.bool()
		case "TimeOut":
			x.TimeOut = new(d.number())
		case "RetryTimeOut":
			x.RetryTimeOut = new(d.number())
		case "NextRetry":
			x.NextRetry = new(d.number())
		case "UserResponse":
			x.UserResponse = d.optional()
		case "FaultMessage":
			x.FaultMessage = d.optional()
		case "ReceiptProfile":
			x.ReceiptProfile = d.receiptProfile()
		default:
			d.skip()
		}
	}, required...)
	return x
}

func (d *decoder) receiptProfile() *etsi.ScoReceiptProfile {
	p := new(etsi.ScoReceiptProfile)
	d.object(func(name string) {
		switch name {
		case "Language":
			p.Language = d.optional()
		case "ReceiptProfileURI":
			p.ReceiptProfileURI = d.optional()
		default:
			d.skip()
		}
	})
	return p
}
