// Package accounttest checks that a store of serial numbers does what package account relies on.
//
//	func TestStore(t *testing.T) {
//		accounttest.Exercise(t, func(t *testing.T) account.SerialStore { return newEmptyStore(t) })
//	}
package accounttest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gomss/gomss/mss/account"
)

const scope = "mssp|swisscom|production"

// Exercise runs the conformance suite. open returns an empty store; it is called once for each subtest and releases what
// it opened with t.Cleanup. The subtests do not run in parallel with each other; calls to one store do.
func Exercise(t *testing.T, open func(t *testing.T) account.SerialStore) {
	t.Helper()
	for _, tt := range []struct {
		name string
		run  func(t *testing.T, s account.SerialStore)
	}{
		{"empty", empty},
		{"the first serial number stays", firstStays},
		{"keys are apart", keysAreApart},
		{"whatever the bounds allow", extremes},
		{"replace compares", replaceCompares},
		{"forget", forget},
		{"first use at the same time", race},
		{"replacements at the same time", raceOfReplacements},
		{"a context that has ended", ended},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, open(t)) })
	}
}

func empty(t *testing.T, s account.SerialStore) {
	k := account.Key{Scope: scope, Account: "customer-1"}
	absent(t, s, k)
	if replaced, err := s.Replace(t.Context(), k, "", "MIDCHE0000000002"); replaced || err != nil {
		t.Errorf("Replace of nothing: %v, %v; want false, nil", replaced, err)
	}
	absent(t, s, k)
}

func firstStays(t *testing.T, s account.SerialStore) {
	k := account.Key{Scope: scope, Account: "customer-1"}
	store(t, s, k, "MIDCHE0000000001", "MIDCHE0000000001")
	store(t, s, k, "MIDCHE0000000001", "MIDCHE0000000001")
	store(t, s, k, "MIDCHE0000000002", "MIDCHE0000000001")
	present(t, s, k, "MIDCHE0000000001")
}

// keysAreApart stores a serial number of its own under keys that only an exact comparison tells apart.
func keysAreApart(t *testing.T, s account.SerialStore) {
	keys := []account.Key{
		{Scope: scope, Account: "customer-1"},
		{Scope: "mssp|swisscom|test", Account: "customer-1"},
		{Scope: "bankid|production", Account: "customer-1"},
		{Scope: scope, Account: "Customer-1"},
		{Scope: scope, Account: "customer-1 "},
		{Scope: scope, Account: "customer_1"},
		{Scope: scope, Account: "customer-%"},
		{Scope: scope + "|customer", Account: "-1"},
		{Scope: scope, Account: "|customer-1"},
		{Scope: scope + "|", Account: "customer-1"},
		{Scope: scope, Account: "é"},       // composed
		{Scope: scope, Account: "e\u0301"}, // decomposed
		{Scope: scope, Account: "1"},
		{Scope: scope, Account: "01"},
		{Scope: scope, Account: "1.0"},
	}
	serial := func(i int) string { return fmt.Sprintf("MIDCHE%010d", i) }
	for i, k := range keys {
		store(t, s, k, serial(i), serial(i))
	}
	if err := s.Forget(t.Context(), keys[0]); err != nil {
		t.Fatalf("Forget: %v", err)
	}
	absent(t, s, keys[0])
	for i, k := range keys[1:] {
		present(t, s, k, serial(i+1))
	}
}

