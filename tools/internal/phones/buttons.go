package phones

import "slices"

// Handsets returns how the handsets are now, in the order of the page.
func (h *Hub) Handsets() []Handset {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]Handset, len(h.handsets))
	for i, p := range h.handsets {
		list[i] = p.view()
	}
	return list
}

// Handset returns one of them, by its id.
func (h *Hub) Handset(id string) (Handset, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.find(id); p != nil {
		return p.view(), true
	}
	return Handset{}, false
}

// Press presses a button of a handset. question is the Waiting.ID that the button belongs to, or "": then it is the oldest that
// has the button, if it is not one of the handset itself. It reports whether anything came of it: nothing does where there is
// no such handset or button, or the question is not there any more.
func (h *Hub) Press(handset, question string, a Action) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.find(handset)
	return p != nil && p.perform(question, a)
}

func (h *Hub) find(id string) *handset {
	i := slices.IndexFunc(h.handsets, func(p *handset) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return h.handsets[i]
}

// History returns what has gone over the wire, oldest first: the last thousand exchanges.
func (h *Hub) History() []*Exchange { return h.history.all() }
