package mssp_test

import (
	"os"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(benchServer) != "" {
		serveBench()
		return
	}
	goleak.VerifyTestMain(m)
}

const person = "41791234567"

// newClient makes a client of a simulator; change may alter its configuration.
func newClient(t testing.TB, srv *msstest.Server, change func(*mssp.Config)) *mssp.Client {
	t.Helper()
	c, err := mssp.New(config(srv, change))
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func config(srv *msstest.Server, change func(*mssp.Config)) mssp.Config {
	cfg := mssp.Config{
		HTTP:     srv.HTTP(),
		APID:     srv.APID(),
		Prefix:   srv.Prefix(),
		Anchors:  srv.Anchors(),
		Defaults: mssp.Options{Profile: mssp.ProfileAny},
	}
	if change != nil {
		change(&cfg)
	}
	return cfg
}

func allowTestNumbers(cfg *mssp.Config) { cfg.AllowTestNumbers = true }

func msisdn(t testing.TB, s string) mss.MSISDN {
	t.Helper()
	m, err := mss.ParseMSISDN(s)
	require.NoError(t, err)
	return m
}

func request(t testing.TB, srv *msstest.Server, to string) *mss.Request {
	t.Helper()
	return &mss.Request{
		Purpose:  mss.Authentication,
		User:     mss.User{MSISDN: msisdn(t, to)},
		Display:  srv.Prefix() + "log in?",
		Language: "en",
	}
}

// signer is either way of asking.
type signer func(t *testing.T, c *mssp.Client, req *mss.Request) (*mss.Signature, error)

// modes are the two ways of asking the same. Asynchronous waits skip the provider's pace: they poll at once.
var modes = map[string]signer{
	"sync": func(t *testing.T, c *mssp.Client, req *mss.Request) (*mss.Signature, error) {
		return c.SignSync(t.Context(), req)
	},
	"async": func(t *testing.T, c *mssp.Client, req *mss.Request) (*mss.Signature, error) {
		tx, err := c.Start(t.Context(), req)
		if err != nil {
			return nil, err
		}
		st, err := c.Poll(t.Context(), tx, 0)
		if err != nil {
			return nil, err
		}
		require.NotNil(t, st.Evidence, "the simulated person answers at once")
		return c.Verify(st.Evidence)
	},
}
