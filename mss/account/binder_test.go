package account_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/mss/catalogue"
	"github.com/stretchr/testify/require"
)

func TestBind(t *testing.T) {
	t.Parallel()
	store := new(account.Memory)
	b := newBinder(t, account.Config{Store: store})
	for _, step := range []struct {
		serial  string
		outcome account.Outcome
		err     error
	}{
		{first, account.Enrolled, nil},
		{first, account.Known, nil},
		{second, 0, account.ErrMismatch},
		{first, account.Known, nil},
	} {
		res, err := b.Bind(t.Context(), customer, signed(t, provider, step.serial))
		require.ErrorIs(t, err, step.err)
		if step.err == nil {
			require.Equal(t, &account.Result{Outcome: step.outcome, Scope: production}, res)
		} else {
			require.Nil(t, res)
		}
		requireStored(t, store, key, first)
	}
	_, err := b.Bind(t.Context(), customer, signed(t, provider, second))
	mismatch, ok := errors.AsType[*account.MismatchError](err)
	require.True(t, ok)
	require.Equal(t, production, mismatch.Scope)
	require.ErrorContains(t, err, "activated the service anew without recovery")
	require.ErrorContains(t, err, "belongs to somebody else")
	require.ErrorContains(t, err, "rebind")
}

// TestWhatIsNotVerifiedIsNotBound: nothing is written, nothing compared, before the signature has passed (SEC-19).
func TestWhatIsNotVerifiedIsNotBound(t *testing.T) {
	t.Parallel()
	robot := signed(t, provider, first)
	robot.Signer.Test = true
	for _, tt := range []struct {
		name string
		sig  *mss.Signature
		want error
	}{
		{"nil", nil, account.ErrNotVerified},
		{"composed by a caller", unverified(t, provider, first), account.ErrNotVerified},
		{"a test signer", robot, account.ErrTestSigner},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, cfg := range []account.Config{{}, {RequireKnown: true}, {InsecureAcceptChange: true}, {InsecureWarnOnly: true}} {
				cfg.Store = new(account.Memory)
				_, err := newBinder(t, cfg).Bind(t.Context(), customer, tt.sig)
				require.ErrorIs(t, err, tt.want)
				requireStored(t, cfg.Store, key, "")

				cfg.Store = enrolled(t, first) // the very same serial number
				_, err = newBinder(t, cfg).Bind(t.Context(), customer, tt.sig)
				require.ErrorIs(t, err, tt.want)
			}
		})
	}
	res, err := newBinder(t, account.Config{Store: new(account.Memory), InsecureAllowTestSigners: true}).Bind(t.Context(), customer, robot)
	require.NoError(t, err)
	require.Equal(t, account.Enrolled, res.Outcome)
}

func TestRequireKnown(t *testing.T) {
	t.Parallel()
	store := new(account.Memory)
	b := newBinder(t, account.Config{Store: store, RequireKnown: true})
	_, err := b.Bind(t.Context(), customer, signed(t, provider, first))
	require.ErrorIs(t, err, account.ErrNotEnrolled)
	requireStored(t, store, key, "")

	b = newBinder(t, account.Config{Store: enrolled(t, first), RequireKnown: true})
	res, err := b.Bind(t.Context(), customer, signed(t, provider, first))
	require.NoError(t, err)
	require.Equal(t, account.Known, res.Outcome)
	_, err = b.Bind(t.Context(), customer, signed(t, provider, second))
	require.ErrorIs(t, err, account.ErrMismatch)
}

