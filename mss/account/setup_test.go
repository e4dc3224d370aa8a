package account_test

import (
	"context"
	"errors"
	"testing"

	"github.com/gomss/gomss/internal/proof"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/account"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	customer   = "customer-4711"
	provider   = "mssp|swisscom|production|mss.example|mid://acme"
	production = "mssp|swisscom|production"
	first      = "MIDCHE0000000001"
	second     = "MIDCHE0000000002"
	number     = "+41791234567"
)

var key = account.Key{Scope: production, Account: customer}

// unverified makes a signature as a caller could.
func unverified(t *testing.T, provider, id string) *mss.Signature {
	t.Helper()
	msisdn, err := mss.ParseMSISDN(number)
	require.NoError(t, err)
	return &mss.Signature{
		Proven:   mss.Proven{Signer: mss.Signer{ID: id}},
		Evidence: &mss.Evidence{Transaction: mss.Transaction{Provider: provider, User: mss.User{MSISDN: msisdn}}},
	}
}

// signed makes a signature as a verifier does.
func signed(t *testing.T, provider, id string) *mss.Signature {
	t.Helper()
	return mss.Verified(unverified(t, provider, id), proof.Of())
}

func newBinder(t *testing.T, cfg account.Config) *account.Binder {
	t.Helper()
	b, err := account.New(cfg)
	require.NoError(t, err)
	return b
}

// enrolled returns a store in which the customer's serial number is stored.
func enrolled(t *testing.T, serial string) *account.Memory {
	t.Helper()
	store := new(account.Memory)
	_, err := store.Store(t.Context(), key, serial)
	require.NoError(t, err)
	return store
}

// requireStored checks what is stored for the customer; "" is nothing.
func requireStored(t *testing.T, store account.SerialStore, k account.Key, want string) {
	t.Helper()
	got, ok, err := store.Serial(t.Context(), k)
	require.NoError(t, err)
	require.Equal(t, want != "", ok)
	require.Equal(t, want, got)
}

// counting counts questions.
type counting struct {
	account.SerialStore
	calls int
}

func (s *counting) Serial(ctx context.Context, k account.Key) (string, bool, error) {
	s.calls++
	return s.SerialStore.Serial(ctx, k)
}

// interrupted has something happen after a question.
type interrupted struct {
	account.SerialStore
	then func()
}

func (s *interrupted) Serial(ctx context.Context, k account.Key) (string, bool, error) {
	defer s.then()
	return s.SerialStore.Serial(ctx, k)
}

var errBroken = errors.New("the store is broken")

// failing fails after some calls.
type failing struct {
	account.SerialStore
	calls int
}

func (s *failing) fails() bool {
	s.calls--
	return s.calls < 0
}

func (s *failing) Serial(ctx context.Context, k account.Key) (string, bool, error) {
	if s.fails() {
		return "", false, errBroken
	}
	return s.SerialStore.Serial(ctx, k)
}

func (s *failing) Store(ctx context.Context, k account.Key, serial string) (string, error) {
	if s.fails() {
		return "", errBroken
	}
	return s.SerialStore.Store(ctx, k, serial)
}

func (s *failing) Replace(ctx context.Context, k account.Key, old, new string) (bool, error) {
	if s.fails() {
		return false, errBroken
	}
	return s.SerialStore.Replace(ctx, k, old, new)
}
