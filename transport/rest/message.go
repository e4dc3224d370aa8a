package rest

import (
	"reflect"
	"slices"

	"github.com/gomss/gomss/etsi"
)

// notItsMessage is an error of the caller's.
const notItsMessage = "not a message of this operation, or the operation has no JSON form"

// fits tells whether op has a JSON form and m is of the same type as its message
// like.
func fits(op *etsi.Operation, m, like etsi.Message) bool {
	return slices.Contains(operations[:], op) && reflect.TypeOf(m) == reflect.TypeOf(like)
}

func (e *encoder) message(m etsi.Message) {
	switch m := m.(type) {
	case *etsi.SignatureReq:
		e.signatureReq(m)
	case *etsi.SignatureResp:
		e.signatureResp(m)
	case *etsi.StatusReq:
		e.statusReq(m)
	case *etsi.StatusResp:
		e.statusResp(m)
	case *etsi.ReceiptReq:
		e.receiptReq(m)
	case *etsi.ReceiptResp:
		e.receiptResp(m)
	case *etsi.ProfileReq:
		e.profileReq(m)
	case *etsi.ProfileResp:
		e.profileResp(m)
	}
}

func (d *decoder) message(m etsi.Message) {
	switch m := m.(type) {
	case *etsi.SignatureReq:
		d.signatureReq(m)
	case *etsi.SignatureResp:
		d.signatureResp(m)
	case *etsi.StatusReq:
		d.statusReq(m)
	case *etsi.StatusResp:
		d.statusResp(m)
	case *etsi.ReceiptReq:
		d.receiptReq(m)
	case *etsi.ReceiptResp:
		d.receiptResp(m)
	case *etsi.ProfileReq:
		d.profileReq(m)
	case *etsi.ProfileResp:
		d.profileResp(m)
	}
}

// abstract writes what every message begins with.
func (e *encoder) abstract(m *etsi.MessageAbstract) {
	e.object("AP_Info", func() {
		e.text("AP_ID", m.APInfo.APID)
		if m.APInfo.APPWD != "" { // optional here, required in SOAP
			e.text("AP_PWD", m.APInfo.APPWD)
		}
		e.text("AP_TransID", m.APInfo.APTransID)
		e.instant("Instant", m.APInfo.Instant)
		e.refuse("AP_URL", m.APInfo.APURL != nil)
	})
	e.object("MSSP_Info", func() {
		e.object("MSSP_ID", func() {
			id := &m.MSSPInfo.MSSPID
			e.refuse("DNSName", id.DNSName != nil)
			e.refuse("IPAddress", id.IPAddress != nil)
			e.optional("URI", id.URI)
			e.refuse("IdentifierString", id.IdentifierString != nil)
		})
		if m.MSSPInfo.Instant != nil {
			e.instant("Instant", *m.MSSPInfo.Instant)
		}
	})
	e.number("MajorVersion", m.MajorVersion)
	e.number("MinorVersion", m.MinorVersion)
}

// needs are the required members of a message: those of every message, and more.
func needs(more ...string) []string {
	return append(more, "AP_Info", "MSSP_Info", "MajorVersion", "MinorVersion")
}

// abstract reads the current member of a message if it is one that every message
// has, and passes over it if not.
func (d *decoder) abstract(name string, m *etsi.MessageAbstract) {
	switch name {
	case "AP_Info":
		d.apInfo(&m.APInfo)
	case "MSSP_Info":
		d.msspInfo(&m.MSSPInfo)
	case "MajorVersion":
		m.MajorVersion = d.number()
	case "MinorVersion":
		m.MinorVersion = d.number()
	default:
		d.skip()
	}
}

func (d *decoder) apInfo(a *etsi.APInfo) {
	d.object(func(name string) {
		switch name {
		case "AP_ID":
			a.APID = d.text()
		case "AP_PWD":
			a.APPWD = d.text()
		case "AP_TransID":
			a.APTransID = d.text()
		case "Instant":
			a.Instant = d.instant()
		default:
			d.skip()
		}
	}, "AP_ID", "AP_TransID", "Instant")
}

func (d *decoder) msspInfo(i *etsi.MSSPInfo) {
	d.object(func(name string) {
		switch name {
		case "MSSP_ID":
			d.object(func(name string) {
				if name == "URI" {
					i.MSSPID.URI = d.optional()
				} else {
					d.skip()
				}
			})
		case "Instant":
			i.Instant = new(d.instant())
		default:
			d.skip()
		}
	}, "MSSP_ID")
}

func (e *encoder) mobileUser(u *etsi.MobileUser) {
	e.object("MobileUser", func() {
		e.refuse("IdentityIssuer", u.IdentityIssuer != nil)
		e.refuse("UserIdentifier", u.UserIdentifier != nil)
		e.refuse("HomeMSSP", u.HomeMSSP != nil)
		e.optional("MSISDN", u.MSISDN)
	})
}

func (d *decoder) mobileUser(u *etsi.MobileUser) {
	d.object(func(name string) {
		if name == "MSISDN" {
			u.MSISDN = d.optional()
		} else {
			d.skip()
		}
	})
}

func (e *encoder) data(name string, t *etsi.Data) {
	e.object(name, func() {
		e.optional("MimeType", t.MimeType)
		e.optional("Encoding", t.Encoding)
		e.text("Data", t.Value)
	})
}

func (d *decoder) data(t *etsi.Data) {
	d.object(func(name string) {
		switch name {
		case "MimeType":
			t.MimeType = d.optional()
		case "Encoding":
			t.Encoding = d.optional()
		case "Data":
			t.Value = d.text()
		default:
			d.skip()
		}
	}, "Data")
}

// uri writes a URI that names a document as a bare string.
func (e *encoder) uri(name string, u *etsi.MssURI) {
	e.refuse(name, u.DigestAlgAndValue != nil || u.Any != nil)
	e.text(name, u.MssURI)
}
