package bankid

import (
	"errors"
	"net/url"
	"strings"

	"github.com/gomss/gomss/mss"
)

// Platform is the browser that a link is for.
type Platform int

const (
	Desktop      Platform = iota // a computer, and every browser that is not below
	Android                      // Chrome, Edge and others on Android
	IOSSafari                    // Safari on iPhone and iPad
	IOSChrome                    // Chrome on iPhone and iPad
	IOSFirefox                   // Firefox on iPhone and iPad
	AndroidOther                 // a browser on Android that does not know app links, Firefox among them
)

const (
	appLink    = "https://app.bankid.com/" // a universal link or app link
	schemeLink = "bankid:///"
)

// PlatformOf guesses the platform from a browser's User-Agent. An iPad may call itself a computer.
func PlatformOf(userAgent string) Platform {
	has := func(s string) bool { return strings.Contains(userAgent, s) }
	switch {
	case has("iPhone"), has("iPad"), has("iPod"):
		switch {
		case has("CriOS/"):
			return IOSChrome
		case has("FxiOS/"):
			return IOSFirefox
		}
		return IOSSafari
	case has("Android") && (has("Chrome/") || has("EdgA/")) && !has("Firefox/"):
		return Android
	case has("Android"):
		return AndroidOther
	}
	return Desktop
}

// AutostartLink returns the link that starts the app on a platform, for an order that was not made with Options.ReturnURL to
// return to an address. redirect is that address, https; "" is none. Android and computers return by themselves and need
// none; Safari on iOS opens it, Chrome and Firefox on iOS open themselves instead. An order with Options.ReturnURL goes there
// whatever redirect says.
//
// The scheme of the link is https or bankid: a template that does not know the second one must be told that it is safe.
func AutostartLink(tx *mss.Transaction, p Platform, redirect string) (mss.Private, error) {
	st, err := decodeState(tx)
	if err != nil {
		return mss.Private{}, refuse("Transaction.State", err.Error())
	}
	if st.AutoStart == "" {
		return mss.Private{}, errors.New("bankid: an order for a person who is on the telephone or pays elsewhere has no link")
	}
	if redirect != "" && !isWebAddress(redirect) {
		return mss.Private{}, errors.New("bankid: redirect: is no https address in ASCII of at most 512 characters")
	}
	switch p {
	case Android:
		return mss.Conceal(appLink + startQuery(st.AutoStart, "")), nil
	case IOSSafari:
		return mss.Conceal(appLink + startQuery(st.AutoStart, redirect)), nil
	case IOSChrome:
		return mss.Conceal(schemeLink + startQuery(st.AutoStart, "googlechromes://")), nil
	case IOSFirefox:
		return mss.Conceal(schemeLink + startQuery(st.AutoStart, "firefox://")), nil
	}
	return mss.Conceal(schemeLink + startQuery(st.AutoStart, "")), nil
}

// startQuery writes the parameters of a link. Their names are in lower case, and an address that is not given is null.
func startQuery(token, redirect string) string {
	if redirect == "" {
		redirect = "null"
	}
	return "?autostarttoken=" + url.QueryEscape(token) + "&redirect=" + url.QueryEscape(redirect)
}

func isWebAddress(s string) bool {
	if len(s) > maxReturnURL || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7F }) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
}
