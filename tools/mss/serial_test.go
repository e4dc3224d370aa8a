package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/proof"
	"github.com/gomss/gomss/mss"
	binding "github.com/gomss/gomss/mss/account"
	"github.com/gomss/gomss/tools/internal/serialdb"
	"github.com/stretchr/testify/require"
)

const (
	serialCustomer = "customer-4711"
	serialFirst    = "MIDCHE0000000001"
	serialSecond   = "MIDCHE0000000002"
	serialProd     = "mssp|swisscom|production"
	serialTest     = "mssp|swisscom|test"
)

// signedBy makes a verified signature in a scope.
func signedBy(scope, serial string) *mss.Signature {
	return mss.Verified(&mss.Signature{
		Proven:   mss.Proven{Signer: mss.Signer{ID: serial}},
		Evidence: &mss.Evidence{Transaction: mss.Transaction{Provider: scope + "|mss.example|mid://acme"}},
	}, proof.Of())
}

// newSerials makes a store with a serial number of the customer in each scope.
func newSerials(t *testing.T, scopes ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "serials.db")
	store, err := serialdb.Create(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	for _, scope := range scopes {
		_, err := bindAccount(t.Context(), path, serialCustomer, signedBy(scope, serialFirst))
		require.NoError(t, err)
	}
	return path
}

// serials reads what a command printed with --json, without the times, which it checks.
func serials(t *testing.T, r result, outcome string) (lines []string) {
	t.Helper()
	require.Equal(t, exitOK, r.code, r.err)
	dec := json.NewDecoder(strings.NewReader(r.out))
	dec.DisallowUnknownFields()
	var rep serialReport
	require.NoError(t, dec.Decode(&rep), r.out)
	require.False(t, dec.More())
	require.Equal(t, outcome, rep.Outcome)
	require.NotNil(t, rep.Serials)
	for _, e := range rep.Serials {
		require.WithinDuration(t, time.Now(), e.StoredAt, time.Hour)
		lines = append(lines, e.Account+" "+e.Scope+" "+e.Serial)
	}
	return lines
}

func TestSerialListAndShow(t *testing.T) {
	t.Parallel()
	require.Empty(t, serials(t, runMSS(t, "serial", "list", "--json", "--store", newSerials(t)), "listed"))

	store := newSerials(t, serialProd, serialTest)
	_, err := bindAccount(t.Context(), store, "customer-\u202e1", signedBy(serialProd, serialSecond))
	require.NoError(t, err)
	require.Equal(t, []string{
		"customer-4711 " + serialProd + " " + serialFirst, "customer-4711 " + serialTest + " " + serialFirst,
		"customer-\u202e1 " + serialProd + " " + serialSecond,
	}, serials(t, runMSS(t, "serial", "list", "--json", "--store", store), "listed"))
	require.Len(t, serials(t, runMSS(t, "serial", "show", serialCustomer, "--json", "--store", store), "listed"), 2)

	r := runMSS(t, "serial", "list", "--store", store)
	require.Equal(t, exitOK, r.code)
	require.Regexp(t, `(?m)^customer-4711 +mssp\|swisscom\|production +MIDCHE0000000001 +20..-..-..T..:..:..Z$`, r.out)
	require.Contains(t, r.out, `customer-\u{202E}1`)
	require.NotContains(t, r.out, "\u202e")

	r = runMSS(t, "serial", "show", "customer-0815", "--store", store)
	require.Equal(t, exitUsage, r.code)
	require.Empty(t, r.out)
	require.Contains(t, r.err, "nothing is stored")
	require.NotContains(t, r.err, "0815")
}

func TestSerialRebind(t *testing.T) {
	t.Parallel()
	store := newSerials(t, serialProd)
	rebind := func(args ...string) result {
		return runMSS(t, append([]string{"serial", "rebind", "--store", store}, args...)...)
	}
	for _, tt := range []struct {
		name string
		code int
		args []string
		want string
	}{
		{"another one is stored", exitUnverified, []string{serialCustomer, "--old", serialSecond, "--new", serialSecond}, "another serial number is stored"},
		{"unknown account", exitUsage, []string{"customer-0815", "--old", serialFirst, "--new", serialSecond}, "nothing is stored"},
		{"unknown scope", exitUsage, []string{serialCustomer, "--scope", serialTest, "--old", serialFirst, "--new", serialSecond}, "nothing is stored"},
		{"no new one", exitUsage, []string{serialCustomer, "--old", serialFirst, "--new="}, "--new"},
		{"a slip of the pen", exitUsage, []string{serialCustomer, "--old", serialFirst, "--new", serialSecond[:15]}, "--new: is no serial number"},
		{"flag missing", exitUsage, []string{serialCustomer, "--old", serialFirst}, "--new"},
	} {
		r := rebind(tt.args...)
		require.Equal(t, tt.code, r.code, tt.name)
		require.Empty(t, r.out)
		require.Contains(t, r.err, tt.want)
		for _, personal := range []string{"4711", "0815", "MIDCHE0"} {
			require.NotContains(t, r.err, personal, tt.name)
		}
		require.Equal(t, []string{serialCustomer + " " + serialProd + " " + serialFirst},
			serials(t, runMSS(t, "serial", "list", "--json", "--store", store), "listed"), tt.name)
	}
	r := rebind(serialCustomer, "--old", serialSecond, "--new", serialSecond, "--json")
	rep := r.report(t)
	require.Equal(t, exitUnverified, r.code)
	require.Equal(t, outcomeUnverified, rep.Outcome)
	require.Equal(t, "verification", rep.Error.Kind)
	require.False(t, rep.Error.MayHaveRung, "no phone is part of it")
	require.NotContains(t, rep.Error.Message, "let anybody in")

	require.Equal(t, []string{serialCustomer + " " + serialProd + " " + serialSecond},
		serials(t, rebind(serialCustomer, "--old", strings.ToLower(serialFirst), "--new", strings.ToLower(serialSecond), "--json"), "rebound"))
	r = rebind(serialCustomer, "--old", serialSecond, "--new", serialFirst)
	require.Equal(t, exitOK, r.code)
	require.Contains(t, r.out, "Rebound")
	require.Contains(t, r.out, serialFirst)
}