func extremes(t *testing.T, s account.SerialStore) {
	for i, k := range []account.Key{
		{Scope: strings.Repeat("s", account.MaxScope), Account: strings.Repeat("a", account.MaxAccount)},
		{Scope: strings.Repeat("s", account.MaxScope), Account: strings.Repeat("a", account.MaxAccount-1)},
		{Scope: "s", Account: `'; DROP TABLE mss_serials; --`},
		{Scope: "s", Account: `"\`},
		{Scope: "s", Account: "$1 ? :a @b"},
		{Scope: "s", Account: "Zürich 東京 🦊"},
	} {
		serial := strings.Repeat("Z", account.MaxSerial-1) + fmt.Sprint(i)
		store(t, s, k, serial, serial)
		present(t, s, k, serial)
	}
}

func replaceCompares(t *testing.T, s account.SerialStore) {
	k := account.Key{Scope: scope, Account: "customer-1"}
	other := account.Key{Scope: scope, Account: "customer-2"}
	store(t, s, k, "MIDCHE0000000001", "MIDCHE0000000001")
	store(t, s, other, "MIDCHE0000000001", "MIDCHE0000000001")
	for _, old := range []string{"MIDCHE0000000009", "midche0000000001", "", "%"} {
		if replaced, err := s.Replace(t.Context(), k, old, "MIDCHE0000000002"); replaced || err != nil {
			t.Errorf("Replace of another serial number than the one stored: %v, %v; want false, nil", replaced, err)
		}
		present(t, s, k, "MIDCHE0000000001")
	}
	if replaced, err := s.Replace(t.Context(), k, "MIDCHE0000000001", "MIDCHE0000000002"); !replaced || err != nil {
		t.Errorf("Replace: %v, %v; want true, nil", replaced, err)
	}
	present(t, s, k, "MIDCHE0000000002")
	present(t, s, other, "MIDCHE0000000001")
	store(t, s, k, "MIDCHE0000000001", "MIDCHE0000000002")
}

func forget(t *testing.T, s account.SerialStore) {
	k := account.Key{Scope: scope, Account: "customer-1"}
	for range 2 { // the second time nothing is stored
		if err := s.Forget(t.Context(), k); err != nil {
			t.Fatalf("Forget: %v", err)
		}
		absent(t, s, k)
	}
	store(t, s, k, "MIDCHE0000000001", "MIDCHE0000000001")
	if err := s.Forget(t.Context(), k); err != nil {
		t.Fatalf("Forget: %v", err)
	}
	absent(t, s, k)
	store(t, s, k, "MIDCHE0000000002", "MIDCHE0000000002")
}

// atOnce calls f as often as there are contestants, all at the same time.
func atOnce(f func(contestant int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range contestants {
		wg.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	wg.Wait()
}

const (
	contestants = 8
	rounds      = 20
)

// race lets several callers store different serial numbers for one account: one is stored, and all are told which.
func race(t *testing.T, s account.SerialStore) {
	for round := range rounds {
		k := account.Key{Scope: scope, Account: fmt.Sprintf("customer-%d", round)}
		var stored [contestants]string
		var errs [contestants]error
		atOnce(func(i int) { stored[i], errs[i] = s.Store(t.Context(), k, fmt.Sprintf("MIDCHE%010d", i)) })
		for i := range stored {
			if errs[i] != nil {
				t.Fatalf("Store: %v", errs[i])
			}
			if stored[i] != stored[0] {
				t.Fatalf("two callers were told that different serial numbers are stored")
			}
		}
		present(t, s, k, stored[0])
	}
}

// raceOfReplacements lets several callers replace the same serial number: one may.
func raceOfReplacements(t *testing.T, s account.SerialStore) {
	for round := range rounds {
		k := account.Key{Scope: scope, Account: fmt.Sprintf("customer-%d", round)}
		store(t, s, k, "OLD", "OLD")
		var replaced [contestants]bool
		var errs [contestants]error
		atOnce(func(i int) { replaced[i], errs[i] = s.Replace(t.Context(), k, "OLD", fmt.Sprintf("NEW%d", i)) })
		winner := -1
		for i := range replaced {
			if errs[i] != nil {
				t.Fatalf("Replace: %v", errs[i])
			}
			if replaced[i] && winner >= 0 {
				t.Fatalf("two callers replaced the same serial number")
			}
			if replaced[i] {
				winner = i
			}
		}
		present(t, s, k, fmt.Sprintf("NEW%d", winner))
	}
}

func ended(t *testing.T, s account.SerialStore) {
	k := account.Key{Scope: scope, Account: "customer-1"}
	store(t, s, k, "MIDCHE0000000001", "MIDCHE0000000001")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, read := s.Serial(ctx, k)
	_, stored := s.Store(ctx, k, "MIDCHE0000000001")
	_, replaced := s.Replace(ctx, k, "MIDCHE0000000001", "MIDCHE0000000002")
	for _, err := range []error{read, stored, replaced, s.Forget(ctx, k)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after the context has ended: %v; want context.Canceled", err)
		}
	}
	present(t, s, k, "MIDCHE0000000001")
}

func store(t *testing.T, s account.SerialStore, k account.Key, serial, want string) {
	t.Helper()
	if got, err := s.Store(t.Context(), k, serial); got != want || err != nil {
		t.Fatalf("Store: %q, %v; want %q, nil", got, err, want)
	}
}

func present(t *testing.T, s account.SerialStore, k account.Key, want string) {
	t.Helper()
	if got, ok, err := s.Serial(t.Context(), k); got != want || !ok || err != nil {
		t.Fatalf("Serial: %q, %v, %v; want %q, true, nil", got, ok, err, want)
	}
}

func absent(t *testing.T, s account.SerialStore, k account.Key) {
	t.Helper()
	if got, ok, err := s.Serial(t.Context(), k); got != "" || ok || err != nil {
		t.Fatalf("Serial: %q, %v, %v; want \"\", false, nil", got, ok, err)
	}
}
