package phones

import (
	"crypto/x509"
	"fmt"
	"regexp"

	"github.com/gomss/gomss/mss/msstest"
)

const mobileIDName = "Mobile ID"

// The users of Mobile ID. Nobody has these numbers.
var mobileIDHandsets = []struct {
	id, device, owner, number, serial string // serial: MIDCHE and ten letters and digits, without the last three
	method                            msstest.Method
}{
	{"mobileid-sim", "SIM card", "Sandra Muster", "+41790000021", "MIDCHESANDRA0", msstest.SIM},
	{"mobileid-app", "Mobile ID app", "Reto Beispiel", "+41790000022", "MIDCHERETOBE0", msstest.App},
}

// startMobileID starts the simulator with its handsets.
func (h *Hub) startMobileID(o Options, clients []*x509.Certificate) (err error) {
	prefix := o.Prefix
	if prefix == "" {
		prefix = "Bank ACME: "
	}
	h.mobileID, err = msstest.Start(&msstest.Options{
		Addr: o.MobileIDAddr, Seed: h.seed, Clients: clients, Prefix: prefix, Misbehave: misbehaviour(o.Misbehave),
		Exchanged: func(x msstest.Exchange) { h.record(mobileIDName, wire(x), describeMobileID) },
	})
	if err != nil {
		return err
	}
	for number, p := range o.People {
		h.mobileID.Script(number, p)
	}
	for _, p := range mobileIDHandsets {
		h.handsets = append(h.handsets, &handset{
			Handset: Handset{ID: p.id, Provider: mobileIDName, Device: p.device, Owner: p.owner, Number: p.number},
			device:  &mobileIDDevice{h.mobileID, p.method, p.serial},
		})
	}
	return nil
}

// mobileIDDevice is a SIM card, or the app.
type mobileIDDevice struct {
	server *msstest.Server
	method msstest.Method
	serial string
}

func (d *mobileIDDevice) script(h *Handset) {
	p := msstest.Person{
		Method: d.method, Key: msstest.EC, Serial: fmt.Sprintf("%s%03d", d.serial, h.Cards%1000),
		Do: msstest.Ignore, Receipt: msstest.ReceiptTimeout, NoNetwork: h.NoNetwork,
	}
	if d.method == msstest.App {
		p.Key = msstest.RSA
	}
	if h.PINBlocked {
		p.PINBlocked = d.method
	}
	d.server.Script(h.Number, p)
}

func (d *mobileIDDevice) waiting(h *Handset) (list []Waiting) {
	for _, o := range d.server.Outstanding() {
		if o.Number != h.Number {
			continue
		}
		w := Waiting{
			ID: o.ID, Kind: Signature, Text: o.Text, Code: codeIn(o.Text), Language: o.Language, Method: "PIN",
			Location: o.Geofencing, Link: o.Link, Until: o.Until, Actions: []Action{Sign, Cancel, BlockPIN},
		}
		if d.method == msstest.App {
			w.Method = "face, finger or passcode"
		}
		if o.Kind == msstest.KindReceipt {
			w.ID, w.Kind, w.Method, w.Actions = receiptPrefix+o.ID, Receipt, "", []Action{OK, Dismiss}
		}
		list = append(list, w)
	}
	return list
}

// receiptPrefix tells the id of a receipt from that of its signature. No MSSP_TransID, which is an NCName, has a colon.
const receiptPrefix = "receipt:"

func (d *mobileIDDevice) act(id string, a Action) bool {
	if len(id) > len(receiptPrefix) && id[:len(receiptPrefix)] == receiptPrefix {
		does := map[Action]msstest.ReceiptAction{OK: msstest.ReceiptOK, Dismiss: msstest.ReceiptCancel}
		what, ok := does[a]
		return ok && d.server.ActReceipt(id[len(receiptPrefix):], what)
	}
	does := map[Action]msstest.Action{Sign: msstest.Sign, Cancel: msstest.Cancel, BlockPIN: msstest.BlockPIN}
	what, ok := does[a]
	return ok && d.server.Act(id, what)
}

// codePattern is how clients of this module append a code to a text (mss.Request.AddCode).
var codePattern = regexp.MustCompile(` \(([A-Z2-7]{5})\)$`)

func codeIn(text string) string {
	if m := codePattern.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}
