package rest

import "github.com/gomss/gomss/etsi"

func (e *encoder) serviceResponses(all *etsi.FiServiceResponses) {
	e.array("ServiceResponses", len(all.ServiceResponse), func(i int) {
		e.object("", func() { e.serviceResponse(&all.ServiceResponse[i]) })
	})
}

func (e *encoder) serviceResponse(r *etsi.FiServiceResponse) {
	e.uri("Description", &r.Description)
	e.refuse("Entity", r.Entity != nil)
	e.refuse("Status", r.Status != nil)
	var written []string
	for _, item := range r.Items {
		if x := item.GeoFencing; x != nil {
			e.once(&written, "Geofencing")
			e.object("Geofencing", func() { e.geoFencing(x) })
		}
		if x := item.App2App; x != nil {
			e.once(&written, "App2App")
			e.object("App2App", func() { e.optional("AuthUri", x.AuthUri) })
		}
		if x := item.SubscriberInfo; x != nil {
			e.once(&written, "SubscriberInfo")
			e.object("SubscriberInfo", func() { e.subscriberInfo(x) })
		}
		e.refuse("Any", item.Any != nil)
	}
}

func (d *decoder) serviceResponses() *etsi.FiServiceResponses {
	all := new(etsi.FiServiceResponses)
	d.array(func() { all.ServiceResponse = append(all.ServiceResponse, d.serviceResponse()) })
	return all
}

func (d *decoder) serviceResponse() (r etsi.FiServiceResponse) {
	d.object(func(name string) {
		var item etsi.FiServiceResponseItem
		switch name {
		case "Description":
			r.Description.MssURI = d.text()
			return
		case "Geofencing":
			item.GeoFencing = d.geoFencing()
		case "App2App":
			item.App2App = new(etsi.FiApp2App)
			d.object(func(name string) {
				if name == "AuthUri" {
					item.App2App.AuthUri = d.optional()
				} else {
					d.skip()
				}
			})
		case "SubscriberInfo":
			item.SubscriberInfo = d.subscriberInfo()
		default:
			d.skip()
			return
		}
		r.Items = append(r.Items, item)
	}, "Description")
	return r
}

func (e *encoder) geoFencing(g *etsi.AsGeoFencing) {
	e.optional("Country", g.Country)
	e.optional("Accuracy", g.Accuracy)
	e.optional("Timestamp", g.Timestamp)
	e.optional("DeviceConfidence", g.Deviceconfidence)
	e.optional("LocationConfidence", g.Locationconfidence)
	e.optional("ErrorCode", g.Errorcode)
	e.optional("ErrorMessage", g.Errormessage)
}

func (d *decoder) geoFencing() *etsi.AsGeoFencing {
	g := new(etsi.AsGeoFencing)
	d.object(func(name string) {
		switch name {
		case "Country":
			g.Country = d.optional()
		case "Accuracy":
			g.Accuracy = d.optional()
		case "Timestamp":
			g.Timestamp = d.optional()
		case "DeviceConfidence":
			g.Deviceconfidence = d.optional()
		case "LocationConfidence":
			g.Locationconfidence = d.optional()
		case "ErrorCode":
			g.Errorcode = d.optional()
		case "ErrorMessage":
			g.Errormessage = d.optional()
		default:
			d.skip()
		}
	})
	return g
}

func (e *encoder) subscriberInfo(s *etsi.AsSubscriberInfo) {
	e.array("Details", len(s.Detail), func(i int) {
		e.object("", func() {
			e.text("id", s.Detail[i].Id)
			e.text("value", s.Detail[i].Value)
		})
	})
}

func (d *decoder) subscriberInfo() *etsi.AsSubscriberInfo {
	s := new(etsi.AsSubscriberInfo)
	d.object(func(name string) {
		if name != "Details" {
			d.skip()
			return
		}
		d.array(func() { s.Detail = append(s.Detail, d.subscriberDetail()) })
	})
	return s
}

func (d *decoder) subscriberDetail() (t etsi.AsSubscriberDetail) {
	d.object(func(name string) {
		switch name {
		case "id":
			t.Id = d.text()
		case "value":
			t.Value = d.text()
		default:
			d.skip()
		}
	}, "id", "value")
	return t
}
