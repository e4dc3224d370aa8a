package track

import (
	"container/heap"
	"context"
	"fmt"
	"iter"
	"sync"
	"time"
)

// Memory is a Store in the memory of one process, for applications of one instance and for tests. What is outstanding is
// lost when the process ends. Its zero value is empty and ready.
type Memory struct {
	// Limit bounds what is kept, in octets; 0: 256 MiB. Create fails with ErrFull at half of it, so that the other half is
	// there for answers.
	Limit int

	mu      sync.Mutex
	rev     uint64
	octets  int
	records map[string]*entry
	due     dueHeap // the records that Claim considers
	swept   time.Time
}

var _ Store = (*Memory)(nil)

const (
	defaultLimit = 256 << 20
	overhead     = 512 // octets of a record beside its text: structs, map, heap
	sweepEvery   = 10 * time.Second
	sweepFull    = time.Second // when there is no room
)

// entry is a record in its place.
type entry struct {
	Record
	index   int           // in Memory.due; -1: not there
	changed chan struct{} // closed when the record changes or goes; nil while nobody watches
}

func (e *entry) cost() int {
	return overhead + len(e.ID) + len(e.Handle) + len(e.Outcome) + len(e.Hint)
}

// announce wakes who watches.
func (e *entry) announce() {
	if e.changed != nil {
		close(e.changed)
		e.changed = nil
	}
}

// Create stores a new record.
func (m *Memory) Create(ctx context.Context, r Record) (Record, error) {
	if err := check(ctx, r); err != nil {
		return Record{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.find(r.ID, time.Now()) != nil {
		return Record{}, ErrExists
	}
	e := &entry{Record: r, index: -1}
	m.sweep(sweepEvery)
	if !m.room(e.cost(), m.limit()/2) {
		return Record{}, ErrFull
	}
	if m.records == nil {
		m.records = make(map[string]*entry)
	}
	m.records[r.ID] = e
	m.octets += e.cost()
	m.change(e)
	return e.Record, nil
}

// Get returns the record.
func (m *Memory) Get(ctx context.Context, id string) (Record, error) {
	if ctx.Err() != nil {
		return Record{}, context.Cause(ctx)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.find(id, time.Now())
	if e == nil {
		return Record{}, ErrNotFound
	}
	return e.Record, nil
}

// Swap replaces the record whose Rev is r's.
func (m *Memory) Swap(ctx context.Context, r Record) (Record, error) {
	if err := check(ctx, r); err != nil {
		return Record{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.find(r.ID, time.Now())
	if e == nil || e.Rev != r.Rev {
		return Record{}, ErrStale
	}
	growth := (&entry{Record: r}).cost() - e.cost()
	if !m.room(growth, m.limit()) {
		return Record{}, ErrFull
	}
	if m.records[r.ID] != e { // making room has just dropped it: its time was up
		return Record{}, ErrStale
	}
	m.octets += growth
	e.Record = r
	m.change(e)
	return e.Record, nil
}

// Claim leases records that are due.
func (m *Memory) Claim(ctx context.Context, now time.Time, lease time.Duration, n int) ([]Record, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(sweepEvery)
	var claimed []*entry
	for len(claimed) < n && len(m.due) > 0 && !m.due[0].Due.After(now) {
		e := m.due[0]
		heap.Pop(&m.due)
		if m.find(e.ID, time.Now()) != nil {
			claimed = append(claimed, e)
		}
	}
	var records []Record
	for _, e := range claimed {
		e.Due = now.Add(lease)
		m.change(e)
		records = append(records, e.Record)
	}
	return records, nil
}

// Watch yields the record and its changes.
func (m *Memory) Watch(ctx context.Context, id string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for {
			r, changed, err := m.watch(ctx, id)
			if !yield(r, err) || err != nil {
				return
			}
			expired := time.NewTimer(time.Until(r.Expires))
			select {
			case <-ctx.Done():
			case <-changed:
			case <-expired.C:
			}
			expired.Stop()
		}
	}
}

// watch returns the record and a channel that is closed when it changes.
func (m *Memory) watch(ctx context.Context, id string) (Record, <-chan struct{}, error) {
	if ctx.Err() != nil {
		return Record{}, nil, context.Cause(ctx)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.find(id, time.Now())
	if e == nil {
		return Record{}, nil, ErrNotFound
	}
	if e.changed == nil {
		e.changed = make(chan struct{})
	}
	return e.Record, e.changed, nil
}

// check refuses what Memory would not keep within its bounds.
func check(ctx context.Context, r Record) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if r.ID == "" || len(r.ID) > MaxID || len(r.Handle) > MaxHandle || len(r.Outcome) > MaxOutcome || len(r.Hint) > MaxHint {
		return fmt.Errorf("track: a record of %d, %d, %d and %d octets (ID, Handle, Outcome, Hint) is not within the bounds",
			len(r.ID), len(r.Handle), len(r.Outcome), len(r.Hint))
	}
	return nil
}

func (m *Memory) limit() int {
	if m.Limit == 0 {
		return defaultLimit
	}
	return m.Limit
}

// find returns the entry, or nil where there is none; one that has expired is removed.
func (m *Memory) find(id string, now time.Time) *entry {
	e := m.records[id]
	if e != nil && !now.Before(e.Expires) {
		m.remove(e)
		return nil
	}
	return e
}

// change gives the entry a new Rev and its place among those that are due, and wakes who watches it.
func (m *Memory) change(e *entry) {
	m.rev++
	e.Rev = m.rev
	switch {
	case e.Due.IsZero() && e.index >= 0:
		heap.Remove(&m.due, e.index)
	case e.Due.IsZero():
	case e.index >= 0:
		heap.Fix(&m.due, e.index)
	default:
		heap.Push(&m.due, e)
	}
	e.announce()
}

// remove forgets an entry that has expired: who watches it has a timer.
func (m *Memory) remove(e *entry) {
	if e.index >= 0 {
		heap.Remove(&m.due, e.index)
	}
	delete(m.records, e.ID)
	m.octets -= e.cost()
}

// room reports whether there is room for n more octets below limit, and makes some if there is not.
func (m *Memory) room(n, limit int) bool {
	if m.octets+n > limit {
		m.sweep(sweepFull)
	}
	return m.octets+n <= limit
}

// sweep removes all that has expired, unless it did so less than every ago: it looks at each record.
func (m *Memory) sweep(every time.Duration) {
	now := time.Now()
	if now.Sub(m.swept) < every {
		return
	}
	for _, e := range m.records {
		if !now.Before(e.Expires) {
			m.remove(e)
		}
	}
	m.swept = now
}

// dueHeap has the entry that is due first on top.
type dueHeap []*entry

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].Due.Before(h[j].Due) }
func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push implements heap.Interface.
func (h *dueHeap) Push(x any) {
	e := x.(*entry)
	e.index = len(*h)
	*h = append(*h, e)
}

// Pop implements heap.Interface.
func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	e.index = -1
	*h = (*h)[:last]
	return e
}
