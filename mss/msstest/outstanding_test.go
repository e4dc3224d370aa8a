package msstest_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
)

// What a request asks for beside the signature holds for a human, too.
func TestActAndServices(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		person := ignores
		person.Location = &msstest.Location{Country: "FR", DeviceConfidence: 1, LocationConfidence: 1}
		srv.Script(anna, person)
		c := client(t, srv)
		req := login(t, srv)
		req.Options = mssp.Options{Geofencing: &mssp.Geofencing{Policy: &mssp.LocationPolicy{Allow: []string{"CH"}}}}
		ended := make(chan result, 1)
		go func() {
			sig, err := c.SignSync(t.Context(), req)
			ended <- result{sig: sig, err: err}
		}()
		synctest.Wait()
		o := only(t, srv)
		require.True(t, o.Geofencing)
		require.True(t, srv.Act(o.ID, msstest.Sign))
		r := <-ended
		r.requireCode(t, mss.GeofencingViolation)
	})
}

// A signature activates a SIM card when it is made: not where the script had it, and not where the human cancels.
func TestActAndActivation(t *testing.T) {
	t.Parallel()
	for act, want := range map[msstest.Action]string{msstest.Sign: "ACTIVE", msstest.Cancel: "INACTIVE"} {
		synctest.Test(t, func(t *testing.T) {
			srv := inProcess(t, nil)
			c := client(t, srv)
			state := func() string {
				p, err := c.ProfileQuery(t.Context(), login(t, srv).User)
				require.NoError(t, err)
				return p.Details.(*mssp.ProfileDetails).SIM.State
			}
			srv.Script(anna, msstest.Person{Inactive: msstest.SIM, AutoActivation: true, After: 30 * time.Second})
			ended := begin(t, srv, "synchronous")
			require.Equal(t, "INACTIVE", state())
			require.True(t, srv.Act(only(t, srv).ID, act))
			<-ended
			require.Equal(t, want, state())
			time.Sleep(time.Minute)
			require.Equal(t, want, state(), "when the script had it")
		})
	}
}

// The app shows one request at a time.
func TestOutstandingInTheApp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		srv.Script(anna, msstest.Person{Method: msstest.App, Do: msstest.Ignore})
		first := begin(t, srv, "synchronous")
		older := only(t, srv)
		time.Sleep(time.Second)
		second := begin(t, srv, "synchronous")
		newer := only(t, srv)
		require.NotEqual(t, older.ID, newer.ID)
		require.Equal(t, msstest.App, newer.Method)
		require.False(t, srv.Act(older.ID, msstest.Sign))
		require.True(t, srv.Act(newer.ID, msstest.Sign))
		r := <-first
		r.requireCode(t, mss.UserCancel)
		r = <-second
		r.requireCode(t, 0)
	})
}

// Several people: in the order in which it came.
func TestOutstandingOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		c := call(t, srv)
		var want []string
		for i := range 9 {
			number := fmt.Sprintf("4179000000%d", i+1)
			srv.Script(number, ignores)
			ack, f := c.sign(c.ask(number, asynch))
			require.Nil(t, f)
			want = append(want, ack.MSSPTransID)
			time.Sleep(time.Second)
		}
		var got []string
		for i, o := range srv.Outstanding() {
			got = append(got, o.ID)
			require.Equal(t, fmt.Sprintf("+4179000000%d", i+1), o.Number, "with a plus, however it was sent")
		}
		require.Equal(t, want, got)
	})
}

// With transaction approval the app shows lines, and with App2App a link brings the person to it.
func TestOutstandingInWords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		srv.Script(anna, msstest.Person{Method: msstest.App, Do: msstest.Ignore})
		c := client(t, srv)
		req := login(t, srv)
		req.Purpose, req.Display = mss.Signing, ""
		req.Data = mssp.Approval("payment", mssp.Pair{Key: "To", Value: srv.Prefix() + "Shop"}, mssp.Pair{Key: "Amount", Value: "CHF 10"})
		req.Options = mssp.Options{Profile: mssp.ProfileDevice, RedirectURI: "https://shop.example/back"}
		_, err := c.Start(t.Context(), req)
		require.NoError(t, err)
		o := only(t, srv)
		require.Equal(t, "To: "+srv.Prefix()+"Shop\nAmount: CHF 10", o.Text)
		require.NotEmpty(t, o.Link)
	})
}
