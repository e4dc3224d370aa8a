package track

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Errors of a Store. Other errors are the store's own; they hold nothing personal.
var (
	// ErrNotFound says that there is no such record, or no longer. Of a Tracker it also says that the id belongs to another
	// session: which of them is not told.
	ErrNotFound = errors.New("track: there is no such record, or no longer")

	// ErrExists says that there is a record of this ID. Of Tracker.Start it says that the request was sent before, or is
	// being sent: nothing was sent now, but the phone may have rung.
	ErrExists = errors.New("track: there is a record of this ID already")

	// ErrStale says that the record was changed or removed since it was read. Nothing was written.
	ErrStale = errors.New("track: the record has changed")

	// ErrFull says that the store takes no further records at present.
	ErrFull = errors.New("track: the store is full")
)

// What every store takes, in octets. It may refuse more.
const (
	MaxID      = 64
	MaxHandle  = 4 << 10
	MaxOutcome = 2 << 20
	MaxHint    = 1 << 10
)

// Record is what a Store keeps of one transaction. Handle and Outcome are sealed by mss.Keys, so that a store holds no
// personal data in clear; it does not look into them. Times are whole milliseconds.
type Record struct {
	ID       string    // A-Z, a-z, 0-9, _ and -; compared octet by octet
	Handle   string    // the sealed transaction; "": nothing is known but that the request was to be sent
	Outcome  string    // the sealed evidence; "": none yet
	Hint     string    // the provider's last word on where the person is (mss.Status.Hint)
	Due      time.Time // to be polled from then on; whoever polls moves it first. Zero: not to be polled, never claimed
	Deadline time.Time // no answer will come after it
	Expires  time.Time // the record is forgotten then
	Rev      uint64    // set by the store; see Store
}

// Store keeps records for all instances of an application. Implementations are safe for concurrent use, by several
// processes where several share the store. Package tracktest checks an implementation.
//
// # One record
//
// Create and Swap are atomic: of several at the same time on one ID, one has its way and the others get ErrExists or
// ErrStale. What they have returned is durable, as far as the store is at all, and what Get, Claim and Swap do afterwards,
// in whichever process, starts from there.
//
// Rev is given by the store, whatever the caller has set. Each Create, Swap and Claim gives the record a Rev that is
// greater than any that a record of this ID ever had, also if one was removed and created anew in between: a sequence over
// the whole store does that, a count per record does not. It is the fence: who was paused for minutes cannot overwrite
// what others have done since.
//
// Once ctx has ended, methods return its cause or its Err. That error, and any other than the ones named here, leaves open
// whether a write has happened; callers find out with Get.
//
// # Leases
//
// A record whose Due has come is claimed, by Claim or by a Swap that moves Due, and is the claimer's until its new Due: one
// lease, held by one. A store knows no leases beyond that: it neither ends nor extends them. What is done with a record is
// none of its business either. Records with a zero Due are never claimed; records that belong to no Tracker have one.
//
// # Clocks
//
// Due is compared with the now that Claim is given: the clocks of the instances, which must agree within 5 seconds.
// Expires is compared with the store's own clock, and need not be exact.
//
// # Removal
//
// From Expires on there is no such record: not for Get, Swap, Claim and Watch, and Create takes its ID again. The store
// deletes it when it likes to, soon enough to stay within its bounds. Nobody else deletes; who wants a record gone swaps
// Expires to the past.
type Store interface {
	// Create stores a new record and returns it with its Rev, or ErrExists. ErrFull is an error like others.
	Create(ctx context.Context, r Record) (Record, error)

	// Get returns the record, or ErrNotFound.
	Get(ctx context.Context, id string) (Record, error)

	// Swap replaces the record whose ID and Rev are r's and returns it with its new Rev. It returns ErrStale where the
	// record has another Rev, or is gone.
	Swap(ctx context.Context, r Record) (Record, error)

	// Claim moves Due to now+lease in at most n of the records whose Due is not zero and not after now, those due first
	// first, and returns them as they are then. A record is in the result of one Claim alone. No record due is no error.
	// lease is greater than 0.
	Claim(ctx context.Context, now time.Time, lease time.Duration, n int) ([]Record, error)

	// Watch yields the record as it is, and again whenever it has changed, until the loop is left. Changes that follow each
	// other closely may be yielded as one, but the last is always yielded, whoever made it, and soon: a second at most.
	// Rev grows from one to the next.
	//
	// The last thing yielded is an error: ErrNotFound once there is no such record, that of ctx once ctx ends, or the
	// store's own. Nothing is left behind when the loop ends.
	Watch(ctx context.Context, id string) iter.Seq2[Record, error]
}
