package login

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
)

// start asks the person, unless this session has asked already and has no outcome yet.
func (h *Handler) start(w http.ResponseWriter, r *http.Request, session string) {
	old, err := h.load(r.Context(), session)
	if err == nil {
		_, _, err = h.look(r.Context(), old)
	}
	switch {
	case err == nil: // outstanding, or signed
		redirect(w, h.path+"wait")
		return
	case !isOutcome(err):
		h.unavailable(w, r, err)
		return
	}
	err = h.ask(r, old, 0)
	switch {
	case err == nil, errors.Is(err, errTaken):
		redirect(w, h.path+"wait")
	case isStoreFailure(err):
		h.unavailable(w, r, err)
	default:
		h.fail(w, r, statusOf(err), err)
	}
}

// ask has Config.Request make a request, and sends it in the place of an old one. The browser's going away, as it does
// when a button is pressed twice, does not cut it off.
func (h *Handler) ask(r *http.Request, old *attempt, restarts int) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), startTime)
	defer cancel()
	a := &attempt{session: old.session, rec: old.rec, Restarts: restarts}
	a.renew()
	req, err := h.c.Request(r, h.origin+h.path+"return?nonce="+a.nonce())
	if err != nil {
		return err
	}
	if req == nil {
		return &mss.RequestError{Field: "Config.Request", Reason: "returned nothing to send"}
	}
	if err := h.write(ctx, a); err != nil {
		if isLost(err) {
			return errTaken
		}
		return storeFailure{err}
	}
	err = h.c.Tracker.Start(ctx, a.id(), a.session, h.complete(r, req))
	if err == nil || errors.Is(err, track.ErrExists) {
		return nil
	}
	if discardErr := h.discard(ctx, a); discardErr != nil && !isLost(discardErr) {
		h.c.Logger.Warn("login: one that failed stays on record until it expires", "error", discardErr)
	}
	return err
}

// complete fills in what Config.Request left empty, in a copy: the hook may return the same one each time.
func (h *Handler) complete(r *http.Request, req *mss.Request) *mss.Request {
	filled := *req
	if filled.Language == "" {
		filled.Language = h.c.Language(r)
	}
	if !filled.EndUserIP.IsValid() {
		filled.EndUserIP = h.c.ClientIP(r)
	}
	return &filled
}

// look returns how a login stands. A transaction that is not on record yet is being sent.
func (h *Handler) look(ctx context.Context, a *attempt) (mss.Prompt, *mss.Signature, error) {
	p, sig, err := h.c.Tracker.Look(ctx, a.id(), a.session)
	if errors.Is(err, track.ErrNotFound) {
		if time.Since(a.Begun) < unrecorded {
			return mss.Prompt{Refresh: lookAgain}, nil, nil
		}
		return mss.Prompt{}, nil, errNone
	}
	if sig != nil && !sig.Verified() {
		return mss.Prompt{}, nil, &mss.VerificationError{Check: "verifier", Err: errors.New("the signature was not verified by this module")}
	}
	return p, sig, err
}

// lookAgain is the pace of a page that waits for the request to be sent.
const lookAgain = 2 * time.Second

// errTaken says that another tab or instance has asked in the meantime. Nothing was sent.
var errTaken = errors.New("login: another request was first")

// storeFailure is the error of a write to Config.Store before anything was sent.
type storeFailure struct{ error }

func (e storeFailure) Unwrap() error { return e.error }

func isStoreFailure(err error) bool {
	_, ok := errors.AsType[storeFailure](err)
	return ok
}

// isOutcome reports whether a login is over with err. Other errors are the store's, and pass.
func isOutcome(err error) bool {
	if _, ok := errors.AsType[*mss.Fault](err); ok {
		return true
	}
	if _, ok := errors.AsType[*mss.VerificationError](err); ok {
		return true
	}
	return errors.Is(err, errNone) || errors.Is(err, mss.ErrUnknownOutcome) || errors.Is(err, mss.ErrHandle)
}

// statusOf is the HTTP status of a request that was not accepted.
func statusOf(err error) int {
	if _, ok := errors.AsType[*mss.RequestError](err); ok && !mss.MayHaveRung(err) {
		return http.StatusBadRequest
	}
	return http.StatusBadGateway
}
