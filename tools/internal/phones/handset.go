package phones

import (
	"slices"
	"time"
)

// Action is a button of a handset.
type Action string

const (
	Sign          Action = "sign"           // enter the PIN, or show the face or a finger: signs what the device shows
	Cancel        Action = "cancel"         // press cancel
	BlockPIN      Action = "block-pin"      // type wrong PINs until it is blocked
	Scan          Action = "scan"           // point the app at the code on the screen, or follow the link: takes up what is shown there
	OK            Action = "ok"             // acknowledge a receipt
	Dismiss       Action = "dismiss"        // cancel a receipt
	ToggleNetwork Action = "toggle-network" // lose the network, or find it again
	ChangeSIM     Action = "change-sim"     // another SIM card, or a fresh activation: other keys, another serial number
	UnblockPIN    Action = "unblock-pin"
)

// Kind is what a device asks its owner.
type Kind string

const (
	Login     Kind = "login"
	Signature Kind = "signature"
	Receipt   Kind = "receipt"
)

// Waiting is a question that a device shows.
type Waiting struct {
	ID       string    `json:"id"`
	Kind     Kind      `json:"kind"`
	From     string    `json:"from,omitempty"` // who asks, where the device says so
	Text     string    `json:"text"`
	Code     string    `json:"code,omitempty"` // that the device shows, to be compared
	Language string    `json:"language,omitempty"`
	Method   string    `json:"method,omitempty"`   // how its owner confirms
	Location bool      `json:"location,omitempty"` // where the owner is will be told as well
	Call     bool      `json:"call,omitempty"`     // it asks whether the owner is in a telephone call with whoever asks
	ToScan   bool      `json:"toScan,omitempty"`   // on a screen, or behind a link, until the app takes it up
	Link     string    `json:"link,omitempty"`     // that brings it to the app
	Until    time.Time `json:"until"`
	Actions  []Action  `json:"actions"` // none while the device is out of reach
}

// Handset is one device of one fictitious person.
type Handset struct {
	ID       string `json:"id"`                 // "mobileid-sim"
	Provider string `json:"provider"`           // "Mobile ID"
	Device   string `json:"device"`             // "SIM card"
	Owner    string `json:"owner"`              // a name
	Number   string `json:"number"`             // what to type into a login page: of a telephone, a person, a user
	Identity string `json:"identity,omitempty"` // the code of a person that is asked for beside
	Country  string `json:"country,omitempty"`  // of Identity, ISO 3166-1

	NoNetwork  bool      `json:"noNetwork"`
	PINBlocked bool      `json:"pinBlocked"`
	Cards      int       `json:"cards"` // how many times SIM card or keys were changed
	Waiting    []Waiting `json:"waiting"`
	Actions    []Action  `json:"actions"` // that need no question
}

// device is how a handset reaches its simulator. Its methods are called one at a time.
type device interface {
	// waiting returns what the handset shows, the oldest first, as if it were in reach.
	waiting(h *Handset) []Waiting

	// act decides a question, and reports whether anything came of it.
	act(id string, a Action) bool

	// script tells the simulator how the handset is from now on.
	script(h *Handset)
}

// handset is a Handset with its device.
type handset struct {
	Handset
	device device
}

// ownActions are the buttons of a handset that need no question.
var ownActions = []Action{ToggleNetwork, ChangeSIM, UnblockPIN}

// perform presses a button. It reports whether anything came of it.
func (h *handset) perform(question string, a Action) bool {
	if slices.Contains(ownActions, a) {
		return question == "" && h.change(a)
	}
	for _, w := range h.view().Waiting {
		if (question == "" || question == w.ID) && slices.Contains(w.Actions, a) {
			return h.decide(w.ID, a)
		}
	}
	return false
}

// change changes the handset itself.
func (h *handset) change(a Action) bool {
	switch a {
	case ToggleNetwork:
		h.NoNetwork = !h.NoNetwork
	case ChangeSIM:
		h.Cards++
		h.PINBlocked = false
	case UnblockPIN:
		if !h.PINBlocked {
			return false
		}
		h.PINBlocked = false
	}
	h.device.script(&h.Handset)
	return true
}

func (h *handset) decide(question string, a Action) bool {
	if !h.device.act(question, a) {
		return false
	}
	if a == BlockPIN {
		h.PINBlocked = true
		h.device.script(&h.Handset)
	}
	return true
}

// view is the handset as it is now.
func (h *handset) view() Handset {
	v := h.Handset
	v.Actions = slices.DeleteFunc(slices.Clone(ownActions), func(a Action) bool { return a == UnblockPIN && !h.PINBlocked })
	v.Waiting = h.device.waiting(&h.Handset)
	if h.NoNetwork {
		for i := range v.Waiting {
			v.Waiting[i].Actions = nil
		}
	}
	return v
}
