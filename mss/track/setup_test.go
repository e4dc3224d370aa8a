package track_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/proof"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	scope   = "phone|test"
	session = "session-7"
	pace    = 5 * time.Second
	patient = 90 * time.Second // how long persons have
)

// provider is a Service whose persons answer a given time after the start. It gives an answer once, as some do, and
// counts what must not happen.
type provider struct {
	answers  func(transID string) time.Duration
	took     time.Duration // by a poll that is not held
	startErr error
	onStart  func(ctx context.Context)
	onPoll   func(n int) error // the n-th poll of a transaction; nil error: as usual
	onVerify func() error
	refresh  time.Duration
	repeats  bool // gives its answer again and again
	hint     string
	raw      []byte // of answers; nil: "signed by" and the TransID
	timeless bool   // transactions without Deadline and PollAt

	mu       sync.Mutex
	starts   int
	polls    map[string]int
	inFlight map[string]int
	total    int // of polls in flight
	peak     int
	overlaps int
	given    map[string]bool
	lost     int // answers asked for a second time
	verified int
	holds    []time.Duration
	times    []time.Duration // of polls, since the start
}

func (p *provider) Scope() string { return scope }

func (p *provider) Start(ctx context.Context, req *mss.Request) (*mss.Transaction, error) {
	p.mu.Lock()
	p.starts++
	p.mu.Unlock()
	if p.onStart != nil {
		p.onStart(ctx)
	}
	if p.startErr != nil {
		return nil, p.startErr
	}
	now := time.Now()
	if p.timeless {
		return &mss.Transaction{Provider: scope, TransID: req.TransID, Purpose: req.Purpose, Started: now}, nil
	}
	return &mss.Transaction{
		Provider: scope, TransID: req.TransID, Purpose: req.Purpose,
		Started: now, Deadline: now.Add(patient), PollAt: now.Add(pace),
	}, nil
}

func (p *provider) Prompt(tx *mss.Transaction, now time.Time) mss.Prompt {
	code := fmt.Sprintf("%s at %v", tx.TransID, now.Sub(tx.Started).Truncate(time.Second))
	return mss.Prompt{Code: code, Hint: "look", Refresh: p.refresh}
}

func (p *provider) Poll(ctx context.Context, tx *mss.Transaction, hold time.Duration) (*mss.Status, error) {
	id := tx.TransID
	p.mu.Lock()
	if p.polls == nil {
		p.polls, p.inFlight, p.given = make(map[string]int), make(map[string]int), make(map[string]bool)
	}
	p.polls[id]++
	n := p.polls[id]
	p.holds = append(p.holds, hold)
	p.times = append(p.times, time.Since(tx.Started))
	if p.inFlight[id]++; p.inFlight[id] > 1 {
		p.overlaps++
	}
	p.total++
	p.peak = max(p.peak, p.total)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.inFlight[id]--
		p.total--
		p.mu.Unlock()
	}()
	if p.onPoll != nil {
		if err := p.onPoll(n); err != nil {
			return nil, err
		}
	}
	answers := time.Minute
	if p.answers != nil {
		answers = p.answers(id)
	}
	wait := p.took
	if hold > 0 {
		wait = min(hold, max(0, time.Until(tx.Started.Add(answers))))
	}
	select {
	case <-ctx.Done():
		return nil, &mss.TransportError{Sent: mss.MaybeSent, Err: context.Cause(ctx)}
	case <-time.After(wait):
	}
	if time.Since(tx.Started) < answers {
		return &mss.Status{After: pace, Hint: p.hint}, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.given[id] && !p.repeats {
		p.lost++
		return nil, fmt.Errorf("%w: it was given before", mss.ErrUnknownOutcome)
	}
	p.given[id] = true
	raw := p.raw
	if raw == nil {
		raw = []byte("signed by " + id)
	}
	return &mss.Status{Evidence: &mss.Evidence{Transaction: *tx, Received: time.Now(), Raw: raw}}, nil
}

func (p *provider) Verify(ev *mss.Evidence) (*mss.Signature, error) {
	p.mu.Lock()
	p.verified++
	p.mu.Unlock()
	if p.onVerify != nil {
		if err := p.onVerify(); err != nil {
			return nil, err
		}
	}
	return mss.Verified(&mss.Signature{Proven: mss.Proven{Value: ev.Raw}, Evidence: ev}, proof.Of()), nil
}

