package demo

import (
	"net/url"
	"path/filepath"
	"time"

	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/tools/internal/phones"
	"github.com/gomss/gomss/tools/internal/relyingparty"
	"github.com/gomss/gomss/tools/internal/simkit"
	"github.com/gomss/gomss/transport"
)

// connect makes a client of each simulator, with the certificate that the configurations in dir have too: evidence is judged by
// the one who asked.
func connect(hub *phones.Hub, dir string, secret []byte) (list []*relyingparty.Provider, err error) {
	identity, err := transport.LoadIdentityPEM(filepath.Join(dir, "client.pem"), filepath.Join(dir, "client.key"))
	if err != nil {
		return nil, err
	}
	deposit := func(config string) relyingparty.Deposit {
		return relyingparty.Deposit{Secret: secret, Verify: []string{"mss", "verify", "evidence", "--config", filepath.Join(dir, config)}}
	}
	mobileID, sk, bankID, hermod := hub.MobileID(), hub.SKMobileID(), hub.BankID(), hub.Hermod()
	mobileID.HTTP.Identity, bankID.HTTP.Identity = identity, identity
	mobileID.Defaults = mssp.Options{Profile: mssp.ProfileAny}
	hermodDeposit := relyingparty.Deposit{Secret: secret, Verify: []string{ // the command has no configuration of a Hermod
		"mss", "verify", "hermod", "--url", hermod.HTTP.URL, "--client-id", hermod.ClientID,
		"--handle-key", filepath.Join(dir, "handle.key"), "--anchors", filepath.Join(dir, "hermod-anchors.pem"),
	}}
	mobileID.Dialect = mssp.Swisscom()
	mobileID.Dialect.Poll = time.Second // the real service wants 5 s
	for _, connect := range []func() (*relyingparty.Provider, error){
		func() (*relyingparty.Provider, error) {
			return relyingparty.MobileID(mobileID, deposit(simkit.MobileIDConfig))
		},
		func() (*relyingparty.Provider, error) {
			return relyingparty.SKMobileID(sk, deposit(simkit.SKMobileIDConfig))
		},
		func() (*relyingparty.Provider, error) {
			return relyingparty.BankID(bankID, deposit(simkit.BankIDConfig))
		},
		func() (*relyingparty.Provider, error) { return relyingparty.Hermod(hermod, hermodDeposit) },
	} {
		p, err := connect()
		if err != nil {
			return nil, err
		}
		if p.Callback != nil {
			hub.HermodCallback(p.Callback)
		}
		p.Examples = examples(hub, p)
		list = append(list, p)
	}
	return list, nil
}

// examples are the handsets whose numbers a form takes.
func examples(hub *phones.Hub, p *relyingparty.Provider) (list []relyingparty.Example) {
	for _, h := range hub.Handsets() {
		if h.Provider != p.Name {
			continue
		}
		values := url.Values{}
		for _, f := range p.Fields {
			switch f.Name {
			case "country":
				values.Set(f.Name, h.Country)
			case "person":
				if h.Identity == "" {
					values.Set(f.Name, h.Number)
				} else {
					values.Set(f.Name, h.Identity)
				}
			default:
				values.Set(f.Name, h.Number)
			}
		}
		label := h.Owner + ", " + h.Device + ": " + h.Number
		if h.Identity != "" {
			label += ", " + h.Identity
		}
		list = append(list, relyingparty.Example{Label: label, Values: values})
	}
	return list
}
