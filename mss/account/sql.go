package account

import (
	"context"
	"database/sql"
	_ "embed" // the schemas
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"time"
)

// Dialect is the language of a database.
type Dialect int

const (
	SQLite     Dialect = iota + 1 // 3.24 or later
	PostgreSQL                    // 9.5 or later
)

// DefaultTable is the table that NewSQL and Schema use where none is named.
const DefaultTable = "mss_serials"

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
		return "", errors.New("account: a table's name is of small letters, digits and _, with or without a schema and a dot before it")
	}
	return `"` + strings.ReplaceAll(name, ".", `"."`) + `"`, nil
}

// Schema returns the statement that creates the table unless it exists, for those who keep their schema themselves. An
// empty name is DefaultTable.
func Schema(d Dialect, table string) (string, error) {
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
		return "", errUnknownDialect
	}
	return strings.Replace(schema, DefaultTable, quoted, 1), nil
}

var errUnknownDialect = errors.New("account: the dialect is required: SQLite or PostgreSQL")

// SQL is a SerialStore in a database, by any driver of database/sql. Processes may share it.
type SQL struct {
	db     *sql.DB
	schema string

	read, insert, replace, forget, all, ofAccount string
}

var _ SerialStore = (*SQL)(nil)

// NewSQL makes a store of a table in db. The table's name is of small letters, digits and _, with or without a schema;
// empty is DefaultTable. The database stays the caller's to close. Nothing is sent to it yet.
func NewSQL(db *sql.DB, d Dialect, table string) (*SQL, error) {
	if db == nil {
		return nil, errors.New("account: the database is nil")
	}
	schema, err := Schema(d, table)
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
			s = regexp.MustCompile(`\$[0-9]`).ReplaceAllLiteralString(s, "?")
		}
		return s
	}
	return &SQL{
		db: db, schema: schema,
		read:      statement(`SELECT serial FROM TABLE WHERE scope = $1 AND account = $2`),
		insert:    statement(`INSERT INTO TABLE (scope, account, serial) VALUES ($1, $2, $3) ON CONFLICT (account, scope) DO NOTHING`),
		replace:   statement(`UPDATE TABLE SET serial = $1, stored_at = CURRENT_TIMESTAMP WHERE scope = $2 AND account = $3 AND serial = $4`),
		forget:    statement(`DELETE FROM TABLE WHERE scope = $1 AND account = $2`),
		all:       statement(`SELECT scope, account, serial, stored_at FROM TABLE ORDER BY account, scope`),
		ofAccount: statement(`SELECT scope, account, serial, stored_at FROM TABLE WHERE account = $1 ORDER BY account, scope`),
	}, nil
}

// CreateTable creates the table unless it exists.
func (s *SQL) CreateTable(ctx context.Context) error {
	if _, err := s.db.ExecContext(ctx, s.schema); err != nil {
		return fmt.Errorf("account: creating the table of serial numbers: %w", err)
	}
	return nil
}

// Serial returns what is stored.
func (s *SQL) Serial(ctx context.Context, k Key) (serial string, ok bool, err error) {
	err = s.db.QueryRowContext(ctx, s.read, k.Scope, k.Account).Scan(&serial)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return serial, err == nil, err
}

// storeAttempts bounds Store where others forget the account between its two statements, again and again.
const storeAttempts = 3

// Store stores a first serial number and returns what is stored then. The database decides who is first: the insertion
// of the second does nothing, and what is read afterwards is what the first has stored.
func (s *SQL) Store(ctx context.Context, k Key, serial string) (stored string, err error) {
	for range storeAttempts {
		if _, err := s.db.ExecContext(ctx, s.insert, k.Scope, k.Account, serial); err != nil {
			return "", err
		}
		stored, ok, err := s.Serial(ctx, k)
		if ok || err != nil {
			return stored, err
		}
	}
	return "", errors.New("account: the serial number is removed as often as it is stored")
}

// Replace stores the new serial number if the old one is stored.
func (s *SQL) Replace(ctx context.Context, k Key, old, new string) (replaced bool, err error) {
	n, err := affected(s.db.ExecContext(ctx, s.replace, new, k.Scope, k.Account, old))
	return n == 1, err
}

// Forget removes what is stored.
func (s *SQL) Forget(ctx context.Context, k Key) error {
	_, err := s.db.ExecContext(ctx, s.forget, k.Scope, k.Account)
	return err
}

func affected(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Entry is one stored serial number. Like its key it prints its scope alone.
type Entry struct {
	Key
	Serial   string
	StoredAt time.Time // by the database's clock, UTC
}

// All returns everything that is stored, in the order of accounts and scopes, for operators. An error ends the sequence.
// The database connection is in use until then.
func (s *SQL) All(ctx context.Context) iter.Seq2[Entry, error] { return s.entries(ctx, s.all) }

// Of returns what is stored for an account, in every scope.
func (s *SQL) Of(ctx context.Context, account string) iter.Seq2[Entry, error] {
	return s.entries(ctx, s.ofAccount, account)
}

func (s *SQL) entries(ctx context.Context, query string, args ...any) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		rows, err := s.db.QueryContext(ctx, query, args...)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var e Entry
			if err := rows.Scan(&e.Scope, &e.Account, &e.Serial, &e.StoredAt); err != nil {
				yield(Entry{}, err)
				return
			}
			e.StoredAt = e.StoredAt.UTC()
			if !yield(e, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Entry{}, err)
		}
	}
}
