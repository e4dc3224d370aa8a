//go:build interop && unix

package serialdb_test

import (
	"database/sql"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/mss/account/accounttest"
	"github.com/gomss/gomss/tools/internal/pgtest"
	"github.com/stretchr/testify/require"
)

func TestInteropPostgreSQL(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	db, err := sql.Open("pgx", server)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), "CREATE SCHEMA login")
	require.NoError(t, err)

	var tables atomic.Int64
	newStore := func(t *testing.T, table string) *account.SQL {
		t.Helper()
		s, err := account.NewSQL(db, account.PostgreSQL, table)
		require.NoError(t, err)
		for range 2 { // the second time it exists
			require.NoError(t, s.CreateTable(t.Context()))
		}
		return s
	}
	accounttest.Exercise(t, func(t *testing.T) account.SerialStore {
		return newStore(t, fmt.Sprintf("login.serials_%d", tables.Add(1)))
	})
	t.Run("processes race on first use", func(t *testing.T) {
		raceOfProcesses(t, "pgx", server, newStore(t, ""))
	})
	t.Run("entries", func(t *testing.T) {
		s := newStore(t, "table") // a word of SQL
		stored, err := s.Store(t.Context(), key, "MIDCHE0000000001")
		require.NoError(t, err)
		require.Equal(t, "MIDCHE0000000001", stored)
		for e, err := range s.All(t.Context()) {
			require.NoError(t, err)
			require.Equal(t, key, e.Key)
			require.Equal(t, "MIDCHE0000000001", e.Serial)
			require.WithinDuration(t, time.Now(), e.StoredAt, time.Hour)
			require.Equal(t, time.UTC, e.StoredAt.Location())
		}
	})
	t.Run("errors hold nothing personal", func(t *testing.T) {
		s := newStore(t, "")
		_, err := s.Store(t.Context(), account.Key{Scope: key.Scope, Account: key.Account + "\x00"}, "MIDCHE0000000001")
		require.Error(t, err)
		require.NotContains(t, err.Error(), key.Account)
		_, err = s.Store(t.Context(), account.Key{Scope: strings.Repeat("s", account.MaxScope+1), Account: key.Account}, "MIDCHE0000000001")
		require.ErrorContains(t, err, "check constraint")
		require.NotContains(t, err.Error(), key.Account)
		require.NotContains(t, err.Error(), "MIDCHE")
	})
}
