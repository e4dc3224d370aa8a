package hermod

import (
	"context"
	"crypto/x509"
	"database/sql"
	_ "embed" // the schemas
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/mss"
)

// Dialect is the language of a database.
type Dialect int

const (
	SQLite     Dialect = iota + 1 // 3.24 or later
	PostgreSQL                    // 9.5 or later
)

// DefaultTable is the table that NewSQLRegistry and RegistrySchema use where none is named.
const DefaultTable = "hermod_devices"

var (
	//go:embed schema/sqlite.sql
	schemaSQLite string
	//go:embed schema/postgresql.sql
	schemaPostgreSQL string
)

// tableName is what a table may be called, perhaps within a schema: nothing that needs more than quotes around it.
var tableName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?$`)

func quoteTable(name string) (string, error) {
	if name == "" {
		name = DefaultTable
	}
	if !tableName.MatchString(name) {
		return "", errors.New("hermod: registry: a table's name is of small letters, digits and _, with or without a schema and a dot before it")
	}
	return `"` + strings.ReplaceAll(name, ".", `"."`) + `"`, nil
}

// RegistrySchema returns the statement that creates the table unless it exists, for those who keep their schema themselves. An
// empty name is DefaultTable.
func RegistrySchema(d Dialect, table string) (string, error) {
	quoted, err := quoteTable(table)
	if err != nil {
		return "", err
	}
	var schema string
	switch d {
	case SQLite:
		schema = schemaSQLite
	case PostgreSQL:
		schema = schemaPostgreSQL
	default:
		return "", errors.New("hermod: registry: the dialect is required: SQLite or PostgreSQL")
	}
	return strings.Replace(schema, DefaultTable, quoted, 1), nil
}

// SQLRegistry is a Registry in a database, by any driver of database/sql. Processes may share it. The table belongs to one
// Hermod and one group of its clients: another one has a table of its own.
type SQLRegistry struct {
	db     *sql.DB
	schema string

	put, devices, remove string
}

var _ Registry = (*SQLRegistry)(nil)

// NewSQLRegistry makes a registry of a table in db. The table's name is of small letters, digits and _, with or without a
// schema; empty is DefaultTable. The database stays the caller's to close. Nothing is sent to it yet.
func NewSQLRegistry(db *sql.DB, d Dialect, table string) (*SQLRegistry, error) {
	if db == nil {
		return nil, errors.New("hermod: registry: the database is nil")
	}
	schema, err := RegistrySchema(d, table)
	if err != nil {
		return nil, err
	}
	quoted, err := quoteTable(table)
	if err != nil {
		return nil, err
	}
	statement := func(s string) string {
		s = strings.ReplaceAll(s, "TABLE", quoted)
		if d == SQLite {
			s = strings.ReplaceAll(s, "$", "?") // ?1 is a parameter by its number
		}
		return s
	}
	return &SQLRegistry{
		db: db, schema: schema,
		put: statement(`INSERT INTO TABLE (user_id, profile_id, box_id, attested, enrolled_ms, keys) SELECT $1, $2, $3, $4, $5, $6 ` +
			`WHERE (SELECT count(*) FROM TABLE WHERE user_id = $1 AND profile_id <> $2) < ` + strconv.Itoa(MaxDevices) + ` ` +
			`ON CONFLICT (user_id, profile_id) DO UPDATE SET box_id = excluded.box_id, attested = excluded.attested, ` +
			`enrolled_ms = excluded.enrolled_ms, keys = excluded.keys`),
		devices: statement(`SELECT profile_id, box_id, attested, enrolled_ms, keys FROM TABLE WHERE user_id = $1 ` +
			`ORDER BY enrolled_ms DESC, profile_id LIMIT ` + strconv.Itoa(MaxDevices)),
		remove: statement(`DELETE FROM TABLE WHERE user_id = $1 AND profile_id = $2`),
	}, nil
}

// CreateTable creates the table unless it exists.
func (s *SQLRegistry) CreateTable(ctx context.Context) error {
	if _, err := s.db.ExecContext(ctx, s.schema); err != nil {
		return fmt.Errorf("hermod: registry: creating the table of devices: %w", err)
	}
	return nil
}

// Put stores a device. Of devices that are put at the same time as a user's last ones, a few beyond MaxDevices may get in;
// Devices returns the newest.
func (s *SQLRegistry) Put(ctx context.Context, d *Device) error {
	if err := d.Check(); err != nil {
		return err
	}
	keys, err := encodeKeys(d.Keys)
	if err != nil {
		return err
	}
	result, err := s.db.ExecContext(ctx, s.put, d.User.Reveal(), d.ProfileID, d.BoxID, d.Attested, d.EnrolledAt.UnixMilli(), string(keys))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return errTooManyDevices
}

// Devices returns a user's devices. What somebody has written into the table that Put would refuse is an error.
func (s *SQLRegistry) Devices(ctx context.Context, user mss.UserID) ([]*Device, error) {
	rows, err := s.db.QueryContext(ctx, s.devices, user.Reveal())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []*Device
	for rows.Next() {
		d := &Device{User: user}
		var enrolled int64
		var keys []byte
		if err := rows.Scan(&d.ProfileID, &d.BoxID, &d.Attested, &enrolled, &keys); err != nil {
			return nil, err
		}
		d.EnrolledAt = time.UnixMilli(enrolled).UTC()
		if d.Keys, err = decodeKeys(keys); err == nil {
			err = d.Check()
		}
		if err != nil {
			return nil, fmt.Errorf("hermod: registry: a row of the table of devices is damaged: %w", err)
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// Remove removes a device.
func (s *SQLRegistry) Remove(ctx context.Context, user mss.UserID, profileID string) error {
	_, err := s.db.ExecContext(ctx, s.remove, user.Reveal(), profileID)
	return err
}

// storedKey is a key in the column keys.
type storedKey struct {
	ID        string   `json:"id"`
	Mechanism string   `json:"mechanism"`
	Chain     [][]byte `json:"chain"`
}

func encodeKeys(keys []DeviceKey) ([]byte, error) {
	stored := make([]storedKey, len(keys))
	for i, k := range keys {
		stored[i] = storedKey{ID: k.ID, Mechanism: k.Mechanism, Chain: [][]byte{}}
		for _, c := range k.Chain {
			stored[i].Chain = append(stored[i].Chain, c.Raw)
		}
	}
	return json.Marshal(stored)
}

// decodeKeys reads the column keys; Device.Check bounds what is in it. Its errors do not quote it.
func decodeKeys(doc []byte) ([]DeviceKey, error) {
	var stored []storedKey
	if err := strictjson.Unmarshal(doc, &stored); err != nil {
		return nil, err
	}
	keys := make([]DeviceKey, len(stored))
	for i, k := range stored {
		keys[i] = DeviceKey{ID: k.ID, Mechanism: k.Mechanism}
		for _, der := range k.Chain {
			c, err := x509.ParseCertificate(der)
			if err != nil {
				return nil, errors.New("what is no X.509 certificate") // the parser's error can quote it
			}
			keys[i].Chain = append(keys[i].Chain, c)
		}
	}
	return keys, nil
}
