package rest

import "github.com/gomss/gomss/etsi"

// sscd writes a device of a profile. How its activations look in JSON is not
// known.
func (e *encoder) sscd(s *etsi.McsSscd) {
	e.optional("State", s.State)
	e.refuse("Activation", s.Activation != nil)
	if p := s.PinStatus; p != nil {
		e.object("PinStatus", func() { e.bool("Blocked", p.Blocked) })
	}
	e.certificates(s.MobileUserCertificate)
	if c := s.CardDetails; c != nil {
		e.object("CardDetails", func() {
			e.optional("Mcc", c.MCC)
			e.optional("Mnc", c.MNC)
			e.optional("Network", c.Network)
		})
	}
}

func (d *decoder) sscd() (s etsi.McsSscd) {
	d.object(func(name string) {
		switch name {
		case "State":
			s.State = d.optional()
		case "PinStatus":
			s.PinStatus = d.pinStatus()
		case "MobileUserCertificate":
			s.MobileUserCertificate = d.certificates()
		case "CardDetails":
			s.CardDetails = d.cardDetails()
		default:
			d.skip()
		}
	})
	return s
}

func (d *decoder) pinStatus() *etsi.McsPinStatus {
	p := new(etsi.McsPinStatus)
	d.object(func(name string) {
		if name == "Blocked" {
			p.Blocked = d.bool()
		} else {
			d.skip()
		}
	})
	return p
}

func (d *decoder) cardDetails() *etsi.McsCardDetails {
	c := new(etsi.McsCardDetails)
	d.object(func(name string) {
		switch name {
		case "Mcc":
			c.MCC = d.optional()
		case "Mnc":
			c.MNC = d.optional()
		case "Network":
			c.Network = d.optional()
		default:
			d.skip()
		}
	})
	return c
}

func (e *encoder) certificates(all []etsi.McsMobileUserCertificate) {
	if len(all) == 0 {
		return
	}
	e.array("MobileUserCertificate", len(all), func(i int) {
		e.object("", func() { e.certificate(&all[i]) })
	})
}

// certificate writes two arrays where etsi, like SOAP, has certificate and
// subject name in turn.
func (e *encoder) certificate(c *etsi.McsMobileUserCertificate) {
	e.optional("Algorithm", c.Algorithm)
	e.optional("State", c.State)
	if len(c.Items) == 0 {
		return
	}
	pairs := len(c.Items) / 2
	alternate := len(c.Items)%2 == 0
	for i, item := range c.Items {
		certificate := i%2 == 0
		alternate = alternate && (item.X509Certificate != nil) == certificate && (item.X509SubjectName != nil) != certificate
	}
	if !alternate {
		e.fail("", "certificates and subject names that do not alternate")
		return
	}
	e.array("X509Certificate", pairs, func(i int) { e.base64("", c.Items[2*i].X509Certificate) })
	e.array("X509SubjectName", pairs, func(i int) { e.text("", *c.Items[2*i+1].X509SubjectName) })
}

func (d *decoder) certificates() (all []etsi.McsMobileUserCertificate) {
	d.array(func() { all = append(all, d.certificate()) })
	return all
}

func (d *decoder) certificate() (c etsi.McsMobileUserCertificate) {
	var certificates [][]byte
	var subjects []string
	d.object(func(name string) {
		switch name {
		case "Algorithm":
			c.Algorithm = d.optional()
		case "State":
			c.State = d.optional()
		case "X509Certificate":
			d.array(func() { certificates = append(certificates, d.base64()) })
		case "X509SubjectName":
			subjects = d.texts()
		default:
			d.skip()
		}
	})
	if len(certificates) != len(subjects) {
		d.fail("not as many subject names as certificates")
		return c
	}
	for i := range certificates {
		c.Items = append(c.Items,
			etsi.McsMobileUserCertificateItem{X509Certificate: certificates[i]},
			etsi.McsMobileUserCertificateItem{X509SubjectName: &subjects[i]})
	}
	return c
}