func TestSerialScope(t *testing.T) {
	t.Parallel()
	store := newSerials(t, serialProd, serialTest)
	for _, args := range [][]string{{"forget"}, {"rebind", "--old", serialFirst, "--new", serialSecond}} {
		r := runMSS(t, append(append([]string{"serial"}, args...), serialCustomer, "--store", store)...)
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err, "--scope: is needed")
		require.Contains(t, r.err, serialProd+", "+serialTest)
	}
	require.Equal(t, []string{serialCustomer + " " + serialTest + " " + serialSecond}, serials(t,
		runMSS(t, "serial", "rebind", serialCustomer, "--store", store, "--scope", serialTest, "--old", serialFirst, "--new", serialSecond, "--json"), "rebound"))
	require.Equal(t, []string{serialCustomer + " " + serialTest + " " + serialSecond}, serials(t,
		runMSS(t, "serial", "forget", serialCustomer, "--store", store, "--scope", serialTest, "--json"), "forgotten"))
	require.Equal(t, []string{serialCustomer + " " + serialProd + " " + serialFirst},
		serials(t, runMSS(t, "serial", "list", "--json", "--store", store), "listed"))

	r := runMSS(t, "serial", "forget", serialCustomer, "--store", store)
	require.Equal(t, exitOK, r.code)
	require.Contains(t, r.out, "Forgotten")
	require.Equal(t, exitUsage, runMSS(t, "serial", "forget", serialCustomer, "--store", store).code)
}

func TestSerialStore(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing.db")
	r := runMSS(t, "serial", "list", "--store", missing)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "no such file")
	require.NoFileExists(t, missing)

	r = runMSS(t, "serial", "list")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "serials: is required")

	store := newSerials(t, serialProd)
	require.Len(t, serials(t, runWith(t, t.Context(), nil, []string{"MSS_SERIALS=" + store}, "serial", "list", "--json"), "listed"), 1)
	config := filepath.Join(filepath.Dir(store), "mss.yaml")
	require.NoError(t, os.WriteFile(config, []byte("serials: serials.db\n"), 0o600)) // relative to the configuration
	require.Len(t, serials(t, runMSS(t, "serial", "list", "--json", "--config", config), "listed"), 1)

	if runtime.GOOS != "windows" { // where the mode's bits do not tell
		require.NoError(t, os.Chmod(store, 0o644))
		r = runMSS(t, "serial", "list", "--store", store)
		require.Equal(t, exitOK, r.code)
		require.Contains(t, r.err, "others can read")
	}
}

// TestSerialHelp: usage errors of a subcommand name the whole command.
func TestSerialHelp(t *testing.T) {
	t.Parallel()
	r := runMSS(t, "serial", "show")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "mss serial show --help")
}

func TestBindAccount(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "serials.db") // made at the first use
	bind := func(sig *mss.Signature) (binding.Outcome, error) {
		res, err := bindAccount(t.Context(), path, serialCustomer, sig)
		if err != nil {
			require.Nil(t, res)
			require.Equal(t, exitUnverified, exitCode(err), "whatever it is, nobody is let in")
			require.NotContains(t, err.Error(), "4711")
			require.NotContains(t, err.Error(), "MIDCHE0")
			return 0, err
		}
		return res.Outcome, nil
	}
	sig := signedBy(serialProd, serialFirst)
	for _, want := range []binding.Outcome{binding.Enrolled, binding.Known} {
		got, err := bind(sig)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	changed := signedBy(serialProd, serialSecond)
	_, err := bind(changed)
	require.ErrorIs(t, err, binding.ErrMismatch)
	e, ok := errors.AsType[*mss.VerificationError](err)
	require.True(t, ok)
	require.Same(t, changed.Evidence, e.Evidence)

	_, err = bind(&mss.Signature{Proven: sig.Proven, Evidence: sig.Evidence})
	require.ErrorIs(t, err, binding.ErrNotVerified)
	_, err = bind(nil)
	require.Error(t, err)
	_, err = bindAccount(t.Context(), t.TempDir(), serialCustomer, sig)
	require.Equal(t, exitUnverified, exitCode(err), "a store that fails")
}

// TestBindAccountOfRobots: the test persons of a test service have accounts there, that of production has none.
func TestBindAccountOfRobots(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "serials.db")
	for scope, want := range map[string]error{
		serialProd: binding.ErrTestSigner, serialTest: nil, "mssp|swisscom|simulator": nil,
	} {
		robot := signedBy(scope, serialFirst)
		robot.Signer.Test = true
		_, err := bindAccount(t.Context(), path, serialCustomer, robot)
		require.ErrorIs(t, err, want, scope)
	}
}