func TestInsecurePolicies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		cfg     account.Config
		outcome account.Outcome
		stored  string
		warning string
	}{
		{"accept", account.Config{InsecureAcceptChange: true}, account.Replaced, second, "InsecureAcceptChange"},
		{"warn", account.Config{InsecureWarnOnly: true}, account.Differs, first, "InsecureWarnOnly"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			store := enrolled(t, first)
			tt.cfg.Store, tt.cfg.Logger = store, slog.New(slog.NewTextHandler(&log, nil))
			b := newBinder(t, tt.cfg)
			res, err := b.Bind(t.Context(), customer, signed(t, provider, first))
			require.NoError(t, err)
			require.Equal(t, account.Known, res.Outcome)
			require.Empty(t, log.String())

			res, err = b.Bind(t.Context(), customer, signed(t, provider, second))
			require.NoError(t, err)
			require.Equal(t, &account.Result{Outcome: tt.outcome, Scope: production}, res)
			requireStored(t, store, key, tt.stored)
			require.Equal(t, 1, strings.Count(log.String(), "level=WARN"))
			require.Contains(t, log.String(), tt.warning)
			for _, personal := range []string{customer, first, second} {
				require.NotContains(t, log.String(), personal)
			}
		})
	}
}

// TestMessages: the person is told something that helps, in whatever is wrapped around the error.
func TestMessages(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		&account.MismatchError{Scope: production}: "account.changed", account.ErrNotEnrolled: "account.not-enrolled",
	} {
		key := catalogue.Key(&mss.VerificationError{Check: "serial", Err: err})
		require.Equal(t, want, key)
		require.Contains(t, catalogue.Default(), key)
	}
}

// TestScopesAreApart: an identity of one provider or environment is none of another.
func TestScopesAreApart(t *testing.T) {
	t.Parallel()
	store := enrolled(t, first)
	b := newBinder(t, account.Config{Store: store})
	for _, other := range []struct{ provider, scope string }{
		{"mssp|swisscom|test|mss.example|mid://acme", "mssp|swisscom|test"},
		{"mssp|swisscom|simulator|mss.example|mid://acme", "mssp|swisscom|simulator"},
		{"mssp|other|production|mss.example|mid://acme", "mssp|other|production"},
		{"bankid|production|mss.example", "bankid|production"},
	} {
		res, err := b.Bind(t.Context(), customer, signed(t, other.provider, second))
		require.NoError(t, err)
		require.Equal(t, &account.Result{Outcome: account.Enrolled, Scope: other.scope}, res)
	}
	requireStored(t, store, key, first)
}

// TestScopeOutlivesEndpoints: a moved endpoint or another AP_ID makes nobody a new customer.
func TestScopeOutlivesEndpoints(t *testing.T) {
	t.Parallel()
	b := newBinder(t, account.Config{Store: enrolled(t, first)})
	for _, p := range []string{"mssp|swisscom|production|moved.example|mid://acme", "mssp|swisscom|production|mss.example|mid://acme-2"} {
		res, err := b.Bind(t.Context(), customer, signed(t, p, first))
		require.NoError(t, err)
		require.Equal(t, account.Known, res.Outcome)
		_, err = b.Bind(t.Context(), customer, signed(t, p, second))
		require.ErrorIs(t, err, account.ErrMismatch)
	}
}

func TestScopeRefuses(t *testing.T) {
	t.Parallel()
	for _, p := range []string{
		"", "mssp", "production", "|production", "mssp|swisscom|mss.example|production", "mssp|swisscom|Production|mss.example",
		"mssp|test|production|mss.example", "mssp|production|production|mss.example",
	} {
		_, err := account.Scope(signed(t, p, first))
		require.Error(t, err, p)
		store := new(account.Memory)
		_, err = newBinder(t, account.Config{Store: store}).Bind(t.Context(), customer, signed(t, p, first))
		require.ErrorContains(t, err, "scope", p)
	}
	sig := signed(t, provider, first)
	sig.Evidence = nil
	_, err := newBinder(t, account.Config{Store: new(account.Memory)}).Bind(t.Context(), customer, sig)
	require.ErrorContains(t, err, "evidence")
	_, err = account.Scope(nil)
	require.ErrorContains(t, err, "evidence")
}

