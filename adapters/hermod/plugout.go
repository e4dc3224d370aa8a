package hermod

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"

	"github.com/gomss/gomss/mss"
)

// plugoutScheme is what the app and its counterpart on a computer are started by.
const plugoutScheme = "com.nexusgroup.plugout"

// Plugout is a link that has the app fetch what waits in a mailbox. Whoever has the link is the person to the Hermod, for as long as
// it can be used, which is once: it prints without the token, and belongs into no log. Nothing in it is for this side to fetch
// (SEC-17).
type Plugout struct {
	text, mailbox, token string
}

// tokenPattern is what a token and a mailbox's id are made of; in examples both are UUIDs.
var tokenPattern = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,128}$`)

// ParsePlugout reads a link: com.nexusgroup.plugout:///?url=…&token=…, with the mailbox's address, https, in url. The escapes in it
// may be in capitals or not, as they are in examples within one link. Other parameters are passed over. Errors hold nothing of
// the link.
func ParsePlugout(link string) (*Plugout, error) {
	if len(link) > maxAddress || !isGraphic(link) {
		return nil, fmt.Errorf("hermod: plugout: is not 1 to %d characters of printable ASCII", maxAddress)
	}
	scheme, rest, _ := strings.Cut(link, ":")
	if !strings.EqualFold(scheme, plugoutScheme) {
		return nil, errors.New("hermod: plugout: the scheme is not " + plugoutScheme)
	}
	query, ok := strings.CutPrefix(rest, "///?")
	if !ok || strings.Contains(query, "#") {
		return nil, errors.New(`hermod: plugout: behind the scheme there is not "///?" and a query alone`)
	}
	values, err := url.ParseQuery(query)
	if err != nil { // the parser's error quotes it
		return nil, errors.New("hermod: plugout: the query has a wrong escape, or a semicolon")
	}
	if len(values["url"]) != 1 || len(values["token"]) != 1 {
		return nil, errors.New("hermod: plugout: has not one url and one token")
	}
	p := &Plugout{text: link, mailbox: values.Get("url"), token: values.Get("token")}
	return p, p.check()
}

// NewPlugout makes a link from a mailbox's address, "https://hermod.example:20400/hermod/rest/ms/" and its id, and a token.
func NewPlugout(mailbox, token string) (*Plugout, error) {
	p := &Plugout{mailbox: mailbox, token: token}
	p.text = plugoutScheme + ":///?url=" + url.QueryEscape(mailbox) + "&token=" + url.QueryEscape(token)
	return p, p.check()
}

func (p *Plugout) check() error {
	u, err := url.Parse(p.mailbox)
	switch {
	case err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "":
		return errors.New("hermod: plugout: url is no https address without user, query and fragment")
	case !tokenPattern.MatchString(p.BoxID()):
		return errors.New("hermod: plugout: url does not end in the id of a mailbox")
	case !tokenPattern.MatchString(p.token):
		return errors.New("hermod: plugout: token is not 1 to 128 letters, digits and . _ ~ -")
	case len(p.text) > maxAddress:
		return fmt.Errorf("hermod: plugout: is longer than %d octets", maxAddress)
	}
	return nil
}

// Text returns the link, octet by octet as it was read: for an element on the person's device, or as the text of a QR code.
func (p *Plugout) Text() mss.Private { return mss.Conceal(p.text) }

// Mailbox returns the mailbox's address.
func (p *Plugout) Mailbox() string { return p.mailbox }

// BoxID returns the mailbox's id, the last segment of its address.
func (p *Plugout) BoxID() string { return p.mailbox[strings.LastIndexByte(p.mailbox, '/')+1:] }

// Token returns the secret.
func (p *Plugout) Token() mss.Private { return mss.Conceal(p.token) }

// Redacted returns what may be printed: the scheme, and the host of the mailbox.
func (p *Plugout) Redacted() string {
	host := ""
	if u, err := url.Parse(p.mailbox); err == nil {
		host = u.Host
	}
	return plugoutScheme + ":///?url=[redacted, at " + host + "]&token=[redacted]"
}

// Format writes Redacted, whatever the verb and flags are.
func (p Plugout) Format(s fmt.State, _ rune) { fmt.Fprint(s, p.Redacted()) }

// LogValue is Redacted, for log/slog.
func (p Plugout) LogValue() slog.Value { return slog.StringValue(p.Redacted()) }

// MarshalText is Redacted, for encoding/json and encoding/xml.
func (p Plugout) MarshalText() ([]byte, error) { return []byte(p.Redacted()), nil }
