package login

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"

	"github.com/gomss/gomss/mss"
)

// standing is how a session's login stands: sig, err or neither while nothing is decided.
type standing struct {
	a      *attempt
	prompt mss.Prompt
	sig    *mss.Signature
	err    error
}

// stand looks how the session's login stands, and starts an order again that nobody picked up, if that is wanted.
func (h *Handler) stand(r *http.Request, session string) (standing, error) {
	s, err := h.current(r.Context(), session)
	if err != nil {
		return standing{}, err
	}
	if s.err != nil && h.mayRestart(s) {
		switch err := h.ask(r, s.a, s.a.Restarts+1); {
		case err == nil, errors.Is(err, errTaken):
			return h.current(r.Context(), session)
		default:
			h.c.Logger.Warn("login: an order that nobody picked up was not started again", "error", err)
			return s, nil
		}
	}
	h.notePulled(r.Context(), s)
	return s, nil
}

// current looks how the session's login stands. The error is errNone, or of a store.
func (h *Handler) current(ctx context.Context, session string) (standing, error) {
	s := standing{}
	a, err := h.load(ctx, session)
	if err != nil {
		return s, err
	}
	s.a = a
	s.prompt, s.sig, s.err = h.look(ctx, a)
	if s.err != nil && (errors.Is(s.err, errNone) || !isOutcome(s.err)) {
		return standing{}, s.err
	}
	return s, nil
}

// ready reports whether the person is to be logged in now.
func (h *Handler) ready(s standing) bool { return s.sig != nil && (s.a.Returned || !h.c.MustReturn) }

// wait shows the page that the person sees while they sign, and logs them in once they have.
func (h *Handler) wait(w http.ResponseWriter, r *http.Request, session string) {
	s, err := h.stand(r, session)
	switch {
	case errors.Is(err, errNone):
		redirect(w, h.c.Entry)
	case err != nil:
		h.unavailable(w, r, err)
	case s.err != nil:
		h.fail(w, r, http.StatusOK, s.err)
	case h.ready(s):
		h.finish(w, r, s)
	default:
		h.render(w, r, http.StatusOK, h.view(r, s))
	}
}

// finish calls Config.Done, unless another tab or instance has. Nothing is taken from the record for a browser that has
// gone away: it is likely to ask again.
func (h *Handler) finish(w http.ResponseWriter, r *http.Request, s standing) {
	if r.Context().Err() != nil {
		return
	}
	mine, err := h.claim(r.Context(), s.a)
	switch {
	case err != nil:
		h.unavailable(w, r, err)
	case !mine:
		redirect(w, h.path+"wait") // what there is now, if anything
	default:
		h.c.Done(w, r, s.sig)
	}
}

// State is what GET state and GET events tell a script.
type State struct {
	// State is "waiting"; "ready", where the script is to go to wait, which logs the person in; "failed"; or "none", where
	// there is no login, or no longer.
	State string `json:"state"`

	Message string `json:"message,omitempty"` // to be told to the person
	Code    string `json:"code,omitempty"`    // to be compared with the phone
	Hint    string `json:"hint,omitempty"`    // the provider's word on where the person is
	Link    string `json:"link,omitempty"`    // opens the app on this device
	QR      bool   `json:"qr"`                // qr.svg and qr.png are there
	Refresh int64  `json:"refresh,omitempty"` // ask again, or for the QR code, after so many milliseconds
}

// state is wait for scripts. It logs nobody in: the session's new cookie would come with an answer that no page sees.
func (h *Handler) state(w http.ResponseWriter, r *http.Request, session string) {
	s, err := h.tell(r, session)
	if err != nil {
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	writeJSON(w, s)
}

// tell looks how the session's login stands, as scripts are told. The error is of a store.
func (h *Handler) tell(r *http.Request, session string) (State, error) {
	s, err := h.stand(r, session)
	switch {
	case errors.Is(err, errNone):
		return State{State: "none"}, nil
	case err != nil:
		h.c.Logger.Error("login: the store failed", "error", err)
		return State{}, err
	case s.err != nil:
		return State{State: "failed", Message: h.c.Catalogue.ForPerson(s.err, h.c.Language(r))}, nil
	case h.ready(s):
		return State{State: "ready"}, nil
	}
	v := h.view(r, s)
	return State{
		State: "waiting", Message: v.Message, Code: v.Code, Hint: v.Hint, Link: string(v.Link), QR: v.QR != "",
		Refresh: max(s.prompt.Refresh, minRefresh).Milliseconds(),
	}, nil
}

// back is where the app sends the person to. What it brings is the nonce of this session's login, or somebody has followed
// a link that was made for another one.
func (h *Handler) back(w http.ResponseWriter, r *http.Request, session string) {
	for range attempts {
		a, err := h.load(r.Context(), session)
		if err == nil && subtle.ConstantTimeCompare([]byte(r.URL.Query().Get("nonce")), []byte(a.nonce())) != 1 {
			lang := h.c.Language(r)
			h.render(w, r, http.StatusForbidden, View{Language: lang, Message: labelsOf(lang).Elsewhere, Entry: h.c.Entry})
			return
		}
		if err == nil && !a.Returned {
			a.Returned = true
			err = h.write(r.Context(), a)
		}
		switch {
		case err == nil:
			redirect(w, h.path+"wait")
			return
		case errors.Is(err, errNone):
			redirect(w, h.c.Entry)
			return
		case !isLost(err):
			h.unavailable(w, r, err)
			return
		}
	}
	redirect(w, h.path+"wait")
}

// svg serves the QR code of this second.
func (h *Handler) svg(w http.ResponseWriter, r *http.Request, session string) {
	h.image(w, r, session, "image/svg+xml", func(text string) ([]byte, error) { return QRSVG(text), nil })
}

// png serves the QR code of this second.
func (h *Handler) png(w http.ResponseWriter, r *http.Request, session string) {
	h.image(w, r, session, "image/png", func(text string) ([]byte, error) { return QRPNG(text, pngScale) })
}

// pngScale makes codes of some 400 pixels.
const pngScale = 8

func (h *Handler) image(w http.ResponseWriter, r *http.Request, session, contentType string, draw func(string) ([]byte, error)) {
	s, err := h.current(r.Context(), session)
	switch {
	case err != nil && !errors.Is(err, errNone):
		h.c.Logger.Error("login: the store failed", "error", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	case err != nil:
		http.NotFound(w, r)
		return
	}
	b, err := draw(s.prompt.QR.Reveal())
	if err != nil || len(b) == 0 { // there is none, or it is too long
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.Write(b)
}