// TestCase: sources differ in case, and it says nothing about the person.
func TestCase(t *testing.T) {
	t.Parallel()
	for _, serials := range [][2]string{{"midche000000000a", "MIDCHE000000000A"}, {"MIDCHE000000000A", "midche000000000A"}} {
		store := new(account.Memory)
		b := newBinder(t, account.Config{Store: store})
		_, err := b.Bind(t.Context(), customer, signed(t, provider, serials[0]))
		require.NoError(t, err)
		requireStored(t, store, key, "MIDCHE000000000A")
		res, err := b.Bind(t.Context(), customer, signed(t, provider, serials[1]))
		require.NoError(t, err)
		require.Equal(t, account.Known, res.Outcome)
	}
	b := newBinder(t, account.Config{Store: enrolled(t, "midche000000000a")}) // stored by other means
	res, err := b.Bind(t.Context(), customer, signed(t, provider, "MIDCHE000000000A"))
	require.NoError(t, err)
	require.Equal(t, account.Known, res.Outcome)

	b = newBinder(t, account.Config{Store: enrolled(t, "MIDCHES")})
	_, err = b.Bind(t.Context(), customer, signed(t, provider, "MIDCHE\u017f")) // LATIN SMALL LETTER LONG S is a small S in Unicode
	require.ErrorIs(t, err, account.ErrMismatch)
}

func TestBindRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, account, serial, want string }{
		{"no account", "", first, "account ID has 0 octets"},
		{"long account", strings.Repeat("a", account.MaxAccount+1), first, "account ID has 256 octets"},
		{"account not UTF-8", "a\xff", first, "account ID is not UTF-8"},
		{"account with NUL", "a\x00", first, "account ID holds a control character"},
		{"account with a line feed", "a\nb", first, "account ID holds a control character"},
		{"the number", number, first, "account ID is the telephone number"},
		{"the number's digits", number[1:], first, "account ID is the telephone number"},
		{"the number with 00", "00" + number[1:], first, "account ID is the telephone number"},
		{"no signer", customer, "", "signer's ID has 0 octets"},
		{"long signer", customer, strings.Repeat("S", account.MaxSerial+1), "signer's ID has 129 octets"},
		{"signer with a control character", customer, "MIDCHE\u0085", "signer's ID holds a control character"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			store := &counting{SerialStore: new(account.Memory)}
			_, err := newBinder(t, account.Config{Store: store}).Bind(t.Context(), tt.account, signed(t, provider, tt.serial))
			require.ErrorContains(t, err, tt.want)
			require.Zero(t, store.calls, "the store was not asked")
		})
	}
	long := strings.Repeat("p", account.MaxScope)
	_, err := newBinder(t, account.Config{Store: new(account.Memory)}).Bind(t.Context(), customer, signed(t, long+"|test|", first))
	require.ErrorContains(t, err, "scope has 133 octets")

	sig := signed(t, provider, first) // a provider that names the person otherwise than they were asked for
	sig.Asserted.User = sig.Evidence.Transaction.User
	sig.Evidence.Transaction.User = mss.User{}
	_, err = newBinder(t, account.Config{Store: new(account.Memory)}).Bind(t.Context(), number, sig)
	require.ErrorContains(t, err, "telephone number")
}

// TestBindAccountZero: where a provider asks without a number, no account is one.
func TestBindAccountZero(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"0", "000", "+"} {
		sig := signed(t, provider, first)
		sig.Evidence.Transaction.User = mss.User{}
		_, err := newBinder(t, account.Config{Store: new(account.Memory)}).Bind(t.Context(), id, sig)
		require.NoError(t, err, id)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	_, err := account.New(account.Config{})
	require.ErrorContains(t, err, "Config.Store")
	_, err = account.New(account.Config{Store: new(account.Memory), InsecureAcceptChange: true, InsecureWarnOnly: true})
	require.ErrorContains(t, err, "set one")
}

