package bankid

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gomss/gomss/mss"
)

// Limits of options, in octets.
const (
	maxReturnURL  = 512
	maxWebDevice  = 64
	minWebDomain  = 3
	maxWebDomain  = 253
	maxUserAgent  = 256
	maxPolicies   = 16
	maxPolicySize = 64
)

var (
	schemePattern = regexp.MustCompile(`^[a-z][a-z0-9+.-]{1,63}$`)
	domainPattern = regexp.MustCompile(`^[a-z0-9.-]+$`)

	// policyPattern is an object identifier, of which the fifth or a later arc may be a wildcard.
	policyPattern = regexp.MustCompile(`^[0-2](\.(0|[1-9][0-9]*)){1,}(\.(0|[1-9][0-9]*)|(\.(0|[1-9][0-9]*)){2}\.\*)$`)

	// unsafeSchemes run something or leave the encrypted web.
	unsafeSchemes = []string{"https", "http", "javascript", "data", "vbscript", "file", "blob", "about", "bankid"}
)

// checkReturnURL checks where the app goes in the end.
func (c *Client) checkReturnURL(q *question, _ *mss.Request) error {
	s := q.options.ReturnURL
	switch {
	case s == "":
		return nil
	case q.endpoint.phone:
		return refuse("Options.ReturnURL", "does not go with a person who is on the telephone")
	case len(s) > maxReturnURL:
		return refuse("Options.ReturnURL", "has more than 512 characters")
	case !c.mayReturn(s):
		return refuse("Options.ReturnURL", "is no address in ASCII with https or one of Config.RedirectSchemes")
	}
	q.order.ReturnURL = s
	return nil
}

// mayReturn reports whether an address is one that a person may be sent back to.
func (c *Client) mayReturn(s string) bool {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7F }) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil {
		return false
	}
	return u.Scheme == "https" && u.Host != "" || slices.Contains(c.cfg.RedirectSchemes, u.Scheme)
}

// checkWhere checks what BankID's risk assessment is told.
func checkWhere(q *question, _ *mss.Request) error {
	o := &q.options
	switch {
	case q.endpoint.phone && (o.App != nil || o.Web != nil):
		return refuse("Options.Web", "does not go with a person who is on the telephone, nor does App")
	case q.endpoint.phone && o.ReturnRisk:
		return refuse("Options.ReturnRisk", "does not go with a person who is on the telephone")
	case o.App != nil && o.Web != nil:
		return refuse("Options.Web", "does not go with Options.App")
	}
	q.order.ReturnRisk = o.ReturnRisk
	if o.App != nil {
		return q.checkApp(*o.App)
	}
	if o.Web != nil {
		return q.checkWeb(*o.Web)
	}
	return nil
}

func (q *question) checkApp(a App) error {
	if a == (App{}) {
		return refuse("Options.App", "has no field set")
	}
	for _, s := range []string{a.Identifier, a.OS, a.Model, a.Device} {
		if s != "" && !isLine(s) {
			return refuse("Options.App", "has a field over 256 octets, or with characters that nobody can see")
		}
	}
	q.order.App = &appData{a.Identifier, a.OS, a.Model, a.Device}
	return nil
}

func (q *question) checkWeb(w Web) error {
	switch {
	case w == (Web{}):
		return refuse("Options.Web", "has no field set")
	case len(w.Device) > maxWebDevice || strings.ContainsFunc(w.Device, func(r rune) bool { return r <= ' ' || r >= 0x7F }):
		return refuse("Options.Web.Device", "has not 1 to 64 visible ASCII characters: take a hash of what identifies the browser")
	case w.Domain != "" && (len(w.Domain) < minWebDomain || len(w.Domain) > maxWebDomain || !domainPattern.MatchString(w.Domain)):
		return refuse("Options.Web.Domain", "has not 3 to 253 of a-z 0-9 . - (Punycode)")
	}
	q.order.Web = &webData{w.Device, w.Domain, truncate(w.UserAgent, maxUserAgent)}
	return nil
}

// truncate cuts a text to at most limit octets, between characters. What is no UTF-8 goes: encoding/json would make more of it.
func truncate(s string, limit int) string {
	s = strings.ToValidUTF8(s[:min(len(s), limit+utf8.UTFMax)], "")
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// checkRequirement checks who can answer and how.
func (c *Client) checkRequirement(q *question, _ *mss.Request) error {
	r := &q.options.Requirement
	switch {
	case r.MRTD && q.endpoint.phone:
		return refuse("Options.Requirement.MRTD", "does not go with a person who is on the telephone")
	case r.Risk != "" && !q.options.OtherPayment:
		return refuse("Options.Requirement.Risk", "goes with Options.OtherPayment: of other orders, ask with ReturnRisk and judge yourself")
	case r.Risk != "" && r.Risk != "low" && r.Risk != "moderate":
		return refuse("Options.Requirement.Risk", `is neither "low" nor "moderate"`)
	}
	if err := c.checkPolicies(r.CertificatePolicies); err != nil {
		return err
	}
	if err := checkCardReader(r); err != nil {
		return err
	}
	if r.PinCode || r.MRTD || r.CardReader != "" || r.Risk != "" || len(r.CertificatePolicies) > 0 {
		w := q.requirement()
		w.PinCode, w.MRTD, w.CardReader, w.Risk, w.Policies = r.PinCode, r.MRTD, r.CardReader, r.Risk, r.CertificatePolicies
	}
	return nil
}

// requirement returns the order's; it is left out where it says nothing.
func (q *question) requirement() *requirement {
	if q.order.Requirement == nil {
		q.order.Requirement = new(requirement)
	}
	return q.order.Requirement
}

// Policies of certificates on a smart card, in production and test.
var cardPolicies = []string{"1.2.752.78.1.2", "1.2.3.4.10"}

// checkCardReader wants certificates on a card alone beside a card reader: the outcome is not defined otherwise.
func checkCardReader(r *Requirement) error {
	switch r.CardReader {
	case "":
		return nil
	case "class1", "class2":
	default:
		return refuse("Options.Requirement.CardReader", `is neither "class1" nor "class2"`)
	}
	for _, p := range r.CertificatePolicies {
		if slices.Contains(cardPolicies, p) {
			return nil
		}
	}
	return refuse("Options.Requirement.CardReader", "goes with the policy of certificates on a card in CertificatePolicies")
}

// checkPolicies refuses what can match no certificate, in this environment or at all.
func (c *Client) checkPolicies(policies []string) error {
	const field = "Options.Requirement.CertificatePolicies"
	if len(policies) > maxPolicies {
		return refuse(field, "has more than 16 entries")
	}
	for _, p := range policies {
		if len(p) > maxPolicySize || !policyPattern.MatchString(p) {
			return refuse(field, "holds what is no dotted object identifier; only the last arc may be *, from the fifth on")
		}
		test := strings.HasPrefix(p, "1.2.3.4.") || strings.HasPrefix(p, "1.2.752.60.")
		production := strings.HasPrefix(p, "1.2.752.78.")
		if test && c.env == mss.Production || production && c.env == mss.Test {
			return refuse(field, "holds a policy that no certificate of the "+c.env.String()+" environment has")
		}
	}
	return nil
}
