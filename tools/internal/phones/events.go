package phones

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// How often a stream of events looks at the handsets, and says that it is still there.
const (
	lookEvery = 250 * time.Millisecond
	beatEvery = 15 * time.Second
)

// serveEvents tells a browser which handset has changed, and that the history has grown, as server-sent events. It ends with
// the request, or with the hub.
func (h *Hub) serveEvents(w http.ResponseWriter, r *http.Request) {
	flush := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	s := &stream{h: h, w: w, handsets: make(map[string]string)}
	s.look(nil) // what the page may have missed between its making and now, it fetches
	look, beat := time.NewTicker(lookEvery), time.NewTicker(beatEvery)
	defer look.Stop()
	defer beat.Stop()
	s.send("ready", fmt.Sprint(s.last))
	for s.err == nil && flush.Flush() == nil {
		select {
		case <-look.C:
			s.look(s.send)
		case <-beat.C:
			_, s.err = fmt.Fprint(w, ":\n\n")
		case <-r.Context().Done():
			return
		case <-h.closing.Done():
			return
		}
	}
}

// stream is what a browser has been told.
type stream struct {
	h        *Hub
	w        http.ResponseWriter
	err      error
	handsets map[string]string // by id, in JSON
	last     int               // number of the last exchange
}

// look finds what has changed since the last time.
func (s *stream) look(changed func(event, data string)) {
	for _, v := range s.h.Handsets() {
		now, _ := json.Marshal(v) // of strings, numbers and times
		if s.handsets[v.ID] != string(now) && changed != nil {
			changed("handset", v.ID)
		}
		s.handsets[v.ID] = string(now)
	}
	s.h.history.mu.Lock()
	last := s.h.history.last
	s.h.history.mu.Unlock()
	if last != s.last && changed != nil {
		changed("history", fmt.Sprint(last))
	}
	s.last = last
}

func (s *stream) send(event, data string) {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", event, data)
	}
}