func TestRebind(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, stored, old, new string
		want                   string
		err                    error
	}{
		{"as stored", first, first, second, second, nil},
		{"in another case", "midche000000000a", "MIDCHE000000000A", "midche000000000b", "MIDCHE000000000B", nil},
		{"another one is stored", second, first, "MIDCHE0000000003", second, account.ErrConflict},
		{"the new one is stored", second, first, second, second, account.ErrConflict},
		{"nothing is stored", "", first, second, "", account.ErrConflict},
		{"nothing is stored, nothing expected", "", "", second, "", account.ErrConflict},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			store := new(account.Memory)
			if tt.stored != "" {
				store = enrolled(t, tt.stored)
			}
			b := newBinder(t, account.Config{Store: store})
			require.ErrorIs(t, b.Rebind(t.Context(), key, tt.old, tt.new), tt.err)
			requireStored(t, store, key, tt.want)
			if tt.err == nil {
				_, err := b.Bind(t.Context(), customer, signed(t, provider, tt.new))
				require.NoError(t, err)
			}
		})
	}
	b := newBinder(t, account.Config{Store: enrolled(t, first)})
	require.ErrorContains(t, b.Rebind(t.Context(), key, first, ""), "new serial number")
	require.ErrorContains(t, b.Rebind(t.Context(), account.Key{Scope: production}, first, second), "account ID")
	require.ErrorContains(t, b.Rebind(t.Context(), account.Key{Account: customer}, first, second), "scope")
}

// TestLosersOfRaces: what another caller does between two steps decides, and it is never overwritten.
func TestLosersOfRaces(t *testing.T) {
	t.Parallel()
	set := func(m *account.Memory, serial string) {
		require.NoError(t, m.Forget(t.Context(), key))
		_, err := m.Store(t.Context(), key, serial)
		require.NoError(t, err)
	}
	t.Run("first use", func(t *testing.T) {
		t.Parallel()
		m := new(account.Memory)
		b := newBinder(t, account.Config{Store: &interrupted{m, func() { set(m, second) }}})
		_, err := b.Bind(t.Context(), customer, signed(t, provider, first))
		require.ErrorIs(t, err, account.ErrMismatch)
		requireStored(t, m, key, second)
	})
	t.Run("replacement", func(t *testing.T) {
		t.Parallel()
		m := enrolled(t, "MIDCHE0000000009")
		b := newBinder(t, account.Config{InsecureAcceptChange: true, Store: &interrupted{m, func() { set(m, second) }}})
		_, err := b.Bind(t.Context(), customer, signed(t, provider, first))
		require.ErrorIs(t, err, account.ErrConflict)
		requireStored(t, m, key, second)
	})
	t.Run("rebinding", func(t *testing.T) {
		t.Parallel()
		m := enrolled(t, "MIDCHE0000000009")
		b := newBinder(t, account.Config{Store: &interrupted{m, func() { set(m, second) }}})
		require.ErrorIs(t, b.Rebind(t.Context(), key, "MIDCHE0000000009", first), account.ErrConflict)
		requireStored(t, m, key, second)
	})
}

// TestFailingStore: whatever fails, nobody gets in.
func TestFailingStore(t *testing.T) {
	t.Parallel()
	for calls := range 2 {
		for name, cfg := range map[string]account.Config{
			"first use": {Store: new(account.Memory)}, "change": {Store: enrolled(t, second), InsecureAcceptChange: true},
		} {
			cfg.Store = &failing{cfg.Store, calls}
			b := newBinder(t, cfg)
			res, err := b.Bind(t.Context(), customer, signed(t, provider, first))
			require.ErrorIs(t, err, errBroken, name)
			require.Nil(t, res)
		}
		b := newBinder(t, account.Config{Store: &failing{enrolled(t, first), calls}})
		require.ErrorIs(t, b.Rebind(t.Context(), key, first, second), errBroken)
	}
}
