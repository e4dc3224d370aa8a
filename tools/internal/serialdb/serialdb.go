// Package serialdb keeps the serial numbers of package account in an SQLite file, for the command mss. The driver is
// modernc.org/sqlite, which needs no C compiler.
//
// Processes may share a file: it is in WAL mode, a process has one connection, and who finds it locked waits. It is readable
// by its owner alone, as it holds accounts and serial numbers.
package serialdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/gomss/gomss/mss/account"
	"modernc.org/sqlite"
)

// lockTimeout is how long a statement waits for another process. Statements take milliseconds.
const lockTimeout = 10 * time.Second

// Store is a SerialStore in a file. Close it.
type Store struct {
	*account.SQL
	db *sql.DB
}

// Create opens the file and creates it, with mode 0600 and the table, where it is missing.
func Create(ctx context.Context, path string) (*Store, error) {
	// SQLite would create it with the mode of the umask; its -wal and -shm files take over the mode of this one.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(lockTimeout); ; {
		s, err := open(path, url.Values{"_journal_mode": {"WAL"}}, func(s *Store) error { return s.CreateTable(ctx) })
		if !isBusy(err) || time.Now().After(deadline) {
			return s, err
		}
		if err := pause(ctx); err != nil {
			return nil, err
		}
	}
}

// isBusy reports whether another process has the file locked. The statement that turns WAL mode on does not wait for its
// end as others do.
func isBusy(err error) bool {
	const busy = 5 // SQLITE_BUSY, in the lowest octet of what the driver reports
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == busy
}

func pause(ctx context.Context) error {
	timer := time.NewTimer(20 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// Open opens a file that Create has made. Another one is refused and stays as it is.
func Open(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	return open(path, url.Values{}, func(s *Store) error {
		var tables int
		err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", account.DefaultTable).Scan(&tables)
		if err == nil && tables == 0 {
			err = errors.New("holds no serial numbers: there is no table " + account.DefaultTable)
		}
		return err
	})
}

func open(path string, parameters url.Values, prepare func(*Store) error) (*Store, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	parameters.Set("mode", "rw") // the file is there: SQLite creates none
	parameters.Set("_busy_timeout", fmt.Sprint(lockTimeout.Milliseconds()))
	parameters.Set("_timezone", "UTC") // which CURRENT_TIMESTAMP is in
	parameters.Set("_dqs", "false")
	parameters.Set("_pragma", "secure_delete(on)") // what is forgotten does not stay in free pages
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(absolute), RawQuery: parameters.Encode()}
	connector, err := sqlite.NewConnector(name.String())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1) // SQLite has one writer at a time
	s := &Store{db: db}
	if s.SQL, err = account.NewSQL(db, account.SQLite, ""); err == nil {
		err = prepare(s)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), db.Close())
	}
	return s, nil
}

// Close closes the file.
func (s *Store) Close() error { return s.db.Close() }
