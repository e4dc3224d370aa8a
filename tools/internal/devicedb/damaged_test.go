package devicedb_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

func aDevice(t *testing.T) *hermod.Device {
	t.Helper()
	alice, err := mss.ParseUserID("alice")
	require.NoError(t, err)
	return &hermod.Device{
		User: alice, ProfileID: "p1", BoxID: "b1", Keys: []hermod.DeviceKey{{ID: "signer", Mechanism: "RS256"}},
		EnrolledAt: time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC), Attested: true,
	}
}

// refusesWhatIsDamaged: whoever writes into the table by other means stores nothing that Put would not, or what they stored is
// an error that does not quote it.
func refusesWhatIsDamaged(t *testing.T, db *sql.DB, d hermod.Dialect) {
	t.Helper()
	const table = "damaged"
	r := newRegistry(t, db, d, table)
	alice := aDevice(t)
	write := func(column, value string) error {
		require.NoError(t, r.Put(t.Context(), alice))
		_, err := db.ExecContext(t.Context(), "UPDATE "+table+" SET "+column+" = '"+value+"'") // constants of this test
		return err
	}
	const secret = "Carol Secret"
	for name, keys := range map[string]string{
		"no JSON":               secret,
		"no array":              `{"id":"` + secret + `"}`,
		"no id":                 `[{"id":"","mechanism":"RS256","chain":[]}]`,
		"the same id twice":     `[{"id":"k","mechanism":"RS256","chain":[]},{"id":"k","mechanism":"RS256","chain":[]}]`,
		"the same member twice": `[{"id":"k","ID":"j","mechanism":"RS256","chain":[]}]`,
		"no certificate":        `[{"id":"k","mechanism":"RS256","chain":["Q2Fyb2wgU2VjcmV0"]}]`,
		"a long chain":          `[{"id":"k","mechanism":"RS256","chain":["","","","",""]}]`,
		"a long certificate":    `[{"id":"k","mechanism":"RS256","chain":["` + strings.Repeat("AAAA", 3000) + `"]}]`,
		"many keys":             "[" + strings.Repeat(`{},`, hermod.MaxDeviceKeys) + "{}]",
	} {
		require.NoError(t, write("keys", keys), name)
		_, err := r.Devices(t.Context(), alice.User)
		require.ErrorContains(t, err, "damaged", name)
		require.NotContains(t, err.Error(), secret, name)
	}
	for column, value := range map[string]string{
		"user_id": strings.Repeat("u", 129), "profile_id": strings.Repeat("p", 65), "box_id": strings.Repeat("b", 65),
		"enrolled_ms": "-1", "keys": strings.Repeat("k", 1<<19+1),
	} {
		require.ErrorContains(t, write(column, value), "constraint", column)
	}
	for _, column := range []string{"user_id", "profile_id"} {
		require.ErrorContains(t, write(column, ""), "constraint", column)
	}
	require.NoError(t, write("profile_id", "a b"))
	_, err := r.Devices(t.Context(), alice.User)
	require.ErrorContains(t, err, "damaged")
}

// TestErrorsHoldNothingPersonal has the table missing, which is an error of the database's.
func TestErrorsHoldNothingPersonal(t *testing.T) {
	t.Parallel()
	db := openSQLite(t, t.TempDir()+"/devices.db")
	r, err := hermod.NewSQLRegistry(db, hermod.SQLite, "")
	require.NoError(t, err)
	d := aDevice(t)
	_, read := r.Devices(t.Context(), d.User)
	for _, err := range []error{read, r.Put(t.Context(), d), r.Remove(t.Context(), d.User, d.ProfileID)} {
		require.ErrorContains(t, err, "no such table")
		require.NotContains(t, err.Error(), "alice")
		require.NotContains(t, err.Error(), "p1")
	}
}
