package journal_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/journal"
)

func TestLog(t *testing.T) {
	t.Parallel()
	type note struct{ n int }
	var l journal.Log[note]
	require.Empty(t, l.Requests())
	first, second := &note{1}, &note{2}
	l.Arrive(first)
	l.Arrive(second)
	l.Done()
	l.Arrive(&note{3})
	l.Set(func() { second.n = 20 })
	require.Equal(t, []note{{1}, {20}, {3}}, l.Requests())
	require.Equal(t, 2, l.Peak())
	l.Shake()
	require.Equal(t, 1, l.Handshakes())
}

func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	var l journal.Log[int]
	for i := range journal.Limit + 1 {
		l.Arrive(&i)
		l.Done()
	}
	list := l.Requests()
	require.Len(t, list, journal.Limit*9/10+1)
	require.Equal(t, journal.Limit, list[len(list)-1], "the last one is there")
}

func TestLogAtOneTime(t *testing.T) {
	t.Parallel()
	var l journal.Log[int]
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			l.Arrive(new(int))
			l.Shake()
			l.Set(func() { _ = i })
			_ = l.Requests()
			l.Done()
		})
	}
	all.Wait()
	require.Len(t, l.Requests(), 50)
	require.Equal(t, 50, l.Handshakes())
}
