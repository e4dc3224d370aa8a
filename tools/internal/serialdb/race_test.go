package serialdb_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/tools/internal/serialdb"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// Two processes at one store are this test binary, started again with these variables.
const (
	racerSerial = "SERIALDB_TEST_RACER"  // the serial number to store
	racerDriver = "SERIALDB_TEST_DRIVER" // of database/sql: sqlite, or pgx where the test of PostgreSQL is compiled
	racerStore  = "SERIALDB_TEST_STORE"  // the database's name
)

func TestMain(m *testing.M) {
	if serial := os.Getenv(racerSerial); serial != "" {
		if err := race(context.Background(), serial, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// race opens the store at the first line that comes in. It stores the serial number for every account that comes then, and
// answers with what is stored.
func race(ctx context.Context, serial string, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	fmt.Fprintln(out, "started")
	lines.Scan()
	s, db, err := openAgain(ctx, os.Getenv(racerDriver), os.Getenv(racerStore))
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "ready")
	for lines.Scan() {
		stored, err := s.Store(ctx, account.Key{Scope: "mssp|swisscom|production", Account: lines.Text()}, serial)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, stored)
	}
	return db.Close()
}

func openAgain(ctx context.Context, driver, name string) (account.SerialStore, io.Closer, error) {
	if driver == "sqlite" {
		s, err := serialdb.Create(ctx, name)
		return s, s, err
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		return nil, nil, err
	}
	s, err := account.NewSQL(db, account.PostgreSQL, "")
	return s, db, err
}

// racer is another process.
type racer struct {
	in  io.WriteCloser
	out *bufio.Scanner
}

// newRacers starts two of them with a serial number each, and lets them open the store at the same time.
func newRacers(t *testing.T, driver, store string) []*racer {
	t.Helper()
	racers := []*racer{newRacer(t, driver, store, "MIDCHE0000000001"), newRacer(t, driver, store, "MIDCHE0000000002")}
	for _, r := range racers {
		require.Equal(t, "started", r.answer(t))
	}
	for _, r := range racers {
		r.ask(t, "open")
	}
	for _, r := range racers {
		require.Equal(t, "ready", r.answer(t))
	}
	return racers
}

func newRacer(t *testing.T, driver, store, serial string) *racer {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), racerSerial+"="+serial, racerDriver+"="+driver, racerStore+"="+store)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close() // ends it, if the test has not
		_ = cmd.Wait()
	})
	return &racer{in, bufio.NewScanner(out)}
}

func (r *racer) ask(t *testing.T, line string) {
	t.Helper()
	_, err := fmt.Fprintln(r.in, line)
	require.NoError(t, err)
}

func (r *racer) answer(t *testing.T) string {
	t.Helper()
	require.True(t, r.out.Scan(), "the other process has ended")
	return r.out.Text()
}

// raceOfProcesses lets two processes store different serial numbers for the same accounts, one account after the other and
// at the same time. One serial number must be stored, and both must be told which.
func raceOfProcesses(t *testing.T, driver, name string, s account.SerialStore) {
	t.Helper()
	racers := newRacers(t, driver, name)
	won := make(map[string]int)
	for i := range 100 {
		customer := fmt.Sprintf("customer-%d", i)
		racers[i%2].ask(t, customer)
		racers[1-i%2].ask(t, customer)
		first, second := racers[0].answer(t), racers[1].answer(t)
		require.Equal(t, first, second, "both are told the same")
		stored, ok, err := s.Serial(t.Context(), account.Key{Scope: "mssp|swisscom|production", Account: customer})
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, stored, first, "and that is what is stored")
		won[stored]++
	}
	t.Logf("races won: %v", won)
}

func TestProcessesRaceOnFirstUse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "serials.db")
	raceOfProcesses(t, "sqlite", path, create(t, path))
}

// TestProcessesCreateAtOnce: the file itself may be missing when two processes meet.
func TestProcessesCreateAtOnce(t *testing.T) {
	t.Parallel()
	for range 20 {
		for _, r := range newRacers(t, "sqlite", filepath.Join(t.TempDir(), "serials.db")) {
			require.NoError(t, r.in.Close())
		}
	}
}
