package hermod

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/gomss/gomss/internal/legible"
	"github.com/gomss/gomss/mss"
)

// AppLink starts the app on the device that the person's browser is on, and has it return there.
type AppLink struct {
	Scheme   string // of the app; "" is "personal". Apps that were built with the vendor's SDK have their own
	Title    string // what the app shows meanwhile; "" is none
	Redirect string // the https address that the app opens at the end; "" is none
}

const (
	appScheme   = "personal"
	maxTitle    = 128 // octets
	maxRedirect = 1024
)

var schemePattern = regexp.MustCompile(`^[a-z][a-z0-9+.-]{0,63}$`)

// For returns the link for a transaction. Of an authentication or a signing it starts the app, which then finds what it was sent by
// push: the link holds no secret. Of a provisioning it leads the app to the message, which is on one of Config.Hosts, and is a secret
// as the prompt's link is. A template that does not know the scheme must be told that it is safe.
func (a AppLink) For(tx *mss.Transaction) (mss.Private, error) {
	st, err := decodeState(tx)
	if err != nil {
		return mss.Private{}, refuse("Transaction.State", err.Error())
	}
	if err := a.check(); err != nil {
		return mss.Private{}, err
	}
	place := "start"
	if st.Kind == provision {
		if len(st.Locations) == 0 {
			return mss.Private{}, errors.New("hermod: app link: the provisioning has no address")
		}
		if place, err = withoutScheme(st.Locations[0]); err != nil {
			return mss.Private{}, err
		}
	}
	return mss.Conceal(a.scheme() + "://" + place + a.query()), nil
}

func (a AppLink) scheme() string {
	if a.Scheme == "" {
		return appScheme
	}
	return a.Scheme
}

func (a AppLink) check() error {
	switch s := a.scheme(); {
	case !schemePattern.MatchString(s), s == "http", s == "https", s == "javascript", s == "data", s == "file":
		return errors.New("hermod: app link: Scheme is no scheme of an app, in small letters")
	case len(a.Title) > maxTitle || a.Title != "" && legible.Check(a.Title) != nil || strings.Contains(a.Title, "\n"):
		return fmt.Errorf("hermod: app link: Title is not a line of at most %d octets of legible text", maxTitle)
	}
	if a.Redirect == "" {
		return nil
	}
	u, err := url.Parse(a.Redirect)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(a.Redirect) > maxRedirect || !isGraphic(a.Redirect) {
		return fmt.Errorf("hermod: app link: Redirect is no https address in ASCII of at most %d characters", maxRedirect)
	}
	return nil
}

// query writes the parameters; a blank is %20, which every reader of a query understands.
func (a AppLink) query() string {
	var parts []string
	for _, p := range [][2]string{{"title", a.Title}, {"redirect", a.Redirect}} {
		if p[1] != "" {
			parts = append(parts, p[0]+"="+strings.ReplaceAll(url.QueryEscape(p[1]), "+", "%20"))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "?" + strings.Join(parts, "&")
}

// withoutScheme is an https address without its scheme, as the app wants it.
func withoutScheme(address string) (string, error) {
	u, err := url.Parse(address)
	rest, ok := strings.CutPrefix(address, "https://")
	if err != nil || !ok || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || !isGraphic(address) {
		return "", errors.New("hermod: app link: the message has no https address")
	}
	return rest, nil
}
