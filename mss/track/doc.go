// Package track keeps what is outstanding in a store, so that any instance of an application can go on with it: one asks,
// another shows the prompt, a third fetches the answer, and none of them is missed when it goes away. It works with every
// mss.Service.
//
//	tracker, err := track.New(track.Config{Service: client, Store: store, Keys: keys})
//	go tracker.Run(ctx) // in some instances, or in all
//	…
//	id := track.NewID() // into the form that starts the login
//	…
//	err = tracker.Start(ctx, id, session, req) // errors.Is(err, track.ErrExists): it was sent before
//	…
//	prompt, sig, err := tracker.Look(ctx, id, session) // each time the page asks
//
// # The phone rings once
//
// A request is on record before it is sent. Start sends it once for an id in a session; a second call, of a form that was sent twice or
// of an application that starts again after a crash, gets ErrExists and sends nothing. If the instance that sends it dies
// before it has recorded what came of it, nobody can know whether the phone rang, and nobody asks again: 35 seconds after
// Start began the outcome is mss.ErrUnknownOutcome.
//
// # The answer is stored before it is judged
//
// Some providers give an answer once. So a poll is not cut off when its caller goes away, and the evidence is stored,
// sealed, before anything is believed of it. Whoever looks has it judged, as often as they look, until
// Config.Retention is over: a lost HTTP response loses nothing, and an answer that was refused for a missing root is
// accepted once the root has been configured.
//
// Hence Look tells an outcome more than once. What must happen once, an order or a payment, is to be keyed by the
// transaction (Signature.Evidence.Transaction.TransID) where it happens.
//
// # Ids and sessions
//
// An id is a capability: 128 random bits, and whoever has it and names the same session can look. The session is that of
// the person's browser with the application, before the login; so the outcome of a login that one person has started
// logs in no other browser, even if the id has leaked. Sessions given to Start and Look are compared and not kept. With
// mss.NoBinding the id alone is enough: for batch jobs, not for browsers. After the login the session gets a new name.
//
// A store holds neither ids nor sessions, only a hash of both, and what it holds is sealed and bound to its record. Who
// reads the store learns how many transactions there are, when they are due and the provider's hints; who writes to it
// can lose them or have them polled too often, but not give one person's answer to another.
//
// # Polls
//
// Run polls for all transactions in the store, Look and Wait for theirs if a poll is due. A poll takes a lease on its record,
// so that over all instances one is in flight for each transaction. The lease is longer than a poll can take, by 5 seconds
// that the clocks of two instances may differ; if an instance dies, another takes over when it ends, after 25 seconds and
// Config.Hold. Polls that fail are repeated until the transaction's deadline, and where the cause may go away for a minute
// after it. An answer beats what is outstanding, whoever brings it and however late; nothing else is written by who has
// lost the lease.
//
// Without Run a transaction is polled as long as somebody looks or waits. One that nobody looks at is forgotten unpolled.
//
// # Stores
//
// Memory is a Store for one instance. Package tracktest checks others. A Tracker wants a store of its own for each service
// and account (a table, a bucket): it would take another's records for its own, and could not open them.
//
// All instances have all secrets of mss.Keys before one of them seals with a new one. A secret is kept until what it has
// sealed has been forgotten: a day is enough.
package track
