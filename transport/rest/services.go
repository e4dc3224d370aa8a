package rest

import (
	"strings"

	"github.com/gomss/gomss/etsi"
)

func (e *encoder) additionalServices(all *etsi.AdditionalServices) {
	if all == nil {
		return
	}
	if len(all.Service) == 0 {
		e.fail("AdditionalServices", "empty")
	}
	e.array("AdditionalServices", len(all.Service), func(i int) {
		e.object("", func() { e.additionalService(&all.Service[i]) })
	})
}

func (e *encoder) additionalService(s *etsi.AdditionalService) {
	e.uri("Description", &s.Description)
	e.refuse("Entity", s.Entity != nil)
	var written []string
	for _, item := range s.Items {
		if x := item.UserLang; x != nil {
			e.once(&written, "UserLang")
			e.object("UserLang", func() { e.text("Value", x.Value) })
		}
		if x := item.App2App; x != nil {
			e.once(&written, "App2App")
			e.object("App2App", func() { e.text("RedirectUri", x.RedirectUri) })
		}
		if x := item.GeoFencingReq; x != nil {
			e.once(&written, "GeoFencingRequest")
			e.object("GeoFencingRequest", func() { e.geoFencingReq(x) })
		}
		e.refuse("EventID", item.EventID != nil)
		e.refuse("NoSpamCode", item.NoSpamCode != nil)
		e.refuse("DisplayName", item.DisplayName != nil)
		e.refuse("Any", item.Any != nil)
	}
}

// additionalServices reads the services asked for; an empty array, which clients
// are known to send, is like none.
func (d *decoder) additionalServices() *etsi.AdditionalServices {
	all := new(etsi.AdditionalServices)
	d.array(func() { all.Service = append(all.Service, d.additionalService()) })
	if len(all.Service) == 0 {
		return nil
	}
	return all
}

func (d *decoder) additionalService() (s etsi.AdditionalService) {
	d.object(func(name string) {
		var item etsi.AdditionalServiceItem
		switch name {
		case "Description":
			s.Description.MssURI = d.text()
			return
		case "UserLang":
			item.UserLang = d.userLang()
		case "App2App":
			item.App2App = new(etsi.App2App)
			d.object(func(name string) {
				if name == "RedirectUri" {
					item.App2App.RedirectUri = d.text()
				} else {
					d.skip()
				}
			}, "RedirectUri")
		case "GeoFencingRequest":
			item.GeoFencingReq = d.geoFencingReq()
		default:
			d.skip()
			return
		}
		s.Items = append(s.Items, item)
	}, "Description")
	return s
}

func (d *decoder) userLang() *etsi.FiUserLang {
	lang := new(etsi.FiUserLang)
	d.object(func(name string) {
		if name == "Value" {
			lang.Value = d.text()
		} else {
			d.skip()
		}
	}, "Value")
	if lang.Value == "" {
		lang.Value = "de" // as in SOAP, by the schema's default
	}
	return lang
}

// geoFencingReq writes the members of GeoFencingRequest. The numbers are any
// text, as in SOAP.
func (e *encoder) geoFencingReq(g *etsi.GeoFencingReq) {
	e.countries("countrywhitelist", g.Countrywhitelist)
	e.countries("countryblacklist", g.Countryblacklist)
	e.optional("mindeviceconfidence", g.Mindeviceconfidence)
	e.optional("minlocationconfidence", g.Minlocationconfidence)
	e.optional("maxtimestampminutes", g.Maxtimestampminutes)
	e.optional("maxaccuracymeters", g.Maxaccuracymeters)
}

func (d *decoder) geoFencingReq() *etsi.GeoFencingReq {
	g := new(etsi.GeoFencingReq)
	d.object(func(name string) {
		switch name {
		case "countrywhitelist":
			g.Countrywhitelist = d.countries()
		case "countryblacklist":
			g.Countryblacklist = d.countries()
		case "mindeviceconfidence":
			g.Mindeviceconfidence = d.optional()
		case "minlocationconfidence":
			g.Minlocationconfidence = d.optional()
		case "maxtimestampminutes":
			g.Maxtimestampminutes = d.optional()
		case "maxaccuracymeters":
			g.Maxaccuracymeters = d.optional()
		default:
			d.skip()
		}
	})
	return g
}

const notCountry = "not countries of two letters (ISO 3166-1 alpha-2)"

// countries writes the list that etsi, like SOAP, has as one string with commas.
// A list that is not understood would be a policy that is not kept.
func (e *encoder) countries(name string, list *string) {
	if list == nil {
		return
	}
	var all []string
	if *list != "" {
		all = strings.Split(*list, ",")
	}
	e.array(name, len(all), func(i int) {
		if !isCountry(all[i]) {
			e.fail("", notCountry)
		}
		e.text("", all[i])
	})
}

func (d *decoder) countries() *string {
	all := d.texts()
	for _, c := range all {
		if !isCountry(c) {
			d.fail(notCountry)
		}
	}
	return new(strings.Join(all, ","))
}

func isCountry(s string) bool {
	isLetter := func(c byte) bool { return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' }
	return len(s) == 2 && isLetter(s[0]) && isLetter(s[1])
}
