package phones

import (
	"encoding/json"
	"io"
	"net/http"
)

// exchangeDetail is an exchange with what went over the wire, as a person reads it.
type exchangeDetail struct {
	*Exchange
	Request  string `json:"request"`
	Answer   string `json:"answer"`
	Scenario bool   `json:"scenario"` // whether …/scenario may have one
}

// act is the body of POST /api/handsets/{id}/actions.
type act struct {
	Action   Action `json:"action"`
	Question string `json:"question"`
}

// badDay is the body of PUT /api/misbehaviour/{service}.
type badDay struct {
	On *bool `json:"on"`
}

func (h *Hub) apiHandsets(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, map[string]any{"handsets": h.Handsets()})
}

func (h *Hub) apiHandset(w http.ResponseWriter, r *http.Request) {
	v, ok := h.Handset(r.PathValue("id"))
	if !ok {
		http.Error(w, "there is no such handset", http.StatusNotFound)
		return
	}
	writeJSON(w, v)
}

// apiAct presses a button, and answers how the handset is then.
func (h *Hub) apiAct(w http.ResponseWriter, r *http.Request) {
	var a act
	if !readJSON(w, r, &a) {
		return
	}
	id := r.PathValue("id")
	if _, ok := h.Handset(id); !ok {
		http.Error(w, "there is no such handset", http.StatusNotFound)
		return
	}
	if !h.Press(id, a.Question, a.Action) {
		http.Error(w, "the handset has no such button at this moment", http.StatusConflict)
		return
	}
	h.apiHandset(w, r)
}

func (h *Hub) apiHistory(w http.ResponseWriter, _ *http.Request) {
	list := h.history.all()
	if list == nil {
		list = []*Exchange{}
	}
	writeJSON(w, map[string]any{"exchanges": list})
}

func (h *Hub) apiExchange(w http.ResponseWriter, r *http.Request) {
	if x := h.exchangeOf(w, r); x != nil {
		writeJSON(w, exchangeDetail{x, x.RequestText(), x.AnswerText(), x.HasScenario()})
	}
}

func (h *Hub) apiMisbehaviour(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, map[string]any{"services": h.Services()})
}

// apiMisbehave switches, and answers how all services are then.
func (h *Hub) apiMisbehave(w http.ResponseWriter, r *http.Request) {
	var d badDay
	if !readJSON(w, r, &d) {
		return
	}
	if d.On == nil {
		http.Error(w, `want {"on": true} or {"on": false}`, http.StatusBadRequest)
		return
	}
	if !h.Misbehave(r.PathValue("service"), *d.On) {
		http.Error(w, "there is no such service", http.StatusNotFound)
		return
	}
	h.apiMisbehaviour(w, r)
}

// readJSON reads a body, which guard bounds; otherwise it answers.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil || d.Decode(new(any)) != io.EOF {
		http.Error(w, "the body is not the JSON that it should be", http.StatusBadRequest)
		return false
	}
	return true
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // a client that is gone has nothing to be told
}
