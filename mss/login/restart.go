package login

import (
	"context"
	"errors"

	"github.com/gomss/gomss/mss"
)

// maxRestarts bounds a login: BankID's orders wait for half a minute, and three minutes are what a person gets elsewhere.
const maxRestarts = 5

// mayRestart reports whether an order that has ended is to be started again without asking anybody. A code or link must
// have been shown, so that no phone rings by itself, and the order must have ended by time: who has declined is not asked
// again, whatever the policy says.
func (h *Handler) mayRestart(s standing) bool {
	f, ok := errors.AsType[*mss.Fault](s.err)
	return ok && f.Code == mss.ExpiredTransaction && s.a.Pulled && s.a.Restarts < maxRestarts &&
		h.c.RestartIf != nil && h.c.RestartIf(s.err)
}

// notePulled records that a code or link was shown, where that matters. If it cannot be recorded now, it will be the next
// time, or the order is not started again.
func (h *Handler) notePulled(ctx context.Context, s standing) {
	if h.c.RestartIf == nil || s.a.Pulled || s.prompt.QR.IsZero() && s.prompt.Link.IsZero() {
		return
	}
	s.a.Pulled = true
	if err := h.write(ctx, s.a); err != nil && !isLost(err) {
		h.c.Logger.Warn("login: not recorded that a code or link was shown", "error", err)
	}
}
