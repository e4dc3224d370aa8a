package account_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/mss/account/accounttest"
	"github.com/stretchr/testify/require"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	accounttest.Exercise(t, func(*testing.T) account.SerialStore { return new(account.Memory) })
}

func TestSchema(t *testing.T) {
	t.Parallel()
	for _, d := range []account.Dialect{account.SQLite, account.PostgreSQL} {
		for table, want := range map[string]string{
			"": `"mss_serials"`, "serials_2": `"serials_2"`, "login.serials": `"login"."serials"`,
			"select": `"select"`, strings.Repeat("a", 63): `"` + strings.Repeat("a", 63) + `"`,
		} {
			schema, err := account.Schema(d, table)
			require.NoError(t, err)
			require.Contains(t, schema, "CREATE TABLE IF NOT EXISTS "+want+" (\n")
			require.Contains(t, schema, "PRIMARY KEY (account, scope)")
			for name, limit := range map[string]int{"scope": account.MaxScope, "account": account.MaxAccount, "serial": account.MaxSerial} {
				require.Regexp(t, fmt.Sprintf(`%s +TEXT.*length\(%s\) +BETWEEN 1 AND %d\)`, name, name, limit), schema)
			}
		}
	}
}

func TestNewSQLRefuses(t *testing.T) {
	t.Parallel()
	db := new(sql.DB) // never used
	for _, table := range []string{
		"Serials", "serials; DROP TABLE customers", `a"b`, "a.b.c", ".a", "a.", "1a", "a b", "é", "a\n", strings.Repeat("a", 64),
	} {
		_, err := account.NewSQL(db, account.SQLite, table)
		require.ErrorContains(t, err, "table's name", table)
		_, err = account.Schema(account.SQLite, table)
		require.ErrorContains(t, err, "table's name", table)
	}
	for _, d := range []account.Dialect{0, account.PostgreSQL + 1} {
		_, err := account.NewSQL(db, d, "")
		require.ErrorContains(t, err, "dialect")
	}
	_, err := account.NewSQL(nil, account.SQLite, "")
	require.ErrorContains(t, err, "nil")
}

// TestNothingPersonalIsPrinted: types that pass through logs print neither accounts nor serial numbers (SEC-10).
func TestNothingPersonalIsPrinted(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, v := range []any{
		key, &key, account.Entry{Key: key, Serial: first}, &account.Entry{Key: key, Serial: first},
		account.Result{Outcome: account.Known, Scope: production},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		require.NoError(t, json.NewEncoder(&out).Encode(v))
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("entry", "v", v)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("entry", "v", v)
		out.WriteString(log.String())
	}
	for _, err := range refusals(t) {
		out.WriteString(err.Error() + "\n")
	}
	require.Contains(t, out.String(), production)
	for _, personal := range []string{customer, first, second, number[1:]} {
		require.NotContains(t, out.String(), personal)
		require.NotContains(t, out.String(), fmt.Sprintf("%x", personal))
	}
}

// refusals returns the errors of a Binder whose arguments hold what errors must not.
func refusals(t *testing.T) (all []error) {
	t.Helper()
	b := newBinder(t, account.Config{Store: enrolled(t, second)})
	for _, err := range []error{
		bindError(t, b, customer, first),
		bindError(t, b, customer+"\n", first),
		bindError(t, b, number, first),
		bindError(t, b, customer, first+"\n"),
		b.Rebind(t.Context(), key, first, second),
		b.Rebind(t.Context(), key, second, first+"\n"),
		b.Rebind(t.Context(), account.Key{Scope: production, Account: customer + "\n"}, first, second),
	} {
		require.Error(t, err)
		all = append(all, err)
	}
	return append(all, account.ErrNotEnrolled, account.ErrNotVerified, account.ErrTestSigner)
}

func bindError(t *testing.T, b *account.Binder, customer, serial string) error {
	t.Helper()
	_, err := b.Bind(t.Context(), customer, signed(t, provider, serial))
	return err
}

func TestOutcomeString(t *testing.T) {
	t.Parallel()
	for o, want := range map[account.Outcome]string{
		account.Known: "known", account.Enrolled: "enrolled", account.Replaced: "replaced", account.Differs: "differs", 0: "Outcome(0)",
	} {
		require.Equal(t, want, o.String())
	}
}
