package track

import (
	"context"
	"time"

	"github.com/gomss/gomss/mss"
)

// Cancel takes a request off the phone, where the service can (mss.Cancel); where it cannot, the error is
// errors.ErrUnsupported. What is decided already, or is still being sent, is left alone, and so is the record: the next poll
// finds what became of it, which may be a signature that was made a moment before. Other errors are those of Look and of the
// service.
func (t *Tracker) Cancel(ctx context.Context, id, session string) error {
	r, err := t.load(ctx, id, session)
	if err != nil {
		return err
	}
	if stageOf(r, time.Now()) != outstanding {
		return nil
	}
	var tx mss.Transaction
	if err := t.keys.Open(r.Handle, binding(r), &tx); err != nil {
		return err
	}
	return mss.Cancel(ctx, t.svc, &tx)
}
