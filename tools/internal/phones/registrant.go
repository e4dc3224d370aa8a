package phones

import "github.com/gomss/gomss/adapters/registrant/registranttest"

const registrantName = "Registrant API"

// startRegistry starts the simulator of the registrant API, which rings no phone.
func (h *Hub) startRegistry() (err error) {
	h.registry, err = registranttest.Start(&registranttest.Options{
		Exchanged: func(x registranttest.Exchange) { h.record(registrantName, wire(x), describeRegistrant) },
	})
	return err
}
