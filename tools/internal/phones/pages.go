package phones

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
	"strings"
)

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"button":   newButton,
	"language": languageName,
	"question": question,
	"ptr":      func(w Waiting) *Waiting { return &w },
}).ParseFS(web, "web/*.html"))

// button is one of a handset, in a form.
type button struct {
	Handset, Question string
	Action            Action
	Label             string
	Where             string // for those who do not see which handset it is on
	Main              bool
}

// labels are what buttons say. Those that depend on more are in newButton.
var labels = map[Action]string{
	Sign: "Sign", Cancel: "Cancel", BlockPIN: "Block PIN", Scan: "Scan the code", OK: "OK", Dismiss: "Cancel",
	ToggleNetwork: "Lose network", ChangeSIM: "Change SIM", UnblockPIN: "Unblock PIN",
}

// newButton makes a button of a handset; w is the question that it belongs to, or nil.
func newButton(h Handset, w *Waiting, a Action) button {
	b := button{Handset: h.ID, Action: a, Label: labels[a], Where: " – " + h.Provider + ", " + h.Device + " of " + h.Owner}
	if w != nil {
		b.Question, b.Main = w.ID, w.Actions[0] == a
	}
	switch {
	case a == Sign && w != nil && w.ToScan:
		b.Label = "Scan and accept"
	case a == Sign && w != nil && w.Kind == Login && !strings.Contains(h.Device, "SIM"):
		b.Label = "Identify"
	case a == Sign && w != nil && strings.HasPrefix(w.Method, "PIN"):
		b.Label = "Enter " + w.Method
	case a == ToggleNetwork && h.NoNetwork:
		b.Label = "Find network"
	case a == ChangeSIM && !strings.Contains(h.Device, "SIM"):
		b.Label = "Activate anew"
	}
	return b
}

// languages are the names of what simulators call languages.
var languages = map[string]string{
	"EN": "English", "DE": "German", "FR": "French", "IT": "Italian",
	"ENG": "English", "EST": "Estonian", "RUS": "Russian", "LIT": "Lithuanian",
}

func languageName(code string) string {
	if name := languages[code]; name != "" {
		return name
	}
	return code
}

// question is the heading of what a device shows.
func question(w Waiting) string {
	switch {
	case w.ToScan:
		return "On a screen, not yet in the app"
	case w.Kind == Receipt:
		return "Message"
	case w.Kind == Login:
		return "Log in?"
	}
	return "Sign?"
}

// frame is what all pages have.
type frame struct {
	Title    string
	Refresh  bool // every few seconds, where there is no JavaScript
	Services []Service
	Seed     uint64
}

// Troubled are the providers whose service has a bad day.
func (f frame) Troubled() (names []string) {
	for _, s := range f.Services {
		if s.On {
			names = append(names, s.Provider)
		}
	}
	return names
}

func (h *Hub) frame(title string, refresh bool) frame {
	return frame{title, refresh, h.Services(), h.seed}
}

func render(w http.ResponseWriter, name string, data any) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil { // of our own types
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w) // a browser that is gone has nothing to be told
}

func (h *Hub) servePage(w http.ResponseWriter, _ *http.Request) {
	render(w, "phones.html", struct {
		frame
		Handsets []Handset
	}{h.frame("Phones", true), h.Handsets()})
}

// serveHandset is what of a handset changes, for the script.
func (h *Hub) serveHandset(w http.ResponseWriter, r *http.Request) {
	v, ok := h.Handset(r.PathValue("id"))
	if !ok {
		http.Error(w, "there is no such handset", http.StatusNotFound)
		return
	}
	render(w, "handset", v)
}

// pressed is a button of the page. Whether anything came of it, the page shows.
func (h *Hub) pressed(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if _, ok := h.Handset(id); !ok {
		http.Error(w, "there is no such handset", http.StatusNotFound)
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	h.Press(id, r.PostForm.Get("question"), Action(r.PathValue("action")))
	see(w, "/#"+id)
}

// switched is the switch of a service between good and bad days.
func (h *Hub) switched(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	if !h.Misbehave(r.PathValue("service"), r.PostForm.Get("on") == "true") {
		http.Error(w, "there is no such service", http.StatusNotFound)
		return
	}
	see(w, "/#services")
}

// see leads a browser on. The place is a constant, or the id of a handset.
func see(w http.ResponseWriter, place string) {
	w.Header().Set("Location", place)
	w.WriteHeader(http.StatusSeeOther)
}

func (h *Hub) serveHistory(w http.ResponseWriter, _ *http.Request) {
	list := h.history.all()
	slices.Reverse(list)
	render(w, "history.html", struct {
		frame
		Exchanges []*Exchange
	}{h.frame("History", false), list})
}

func (h *Hub) serveExchange(w http.ResponseWriter, r *http.Request) {
	if x := h.exchangeOf(w, r); x != nil {
		render(w, "exchange.html", struct {
			frame
			*Exchange
		}{h.frame("Exchange", false), x})
	}
}
