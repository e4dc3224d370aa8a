package login

import (
	"context"
	"errors"
	"net/http"
)

// cancel forgets the session's login: it logs nobody in any more, and another one can be started. What is on the phone is
// taken off it where Tracker and service can; where they cannot, the person's signature comes to nothing.
func (h *Handler) cancel(w http.ResponseWriter, r *http.Request, session string) {
	a, err := h.forget(r.Context(), session)
	switch {
	case err == nil:
		h.withdraw(r.Context(), a)
		redirect(w, h.c.Entry)
	case errors.Is(err, errNone):
		redirect(w, h.c.Entry)
	default:
		h.unavailable(w, r, err)
	}
}

// forget removes the session's login from the record, and returns it.
func (h *Handler) forget(ctx context.Context, session string) (a *attempt, err error) {
	for range attempts {
		if a, err = h.load(ctx, session); err != nil {
			return nil, err
		}
		if err = h.discard(ctx, a); !isLost(err) {
			break
		}
	}
	return a, err
}

// withdraw takes the request off the phone, where that is possible.
func (h *Handler) withdraw(ctx context.Context, a *attempt) {
	if err := h.c.Tracker.Cancel(ctx, a.id(), a.session); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		h.c.Logger.Info("login: a request was not taken off the phone", "error", err)
	}
}
