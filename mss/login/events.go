package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	eventsTime = 5 * time.Minute  // after which a stream ends, whatever comes of the login; browsers open another one
	heartbeat  = 15 * time.Second // of silence, after which proxies and the server learn whether the browser is there
	writeTime  = 10 * time.Second // that a browser has to take an event, in the place of http.Server.WriteTimeout
	reconnect  = 3 * time.Second  // after which a browser opens another stream
)

// events is state for scripts that do not want to ask again: a stream of what state would say, whenever that changes
// (WHATWG HTML 9.2, server-sent events).
func (h *Handler) events(w http.ResponseWriter, r *http.Request, session string) {
	ctx, cancel := context.WithTimeout(r.Context(), eventsTime)
	defer cancel()
	r = r.WithContext(ctx)
	now, err := h.tell(r, session)
	if err != nil {
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy that collects an answer would collect it to the end
	s := &stream{w: w, control: http.NewResponseController(w)}
	if errors.Is(s.control.Flush(), http.ErrNotSupported) {
		http.Error(w, "no streams here: ask for state", http.StatusNotImplemented)
		return
	}
	for s.send(now) == nil && now.State == "waiting" && pause(ctx, time.Duration(now.Refresh)*time.Millisecond) {
		if h.c.Session(r) != session { // logged out, or another one's, in the meantime
			s.send(State{State: "none"})
			return
		}
		if now, err = h.tell(r, session); err != nil {
			return
		}
	}
}

// pause waits, and reports whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// stream writes events to a browser.
type stream struct {
	w       io.Writer
	control *http.ResponseController
	last    State
	at      time.Time // of the last octet
}

// send writes a state, unless nothing in it has changed but the pace; then a comment, should there have been nothing else
// for long.
func (s *stream) send(now State) error {
	known := s.last
	known.Refresh = now.Refresh
	text := ": still waiting\n\n"
	switch {
	case known != now:
		b, err := json.Marshal(now)
		if err != nil {
			return err
		}
		text = "data: " + string(b) + "\n\n" // one line: JSON escapes line ends
	case time.Since(s.at) < heartbeat:
		return nil
	}
	if s.at.IsZero() {
		text = fmt.Sprintf("retry: %d\n%s", reconnect.Milliseconds(), text)
	}
	s.last, s.at = now, time.Now()
	return s.write(text)
}

// write writes and flushes in writeTime, where the server can. The deadline does not outlast it: with HTTP/2 one that passes
// resets a stream on which nobody writes.
func (s *stream) write(text string) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	err := s.control.Flush()
	_ = s.control.SetWriteDeadline(time.Time{})
	return err
}
