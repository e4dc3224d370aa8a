package relyingparty

import (
	"net/url"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// Hermod is Nexus Hermod with its app. Its users have names, and a device that was enrolled before. Answers come by
// themselves: Provider.Callback is to be mounted where the Hermod sends them.
func Hermod(cfg hermod.Config, d Deposit) (*Provider, error) {
	client, err := hermod.New(cfg)
	if err != nil {
		return nil, err
	}
	return d.complete(&Provider{
		ID: "hermod", Name: "Hermod", Note: "Enrolled users: app", Service: client, Callback: client.Callback(),
		Fields: []Field{{Name: "user", Label: "User name", Hint: "As it was enrolled", Type: "text", Mode: "text"}},
		User: func(form url.Values) (mss.User, error) {
			id, err := mss.ParseUserID(form.Get("user"))
			return mss.User{ID: id}, err
		},
		Login: func(u mss.User, text string) *mss.Request {
			return &mss.Request{Purpose: mss.Authentication, User: u, Display: text}
		},
		Sign: func(u mss.User, c *Contract) *mss.Request {
			return &mss.Request{Purpose: mss.Signing, User: u, Display: "Bank ACME: sign this contract?", Data: mss.Text(c.Text)}
		},
	}, client.Scope())
}
