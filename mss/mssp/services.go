package mssp

import (
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

// checkServices checks what the options ask for beside the signature.
func (c *Client) checkServices(q *question) error {
	if err := c.checkGeofencing(q); err != nil {
		return err
	}
	return c.checkRedirect(q)
}

// services returns the additional services of a request. The language goes with every signature (guide section 3.2.4.1).
func (c *Client) services(q *question) []etsi.AdditionalService {
	s := []etsi.AdditionalService{
		service(serviceUserLang, etsi.AdditionalServiceItem{UserLang: &etsi.FiUserLang{Value: q.language}}),
	}
	if q.options.Geofencing != nil {
		s = append(s, service(serviceGeofencing, c.geofencingItems(q.options.Geofencing)...))
	}
	if uri := q.options.RedirectURI; uri != "" {
		s = append(s, service(serviceApp2App, etsi.AdditionalServiceItem{App2App: &etsi.App2App{RedirectUri: uri}}))
	}
	if q.options.Validate {
		s = append(s, service(serviceValidate))
	}
	if q.options.SubscriberInfo {
		s = append(s, service(serviceSubscriberInfo))
	}
	return s
}

func service(uri string, items ...etsi.AdditionalServiceItem) etsi.AdditionalService {
	return etsi.AdditionalService{Description: etsi.MssURI{MssURI: uri}, Items: items}
}

// serviceResponses returns the answers of additional services in a status: all of them, because what occurs twice is
// refused.
func serviceResponses(s etsi.Status) (all []etsi.FiServiceResponse) {
	if s.StatusDetail == nil {
		return nil
	}
	for _, item := range s.StatusDetail.Items {
		if item.ServiceResponses != nil {
			all = append(all, item.ServiceResponses.ServiceResponse...)
		}
	}
	return all
}

var _ mss.Options = Options{}
