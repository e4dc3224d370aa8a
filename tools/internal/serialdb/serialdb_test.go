package serialdb_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/mss/account/accounttest"
	"github.com/gomss/gomss/tools/internal/serialdb"
	"github.com/stretchr/testify/require"
)

var key = account.Key{Scope: "mssp|swisscom|production", Account: "customer-1"}

func create(t *testing.T, path string) *serialdb.Store {
	t.Helper()
	s, err := serialdb.Create(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	accounttest.Exercise(t, func(t *testing.T) account.SerialStore {
		return create(t, filepath.Join(t.TempDir(), "serials.db"))
	})
}

func TestFileIsPrivateAndShared(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "serials ?#%41.db") // a name, not a part of a URI
	first, second := create(t, path), create(t, path)
	_, err := first.Store(t.Context(), key, "MIDCHE0000000001")
	require.NoError(t, err)
	stored, err := second.Store(t.Context(), key, "MIDCHE0000000002")
	require.NoError(t, err)
	require.Equal(t, "MIDCHE0000000001", stored)

	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 3, "the file, -wal and -shm: WAL mode")
	for _, f := range files {
		require.True(t, strings.HasPrefix(f.Name(), filepath.Base(path)), f.Name())
		info, err := f.Info()
		require.NoError(t, err)
		if runtime.GOOS != "windows" { // where the mode's bits do not tell
			require.Equal(t, os.FileMode(0o600), info.Mode(), f.Name())
		}
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "serials.db")
	_, err := serialdb.Open(t.Context(), path)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoFileExists(t, path)

	s, err := serialdb.Create(t.Context(), path)
	require.NoError(t, err)
	_, err = s.Store(t.Context(), key, "MIDCHE0000000001")
	require.NoError(t, err)
	require.NoError(t, s.Close())

	s, err = serialdb.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	stored, ok, err := s.Serial(t.Context(), key)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "MIDCHE0000000001", stored)
}

func TestFilesOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"empty":      "",
		"text":       strings.Repeat("a line of text\n", 100),
		"half of it": "SQLite format 3\x00 and no more",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "other.db")
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			_, err := serialdb.Open(t.Context(), path)
			require.ErrorContains(t, err, path)
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, content, string(after))
		})
	}
	_, err := serialdb.Create(t.Context(), t.TempDir())
	require.Error(t, err)
}

func TestEntries(t *testing.T) {
	t.Parallel()
	s := create(t, filepath.Join(t.TempDir(), "serials.db"))
	before := time.Now().Truncate(time.Second)
	for i, k := range []account.Key{{Scope: "b|test", Account: "2"}, {Scope: "a|test", Account: "2"}, {Scope: "b|test", Account: "1"}} {
		_, err := s.Store(t.Context(), k, fmt.Sprintf("S%d", i))
		require.NoError(t, err)
	}
	var got []string
	for e, err := range s.All(t.Context()) {
		require.NoError(t, err)
		require.WithinRange(t, e.StoredAt, before, time.Now())
		require.Equal(t, time.UTC, e.StoredAt.Location())
		got = append(got, e.Account+" "+e.Scope+" "+e.Serial)
	}
	require.Equal(t, []string{"1 b|test S2", "2 a|test S1", "2 b|test S0"}, got)

	got = nil
	for e, err := range s.Of(t.Context(), "2") {
		require.NoError(t, err)
		got = append(got, e.Scope)
		break // the connection is free again after it
	}
	require.Equal(t, []string{"a|test"}, got)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range s.All(ctx) {
		require.ErrorIs(t, err, context.Canceled)
	}
}

// TestReplaceTellsWhen: the time of an entry is that of its serial number.
func TestReplaceTellsWhen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "serials.db")
	s := create(t, path)
	_, err := s.Store(t.Context(), key, "OLD")
	require.NoError(t, err)
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), "UPDATE mss_serials SET stored_at = '2020-01-02 03:04:05'")
	require.NoError(t, err)
	storedAt := func() time.Time {
		for e, err := range s.Of(t.Context(), key.Account) {
			require.NoError(t, err)
			return e.StoredAt
		}
		panic("nothing is stored")
	}
	require.Equal(t, time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC), storedAt())
	replaced, err := s.Replace(t.Context(), key, "OLD", "NEW")
	require.NoError(t, err)
	require.True(t, replaced)
	require.WithinDuration(t, time.Now(), storedAt(), time.Hour)
}

// TestForgottenIsGone: what is forgotten or replaced is in no octet of the file.
func TestForgottenIsGone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "serials.db")
	s, err := serialdb.Create(t.Context(), path)
	require.NoError(t, err)
	for i := range 100 {
		_, err := s.Store(t.Context(), account.Key{Scope: key.Scope, Account: fmt.Sprintf("other-%d", i)}, "MIDCHE0000000003")
		require.NoError(t, err)
	}
	_, err = s.Store(t.Context(), key, "MIDCHE0000000001")
	require.NoError(t, err)
	_, err = s.Replace(t.Context(), key, "MIDCHE0000000001", "MIDCHE0000000002")
	require.NoError(t, err)
	require.NoError(t, s.Forget(t.Context(), key))
	require.NoError(t, s.Close())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(content), "MIDCHE0000000003")
	for _, gone := range []string{"MIDCHE0000000001", "MIDCHE0000000002", key.Account} {
		require.NotContains(t, string(content), gone)
	}
}

// TestSchemaHasBounds: whoever writes into the table by other means cannot store what Binder would not.
func TestSchemaHasBounds(t *testing.T) {
	t.Parallel()
	s := create(t, filepath.Join(t.TempDir(), "serials.db"))
	for _, tt := range []struct {
		key    account.Key
		serial string
	}{
		{account.Key{Scope: "", Account: "a"}, "s"},
		{account.Key{Scope: strings.Repeat("s", account.MaxScope+1), Account: "a"}, "s"},
		{account.Key{Scope: "s", Account: ""}, "s"},
		{account.Key{Scope: "s", Account: strings.Repeat("a", account.MaxAccount+1)}, "s"},
		{account.Key{Scope: "s", Account: "a"}, ""},
		{account.Key{Scope: "s", Account: "a"}, strings.Repeat("s", account.MaxSerial+1)},
	} {
		_, err := s.Store(t.Context(), tt.key, tt.serial)
		require.ErrorContains(t, err, "CHECK constraint failed")
	}
}
