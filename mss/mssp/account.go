package mssp

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/gomss/gomss/mss"
)

// Account is an application provider at the operator's service. Its three parts were assigned together and belong together.
type Account struct {
	APID     string      // AP_ID, a URI of at most 128 octets
	Password mss.Private // AP_PWD; most services authenticate by the client certificate alone
	Prefix   string      // with which every text must begin: "Bank ACME: "
}

func (a *Account) check() error {
	if a.APID == "" || len(a.APID) > 128 {
		return errors.New("mssp: Account.APID: the AP_ID that the operator assigned is required, at most 128 octets")
	}
	if strings.ContainsFunc(a.APID, func(r rune) bool { return r <= ' ' || r > '~' || r == '|' }) {
		return errors.New("mssp: Account.APID: holds a character that no URI has")
	}
	if password := a.Password.Reveal(); len(password) > 256 || strings.ContainsFunc(password, func(r rune) bool { return r < ' ' || r == utf8.RuneError }) {
		return errors.New("mssp: Account.Password: longer than 256 octets, or with a character that no message can carry")
	}
	return nil
}

// WithAccount returns a client for another account at the same service, with the same client certificate, connections,
// anchors and limits. Its scope is its own: transactions of one account are refused by the client of another.
func (c *Client) WithAccount(a Account) (*Client, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	other := *c
	other.account = a
	other.scope = c.service + a.APID
	return &other, nil
}
