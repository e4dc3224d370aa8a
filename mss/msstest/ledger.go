package msstest

import "time"

// ledger remembers values until they expire. What has expired is swept out whenever the ledger has doubled, so that a
// server under load neither grows without end nor looks at every entry on every request.
type ledger[K comparable, V any] struct {
	entries map[K]entry[V]
	sweepAt int
}

type entry[V any] struct {
	value   V
	expires time.Time
}

// ledgerFloor is the size below which sweeping is not worth it.
const ledgerFloor = 1024

// get returns what is remembered under k at the time now.
func (l *ledger[K, V]) get(k K, now time.Time) (V, bool) {
	e, ok := l.entries[k]
	if !ok || !now.Before(e.expires) {
		var none V
		return none, false
	}
	return e.value, true
}

// put remembers v under k until expires.
func (l *ledger[K, V]) put(k K, v V, now, expires time.Time) {
	if l.entries == nil {
		l.entries, l.sweepAt = make(map[K]entry[V]), ledgerFloor
	}
	if len(l.entries) >= l.sweepAt {
		for k, e := range l.entries {
			if !now.Before(e.expires) {
				delete(l.entries, k)
			}
		}
		l.sweepAt = max(ledgerFloor, 2*len(l.entries))
	}
	l.entries[k] = entry[V]{v, expires}
}
