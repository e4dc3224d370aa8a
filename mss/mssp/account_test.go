package mssp_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
)

func TestWithAccount(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	// The first account is one that the service does not know; what belongs together changes together.
	first := newClient(t, srv, func(cfg *mssp.Config) {
		cfg.APID, cfg.Prefix, cfg.APPassword = "mid://first.example", "First: ", mss.Conceal("first")
	})
	c, err := first.WithAccount(mssp.Account{APID: srv.APID(), Prefix: srv.Prefix(), Password: mss.Conceal("second")})
	require.NoError(t, err)
	require.NotEqual(t, first.Scope(), c.Scope())

	tx, err := c.Start(t.Context(), request(t, srv, person))
	require.NoError(t, err)
	require.Equal(t, c.Scope(), tx.Provider)
	_, err = first.Poll(t.Context(), tx, 0)
	require.ErrorContains(t, err, "was not made by this client")
	st, err := c.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	sig, err := c.Verify(st.Evidence)
	require.NoError(t, err)
	require.True(t, sig.Verified())
	for _, r := range srv.Requests() {
		require.Contains(t, string(r.Body), `AP_PWD="second"`)
		require.NotContains(t, string(r.Body), "first")
	}
	require.Equal(t, 1, srv.Peak(), "the connection is shared")

	own := request(t, srv, person)
	_, err = first.Start(t.Context(), own)
	require.ErrorContains(t, err, "prefix", "the first account's is another")

	for _, password := range []string{"a\nb", "\xff", strings.Repeat("x", 257)} {
		_, err := first.WithAccount(mssp.Account{APID: srv.APID(), Password: mss.Conceal(password)})
		require.ErrorContains(t, err, "Account.Password")
		require.NotContains(t, err.Error(), password)
	}
	for _, id := range []string{"", "a|b", "a b"} {
		_, err := first.WithAccount(mssp.Account{APID: id})
		require.Error(t, err)
	}
}

// TestDialectWithoutTheBinding: without addresses every message would go to the base URL.
func TestDialectWithoutTheBinding(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	dialect := mssp.Swisscom()
	dialect.JSON = mssp.Wire{}
	cfg := config(srv, func(cfg *mssp.Config) { cfg.Dialect = dialect })
	_, err := mssp.New(cfg)
	require.NoError(t, err)
	cfg.Binding = mssp.JSON
	_, err = mssp.New(cfg)
	require.ErrorContains(t, err, "Config.Binding")
	cfg.Binding = 7
	_, err = mssp.New(cfg)
	require.ErrorContains(t, err, "Config.Binding")
}
