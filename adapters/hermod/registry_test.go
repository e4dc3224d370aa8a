package hermod_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/registrytest"
	"github.com/gomss/gomss/mss"
)

func TestMemoryRegistry(t *testing.T) {
	t.Parallel()
	registrytest.Exercise(t, func(*testing.T) hermod.Registry { return hermod.NewMemoryRegistry() })
}

// noDatabase is one that cannot be reached.
type noDatabase struct{}

func (noDatabase) Connect(context.Context) (driver.Conn, error) {
	return nil, errors.New("there is no database")
}

func (noDatabase) Driver() driver.Driver { return nil }

func TestNewSQLRegistry(t *testing.T) {
	t.Parallel()
	db := sql.OpenDB(noDatabase{})
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	for _, table := range []string{"Devices", "a.b.c", `a"b`, "a b", "1a", "a.", ".a", "ä", strings.Repeat("a", 64)} {
		_, err := hermod.NewSQLRegistry(db, hermod.SQLite, table)
		require.ErrorContains(t, err, "table's name", table)
	}
	_, err := hermod.NewSQLRegistry(nil, hermod.SQLite, "")
	require.ErrorContains(t, err, "nil")
	for _, d := range []hermod.Dialect{0, 3} {
		_, err = hermod.NewSQLRegistry(db, d, "")
		require.ErrorContains(t, err, "dialect")
	}
	r, err := hermod.NewSQLRegistry(db, hermod.PostgreSQL, "login.devices")
	require.NoError(t, err)
	alice := userID(t, "alice")
	_, err = r.Devices(t.Context(), alice)
	require.ErrorContains(t, err, "there is no database")
	d := &hermod.Device{User: alice, ProfileID: "p", EnrolledAt: time.Now()}
	for _, err := range []error{r.CreateTable(t.Context()), r.Put(t.Context(), d), r.Remove(t.Context(), alice, "p")} {
		require.ErrorContains(t, err, "there is no database")
	}
}

func TestRegistrySchema(t *testing.T) {
	t.Parallel()
	for _, d := range []hermod.Dialect{hermod.SQLite, hermod.PostgreSQL} {
		s, err := hermod.RegistrySchema(d, "")
		require.NoError(t, err)
		require.Contains(t, s, `CREATE TABLE IF NOT EXISTS "hermod_devices" (`)
		s, err = hermod.RegistrySchema(d, "login.devices")
		require.NoError(t, err)
		require.Contains(t, s, `CREATE TABLE IF NOT EXISTS "login"."devices" (`)
	}
}

// TestDevicePrintsNothingPersonal: whatever a log makes of it.
func TestDevicePrintsNothingPersonal(t *testing.T) {
	t.Parallel()
	d := hermod.Device{
		User: userID(t, "alice"), ProfileID: "profile-1", BoxID: "box-1", EnrolledAt: time.Now(), Attested: true,
		Keys: []hermod.DeviceKey{{ID: "signer", Mechanism: "RS256", Chain: []*x509.Certificate{{
			Subject: pkix.Name{CommonName: "Alice Example"}, Raw: []byte("Alice Example"),
		}}}},
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("enrolled", "device", d, "pointer", &d, "key", d.Keys[0])
	asJSON, err := json.Marshal([]any{d, &d, d.Keys})
	require.NoError(t, err)
	texts := []string{log.String(), string(asJSON)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		texts = append(texts, fmt.Sprintf(verb, d), fmt.Sprintf(verb, &d), fmt.Sprintf(verb, d.Keys))
	}
	for _, text := range texts {
		for _, secret := range []string{"alice", "Alice", "profile-1", "box-1", "416c696365"} {
			require.NotContains(t, text, secret)
		}
	}
	require.Contains(t, log.String(), "device.keys=1")
	require.Contains(t, log.String(), "key.id=signer")
}

func userID(t testing.TB, s string) mss.UserID {
	t.Helper()
	id, err := mss.ParseUserID(s)
	require.NoError(t, err)
	return id
}
