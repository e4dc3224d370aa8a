//go:build unix

// Package pgtest starts PostgreSQL for tests. It needs initdb and postgres of any version that is installed.
package pgtest

import (
	"bytes"
	"database/sql"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/stretchr/testify/require"
)

// Start starts a server of its own, which listens on a socket in a temporary directory and nowhere else, and
// returns its name for pgx.
func Start(t *testing.T) string {
	t.Helper()
	bin := binaries(t)
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

// binaries returns the directory of initdb and postgres, which Debian keeps out of PATH.
func binaries(t *testing.T) string {
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
