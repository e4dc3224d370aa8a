package phones

import (
	"crypto/x509"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
)

const bankIDName = "BankID"

// bankIDNumber is of the series that is kept for tests.
const bankIDNumber = bankidtest.DefaultNumber

// startBankID starts the simulator with its handset, which also gets the orders that ask for nobody.
func (h *Hub) startBankID(clients []*x509.Certificate) (err error) {
	h.bankID, err = bankidtest.Start(&bankidtest.Options{
		Seed: h.seed, Clients: clients,
		Exchanged: func(x bankidtest.Exchange) { h.record(bankIDName, wire(x), describeBankID) },
	})
	if err != nil {
		return err
	}
	h.handsets = append(h.handsets, &handset{
		Handset: Handset{
			ID: "bankid", Provider: bankIDName, Device: "BankID app", Owner: "Anna Simulerad", Number: bankIDNumber, Country: "SE",
		},
		device: &bankIDDevice{h.bankID},
	})
	return nil
}

// bankIDDevice is the app.
type bankIDDevice struct{ server *bankidtest.Server }

func (d *bankIDDevice) script(h *Handset) {
	p := bankidtest.Person{
		Number: bankIDNumber, Manual: true, Does: bankidtest.Ignore, Card: h.Cards, NoNetwork: h.NoNetwork, PINBlocked: h.PINBlocked,
	}
	d.server.Script(bankIDNumber, p)
	d.server.Script(bankidtest.Anyone, p)
}

func (d *bankIDDevice) waiting(h *Handset) (list []Waiting) {
	for _, o := range d.server.Outstanding() {
		if o.Number != "" && o.Number != h.Number {
			continue
		}
		w := Waiting{
			ID: o.ID, Kind: Login, From: o.From, Text: o.Text, Method: "security code, face or finger", Call: o.Call,
			ToScan: !o.PickedUp, Link: o.Link, Until: o.Until, Actions: []Action{Sign, Cancel, BlockPIN},
		}
		if o.Kind == bankidtest.KindSignature {
			w.Kind = Signature
		}
		if w.ToScan {
			w.Actions = []Action{Scan}
		}
		list = append(list, w)
	}
	return list
}

func (d *bankIDDevice) act(id string, a Action) bool {
	if a == Scan {
		return d.server.PickUp(id)
	}
	does := map[Action]bankidtest.Act{Sign: bankidtest.Sign, Cancel: bankidtest.Cancel, BlockPIN: bankidtest.BlockPIN}
	what, ok := does[a]
	return ok && d.server.Act(id, what)
}
