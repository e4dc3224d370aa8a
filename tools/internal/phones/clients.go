package phones

import (
	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/adapters/registrant"
	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/mss/mssp"
)

// MobileID returns the settings of a client of the simulated Mobile ID. Defaults and Binding are the caller's.
func (h *Hub) MobileID() mssp.Config {
	s := h.mobileID
	return mssp.Config{HTTP: s.HTTP(), APID: s.APID(), Prefix: s.Prefix(), Anchors: s.Anchors()}
}

// SKMobileID returns the settings of a client of the simulated SK Mobile-ID.
func (h *Hub) SKMobileID() skmid.Config {
	s := h.skMobileID
	return skmid.Config{
		HTTP: s.HTTP(), RelyingPartyName: s.RelyingPartyName(), RelyingPartyUUID: s.RelyingPartyUUID(), Anchors: s.Anchors(),
	}
}

// BankID returns the settings of a client of the simulated BankID.
func (h *Hub) BankID() bankid.Config {
	return bankid.Config{HTTP: h.bankID.HTTP(), Anchors: h.bankID.Anchors()}
}

// Registrant returns the settings of a client of the simulated registrant API.
func (h *Hub) Registrant() registrant.Config { return registrant.Config{HTTP: h.registry.HTTP()} }
