package bankidtest_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
	"github.com/gomss/gomss/mss"
)

// A BankID that a human has blocked stays so until the person is scripted again; nobody else's is.
func TestBlockedPINStaysBlocked(t *testing.T) {
	t.Parallel()
	const other = "198507099805"
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, &bankidtest.Options{CollectFreely: true})
		everybody := ignores
		everybody.Number = ""
		srv.Script(bankidtest.Anyone, everybody)
		ask := func(number string) string {
			return c.start("/auth", required(body{"personalNumber": number})).OrderRef
		}
		ref := ask(number)
		require.True(t, srv.PickUp(ref))
		require.True(t, srv.Act(ref, bankidtest.BlockPIN))
		require.Equal(t, "failed certificateErr", c.hint(ref))

		ref = ask(number)
		require.Equal(t, "pending outstandingTransaction", c.hint(ref))
		require.True(t, srv.PickUp(ref))
		require.Equal(t, "failed certificateErr", c.hint(ref), "as soon as the app has it")
		ref = ask(number)
		require.True(t, srv.Act(ref, bankidtest.Sign))
		require.Equal(t, "failed certificateErr", c.hint(ref))

		for _, blocked := range []bool{true, false} { // since the order began
			p := bankidtest.Person{Manual: true, PINBlocked: !blocked}
			srv.Script(number, p)
			ref = ask(number)
			p.PINBlocked = blocked
			srv.Script(number, p)
			require.True(t, srv.PickUp(ref))
			require.Equal(t, map[bool]string{true: "failed certificateErr", false: "complete "}[blocked], c.hint(ref))
		}

		ref = ask(other)
		require.True(t, srv.Act(ref, bankidtest.Sign))
		require.Equal(t, "complete ", c.hint(ref))

		ref = ask(number)
		srv.Script(number, bankidtest.Person{Manual: true, Does: bankidtest.Ignore})
		require.True(t, srv.Act(ref, bankidtest.Sign))
		require.Equal(t, "complete ", c.hint(ref))

		srv.Script(number, bankidtest.Person{PINBlocked: true, After: time.Minute})
		require.Equal(t, "failed certificateErr", c.hint(ask(number)))
		srv.Script(number, bankidtest.Person{Does: bankidtest.BlockPIN})
		require.Equal(t, "failed certificateErr", c.hint(ask(number)))
	})
}

func TestNoNetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, &bankidtest.Options{CollectFreely: true})
		lost := ignores
		lost.NoNetwork, lost.Manual = true, false
		srv.Script(bankidtest.Anyone, lost)
		a := c.start("/auth", askAuth)
		require.False(t, only(t, srv).PickedUp)
		require.ErrorIs(t, srv.Scan(a.qr(0)), bankidtest.ErrNoNetwork)
		require.ErrorIs(t, srv.Open(a.AutoStartToken), bankidtest.ErrNoNetwork)
		require.False(t, srv.PickUp(a.OrderRef))
		require.False(t, srv.Act(a.OrderRef, bankidtest.Sign))
		time.Sleep(10 * time.Second)
		require.Equal(t, "pending outstandingTransaction", c.hint(a.OrderRef))
		srv.Script(bankidtest.Anyone, ignores)
		require.NoError(t, srv.Scan(a.qr(10)), "found again")
		srv.Script(bankidtest.Anyone, lost)
		require.True(t, only(t, srv).PickedUp, "it is still on the screen")
		require.False(t, srv.Act(a.OrderRef, bankidtest.Sign), "nothing comes through")
		srv.Script(bankidtest.Anyone, ignores)
		require.True(t, srv.Act(a.OrderRef, bankidtest.Sign))
		require.Equal(t, "complete ", c.hint(a.OrderRef))

		srv.Script(bankidtest.Anyone, bankidtest.Person{NoNetwork: true})
		call := c.start("/phone/auth", askCall)
		o := only(t, srv)
		require.Equal(t, []any{true, number, ""}, []any{o.Call, o.Number, o.Link})
		require.False(t, o.PickedUp)
		require.False(t, srv.PickUp(call.OrderRef))
		time.Sleep(30 * time.Second)
		require.Equal(t, "failed expiredTransaction", c.hint(call.OrderRef))
		srv.AssertPrompts(t, 1)
	})
}

// Another BankID is another certificate on another device, for the same person.
func TestChangedBankID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, &bankidtest.Options{CollectFreely: true})
		sign := func(card int) *answer {
			srv.Script(bankidtest.Anyone, bankidtest.Person{Card: card})
			return c.outcome("/auth", askAuth)
		}
		first, second, again := sign(0), sign(1), sign(0)
		require.Equal(t, first.CompletionData.User, second.CompletionData.User)
		require.NotEqual(t, first.CompletionData.Device.UHI, second.CompletionData.Device.UHI)
		require.Equal(t, first.CompletionData.Device.UHI, again.CompletionData.Device.UHI)

		ended, _ := begin(t, srv, request(mss.Signing))
		one := <-ended
		srv.Script(bankidtest.Anyone, bankidtest.Person{Card: 2})
		ended, _ = begin(t, srv, request(mss.Signing))
		two := <-ended
		require.NoError(t, errors.Join(one.err, two.err))
		require.NotEqual(t, one.sig.Signer.Chain[0].Raw, two.sig.Signer.Chain[0].Raw)
		require.Equal(t, one.sig.Signer.ID, two.sig.Signer.ID)
		require.Panics(t, func() { srv.Script(number, bankidtest.Person{Card: -1}) })
	})
}

// Orders are there in the order in which they came, each with what the app shows.
func TestOutstandingOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, nil)
		srv.Script(bankidtest.Anyone, ignores)
		srv.Script(number, bankidtest.Person{Does: bankidtest.Ignore, Manual: true, PicksUp: time.Hour})
		markdown := c.start("/sign", askSign.with("userVisibleDataFormat", "simpleMarkdownV1")).OrderRef
		time.Sleep(time.Second)
		call := c.start("/phone/sign", askCall).OrderRef
		time.Sleep(time.Second)
		silent := c.start("/auth", askAuth).OrderRef
		list := srv.Outstanding()
		require.Len(t, list, 3)
		require.Equal(t, []string{markdown, call, silent}, []string{list[0].ID, list[1].ID, list[2].ID})
		require.Equal(t, []bool{true, false, false}, []bool{list[0].Markdown, list[1].Markdown, list[2].Markdown})
		require.Equal(t, []bool{false, true, false}, []bool{list[0].Call, list[1].Call, list[2].Call})
		require.Equal(t, []string{"Köp för 100 kr?", "Är det du?", ""}, []string{list[0].Text, list[1].Text, list[2].Text})
		require.Equal(t, []string{"", number, ""}, []string{list[0].Number, list[1].Number, list[2].Number})
		require.True(t, srv.PickUp(call), "sooner than it would come")
		require.True(t, srv.Outstanding()[1].PickedUp)
		require.Equal(t, "pending userSign", c.hint(call))
		require.True(t, srv.Act(call, bankidtest.Sign))
		time.Sleep(time.Second)
		require.NotContains(t, string(c.collect(call).signed(t)), "TokenStartRequired", "a call has no token")
		require.True(t, srv.PickUp(silent))
		require.True(t, srv.Act(silent, bankidtest.Sign))
		require.Contains(t, string(c.collect(silent).signed(t)), "TokenStartRequired")
	})
}
