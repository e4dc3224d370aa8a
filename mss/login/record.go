package login

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"github.com/gomss/gomss/mss/track"
)

const (
	life       = time.Hour        // of a login on record, after it was last changed
	clockSkew  = time.Minute      // by which a store's clock may be behind
	storeTime  = 10 * time.Second // for a write that must not be cut off when the browser goes away
	startTime  = time.Minute      // for the request to be recorded, sent and recorded again; the Tracker sends for 30 s at most
	unrecorded = 35 * time.Second // until when a login without a transaction may be one that is being sent; see track.Tracker.Start
)

// attempts is how often a change of the record is tried: it changes under us for a prompt that was shown or an app that
// returned, once each, or because it is somebody else's turn.
const attempts = 4

// errNone says that the session has no login that is outstanding.
var errNone = errors.New("login: there is none in this session")

// attempt is what is on record of a session's login. It holds nothing personal, and without the session, which is not
// kept, neither the transaction's id nor the nonce can be found from it.
type attempt struct {
	Salt     string    `json:"s"`           // random, new with each request that is sent
	Begun    time.Time `json:"b"`           // when the request was about to be sent
	Pulled   bool      `json:"p,omitempty"` // a code or link was shown, so no phone rang by itself
	Restarts int       `json:"n,omitempty"`
	Returned bool      `json:"r,omitempty"` // the app came back with the nonce, in this session
	Done     string    `json:"d,omitempty"` // random: whoever wrote it calls Config.Done

	session string
	rec     track.Record
}

// recordID is what the store knows a session's login by. Handlers that share a store have URLs of their own.
func (h *Handler) recordID(session string) string {
	sum := digest("record", h.origin+h.path, session)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// id is the transaction's id with the Tracker.
func (a *attempt) id() string { return a.derive("transaction") }

// nonce is what the app must bring back.
func (a *attempt) nonce() string { return a.derive("return") }

// derive makes 130 bits that only who has the session and the record can make, in the form of track.NewID.
func (a *attempt) derive(use string) string {
	sum := digest(use, a.session, a.Salt)
	return base32.StdEncoding.EncodeToString(sum[:])[:26]
}

func digest(parts ...string) [sha256.Size]byte {
	var b []byte
	for _, s := range append([]string{"gomss/login", "1"}, parts...) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return sha256.Sum256(b)
}

// load returns the session's login that is not over, or errNone; in both cases with the record to be replaced, if any.
func (h *Handler) load(ctx context.Context, session string) (*attempt, error) {
	a := &attempt{session: session, rec: track.Record{ID: h.recordID(session)}}
	rec, err := h.c.Store.Get(ctx, a.rec.ID)
	if errors.Is(err, track.ErrNotFound) {
		return a, errNone
	}
	if err != nil {
		return nil, err
	}
	a.rec = rec
	if err := json.Unmarshal([]byte(rec.Handle), a); err != nil {
		return &attempt{session: session, rec: rec}, errNone // of another version; the next login replaces it
	}
	if a.Done != "" {
		return a, errNone
	}
	return a, nil
}

// renew makes it another request, with another id and nonce. Nothing is on record of it yet.
func (a *attempt) renew() { a.Salt, a.Begun = rand.Text(), time.Now() }

// write replaces the record by what a says now, or creates it. Of several callers one succeeds; the others get
// track.ErrStale or track.ErrExists.
func (h *Handler) write(ctx context.Context, a *attempt) error {
	doc, err := json.Marshal(a)
	if err != nil {
		return err
	}
	rec := track.Record{ID: a.rec.ID, Rev: a.rec.Rev, Handle: string(doc)}
	now := time.Now().UTC().Truncate(time.Millisecond)
	rec.Deadline, rec.Expires = now.Add(life), now.Add(life)
	if rec.Rev == 0 {
		rec, err = h.c.Store.Create(ctx, rec)
	} else {
		rec, err = h.c.Store.Swap(ctx, rec)
	}
	if err != nil {
		return err
	}
	a.rec = rec
	return nil
}

// discard removes the record, unless it has changed: then it is somebody else's.
func (h *Handler) discard(ctx context.Context, a *attempt) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	rec := a.rec
	rec.Handle = "" // nobody's, should the store's clock be so far behind that the record stays for a moment
	rec.Expires = time.Now().Add(-clockSkew).UTC().Truncate(time.Millisecond)
	_, err := h.c.Store.Swap(ctx, rec)
	return err
}

// claim makes the caller the one who calls Config.Done for this login: nobody else will. A write whose answer is lost
// counts if it is found to have happened, and one that lost against a note in the record is made again.
func (h *Handler) claim(ctx context.Context, a *attempt) (mine bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	token := rand.Text()
	for range attempts {
		a.Done = token
		if err = h.write(ctx, a); err == nil {
			return true, nil
		}
		now, loadErr := h.load(ctx, a.session)
		switch {
		case loadErr != nil && !errors.Is(loadErr, errNone):
			return false, err
		case now.Done != "" || now.Salt != a.Salt:
			return now.Done == token, nil
		}
		a = now
	}
	return false, err
}
