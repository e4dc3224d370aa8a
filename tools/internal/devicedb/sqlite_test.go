package devicedb_test

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/registrytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// openSQLite opens a file as an application would: a process waits for others, and has one connection.
func openSQLite(t *testing.T, path string) *sql.DB {
	t.Helper()
	name := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"_busy_timeout": {"10000"}, "_journal_mode": {"WAL"}}.Encode()}
	db, err := sql.Open("sqlite", name.String())
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func newRegistry(t *testing.T, db *sql.DB, d hermod.Dialect, table string) *hermod.SQLRegistry {
	t.Helper()
	r, err := hermod.NewSQLRegistry(db, d, table)
	require.NoError(t, err)
	for range 2 { // the second time it exists
		require.NoError(t, r.CreateTable(t.Context()))
	}
	return r
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	registrytest.Exercise(t, func(t *testing.T) hermod.Registry {
		return newRegistry(t, openSQLite(t, filepath.Join(t.TempDir(), "devices.db")), hermod.SQLite, "")
	})
}

// TestSQLiteIsShared has two processes' worth of connections on one file.
func TestSQLiteIsShared(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "devices.db")
	first := newRegistry(t, openSQLite(t, path), hermod.SQLite, "enrolled")
	second := newRegistry(t, openSQLite(t, path), hermod.SQLite, "enrolled")
	d := aDevice(t)
	require.NoError(t, first.Put(t.Context(), d))
	got, err := second.Devices(t.Context(), d.User)
	require.NoError(t, err)
	require.Equal(t, []*hermod.Device{d}, got)
}

func TestSQLiteRefuses(t *testing.T) {
	t.Parallel()
	refusesWhatIsDamaged(t, openSQLite(t, filepath.Join(t.TempDir(), "devices.db")), hermod.SQLite)
}
