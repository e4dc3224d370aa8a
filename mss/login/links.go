package login

import (
	"html/template"
	"net/url"
	"strings"

	"github.com/gomss/gomss/mss"
)

// maxLink bounds links, in octets.
const maxLink = 2048

// appSchemes are those of the apps that sign: Mobile ID, BankID and the plugout of Hermod (SEC-17). html/template replaces
// links of unknown schemes, so that they must be vetted here.
var appSchemes = map[string]bool{"mobileid": true, "bankid": true, "com.nexusgroup.plugout": true}

// appHost is where https links to BankID's app lead.
const appHost = "app.bankid.com"

// appLink returns a link that opens an app on this device, or "" where it might do anything else.
func appLink(p mss.Private) template.URL {
	u := parseLink(p)
	if u == nil || !appSchemes[u.Scheme] && !(u.Scheme == "https" && u.Host == appHost) {
		return ""
	}
	return template.URL(p.Reveal())
}

// portalLink returns a link to a web page where the person can help themselves, or "".
func portalLink(p mss.Private) template.URL {
	u := parseLink(p)
	if u == nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return template.URL(p.Reveal())
}

// parseLink reads a link that browsers read the same way: printable ASCII without backslashes, and nothing before an "@"
// that looks like a host.
func parseLink(p mss.Private) *url.URL {
	s := p.Reveal()
	if len(s) > maxLink || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }) {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil || !strings.HasPrefix(s, u.Scheme+"://") {
		return nil
	}
	return u
}
