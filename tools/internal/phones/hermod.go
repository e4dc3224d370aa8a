package phones

import (
	"context"
	"crypto/x509/pkix"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/internal/wiretap"
	"github.com/gomss/gomss/mss"
)

const (
	hermodName = "Hermod"
	hermodUser = "alice"
)

// startHermod starts the simulator with its handset, which is enrolled by a client as any other would be.
func (h *Hub) startHermod(callback string) (err error) {
	h.hermod, err = hermodtest.Start(hermodtest.Options{
		Seed:      strconv.FormatUint(h.seed, 10),
		Exchanged: func(x hermodtest.Exchange) { h.record(hermodName, wire(x), describeHermod) },
	})
	if err != nil {
		return err
	}
	d := &hermodDevice{server: h.hermod, registry: hermod.NewMemoryRegistry()}
	h.hermodRegistry = d.registry
	h.handsets = append(h.handsets, &handset{
		Handset: Handset{ID: "hermod", Provider: hermodName, Device: "Personal Mobile app", Owner: "Alice Exempel", Number: hermodUser},
		device:  d,
	})
	if err := h.enrolHermod(); err != nil {
		return err
	}
	if callback == "" {
		return nil
	}
	return h.hermod.SetCallbackURL(callback)
}

// enrolHermod provisions the device and installs its certificate: its owner agrees to everything.
func (h *Hub) enrolHermod() error {
	h.hermod.Person(hermodtest.Person{User: hermodUser})
	client, err := hermod.New(h.Hermod())
	if err != nil {
		return err
	}
	defer client.Close()
	h.HermodCallback(client.Callback())
	user, err := mss.ParseUserID(hermodUser)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(h.closing, 2*time.Minute)
	defer cancel()
	_, err = client.Enroll(ctx, &hermod.Enrollment{
		User: user, Subject: pkix.Name{CommonName: "Alice Exempel"}, Profile: "Bank ACME", Issue: h.hermod.Issue,
	}, func(mss.Prompt) {})
	if err != nil {
		return fmt.Errorf("enrolling a device at Hermod: %w", err)
	}
	return nil
}

// Hermod returns the settings of a client of the simulated Hermod, with the registry that its handset is enrolled in. The
// client's callbacks come to the handler of HermodCallback.
func (h *Hub) Hermod() hermod.Config {
	cfg := h.hermod.Config()
	cfg.Registry = h.hermodRegistry
	return cfg
}

// HermodCallback has Hermod's callbacks go to a handler: hermod.Client.Callback, or what has several of them behind it.
func (h *Hub) HermodCallback(handler http.Handler) { h.hermod.CallbackTo(h.overhear(handler)) }

// overhear notes callbacks in the history.
func (h *Hub) overhear(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, body := wiretap.Listen(r)
		status := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(status, r)
		h.record(hermodName, wire{
			Method: r.Method, Path: r.URL.Path, RequestType: r.Header.Get("Content-Type"), Request: body.Kept(), Status: status.status,
		}, func(x *Exchange) {
			describeHermod(x)
			x.Outgoing = true
		})
	})
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// hermodDevice is the app.
type hermodDevice struct {
	server   *hermodtest.Server
	registry *hermod.MemoryRegistry

	cards   int // how many times the app was activated anew
	blocked bool
}

func (d *hermodDevice) script(h *Handset) {
	p := hermodtest.Person{User: hermodUser, Do: hermodtest.Ask, NoNetwork: h.NoNetwork}
	if d.blocked = h.PINBlocked; d.blocked {
		p.Do = hermodtest.BlockPIN
	}
	if d.replace(h.Cards) != nil {
		p.Do = hermodtest.NoKey // what is activated halfway
	}
	d.server.Person(p)
}

// replace puts another device with another key in the place of the one that is enrolled.
func (d *hermodDevice) replace(cards int) error {
	if cards == d.cards {
		return nil
	}
	ctx := context.Background() // nothing waits
	next, err := d.server.Enroll(hermodUser)
	if err != nil {
		return err
	}
	old, err := d.registry.Devices(ctx, next.User)
	if err != nil {
		return err
	}
	for _, o := range old {
		if err := d.registry.Remove(ctx, o.User, o.ProfileID); err != nil {
			return err
		}
	}
	d.cards = cards
	return d.registry.Put(ctx, next)
}

func (d *hermodDevice) waiting(h *Handset) (list []Waiting) {
	for _, o := range d.server.Outstanding() {
		if o.User != h.Number {
			continue
		}
		w := Waiting{
			ID: o.ID, Kind: Signature, From: o.Title, Text: strings.Join(o.Texts, "\n"), Method: "PIN, face or finger",
			ToScan: o.ToScan, Until: o.Until, Actions: []Action{Sign, Cancel, BlockPIN},
		}
		if o.Type == "AUTH" {
			w.Kind = Login
		}
		if o.ToScan {
			w.Actions = []Action{Sign} // scans it as well
		}
		list = append(list, w)
	}
	return list
}

func (d *hermodDevice) act(id string, a Action) bool {
	does := map[Action]hermodtest.Act{Sign: hermodtest.Sign, Cancel: hermodtest.Cancel, BlockPIN: hermodtest.BlockPIN}
	what, ok := does[a]
	if what == hermodtest.Sign && d.blocked {
		what = hermodtest.BlockPIN
	}
	return ok && d.server.Act(id, what)
}
