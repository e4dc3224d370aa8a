//go:build interop && unix

package serialdb_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/mss/account/accounttest"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
)

func TestInteropPostgreSQL(t *testing.T) {
	t.Parallel()
	server := startPostgreSQL(t)
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

// startPostgreSQL starts a server of its own, which listens on a socket in a temporary directory and nowhere else, and
// returns its name for pgx.
func startPostgreSQL(t *testing.T) string {
	t.Helper()
	bin := postgreSQLBin(t)
	dir, err := os.MkdirTemp("/tmp", "pg") // a socket's name may have 107 octets: not t.TempDir
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	as := unprivileged(t, dir)
	data := filepath.Join(dir, "data")

	initdb := exec.CommandContext(t.Context(), filepath.Join(bin, "initdb"),
		"--pgdata="+data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = as, dir
	out, err := initdb.CombinedOutput()
	require.NoError(t, err, "%s", out)

	// Not with the test's context, which ends before the databases are closed.
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", data,
		"-c", "listen_addresses=", "-c", "unix_socket_directories="+dir, "-c", "fsync=off")
	var log bytes.Buffer
	server.SysProcAttr, server.Dir, server.Stdout, server.Stderr = as, dir, &log, &log
	require.NoError(t, server.Start())
	exited := make(chan error, 1)
	go func() { exited <- server.Wait() }()
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt) // ends sessions, then itself
		require.NoError(t, <-exited, "%s", &log)
	})
	name := "host=" + dir + " user=postgres dbname=postgres"
	db, err := sql.Open("pgx", name)
	require.NoError(t, err)
	defer db.Close()
	for db.PingContext(t.Context()) != nil {
		select {
		case err := <-exited:
			exited <- err
			t.Fatalf("the server does not start: %v\n%s", err, &log)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return name
}

// postgreSQLBin returns the directory of initdb and postgres, which Debian keeps out of PATH.
func postgreSQLBin(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	require.NoError(t, err)
	if out, err := exec.CommandContext(t.Context(), "pg_config", "--bindir").Output(); err == nil {
		found = append(found, strings.TrimSpace(string(out)))
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		found = append(found, filepath.Dir(initdb))
	}
	for _, dir := range found {
		if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err == nil {
			return dir
		}
	}
	t.Fatal("there is no PostgreSQL server here (initdb, postgres): install the package postgresql")
	return ""
}

// unprivileged gives the directory to a user other than root, as whom PostgreSQL refuses to run, and returns what makes a
// process that user's.
func unprivileged(t *testing.T, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	require.NoError(t, err)
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	require.NoError(t, err)
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	require.NoError(t, err)
	require.NoError(t, os.Chown(dir, int(uid), int(gid)))
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}
