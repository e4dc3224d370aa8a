package phones

import (
	"embed"
	"net/http"
	"strconv"
)

//go:embed web
var web embed.FS

// routes are all addresses but the one that lets a browser in.
func (h *Hub) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.servePage)
	mux.HandleFunc("GET /handsets/{id}", h.serveHandset)
	mux.HandleFunc("POST /handsets/{id}/{action}", h.pressed)
	mux.HandleFunc("GET /events", h.serveEvents)
	mux.HandleFunc("GET /history", h.serveHistory)
	mux.HandleFunc("GET /history/{n}", h.serveExchange)
	mux.HandleFunc("GET /history/{n}/scenario", h.serveScenario)
	mux.HandleFunc("POST /misbehaviour/{service}", h.switched)
	mux.HandleFunc("GET /style.css", serveFile("web/style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /phones.js", serveFile("web/phones.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET /icon.svg", serveFile("web/icon.svg", "image/svg+xml"))

	mux.HandleFunc("GET /api/handsets", h.apiHandsets)
	mux.HandleFunc("GET /api/handsets/{id}", h.apiHandset)
	mux.HandleFunc("POST /api/handsets/{id}/actions", h.apiAct)
	mux.HandleFunc("GET /api/history", h.apiHistory)
	mux.HandleFunc("GET /api/history/{n}", h.apiExchange)
	mux.HandleFunc("GET /api/history/{n}/scenario", h.serveScenario)
	mux.HandleFunc("GET /api/misbehaviour", h.apiMisbehaviour)
	mux.HandleFunc("PUT /api/misbehaviour/{service}", h.apiMisbehave)
	return mux
}

func serveFile(name, contentType string) http.HandlerFunc {
	data, err := web.ReadFile(name)
	if err != nil { // it is embedded
		panic(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(data) // a browser that is gone has nothing to be told
	}
}

// exchangeOf returns the exchange that an address names; otherwise it answers, and returns nil.
func (h *Hub) exchangeOf(w http.ResponseWriter, r *http.Request) *Exchange {
	n, _ := strconv.Atoi(r.PathValue("n")) // 0 is no exchange
	x := h.history.find(n)
	if x == nil {
		http.Error(w, "there is no exchange of this number, or not any more", http.StatusNotFound)
	}
	return x
}

// serveScenario is the text for mss replay.
func (h *Hub) serveScenario(w http.ResponseWriter, r *http.Request) {
	x := h.exchangeOf(w, r)
	if x == nil {
		return
	}
	text, err := h.Scenario(r.Context(), x.N)
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(text)) // likewise
}
