package rest

import (
	"slices"

	"github.com/gomss/gomss/etsi"
)

// statusAndServices writes a status, and beside it the answers of additional
// services that etsi, like SOAP, has in its detail.
func (e *encoder) statusAndServices(s *etsi.Status) {
	if s.StatusDetail == nil {
		e.status("Status", s)
		return
	}
	var written []string
	rest := make([]etsi.StatusDetailItem, 0, len(s.StatusDetail.Items))
	for _, item := range s.StatusDetail.Items {
		if item.ServiceResponses != nil {
			e.once(&written, "ServiceResponses")
			e.serviceResponses(item.ServiceResponses)
			item.ServiceResponses = nil
			if item == (etsi.StatusDetailItem{}) {
				continue
			}
		}
		rest = append(rest, item)
	}
	status := *s
	status.StatusDetail = &etsi.StatusDetail{Items: rest}
	if len(rest) == 0 && len(written) > 0 {
		status.StatusDetail = nil
	}
	e.status("Status", &status)
}

// putServices puts the answers of additional services where etsi has them.
func putServices(s *etsi.Status, services *etsi.FiServiceResponses) {
	if services == nil {
		return
	}
	if s.StatusDetail == nil {
		s.StatusDetail = new(etsi.StatusDetail)
	}
	s.StatusDetail.Items = slices.Insert(s.StatusDetail.Items, 0, etsi.StatusDetailItem{ServiceResponses: services})
}

func (e *encoder) status(name string, s *etsi.Status) {
	e.object(name, func() {
		e.statusCode(&s.StatusCode)
		e.optional("StatusMessage", s.StatusMessage)
		if s.StatusDetail != nil {
			e.object("StatusDetail", func() { e.statusDetail(s.StatusDetail) })
		}
	})
}

func (d *decoder) status(s *etsi.Status) {
	d.object(func(name string) {
		switch name {
		case "StatusCode":
			d.statusCode(&s.StatusCode)
		case "StatusMessage":
			s.StatusMessage = d.optional()
		case "StatusDetail":
			s.StatusDetail = new(etsi.StatusDetail)
			d.statusDetail(s.StatusDetail)
		default:
			d.skip()
		}
	}, "StatusCode")
}

func (e *encoder) statusCode(c *etsi.StatusCode) {
	e.object("StatusCode", func() {
		e.code("Value", c.Value)
		if c.StatusCode != nil {
			e.statusCode(c.StatusCode)
		}
	})
}

func (d *decoder) statusCode(c *etsi.StatusCode) {
	d.object(func(name string) {
		switch name {
		case "Value":
			c.Value = d.code()
		case "StatusCode":
			c.StatusCode = new(etsi.StatusCode)
			d.statusCode(c.StatusCode)
		default:
			d.skip()
		}
	}, "Value")
}

func (e *encoder) statusDetail(t *etsi.StatusDetail) {
	var written []string
	for _, item := range t.Items {
		e.refuse("ServiceResponses", item.ServiceResponses != nil) // elsewhere than in an answer with a signature
		e.refuse("Any", item.Any != nil)
		if x := item.ReceiptRequestExtension; x != nil {
			e.once(&written, "ReceiptRequestExtension")
			e.receiptRequestExtension(x)
		}
		if x := item.ReceiptResponseExtension; x != nil {
			e.once(&written, "ReceiptResponseExtension")
			e.receiptResponseExtension(x)
		}
		if x := item.ProfileQueryExtension; x != nil {
			e.once(&written, "ProfileQueryExtension")
			e.profileQueryExtension(x)
		}
	}
}

func (d *decoder) statusDetail(t *etsi.StatusDetail) {
	d.object(func(name string) {
		var item etsi.StatusDetailItem
		switch name {
		case "ReceiptRequestExtension":
			item.ReceiptRequestExtension = d.receiptRequestExtension()
		case "ReceiptResponseExtension":
			item.ReceiptResponseExtension = d.receiptResponseExtension()
		case "ProfileQueryExtension":
			item.ProfileQueryExtension = d.profileQueryExtension()
		default:
			d.skip()
			return
		}
		t.Items = append(t.Items, item)
	})
}