// counted returns how often something happened, now that all is over.
func (p *provider) counted() (starts, overlaps, lost int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.starts, p.overlaps, p.lost
}

// polled returns how often a transaction was polled.
func (p *provider) polled(transID string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.polls[transID]
}

func after(d time.Duration) func(string) time.Duration {
	return func(string) time.Duration { return d }
}

func request(transID string) *mss.Request {
	return &mss.Request{TransID: transID, Purpose: mss.Authentication}
}

func keys(t *testing.T) *mss.Keys {
	t.Helper()
	k, err := mss.NewKeys(scope, bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	return k
}

// instance makes one of several trackers that share a store.
func instance(t *testing.T, svc mss.Service, s track.Store, change ...func(*track.Config)) *track.Tracker {
	t.Helper()
	cfg := track.Config{Service: svc, Store: s, Keys: keys(t)}
	for _, c := range change {
		c(&cfg)
	}
	tr, err := track.New(cfg)
	require.NoError(t, err)
	return tr
}

// started starts a transaction and returns its id.
func started(t *testing.T, tr *track.Tracker) string {
	t.Helper()
	id := track.NewID()
	require.NoError(t, tr.Start(t.Context(), id, session, request("T1")))
	return id
}

// run runs a tracker until the function that it returns is called.
func run(t *testing.T, tr *track.Tracker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	over := make(chan error, 1)
	go func() { over <- tr.Run(ctx) }()
	return func() {
		reason := errors.New("stop")
		cancel(reason)
		require.ErrorIs(t, <-over, reason)
	}
}

// spy is a store in which things go wrong, and which remembers what was written.
type spy struct {
	track.Store
	mu      sync.Mutex
	fail    func(call string, r track.Record) error // before it reaches the store
	forget  func(call string, r track.Record) error // after it has reached the store
	delay   func(call string) time.Duration
	written []track.Record
}

func (s *spy) before(call string, r track.Record) error {
	if s.delay != nil {
		time.Sleep(s.delay(call))
	}
	if s.fail != nil {
		return s.fail(call, r)
	}
	return nil
}

func (s *spy) after(call string, r track.Record, err error) (track.Record, error) {
	if err != nil {
		return r, err
	}
	s.mu.Lock()
	s.written = append(s.written, r)
	s.mu.Unlock()
	if s.forget != nil {
		if err := s.forget(call, r); err != nil {
			return track.Record{}, err
		}
	}
	return r, nil
}

func (s *spy) Create(ctx context.Context, r track.Record) (track.Record, error) {
	if err := s.before("Create", r); err != nil {
		return track.Record{}, err
	}
	r, err := s.Store.Create(ctx, r)
	return s.after("Create", r, err)
}

func (s *spy) Get(ctx context.Context, id string) (track.Record, error) {
	if err := s.before("Get", track.Record{ID: id}); err != nil {
		return track.Record{}, err
	}
	return s.Store.Get(ctx, id)
}

func (s *spy) Swap(ctx context.Context, r track.Record) (track.Record, error) {
	if err := s.before("Swap", r); err != nil {
		return track.Record{}, err
	}
	r, err := s.Store.Swap(ctx, r)
	return s.after("Swap", r, err)
}

func (s *spy) Claim(ctx context.Context, now time.Time, lease time.Duration, n int) ([]track.Record, error) {
	if err := s.before("Claim", track.Record{}); err != nil {
		return nil, err
	}
	rs, err := s.Store.Claim(ctx, now, lease, n)
	if s.delay != nil {
		time.Sleep(s.delay("Claimed"))
	}
	return rs, err
}

// writes returns what was written so far.
func (s *spy) writes() []track.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]track.Record(nil), s.written...)
}

// requireBare checks that nothing of a record can be read or used by who reads the store.
func requireBare(t *testing.T, r track.Record, secrets ...string) {
	t.Helper()
	b, err := json.Marshal(r)
	require.NoError(t, err)
	for _, s := range secrets {
		require.NotContains(t, string(b), s)
	}
}

var errBroken = errors.New("the store is broken")
