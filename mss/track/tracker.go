package track

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/gomss/gomss/mss"
)

// Config is what a Tracker works with. Instances that share a store have the same Service, Keys and Hold.
type Config struct {
	Service mss.Service // required
	Store   Store       // required; of this service's transactions alone, such as a table or a bucket of its own
	Keys    *mss.Keys   // required; of the scope of Service

	// Hold is how long the provider may keep a poll of Run and Wait open, up to a minute; 0: it answers at once. Long polls
	// tell the outcome sooner and cost fewer requests. They also take a place of Concurrency for that long, and Run and
	// Wait end only when they have ended.
	Hold time.Duration

	// Concurrency is how many polls Run has in flight at one time; 0: 100. It takes about the number of transactions
	// outstanding, divided by the provider's pace and multiplied by the time of a poll: 2,000, 5 s and 0.2 s need 80.
	Concurrency int

	// Retention is how long an answer is there to be looked at; 0: 10 minutes, at most a day.
	Retention time.Duration

	Logger *slog.Logger // of what Run and Wait live through and do not return; nil: nothing is logged
}

// Tracker asks for signatures and fetches the answers, together with other instances that have the same store. It is safe
// for concurrent use and keeps nothing of a transaction itself.
type Tracker struct {
	svc         mss.Service
	store       Store
	keys        *mss.Keys
	hold        time.Duration
	concurrency int
	retention   time.Duration
	log         *slog.Logger
}

// Times of a transaction. They are constants because all instances must agree on them.
const (
	maxSkew    = 5 * time.Second  // between the clocks of two instances
	startTime  = 30 * time.Second // for the provider to accept a request
	answerTime = 15 * time.Second // for a poll, beyond what it is held
	storeTime  = 5 * time.Second  // from a claim until its poll begins
	patience   = time.Minute      // with a store, or a provider after the deadline, that fails
	minPace    = 500 * time.Millisecond
	lookAgain  = 2 * time.Second // Prompt.Refresh where the prompt itself does not change
	hintRunes  = 100             // an escaped rune takes 10 octets: see MaxHint
)

const (
	defaultConcurrency = 100
	defaultRetention   = 10 * time.Minute
	maxHold            = time.Minute
	maxRetention       = 24 * time.Hour
)

// New checks the configuration. Where the service tells its scope, as (*mssp.Client).Scope does, keys of another scope are
// refused here; where it does not, the first Start would fail after the phone has rung.
func New(c Config) (*Tracker, error) {
	switch {
	case c.Service == nil:
		return nil, errors.New("track: Config.Service: is nil")
	case c.Store == nil:
		return nil, errors.New("track: Config.Store: is nil; new(track.Memory) is one for a single instance")
	case c.Keys == nil:
		return nil, errors.New("track: Config.Keys: is nil; make them with mss.NewKeys, of the service's scope")
	case c.Hold < 0 || c.Hold > maxHold:
		return nil, errors.New("track: Config.Hold: must be from 0 to a minute")
	case c.Concurrency < 0:
		return nil, errors.New("track: Config.Concurrency: is negative")
	case c.Retention < 0 || c.Retention > maxRetention:
		return nil, errors.New("track: Config.Retention: must be from 0 (10 minutes) to a day")
	}
	if scope := scopeOf(c.Service); scope != "" {
		if _, err := c.Keys.Seal(&mss.Transaction{Provider: scope}, mss.NoBinding); err != nil {
			return nil, fmt.Errorf("track: Config.Keys: cannot seal what Config.Service makes: %w", err)
		}
	}
	t := &Tracker{
		svc: c.Service, store: c.Store, keys: c.Keys,
		hold: c.Hold, concurrency: c.Concurrency, retention: c.Retention, log: c.Logger,
	}
	if t.concurrency == 0 {
		t.concurrency = defaultConcurrency
	}
	if t.retention == 0 {
		t.retention = defaultRetention
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	return t, nil
}

// scopeOf returns the scope of a service, or of the one that it wraps; "" where none tells.
func scopeOf(svc mss.Service) string {
	for svc != nil {
		if s, ok := svc.(interface{ Scope() string }); ok {
			return s.Scope()
		}
		w, ok := svc.(interface{ Unwrap() mss.Service })
		if !ok {
			break
		}
		svc = w.Unwrap()
	}
	return ""
}

// idLength is that of rand.Text: 26 characters of base32, 130 random bits.
const idLength = 26

// NewID returns an id for Start: 26 letters and digits, at least 128 random bits. It is a capability; see the package
// comment. It fits into a cookie or a form field.
func NewID() string { return rand.Text() }

// recordID is what the store knows a transaction by. Neither the id nor the session can be found from it, so that who
// reads the store can look at nothing, and with another session it is another record.
func recordID(id, session string) (string, error) {
	if len(id) != idLength {
		return "", &mss.RequestError{Field: "id", Reason: "was not made by track.NewID"}
	}
	if session == "" {
		return "", &mss.RequestError{Field: "session", Reason: "is required; pass mss.NoBinding for none"}
	}
	var b []byte
	for _, s := range []string{"gomss/track", "1", id, session} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

// binding is what the sealed parts of a record are bound to: who can write to the store cannot give one person's answer
// to another.
func binding(r Record) string { return "track\x00" + r.ID }

// lease is how long a poll that is held for hold has its record to itself.
func lease(hold time.Duration) time.Duration { return storeTime + hold + answerTime + maxSkew }

// whole returns the first whole millisecond that is not before at: no record is due before it may be polled.
func whole(at time.Time) time.Time {
	return at.Add(time.Millisecond - 1).Truncate(time.Millisecond).UTC()
}

// stage is where a record stands.
type stage int

const (
	asking      stage = iota // the request is being sent
	outstanding              // the person has not answered
	answered                 // there is evidence
	unknown                  // there will be none
)

// stageOf returns where a record stands. One that is unknown keeps its handle: an answer that comes after all finds the
// transaction that it belongs to.
func stageOf(r Record, now time.Time) stage {
	switch {
	case r.Outcome != "":
		return answered
	case r.Handle == "" && now.Before(r.Deadline):
		return asking
	case r.Handle == "" || r.Due.IsZero():
		return unknown
	}
	return outstanding
}
