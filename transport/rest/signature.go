package rest

import "github.com/gomss/gomss/etsi"

// asynch is how this form spells etsi.MessagingModeAsynchClientServer (guide
// section 3.2.3.1).
const asynch = "asynch"

const notMode = "neither synch nor asynch"

func (e *encoder) signatureReq(m *etsi.SignatureReq) {
	e.abstract(&m.MessageAbstract)
	switch m.MessagingMode {
	case etsi.MessagingModeSynch:
		e.text("MessagingMode", etsi.MessagingModeSynch)
	case etsi.MessagingModeAsynchClientServer:
		e.text("MessagingMode", asynch)
	default:
		e.fail("MessagingMode", notMode)
	}
	if m.TimeOut != nil {
		e.code("TimeOut", *m.TimeOut)
	}
	e.refuse("ValidityDate", m.ValidityDate != nil)
	e.mobileUser(&m.MobileUser)
	e.data("DataToBeSigned", &m.DataToBeSigned)
	e.refuse("DataToBeDisplayed", m.DataToBeDisplayed != nil)
	if m.SignatureProfile != nil {
		e.uri("SignatureProfile", m.SignatureProfile)
	}
	e.additionalServices(m.AdditionalServices)
	e.refuse("MSS_Format", m.Format != nil)
	e.refuse("KeyReference", m.KeyReference != nil)
	e.refuse("SignatureProfileComparison", m.SignatureProfileComparison != nil)
}

func (d *decoder) signatureReq(m *etsi.SignatureReq) {
	d.object(func(name string) {
		switch name {
		case "MessagingMode":
			m.MessagingMode = d.messagingMode()
		case "TimeOut": // the guide's Timeout is a misprint, of which servers take no notice
			m.TimeOut = new(d.code())
		case "MobileUser":
			d.mobileUser(&m.MobileUser)
		case "DataToBeSigned":
			d.data(&m.DataToBeSigned)
		case "SignatureProfile":
			m.SignatureProfile = &etsi.MssURI{MssURI: d.text()}
		case "AdditionalServices":
			m.AdditionalServices = d.additionalServices()
		default:
			d.abstract(name, &m.MessageAbstract)
		}
	}, needs("MessagingMode", "MobileUser", "DataToBeSigned")...)
}

func (d *decoder) messagingMode() string {
	switch d.tok {
	case etsi.MessagingModeSynch:
		return etsi.MessagingModeSynch
	case asynch:
		return etsi.MessagingModeAsynchClientServer
	}
	d.fail(notMode)
	return ""
}

func (e *encoder) signatureResp(m *etsi.SignatureResp) {
	e.abstract(&m.MessageAbstract)
	e.text("MSSP_TransID", m.MSSPTransID)
	e.mobileUser(&m.MobileUser)
	e.signature(m.Signature)
	if m.SignatureProfile != nil {
		e.uri("SignatureProfile", m.SignatureProfile)
	}
	e.statusAndServices(&m.Status)
}

func (d *decoder) signatureResp(m *etsi.SignatureResp) {
	var services *etsi.FiServiceResponses
	d.object(func(name string) {
		switch name {
		case "MSSP_TransID":
			m.MSSPTransID = d.text()
		case "MobileUser":
			d.mobileUser(&m.MobileUser)
		case "MSS_Signature":
			m.Signature = d.signature()
		case "SignatureProfile":
			m.SignatureProfile = &etsi.MssURI{MssURI: d.text()}
		case "ServiceResponses":
			services = d.serviceResponses()
		case "Status":
			d.status(&m.Status)
		default:
			d.abstract(name, &m.MessageAbstract)
		}
	}, needs("MSSP_TransID", "MobileUser", "Status")...)
	putServices(&m.Status, services)
}

func (e *encoder) statusReq(m *etsi.StatusReq) {
	e.abstract(&m.MessageAbstract)
	e.text("MSSP_TransID", m.MSSPTransID)
	if m.MobileUser != nil {
		e.mobileUser(m.MobileUser)
	}
}

func (d *decoder) statusReq(m *etsi.StatusReq) {
	d.object(func(name string) {
		switch name {
		case "MSSP_TransID":
			m.MSSPTransID = d.text()
		case "MobileUser":
			m.MobileUser = new(etsi.MobileUser)
			d.mobileUser(m.MobileUser)
		default:
			d.abstract(name, &m.MessageAbstract)
		}
	}, needs("MSSP_TransID")...)
}

func (e *encoder) statusResp(m *etsi.StatusResp) {
	e.abstract(&m.MessageAbstract)
	e.optional("MSSP_TransID", m.MSSPTransID)
	e.mobileUser(&m.MobileUser)
	e.signature(m.Signature)
	e.statusAndServices(&m.Status)
}

func (d *decoder) statusResp(m *etsi.StatusResp) {
	var services *etsi.FiServiceResponses
	d.object(func(name string) {
		switch name {
		case "MSSP_TransID":
			m.MSSPTransID = d.optional()
		case "MobileUser":
			d.mobileUser(&m.MobileUser)
		case "MSS_Signature":
			m.Signature = d.signature()
		case "ServiceResponses":
			services = d.serviceResponses()
		case "Status":
			d.status(&m.Status)
		default:
			d.abstract(name, &m.MessageAbstract)
		}
	}, needs("MobileUser", "Status")...)
	putServices(&m.Status, services)
}

func (e *encoder) signature(s *etsi.Signature) {
	if s == nil {
		return
	}
	e.object("MSS_Signature", func() {
		e.refuse("XMLSignature", s.XMLSignature != nil)
		e.refuse("PKCS1", s.PKCS1 != nil)
		e.refuse("Any", s.Any != nil)
		if s.Base64Signature == nil {
			e.fail("Base64Signature", "missing")
		}
		e.base64("Base64Signature", s.Base64Signature)
	})
}

func (d *decoder) signature() *etsi.Signature {
	s := new(etsi.Signature)
	d.object(func(name string) {
		if name == "Base64Signature" {
			s.Base64Signature = d.base64()
		} else {
			d.skip()
		}
	}, "Base64Signature")
	return s
}
