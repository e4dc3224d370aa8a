package mssp

import (
	"cmp"
	"fmt"
	"log/slog"

	"github.com/gomss/gomss/mss"
)

// Options are the part of a Request that is particular to this kind of service. They print without RedirectURI, which may
// hold a session.
type Options struct {
	// Profile is the URI of the signature profile, such as ProfileAny. There is no default: it decides what a signature
	// is worth.
	Profile string

	// Geofencing asks where the phone is; nil: does not. Details of the signature hold the answer.
	Geofencing *Geofencing

	// RedirectURI asks for App2App: the person's app on this device is opened by Prompt.Link, and returns to RedirectURI.
	// It is https, or of a scheme in Config.RedirectSchemes; Profile must promise the app (ProfileDevice).
	RedirectURI string

	// Validate asks the service to validate the signature itself (TS 102 204, #validate): status 502 instead of 500. What the
	// client checks is the same.
	Validate bool

	// SubscriberInfo asks for the network of the subscription. The operator has deprecated it.
	SubscriberInfo bool
}

// Provider returns "mssp".
func (Options) Provider() string { return "mssp" }

// String returns what is asked for, without the address that RedirectURI holds.
func (o Options) String() string {
	return fmt.Sprintf("mssp.Options{profile:%q geofencing:%t app2app:%t}", o.Profile, o.Geofencing != nil, o.RedirectURI != "")
}

// Format writes String, whatever the verb and flags are.
func (o Options) Format(s fmt.State, _ rune) { fmt.Fprint(s, o.String()) }

// LogValue is String in parts, for log/slog.
func (o Options) LogValue() slog.Value {
	return slog.GroupValue(slog.String("profile", o.Profile), slog.Bool("geofencing", o.Geofencing != nil), slog.Bool("app2app", o.RedirectURI != ""))
}

// MarshalText is String, for encoding/json.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// over fills in from defaults what o leaves out.
func (o Options) over(defaults Options) Options {
	o.Profile = cmp.Or(o.Profile, defaults.Profile)
	o.Geofencing = cmp.Or(o.Geofencing, defaults.Geofencing)
	o.RedirectURI = cmp.Or(o.RedirectURI, defaults.RedirectURI)
	o.Validate = o.Validate || defaults.Validate
	o.SubscriberInfo = o.SubscriberInfo || defaults.SubscriberInfo
	return o
}

func (c *Client) checkOptions(q *question, req *mss.Request) error {
	o := c.cfg.Defaults
	if req.Options != nil {
		own, ok := req.Options.(Options)
		if !ok {
			return &mss.RequestError{Field: "Options", Reason: fmt.Sprintf("are %T, of provider %q; use mssp.Options", req.Options, req.Options.Provider())}
		}
		o = own.over(o)
	}
	if o.Profile == "" {
		return &mss.RequestError{Field: "Options.Profile", Reason: "is required, here or in Config.Defaults: mssp.ProfileAny, ProfileSIM, ProfileDevice or another URI"}
	}
	if !isProfile(o.Profile) {
		return &mss.RequestError{Field: "Options.Profile", Reason: "is no URI of at most 256 octets"}
	}
	q.profile, q.options = o.Profile, o
	return c.checkServices(q)
}
