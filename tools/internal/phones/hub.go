package phones

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/tools/internal/simkit"
)

// Options are a hub's settings. The zero value takes the defaults.
type Options struct {
	// Addr is what the page listens on, and MobileIDAddr the simulated Mobile ID: a loopback address or localhost, with a
	// port; "": a free port of 127.0.0.1.
	Addr, MobileIDAddr string

	// Dir is where certificates, keys and configurations for clients are written, readable by their owner alone; "": nowhere.
	Dir string

	// Prefix is what texts to users of Mobile ID must begin with; "": "Bank ACME: ".
	Prefix string

	// People are further users of Mobile ID, by telephone number, who do as they are scripted and have no handset on the page.
	People map[string]msstest.Person

	// HermodCallback is where Hermod sends its callbacks, for a client in another process: an http or https URL of this machine,
	// behind which "/callback/sign" and so on comes; "": to the handler of Hub.HermodCallback.
	HermodCallback string

	// Misbehave lets Mobile ID begin on a bad day (msstest.DefaultMisbehaviour). Hub.Misbehave and the page can end it.
	Misbehave bool

	// Seed makes the random choices of the simulators repeatable; 0 draws one, which Hub.Seed tells. Keys, certificates and
	// the token of the page never depend on it.
	Seed uint64
}

// Hub runs simulators of all providers and the page of their handsets. It is safe for concurrent use.
type Hub struct {
	seed  uint64
	token string
	addr  string // of the page, "127.0.0.1:8080"

	mobileID   *msstest.Server
	skMobileID *skmidtest.Server
	bankID     *bankidtest.Server
	registry   *registranttest.Server
	hermod     *hermodtest.Server

	hermodRegistry *hermod.MemoryRegistry

	history history

	mu       sync.Mutex // guards what follows
	handsets []*handset
	services []*service

	page    *http.Server
	served  chan struct{} // closed when page has ended
	closing context.Context
	end     context.CancelFunc // ends the streams of events
	once    sync.Once
}

// Start starts the simulators and the page on the loopback interface, and fills Options.Dir. Close ends them.
func Start(o Options) (*Hub, error) {
	h := &Hub{seed: o.Seed, token: rand.Text(), served: make(chan struct{})}
	for h.seed == 0 {
		h.seed = mathrand.Uint64()
	}
	h.closing, h.end = context.WithCancel(context.Background())
	if err := h.start(o); err != nil {
		h.Close()
		return nil, fmt.Errorf("phones: %w", err)
	}
	return h, nil
}

func (h *Hub) start(o Options) error {
	client, err := simkit.NewClient()
	if err != nil {
		return err
	}
	admitted := []*x509.Certificate{client.Certificate}
	if err := h.startMobileID(o, admitted); err != nil {
		return err
	}
	if err := h.startSKMobileID(); err != nil {
		return err
	}
	if err := h.startBankID(admitted); err != nil {
		return err
	}
	if err := h.startRegistry(); err != nil {
		return err
	}
	if err := h.startHermod(o.HermodCallback); err != nil {
		return err
	}
	h.script()
	h.startMisbehaving(o.Misbehave)
	if o.Dir != "" {
		if err := h.writeKit(o.Dir, client); err != nil {
			return err
		}
	}
	return h.listen(o.Addr)
}

// script tells each simulator of its handsets.
func (h *Hub) script() {
	for _, p := range h.handsets {
		p.device.script(&p.Handset)
	}
}

func (h *Hub) writeKit(dir string, client *simkit.Client) error {
	kit := simkit.New(dir, client)
	kit.SKMobileID(h.skMobileID, h.registry)
	kit.BankID(h.bankID)
	user, err := mss.ParseUserID(hermodUser)
	if err != nil {
		return err
	}
	devices, err := h.hermodRegistry.Devices(h.closing, user)
	if err != nil {
		return err
	}
	cfg := h.Hermod()
	for _, d := range devices { // one
		kit.Hermod(&cfg, d)
	}
	kit.MobileID(h.mobileID)
	return kit.Err()
}

// listen opens the page.
func (h *Hub) listen(addr string) error {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if !isLoopback(addr) {
		return errors.New("Options.Addr is not a loopback address (127.0.0.1, [::1] or localhost) with a port")
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	h.addr = l.Addr().String()
	_, port, _ := net.SplitHostPort(h.addr) // of an address that is in use
	h.page = &http.Server{
		Handler:           newGuard(h.token, h.addr, port, h.routes()),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // what strangers send is no news
	}
	go func() {
		defer close(h.served)
		_ = h.page.Serve(l) // returns when Close closes l
	}()
	return nil
}

func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close ends the page and the simulators. It returns when the last request has ended, and may be called twice.
func (h *Hub) Close() { h.once.Do(h.close) }

func (h *Hub) close() {
	h.end()
	if h.page != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if h.page.Shutdown(ctx) != nil { // somebody does not finish reading
			_ = h.page.Close()
		}
		<-h.served
	}
	if h.hermod != nil {
		h.hermod.Close()
	}
	if h.registry != nil {
		h.registry.Close()
	}
	if h.bankID != nil {
		h.bankID.Close()
	}
	if h.skMobileID != nil {
		h.skMobileID.Close()
	}
	if h.mobileID != nil {
		h.mobileID.Close()
	}
}

// URL is the address of the page with the token that lets a browser in.
func (h *Hub) URL() string { return "http://" + h.addr + "/?token=" + h.token }

// Address is the address of the page without the token, and of the API: "http://127.0.0.1:8080".
func (h *Hub) Address() string { return "http://" + h.addr }

// Token is what the API wants in the header Authorization: "Bearer " and this.
func (h *Hub) Token() string { return h.token }

// Seed is the seed of the simulators' random choices.
func (h *Hub) Seed() uint64 { return h.seed }
