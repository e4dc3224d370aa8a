package relyingparty

import (
	"crypto"
	"fmt"
	"net/url"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
)

// Deposit is how the evidence of a provider's signatures can be judged again: with the secret that seals it.
type Deposit struct {
	Secret []byte   // of mss.NewKeys; at least 32 octets
	Verify []string // the command line that has the same one; nil: there is none
}

// MobileID is a Mobile Signature Service of ETSI TS 102 204, such as Swisscom Mobile ID. Its texts begin with the prefix that the
// provider has assigned, and are what is signed; a code makes each of them one of its kind.
func MobileID(cfg mssp.Config, d Deposit) (*Provider, error) {
	client, err := mssp.New(cfg)
	if err != nil {
		return nil, err
	}
	return d.complete(&Provider{
		ID: "mobileid", Name: "Mobile ID", Note: "Switzerland: SIM card or app", Service: client, Receipts: true,
		Fields: []Field{{Name: "number", Label: "Mobile number", Hint: "With the country code, such as +41790000021", Type: "tel", Mode: "tel"}},
		User: func(form url.Values) (mss.User, error) {
			number, err := mss.ParseMSISDN(form.Get("number"))
			return mss.User{MSISDN: number}, err
		},
		Login: func(u mss.User, text string) *mss.Request {
			return &mss.Request{Purpose: mss.Authentication, User: u, Display: text, AddCode: true, Language: "en"}
		},
		Sign: func(u mss.User, c *Contract) *mss.Request {
			text := fmt.Sprintf("Bank ACME: I sign contract %s. Its SHA-256 is %x.", c.Number, c.Digest())
			return &mss.Request{Purpose: mss.Signing, User: u, Display: text, AddCode: true, Language: "en"}
		},
	}, client.Scope())
}

// SKMobileID is the Mobile-ID of SK ID Solutions. What is signed is a digest: of the contract, or a challenge.
func SKMobileID(cfg skmid.Config, d Deposit) (*Provider, error) {
	client, err := skmid.New(cfg)
	if err != nil {
		return nil, err
	}
	return d.complete(&Provider{
		ID: "sk", Name: "SK Mobile-ID", Note: "Estonia and Lithuania: SIM card", Service: client,
		Fields: []Field{
			{Name: "country", Label: "Country", Choices: []Choice{{"EE", "Estonia"}, {"LT", "Lithuania"}}},
			{Name: "number", Label: "Mobile number", Hint: "With the country code, +372 or +370", Type: "tel", Mode: "tel"},
			{Name: "person", Label: "Personal code", Hint: "11 digits", Type: "text", Mode: "numeric"},
		},
		User: func(form url.Values) (u mss.User, err error) {
			if u.MSISDN, err = mss.ParseMSISDN(form.Get("number")); err != nil {
				return u, err
			}
			u.Person, err = mss.ParsePersonID(form.Get("country"), form.Get("person"))
			return u, err
		},
		Login: func(u mss.User, text string) *mss.Request {
			return &mss.Request{Purpose: mss.Authentication, User: u, Display: text, Language: "en"}
		},
		Sign: func(u mss.User, c *Contract) *mss.Request {
			return &mss.Request{
				Purpose: mss.Signing, User: u, Data: mss.Digest(crypto.SHA256, c.Digest()), Language: "en",
				Display: "Bank ACME: sign contract " + c.Number + "?",
			}
		},
	}, client.Scope())
}

// BankID is the Swedish BankID. It rings no phone: the person scans a code or follows a link, and who takes too long gets
// another order. The whole contract is shown in the app.
func BankID(cfg bankid.Config, d Deposit) (*Provider, error) {
	client, err := bankid.New(cfg)
	if err != nil {
		return nil, err
	}
	texts := bankid.DefaultMessages()
	return d.complete(&Provider{
		ID: "bankid", Name: "BankID", Note: "Sweden: app", Service: client,
		Fields: []Field{{Name: "person", Label: "Personal number", Hint: "12 digits; leave it empty and scan a code", Type: "text", Mode: "numeric", Optional: true}},
		User: func(form url.Values) (u mss.User, err error) {
			if form.Get("person") != "" {
				u.Person, err = mss.ParsePersonID("SE", form.Get("person"))
			}
			return u, err
		},
		Login: func(u mss.User, text string) *mss.Request {
			return &mss.Request{Purpose: mss.Authentication, User: u, Display: text}
		},
		Sign: func(u mss.User, c *Contract) *mss.Request {
			return &mss.Request{Purpose: mss.Signing, User: u, Display: c.Text}
		},
		Hint:      func(hint, language string) string { return texts.Text(bankid.MessageID(hint, bankid.ByQR), language) },
		ScanHints: []string{"outstandingTransaction", "noClient"},
		RestartIf: bankid.NotStarted,
	}, client.Scope())
}

// complete makes the keys of a provider.
func (d Deposit) complete(p *Provider, scope string) (*Provider, error) {
	keys, err := mss.NewKeys(scope, d.Secret)
	if err != nil {
		return nil, err
	}
	p.Keys, p.Verify = keys, d.Verify
	return p, nil
}
