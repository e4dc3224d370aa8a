package track

import (
	"context"
	"sync"
	"time"
)

// tick is how often Run asks the store for records that are due when there was none.
const tick = 500 * time.Millisecond

// maxBatch bounds what one Claim returns.
const maxBatch = 100

// Run polls for whatever is due, of all instances, until ctx ends. Then it waits for the polls that are in flight, at most
// for Config.Hold and 15 seconds, and a minute if the store fails; nothing of it is left when it returns. Any number of
// instances may run it. It lives through failures of the store, asking less often, and only logs them.
//
// The error is the cause of ctx, always.
func (t *Tracker) Run(ctx context.Context) error {
	var polls sync.WaitGroup
	defer polls.Wait()
	busy := make(chan struct{}, t.concurrency)
	var pause backoff
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case busy <- struct{}{}: // until there is room for one
			<-busy
		}
		n := min(t.concurrency-len(busy), maxBatch) // nobody else fills it
		claimed, err := t.store.Claim(ctx, time.Now(), lease(t.hold), n)
		for _, r := range claimed {
			busy <- struct{}{}
			polls.Go(func() {
				defer func() { <-busy }()
				if _, err := t.poll(ctx, r, t.hold); err != nil {
					t.log.Warn("track: a record was due that is not ours, or what became of it could not be stored", "error", err)
				}
			})
		}
		switch {
		case err != nil && ctx.Err() == nil:
			t.log.Warn("track: the store fails", "error", err)
			err = pause.wait(ctx)
		case len(claimed) < n:
			pause = backoff{}
			err = sleep(ctx, tick)
		default:
			pause = backoff{}
		}
		if err != nil {
			return context.Cause(ctx)
		}
	}
}
