package msstest

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
)

// URIs of the additional services (TS 102 204 clause 8.2, AdditionalServices; guide section 3.2.4).
const (
	serviceUserLang       = "http://mss.ficom.fi/TS102204/v1.0.0#userLang"
	serviceValidate       = "http://uri.etsi.org/TS102204/v1.1.2#validate"
	serviceGeofencing     = "http://mid.swisscom.ch/as#geofencing"
	serviceApp2App        = "http://mid.swisscom.ch/as#app2app"
	serviceSubscriberInfo = "http://mid.swisscom.ch/as#subscriberInfo"
)

// services are what a request asks for beside the signature.
type services struct {
	asked    []string // URIs, in the order of the request
	language string   // EN, DE, FR or IT
	policy   *policy  // of geofencing; nil: none
	redirect string   // where the app returns to (App2App)
}

func (s *services) ask(uri string) bool { return slices.Contains(s.asked, uri) }

// checkServices reads the additional services. UserLang is mandatory. One that is not offered is refused with 104: "the
// AP asks for an additional service for which it has not subscribed" (TS 102 204 Annex B).
func checkServices(q *question, req *etsi.SignatureReq) *etsi.Fault {
	if req.AdditionalServices != nil {
		for i := range req.AdditionalServices.Service {
			if f := q.read(&req.AdditionalServices.Service[i]); f != nil {
				return f
			}
		}
	}
	if !q.ask(serviceUserLang) {
		return refuse(mss.MissingParam, "UserLang is missing")
	}
	if q.ask(serviceApp2App) && q.synch {
		return refuse(mss.WrongParam, "App2App needs the asynchronous mode")
	}
	return nil
}

// read reads one service.
func (s *services) read(service *etsi.AdditionalService) *etsi.Fault {
	uri := strings.Clone(service.Description.MssURI)
	if s.ask(uri) {
		return refuse(mss.WrongParam, "an additional service is asked for twice")
	}
	s.asked = append(s.asked, uri)
	switch uri {
	case serviceUserLang:
		return s.readLanguage(service.Items)
	case serviceGeofencing:
		return s.readGeofencing(service.Items)
	case serviceApp2App:
		return s.readRedirect(service.Items)
	case serviceSubscriberInfo, serviceValidate:
		if len(service.Items) > 0 {
			return refuse(mss.WrongParam, "an additional service with parameters that it does not have")
		}
		return nil
	}
	return refuse(mss.UnauthorizedAccess, "The application provider has not subscribed to this additional service")
}

// readLanguage takes any case of letters.
func (s *services) readLanguage(items []etsi.AdditionalServiceItem) *etsi.Fault {
	switch {
	case len(items) == 0:
		return refuse(mss.MissingParam, "UserLang is missing")
	case len(items) > 1 || items[0].UserLang == nil || !isLanguage(items[0].UserLang.Value):
		return refuse(mss.WrongParam, "UserLang is none of EN, DE, FR and IT")
	}
	s.language = strings.Clone(strings.ToUpper(items[0].UserLang.Value))
	return nil
}

func isLanguage(s string) bool {
	return slices.Contains([]string{"EN", "DE", "FR", "IT"}, strings.ToUpper(s))
}

func (s *services) readGeofencing(items []etsi.AdditionalServiceItem) (f *etsi.Fault) {
	switch {
	case len(items) == 0:
	case len(items) > 1 || items[0].GeoFencingReq == nil:
		return refuse(mss.WrongParam, "geofencing has one policy at most, and nothing else")
	default:
		s.policy, f = readPolicy(items[0].GeoFencingReq)
	}
	return f
}

func (s *services) readRedirect(items []etsi.AdditionalServiceItem) *etsi.Fault {
	if len(items) == 0 {
		return refuse(mss.MissingParam, "RedirectUri is missing")
	}
	if len(items) == 1 && items[0].App2App != nil {
		s.redirect = strings.Clone(strings.TrimSpace(items[0].App2App.RedirectUri))
		if u, err := url.Parse(s.redirect); err == nil && u.IsAbs() {
			return nil
		}
	}
	return refuse(mss.WrongParam, "RedirectUri is no URI with a scheme")
}
