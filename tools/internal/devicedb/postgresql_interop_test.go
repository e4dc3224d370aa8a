//go:build interop && unix

package devicedb_test

import (
	"database/sql"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/registrytest"
	"github.com/gomss/gomss/tools/internal/pgtest"
)

func TestInteropPostgreSQL(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("pgx", pgtest.Start(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), "CREATE SCHEMA login")
	require.NoError(t, err)

	var tables atomic.Int64
	registrytest.Exercise(t, func(t *testing.T) hermod.Registry {
		return newRegistry(t, db, hermod.PostgreSQL, fmt.Sprintf("login.devices_%d", tables.Add(1)))
	})
	t.Run("damaged", func(t *testing.T) { refusesWhatIsDamaged(t, db, hermod.PostgreSQL) })
	t.Run("a word of SQL", func(t *testing.T) {
		r := newRegistry(t, db, hermod.PostgreSQL, "table")
		d := aDevice(t)
		require.NoError(t, r.Put(t.Context(), d))
		got, err := r.Devices(t.Context(), d.User)
		require.NoError(t, err)
		require.Equal(t, []*hermod.Device{d}, got)
	})
}
