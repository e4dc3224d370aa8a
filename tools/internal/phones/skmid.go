package phones

import "github.com/gomss/gomss/adapters/skmid/skmidtest"

const skMobileIDName = "SK Mobile-ID"

// The users of SK Mobile-ID. Nobody has these numbers and codes.
var skMobileIDHandsets = []struct {
	id, owner, given, surname, phone, code, country string
}{
	{"skmid-ee", "Mari Näidis", "MARI", "NÄIDIS", "+37250000021", "47101010033", "EE"},
	{"skmid-lt", "Jonas Pavyzdys", "JONAS", "PAVYZDYS", "+37060000021", "37101010021", "LT"},
}

// startSKMobileID starts the simulator with its handsets.
func (h *Hub) startSKMobileID() (err error) {
	h.skMobileID, err = skmidtest.Start(&skmidtest.Options{
		Seed:      h.seed + 1, // or sessions have the ids of BankID's orders
		Exchanged: func(x skmidtest.Exchange) { h.record(skMobileIDName, wire(x), describeSKMobileID) },
	})
	if err != nil {
		return err
	}
	for _, p := range skMobileIDHandsets {
		h.handsets = append(h.handsets, &handset{
			Handset: Handset{
				ID: p.id, Provider: skMobileIDName, Device: "SIM card", Owner: p.owner, Number: p.phone, Identity: p.code, Country: p.country,
			},
			device: &skMobileIDDevice{h.skMobileID, skmidtest.Person{
				GivenName: p.given, Surname: p.surname, Country: p.country, Result: skmidtest.Timeout,
			}},
		})
	}
	return nil
}

// skMobileIDDevice is a SIM card.
type skMobileIDDevice struct {
	server *skmidtest.Server
	person skmidtest.Person
}

func (d *skMobileIDDevice) script(h *Handset) {
	p := d.person
	p.Card, p.NoNetwork, p.PINBlocked = h.Cards, h.NoNetwork, h.PINBlocked
	d.server.Script(h.Number, h.Identity, p)
}

func (d *skMobileIDDevice) waiting(h *Handset) (list []Waiting) {
	for _, o := range d.server.Outstanding() {
		if o.Number != h.Number || o.Identity != h.Identity {
			continue
		}
		w := Waiting{
			ID: o.ID, Kind: Login, Text: o.Text, Code: o.Control, Language: o.Language, Method: "PIN1", Until: o.Until,
			Actions: []Action{Sign, Cancel, BlockPIN},
		}
		if o.Kind == skmidtest.KindSignature {
			w.Kind, w.Method = Signature, "PIN2"
		}
		list = append(list, w)
	}
	return list
}

func (d *skMobileIDDevice) act(id string, a Action) bool {
	does := map[Action]skmidtest.Result{Sign: skmidtest.OK, Cancel: skmidtest.Cancelled, BlockPIN: skmidtest.BlockPIN}
	what, ok := does[a]
	return ok && d.server.Act(id, what)
}
