package bankidtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
)

func TestScan(t *testing.T) {
	bubble(t, nil, func(t *testing.T, srv *bankidtest.Server, c *caller) {
		srv.Script(bankidtest.Anyone, bankidtest.Person{Number: number, Manual: true, After: 2 * time.Second})
		a := c.start("/auth", askAuth)
		require.Equal(t, "pending outstandingTransaction", c.hint(a.OrderRef))
		srv.AssertPrompts(t, 0)
		time.Sleep(10 * time.Second)
		good := a.qr(10)
		for name, tt := range map[string]struct {
			text string
			want error
		}{
			"nothing":          {"", bankidtest.ErrQRForm},
			"a link":           {"bankid:///?autostarttoken=" + a.AutoStartToken, bankidtest.ErrQRForm},
			"other scheme":     {"bankld" + strings.TrimPrefix(good, "bankid"), bankidtest.ErrQRForm},
			"a part more":      {good + ".0", bankidtest.ErrQRForm},
			"negative":         {strings.Replace(good, ".10.", ".-10.", 1), bankidtest.ErrQRForm},
			"leading zero":     {strings.Replace(good, ".10.", ".010.", 1), bankidtest.ErrQRForm},
			"other time":       {strings.Replace(good, ".10.", ".11.", 1), bankidtest.ErrQRCode},
			"upper case":       {good[:len(good)-64] + strings.ToUpper(good[len(good)-64:]), bankidtest.ErrQRCode},
			"short code":       {good[:len(good)-1], bankidtest.ErrQRCode},
			"other token":      {strings.Replace(good, a.QRStartToken, a.AutoStartToken, 1), bankidtest.ErrNoOrder},
			"of the beginning": {a.qr(0), bankidtest.ErrQRTime},
			"too old":          {a.qr(3), bankidtest.ErrQRTime},
			"of the future":    {a.qr(13), bankidtest.ErrQRTime},
		} {
			require.ErrorIs(t, srv.Scan(tt.text), tt.want, name)
		}
		require.Equal(t, "pending outstandingTransaction", c.hint(a.OrderRef))
		require.NoError(t, srv.Scan(good))
		srv.AssertPrompts(t, 1)
		require.ErrorIs(t, srv.Scan(good), bankidtest.ErrNoOrder, "picked up already")
		require.ErrorIs(t, srv.Open(a.AutoStartToken), bankidtest.ErrNoOrder)
		time.Sleep(time.Second)
		require.Equal(t, "pending userSign", c.hint(a.OrderRef))
		time.Sleep(time.Second)
		final := c.collect(a.OrderRef)
		require.Empty(t, expect(srv, "/auth", askAuth, a.OrderRef).judge(final), "%s", final.body)
		require.Contains(t, string(final.signed(t)), "<condition><type>TokenStartRequired</type><value>yes</value></condition>")
	})
}

// Every second of the half minute can be scanned, somewhat early and somewhat late.
func TestScanWindow(t *testing.T) {
	bubble(t, nil, func(t *testing.T, srv *bankidtest.Server, c *caller) {
		srv.Script(bankidtest.Anyone, bankidtest.Person{Manual: true})
		for at, ok := range map[int][]int{0: {0, 2}, 10: {5, 10, 12}, 29: {24, 29, 31}} {
			for _, second := range ok {
				a := c.start("/auth", askAuth)
				time.Sleep(time.Duration(at)*time.Second + 500*time.Millisecond)
				require.NoError(t, srv.Scan(a.qr(second)), "%d at %d", second, at)
			}
		}
		a := c.start("/auth", askAuth)
		time.Sleep(30 * time.Second)
		require.ErrorIs(t, srv.Scan(a.qr(30)), bankidtest.ErrNoOrder, "too late to start")
		require.Equal(t, "failed startFailed", c.hint(a.OrderRef))
	})
}

func TestOpen(t *testing.T) {
	bubble(t, nil, func(t *testing.T, srv *bankidtest.Server, c *caller) {
		srv.Script(number, bankidtest.Person{Manual: true})
		a := c.start("/sign", askSign.with("requirement", body{"personalNumber": number}))
		for _, bad := range []string{"https://app.bankid.example/?autostarttoken=", "http://app.bankid.com/?autostarttoken=", "https://app.bankid.com/x?autostarttoken=",
			"https://app.bankid.com/?autoStartToken=", "bankid://x/?autostarttoken=", "bankid:?autostarttoken="} {
			require.ErrorIs(t, srv.Open(bad+a.AutoStartToken), bankidtest.ErrLink, bad)
		}
		require.ErrorIs(t, srv.Open(a.QRStartToken), bankidtest.ErrNoOrder)
		require.ErrorIs(t, srv.Open(""), bankidtest.ErrNoOrder)
		require.NoError(t, srv.Open(a.AutoStartToken))
		require.Equal(t, "complete ", c.hint(a.OrderRef))
		for _, form := range []string{"https://app.bankid.com/?autostarttoken=TOKEN&redirect=https%3A%2F%2Fshop.example%2F", "bankid:///?autostarttoken=TOKEN&redirect=null"} {
			a = c.start("/auth", required(body{"personalNumber": number}))
			require.NoError(t, srv.Open(strings.Replace(form, "TOKEN", a.AutoStartToken, 1)))
			require.Equal(t, "complete ", c.hint(a.OrderRef))
		}
		a = c.start("/auth", required(body{"personalNumber": number}))
		c.cancel(a.OrderRef)
		require.ErrorIs(t, srv.Open(a.AutoStartToken), bankidtest.ErrNoOrder)
		srv.Script(number, bankidtest.Person{PicksUp: time.Second})
		call := c.start("/phone/auth", askCall)
		require.ErrorIs(t, srv.Open(call.AutoStartToken), bankidtest.ErrNoOrder, "a call has no token")
		require.Equal(t, "pending outstandingTransaction", c.hint(call.OrderRef))
		srv.AssertPrompts(t, 3)
	})
}
