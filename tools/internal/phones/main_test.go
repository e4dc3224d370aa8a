package phones_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/tools/internal/phones"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The handset that most tests use, and its number.
const (
	handset = "mobileid-sim"
	number  = "+41790000021"
)

func start(t *testing.T, o phones.Options) *phones.Hub {
	t.Helper()
	hub, err := phones.Start(o)
	require.NoError(t, err)
	t.Cleanup(hub.Close)
	return hub
}

// newClient makes a client of the hub's Mobile ID.
func newClient(t *testing.T, hub *phones.Hub, edit func(*mssp.Config)) *mssp.Client {
	t.Helper()
	cfg := hub.MobileID()
	cfg.Defaults.Profile = mssp.ProfileAny
	if edit != nil {
		edit(&cfg)
	}
	client, err := mssp.New(cfg)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

func request(t *testing.T, msisdn string) *mss.Request {
	t.Helper()
	n, err := mss.ParseMSISDN(msisdn)
	require.NoError(t, err)
	return &mss.Request{
		Purpose: mss.Authentication, User: mss.User{MSISDN: n}, Display: "Bank ACME: log in?", Language: "de", AddCode: true,
	}
}

// press waits until the handset has the button, and presses it.
func press(t *testing.T, hub *phones.Hub, id string, a phones.Action) {
	t.Helper()
	require.Eventually(t, func() bool { return hub.Press(id, "", a) }, minute, tick)
}

// signSync signs in synchronous mode, while the owner of a handset presses a button.
func signSync(t *testing.T, hub *phones.Hub, c *mssp.Client, msisdn, id string, a phones.Action) (*mss.Signature, error) {
	t.Helper()
	type result struct {
		sig *mss.Signature
		err error
	}
	done := make(chan result, 1)
	req := request(t, msisdn)
	go func() {
		sig, err := c.SignSync(context.Background(), req)
		done <- result{sig, err}
	}()
	press(t, hub, id, a)
	r := <-done
	return r.sig, r.err
}

// loopback is where customers sit.
var loopback = netip.MustParseAddr("127.0.0.1")

// containsToken reports whether a message shows a token.
func containsToken(text string) bool { return !strings.Contains(text, `"(hidden)"`) }

// How long a test waits at most for what comes at once, and how often it looks.
const (
	minute = time.Minute
	tick   = 10 * time.Millisecond
)
