package mssp

import (
	"strconv"
	"strings"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
)

// Geofencing asks where the phone is (guide section 3.2.4.2). The zero value asks for nothing else, and the signature holds
// whatever the answer is: Details.Location or Details.LocationError.
//
// With a Policy, a signature whose answer has no location that satisfies it is refused, with a *mss.VerificationError of
// check "geofencing". It wraps the GeofencingCode where the service has no location, and mss.GeofencingViolation where the
// location is not within the policy.
type Geofencing struct {
	// Policy is sent, for the service to decide by, and the answer is held against it here. Which form the SOAP binding
	// gives to several countries is not known (Dialect.CountrySeparator): there such a policy is refused before sending.
	Policy *LocationPolicy

	// Local sends no policy: it is decided here alone.
	Local bool
}

const fieldPolicy = "Options.Geofencing.Policy"

// checkGeofencing checks what is asked about the location, and whether the binding can carry it.
func (c *Client) checkGeofencing(q *question) error {
	g := q.options.Geofencing
	if g == nil {
		return nil
	}
	if g.Policy == nil {
		if g.Local {
			return &mss.RequestError{Field: "Options.Geofencing.Local", Reason: "says where a policy is decided; set Policy, too"}
		}
		return nil
	}
	if err := g.Policy.check(); err != nil {
		return &mss.RequestError{Field: fieldPolicy, Reason: err.Error()}
	}
	if !g.Local && c.cfg.Binding == SOAP && c.cfg.Dialect.CountrySeparator == "" && max(len(g.Policy.Allow), len(g.Policy.Deny)) > 1 {
		return &mss.RequestError{
			Field: fieldPolicy,
			Reason: "has a list of several countries, and how SOAP carries one is not known (Dialect.CountrySeparator); " +
				"use Config.Binding JSON, or decide here with Geofencing.Local",
		}
	}
	q.options.Geofencing = &Geofencing{Policy: g.Policy.clone(), Local: g.Local} // what is checked is what was sent
	return nil
}

// geofencingItems returns the policy of a request, as the binding has it; none is a bare request.
func (c *Client) geofencingItems(g *Geofencing) []etsi.AdditionalServiceItem {
	if g.Policy == nil || g.Local {
		return nil
	}
	if c.cfg.Binding == JSON {
		return []etsi.AdditionalServiceItem{{GeoFencingReq: g.Policy.wire(",")}} // where commas become arrays
	}
	req := g.Policy.wire(c.cfg.Dialect.CountrySeparator)
	if !c.cfg.Dialect.GeofencingInAS {
		return []etsi.AdditionalServiceItem{{GeoFencingReq: req}}
	}
	return []etsi.AdditionalServiceItem{{Any: inAS(req)}}
}

// inAS writes the element in the namespace of the operator's additional services.
func inAS(req *etsi.GeoFencingReq) *xmlwire.Raw {
	name := xmlwire.Name{Space: etsi.NSAs, Local: "GeoFencingReq"}
	e := xmlwire.NewEncoder(nil)
	e.Start(name)
	req.EncodeXML(e)
	e.End()
	doc, err := e.Bytes()
	if err != nil {
		return &xmlwire.Raw{} // the separator is nothing that XML can carry: encoding the message fails
	}
	return &xmlwire.Raw{Name: name, XML: string(doc)}
}

// wire returns the policy as attributes.
func (p *LocationPolicy) wire(separator string) *etsi.GeoFencingReq {
	req := new(etsi.GeoFencingReq)
	if len(p.Allow) > 0 {
		req.Countrywhitelist = new(strings.Join(p.Allow, separator))
	}
	if len(p.Deny) > 0 {
		req.Countryblacklist = new(strings.Join(p.Deny, separator))
	}
	if p.MinDeviceConfidence > 0 {
		req.Mindeviceconfidence = new(decimal(p.MinDeviceConfidence))
	}
	if p.MinLocationConfidence > 0 {
		req.Minlocationconfidence = new(decimal(p.MinLocationConfidence))
	}
	if p.MaxAge > 0 {
		req.Maxtimestampminutes = new(strconv.Itoa(int(p.MaxAge / time.Minute)))
	}
	if p.MaxAccuracy > 0 {
		req.Maxaccuracymeters = new(strconv.Itoa(p.MaxAccuracy))
	}
	return req
}

// decimal writes a number without exponent.
func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
