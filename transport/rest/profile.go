package rest

import (
	"slices"
	"strings"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

func (e *encoder) profileReq(m *etsi.ProfileReq) {
	e.abstract(&m.MessageAbstract)
	e.mobileUser(&m.MobileUser)
	var written []string
	for _, item := range m.Items {
		e.refuse("GetAutoActivation", item.GetAutoActivation != nil)
		e.refuse("GetServerSideSignature", item.GetServerSideSignature != nil)
		e.refuse("GetRecoveryCodeCreated", item.GetRecoveryCodeCreated != nil)
		e.refuse("GetCertificates", item.GetCertificates != nil)
		e.refuse("Any", item.Any != nil)
		if item.Params != nil {
			e.once(&written, "Params")
			e.params(item.Params)
		}
	}
}

// params writes the parameters as one string, which must read as the same list.
func (e *encoder) params(params []string) {
	s := strings.Join(params, " ")
	if list, err := xmlwire.ParseList(s); err != nil || !slices.Equal(list, params) {
		e.fail("Params", "not a list of words")
	}
	e.text("Params", s)
}

func (d *decoder) profileReq(m *etsi.ProfileReq) {
	d.object(func(name string) {
		switch name {
		case "MobileUser":
			d.mobileUser(&m.MobileUser)
		case "Params":
			params, err := xmlwire.ParseList(d.text())
			if err != nil {
				d.fail(err.Error())
			}
			if params == nil {
				params = []string{} // not absent
			}
			m.Items = append(m.Items, etsi.ProfileReqItem{Params: params})
		default:
			d.abstract(name, &m.MessageAbstract)
		}
	}, needs("MobileUser")...)
}

func (e *encoder) profileResp(m *etsi.ProfileResp) {
	e.abstract(&m.MessageAbstract)
	if len(m.SignatureProfile) > 0 {
		e.array("SignatureProfile", len(m.SignatureProfile), func(i int) { e.uri("", &m.SignatureProfile[i]) })
	}
	e.status("Status", &m.Status)
}

func (d *decoder) profileResp(m *etsi.ProfileResp) {
	d.object(func(name string) {
		switch name {
		case "SignatureProfile":
			d.array(func() { m.SignatureProfile = append(m.SignatureProfile, etsi.MssURI{MssURI: d.text()}) })
		case "Status":
			d.status(&m.Status)
		default:
			d.abstract(name, &m.MessageAbstract)
		}
	}, needs("Status")...)
}

func (e *encoder) profileQueryExtension(x *etsi.McsProfileQueryExtension) {
	e.object("ProfileQueryExtension", func() {
		e.certificates(x.MobileUserCertificate)
		e.bool("AutoActivation", x.AutoActivation)
		e.bool("ServerSideSignature", x.ServerSideSignature)
		e.bool("RecoveryCodeCreated", x.RecoveryCodeCreated)
		if u := x.MobileUser; u != nil {
			e.object("MobileUser", func() {
				e.bool("AutoActivation", u.AutoActivation)
				e.bool("RecoveryCodeCreated", u.RecoveryCodeCreated)
				e.bool("ServerSideSignature", u.ServerSideSignature)
			})
		}
		if s := x.Sscds; s != nil {
			e.object("Sscds", func() { e.sscds(s) })
		}
		e.refuse("Any", x.Any != nil)
	})
}

func (d *decoder) profileQueryExtension() *etsi.McsProfileQueryExtension {
	x := new(etsi.McsProfileQueryExtension)
	d.object(func(name string) {
		switch name {
		case "MobileUserCertificate":
			x.MobileUserCertificate = d.certificates()
		case "AutoActivation":
			x.AutoActivation = d.bool()
		case "ServerSideSignature":
			x.ServerSideSignature = d.bool()
		case "RecoveryCodeCreated":
			x.RecoveryCodeCreated = d.bool()
		case "MobileUser":
			x.MobileUser = d.profileUser()
		case "Sscds":
			x.Sscds = d.sscds()
		default:
			d.skip()
		}
	})
	return x
}

func (d *decoder) profileUser() *etsi.McsMobileUser {
	u := new(etsi.McsMobileUser)
	d.object(func(name string) {
		switch name {
		case "AutoActivation":
			u.AutoActivation = d.bool()
		case "RecoveryCodeCreated":
			u.RecoveryCodeCreated = d.bool()
		case "ServerSideSignature":
			u.ServerSideSignature = d.bool()
		default:
			d.skip()
		}
	})
	return u
}

// sscds writes the devices: at most one SIM, and an array of apps.
func (e *encoder) sscds(s *etsi.McsSscds) {
	if len(s.App) > 0 {
		e.array("App", len(s.App), func(i int) {
			e.object("", func() { e.sscd(&s.App[i]) })
		})
	}
	if s.Sim != nil {
		e.object("Sim", func() { e.sscd(s.Sim) })
	}
}

func (d *decoder) sscds() *etsi.McsSscds {
	s := new(etsi.McsSscds)
	d.object(func(name string) {
		switch name {
		case "App":
			d.array(func() { s.App = append(s.App, d.sscd()) })
		case "Sim":
			s.Sim = new(d.sscd())
		default:
			d.skip()
		}
	})
	return s
}
