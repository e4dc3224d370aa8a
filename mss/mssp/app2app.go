package mssp

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
)

const (
	maxRedirectURI = 1000 // octets, and maxEscapedURI as the link holds it
	maxEscapedURI  = 1200
	maxAuthURI     = 1500 // octets; the operator's sample has 200, and a handle must hold it
	appScheme      = "mobileid"
)

// neverSchemes are not for an application's own app, whatever Config.RedirectSchemes says: they run scripts, open files or
// can be read on the way (SEC-17).
var neverSchemes = []string{"javascript", "vbscript", "data", "file", "blob", "about", "http"}

// checkRedirect checks Options.RedirectURI, to which the signing app sends the person back.
func (c *Client) checkRedirect(q *question) error {
	uri := q.options.RedirectURI
	if uri == "" {
		return nil
	}
	if err := c.checkRedirectURI(uri); err != nil {
		return &mss.RequestError{Field: "Options.RedirectURI", Reason: err.Error()}
	}
	if c.cfg.Dialect.method(q.profile) != MethodDevice { // a SIM card would ring, and no link come
		return &mss.RequestError{Field: "Options.RedirectURI", Reason: "needs a profile with which the person can sign in the app: mssp.ProfileDevice"}
	}
	return nil
}

// checkRedirectURI never names the address: it may hold a session.
func (c *Client) checkRedirectURI(uri string) error {
	u, err := parseLink(uri, maxRedirectURI)
	switch {
	case err != nil:
		return err
	case len(url.QueryEscape(uri)) > maxEscapedURI:
		return errors.New("is too long for a link, as one that holds it escapes it")
	case u.Scheme == "":
		return errors.New("is no absolute URI")
	case u.User != nil:
		return errors.New("holds a user's name, which has no place in a link")
	case u.Scheme == "https" && u.Hostname() == "":
		return errors.New("names no host")
	case u.Scheme == "https":
		return nil
	case slices.Contains(neverSchemes, u.Scheme):
		return errors.New("is of a scheme that is never allowed: use https, or a scheme of your own app")
	case !slices.ContainsFunc(c.cfg.RedirectSchemes, func(s string) bool { return strings.EqualFold(s, u.Scheme) }):
		return errors.New("is of a scheme that is neither https nor one of Config.RedirectSchemes")
	}
	return nil
}

// parseLink takes characters that a URI can have (RFC 3986 section 2) and no others. Its errors do not hold the link.
func parseLink(link string, most int) (*url.URL, error) {
	if len(link) > most {
		return nil, errors.New("is too long for a link")
	}
	if strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) }) {
		return nil, errors.New("holds a character that no URI has")
	}
	u, err := url.Parse(link)
	if err != nil {
		return nil, errors.New("is no URI")
	}
	return u, nil
}

// appLink returns the link of an acknowledgement that opens the signing app (AuthUri, guide section 3.2.4.3); "" where
// none was asked for. It holds the secret of the session. An acknowledgement without one is an error: no push was sent to
// the phone, so the person could not sign.
func appLink(q *question, resp *etsi.SignatureResp) (string, error) {
	if q.options.RedirectURI == "" {
		return "", nil
	}
	var links []string
	for _, r := range serviceResponses(resp.Status) {
		for _, item := range r.Items {
			if item.App2App != nil && item.App2App.AuthUri != nil {
				links = append(links, withoutSpace(*item.App2App.AuthUri))
			}
		}
	}
	if len(links) != 1 || links[0] == "" {
		return "", errors.New("the acknowledgement has not exactly one link to the app")
	}
	u, err := parseLink(links[0], maxAuthURI)
	if err != nil {
		return "", errors.New("the link to the app " + err.Error())
	}
	if u.Scheme != appScheme {
		return "", errors.New("the link to the app is not of the scheme " + appScheme)
	}
	return links[0], nil
}

// withoutSpace drops the white space with which documents break long values (guide section 3.2.4.3.2). It copies: the
// answer, which also holds our password, must not live as long as the link.
func withoutSpace(s string) string {
	return strings.Clone(strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
			return -1
		}
		return r
	}, s))
}
