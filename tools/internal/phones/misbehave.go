package phones

import (
	"slices"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/adapters/registrant/registranttest"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss/msstest"
)

// MobileIDService is the Service.ID of Mobile ID.
const MobileIDService = "mobileid"

// Service is a simulated service, which has good days and bad ones.
type Service struct {
	ID       string `json:"id"`       // "mobileid"
	Provider string `json:"provider"` // "Mobile ID"
	Bad      string `json:"bad"`      // what a bad day is like, in a sentence
	On       bool   `json:"on"`       // whether it has one
}

// service is a Service with its switch.
type service struct {
	Service
	misbehave func(on bool)
}

// startMisbehaving makes the switches. All bad days are within what clients must get along with, or tell the caller of.
func (h *Hub) startMisbehaving(mobileID bool) {
	h.services = []*service{
		{Service{MobileIDService, mobileIDName, "some answers come late, are lost, say that nothing has happened yet, or are oddly written", mobileID}, func(on bool) {
			h.mobileID.SetMisbehaviour(misbehaviour(on))
		}},
		{Service{"skmid", skMobileIDName, "answers are written as years ago, and with members that nobody knows", false}, func(on bool) {
			h.skMobileID.SetMisbehaviour(&skmidtest.Misbehaviour{Legacy: on, Unknown: on})
		}},
		{Service{"bankid", bankIDName, "answers have members that nobody knows, and a refused certificate is told in plain text", false}, func(on bool) {
			h.bankID.SetMisbehaviour(&bankidtest.Misbehaviour{PlainUnauthorized: on, Unknown: on})
		}},
		{Service{"hermod", hermodName, "answers and callbacks have members that nobody knows", false}, func(on bool) {
			h.hermod.Misbehave(map[bool]hermodtest.Misbehaviour{true: hermodtest.Unknown}[on])
		}},
		{Service{"registrant", registrantName, "the company register is down", false}, func(on bool) {
			h.registry.SetMisbehaviour(map[bool]registranttest.Misbehaviour{true: registranttest.RegisterDown}[on])
		}},
	}
}

func misbehaviour(on bool) *msstest.Misbehaviour {
	if !on {
		return nil
	}
	return msstest.DefaultMisbehaviour()
}

// Services returns how the services are now, in the order of the page.
func (h *Hub) Services() []Service {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]Service, len(h.services))
	for i, s := range h.services {
		list[i] = s.Service
	}
	return list
}

// Misbehave begins a bad day of a service, or ends it. It reports whether there is such a service.
func (h *Hub) Misbehave(id string, on bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.services, func(s *service) bool { return s.ID == id })
	if i < 0 {
		return false
	}
	h.services[i].On = on
	h.services[i].misbehave(on)
	return true
}
