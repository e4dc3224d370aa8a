package hermod

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"path"
	"time"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
)

// bodyTime is how long a callback may take to arrive.
const bodyTime = 10 * time.Second

// Callback returns the handler of the Hermod's callbacks. Mount it where the Hermod's configuration has callbackUrl, for
// everything below: the last segment of a path says the command ("…/callback/sign").
//
// It authenticates the Hermod, stores the answer and answers; nothing is verified here, and nobody waits for the application.
// A POST is answered with
//
//   - 200: stored, or nothing that would have to be: a repetition, or an answer that cannot be of the command which it names.
//     Config.Logger is warned of the latter;
//   - 400, 413, 405: no callback of at most 512 KiB in strict JSON, or no POST;
//   - 401: not the user and password that were configured;
//   - 404: of a command that is not known, or no longer, or no path of a callback;
//   - 503: Config.Store failed, or the command is still being sent and has another early answer already, of which it is not
//     known yet whether it is the command's. The Hermod should send it again.
//
// The first answer to a command counts, whatever comes later, but for Late. Give the http.Server a ReadHeaderTimeout.
func (c *Client) Callback() http.Handler { return http.HandlerFunc(c.serveCallback) }

func (c *Client) serveCallback(w http.ResponseWriter, req *http.Request) {
	status, reason := c.receive(w, req)
	switch status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Basic realm="callback", charset="UTF-8"`)
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	}
	if reason != nil {
		c.cfg.Logger.Warn("hermod: a callback was not taken", "status", status, "reason", reason)
	}
	w.WriteHeader(status)
}

// receive reads a callback and has it stored. reason is for the log, and nil where there is nothing to say.
func (c *Client) receive(w http.ResponseWriter, req *http.Request) (status int, reason error) {
	if req.Method != http.MethodPost {
		return http.StatusMethodNotAllowed, errors.New("is no POST")
	}
	if !c.authentic(req) {
		return http.StatusUnauthorized, errors.New("has not the configured user and password")
	}
	kind := c.cfg.Inferred.kind(path.Base(req.URL.Path))
	if kind == 0 {
		return http.StatusNotFound, errors.New("the path ends in no name of a callback")
	}
	body, status, err := readBody(w, req)
	if err != nil {
		return status, err
	}
	answer, err := readRecord(body, kind, c.cfg.Inferred)
	if err != nil {
		return http.StatusBadRequest, err
	}
	return c.take(req.Context(), kind, answer, body)
}

// authentic compares user and password in a time that says nothing of them, not even their length.
func (c *Client) authentic(req *http.Request) bool {
	if c.cfg.InsecureUnauthenticatedCallback {
		return true
	}
	user, password, ok := req.BasicAuth()
	got := sha256.Sum256([]byte(user + ":" + password)) // no user's name has a colon
	want := sha256.Sum256([]byte(c.cfg.CallbackUser + ":" + c.cfg.CallbackPassword.Reveal()))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1 && ok
}

// readBody reads a body that is neither too long nor too slow.
func readBody(w http.ResponseWriter, req *http.Request) (body []byte, status int, err error) {
	// Not every ResponseWriter can; then the server's own ReadTimeout has to do.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
	body, err = io.ReadAll(http.MaxBytesReader(w, req.Body, maxRecord))
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		return nil, http.StatusRequestEntityTooLarge, errors.New("is longer than any answer")
	}
	if err != nil {
		return nil, http.StatusBadRequest, errors.New("broke off, or took too long")
	}
	return body, 0, nil
}

// take stores an answer under the command that it names.
func (c *Client) take(ctx context.Context, kind commandKind, answer *record, body []byte) (status int, reason error) {
	received, err := c.now()
	if err != nil {
		return http.StatusServiceUnavailable, err
	}
	reading, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	r, err := c.cfg.Store.Get(reading, recordID(ofCommand, answer.ExternalID))
	if err != nil {
		return refusal(err)
	}
	d := delivery{c: c, kind: kind, answer: answer, body: body, received: received}
	if r, err = c.change(ctx, r, d.apply); err != nil {
		return refusal(err)
	}
	if d.late {
		d.err = c.keepLate(ctx, r, answer.ExternalID, &d.evidence)
	}
	if d.err != nil {
		return http.StatusServiceUnavailable, d.err
	}
	return http.StatusOK, d.dropped
}

// refusal is the answer where a store could not be read or written.
func refusal(err error) (int, error) {
	if errors.Is(err, track.ErrNotFound) {
		return http.StatusNotFound, errors.New("externalId: is of no command that is outstanding here")
	}
	return http.StatusServiceUnavailable, err
}

// delivery is an answer on its way into a record.
type delivery struct {
	c        *Client
	kind     commandKind
	answer   *record
	body     []byte
	received time.Time

	evidence mss.Evidence
	late     bool  // the record says that the time was up before
	dropped  error // why the answer is none of this command's, or not its first
	err      error // why it cannot be stored
}

// apply makes the answer the record's outcome, if it has none and the answer is of its command. It decides by the record as it is:
// while the command is being sent, its number is not known yet, and bind decides.
func (d *delivery) apply(r *track.Record) bool {
	d.late, d.dropped, d.err = false, nil, nil
	tx, st, err := d.c.handle(*r)
	if err != nil {
		d.err = err
		return false
	}
	switch {
	case st.Kind != d.kind:
		d.dropped = errors.New("the path is of another kind of command than externalId")
	case tx.MSSPTransID != "" && tx.MSSPTransID != transIDPrefix+d.answer.CommandID:
		d.dropped = errors.New("commandId: is of another command than externalId")
	case d.c.cfg.Inferred.standing(d.answer) == running: // not over
	case r.Outcome != "":
		d.second(*r, tx, st)
	default:
		return d.first(r, tx, st)
	}
	return false
}

// first seals the answer into the record.
func (d *delivery) first(r *track.Record, tx *mss.Transaction, st *state) bool {
	if d.err = d.make(tx, st); d.err != nil {
		return false
	}
	r.Outcome, d.err = d.c.cfg.Keys.Seal(&d.evidence, session(r.ID))
	return d.err == nil
}

// make makes evidence of the answer.
func (d *delivery) make(tx *mss.Transaction, st *state) error {
	kept, err := st.forEvidence(tx)
	d.evidence = mss.Evidence{Transaction: kept, Received: d.received, Raw: d.body}
	return err
}

// second looks at an answer to a command that has an outcome: it may be the same again, or be too late, or be another. That the
// time is up is no news where it was: the Hermod says so after Poll has, and the place is for what somebody has answered.
func (d *delivery) second(r track.Record, tx *mss.Transaction, st *state) {
	ev, err := d.c.outcome(r)
	if err != nil {
		d.err = err
		return
	}
	switch {
	case string(ev.Raw) == string(d.body): // the same again
	case tx.MSSPTransID == "": // bind may drop the first, and then this one must not be lost
		d.err = errors.New("the command is still being sent, and has another answer already")
	case d.c.isExpiry(ev, d.kind):
		if d.c.cfg.Inferred.standing(d.answer) == expired {
			return
		}
		d.late, d.err = true, d.make(tx, st)
	default:
		d.dropped = errors.New("the command has another answer already")
	}
}
