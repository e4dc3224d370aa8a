package msstest

import (
	"context"
	"time"
)

// appointment is when a person will have decided. Server.mu guards it.
type appointment struct {
	due  time.Time
	wake chan struct{} // of the request that waits
}

// interrupt lets the request that waits look again, if one does.
func (a *appointment) interrupt() {
	if a.wake != nil {
		close(a.wake)
		a.wake = nil
	}
}

// await blocks until the person has decided. It ends early with ctx, while the question goes on: nobody takes it off the
// phone.
func (s *Server) await(ctx context.Context, a *appointment) error {
	for {
		left, wake, err := s.look(a)
		if err != nil || left <= 0 {
			return err
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-wake:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
		timer.Stop()
	}
}

// look returns after what time to look again, unless wake says sooner; nothing is left when it is over.
func (s *Server) look(a *appointment) (left time.Duration, wake <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, nil, errClosed
	}
	if left = time.Until(a.due); left <= 0 {
		return 0, nil, nil
	}
	a.wake = make(chan struct{})
	return left, a.wake, nil
}
