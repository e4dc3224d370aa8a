package hermodtest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod/hermodtest"
)

// bubble runs a test where time passes at once, with a user who is enrolled.
func bubble(t *testing.T, test func(t *testing.T, srv *hermodtest.Server, c *caller)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, err := hermodtest.NewInProcess(hermodtest.Options{})
		require.NoError(t, err)
		defer srv.Close()
		_, err = srv.Enroll(user)
		require.NoError(t, err)
		test(t, srv, call(t, srv))
	})
}

// arrivals are the callbacks of the next minutes with the time at which each came, since from.
func (c *caller) arrivals(from time.Time, minutes int) (states []string, at []time.Duration, all []*callback) {
	c.t.Helper()
	end := time.After(time.Duration(minutes) * time.Minute)
	for {
		select {
		case cb := <-c.callbacks:
			states, at, all = append(states, cb.State), append(at, time.Since(from)), append(all, cb)
		case <-end:
			return states, at, all
		}
	}
}

const ms = time.Millisecond

func TestTiming(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		person hermodtest.Person
		states []string
		at     []time.Duration
	}{
		"in time":               {hermodtest.Person{}, []string{"COMPLETED"}, []time.Duration{20 * ms}},
		"after a while":         {hermodtest.Person{Delay: 5 * time.Second}, []string{"COMPLETED"}, []time.Duration{5 * time.Second}},
		"too slow":              {hermodtest.Person{Delay: 61 * time.Second}, []string{"TIMEOUT"}, []time.Duration{time.Minute}},
		"early":                 {hermodtest.Person{Callback: hermodtest.Early}, []string{"COMPLETED"}, []time.Duration{20 * ms}},
		"twice":                 {hermodtest.Person{Callback: hermodtest.Twice}, []string{"COMPLETED", "COMPLETED"}, []time.Duration{20 * ms, 20 * ms}},
		"contrary":              {hermodtest.Person{Callback: hermodtest.Contrary}, []string{"COMPLETED", "COMPLETED"}, []time.Duration{20 * ms, 20 * ms}},
		"out of order, alone":   {hermodtest.Person{Callback: hermodtest.OutOfOrder}, []string{"COMPLETED"}, []time.Duration{59500 * ms}},
		"late":                  {hermodtest.Person{Callback: hermodtest.Late}, []string{"TIMEOUT", "COMPLETED"}, []time.Duration{time.Minute, time.Minute + 20*ms}},
		"late, after a while":   {hermodtest.Person{Callback: hermodtest.Late, Delay: time.Second}, []string{"TIMEOUT", "COMPLETED"}, []time.Duration{time.Minute, 61 * time.Second}},
		"overdue":               {hermodtest.Person{Callback: hermodtest.Overdue}, []string{"COMPLETED"}, []time.Duration{90 * time.Second}},
		"lost":                  {hermodtest.Person{Callback: hermodtest.Lost}, nil, nil},
		"ignored":               {hermodtest.Person{Do: hermodtest.Ignore}, []string{"TIMEOUT"}, []time.Duration{time.Minute}},
		"ignored, early":        {hermodtest.Person{Do: hermodtest.Ignore, Callback: hermodtest.Early}, []string{"TIMEOUT"}, []time.Duration{time.Minute}},
		"ignored and lost":      {hermodtest.Person{Do: hermodtest.Ignore, Callback: hermodtest.Lost}, nil, nil},
		"a human does not look": {hermodtest.Person{Do: hermodtest.Ask}, []string{"TIMEOUT"}, []time.Duration{time.Minute}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *hermodtest.Server, c *caller) {
				test.person.User = user
				srv.Person(test.person)
				from := time.Now()
				started := c.accepted("/command/sign", signCommand("Pay?"))
				answered := time.Since(from)
				if name == "early" {
					require.Equal(t, 20*ms, answered, "the answer comes after the callback")
				} else {
					require.Zero(t, answered)
				}
				states, at, all := c.arrivals(from, 5)
				require.Equal(t, test.states, states)
				if name == "early" {
					require.Len(t, at, 1)
				} else {
					require.Equal(t, test.at, at)
				}
				for _, cb := range all {
					require.Equal(t, started.CommandID, cb.CommandID)
				}
				require.Empty(t, srv.Outstanding())
				switch {
				case name == "twice":
					require.Equal(t, all[0].body, all[1].body)
				case name == "contrary":
					require.Equal(t, 0, all[0].SignResponse.Code)
					require.Equal(t, 401, all[1].SignResponse.Code)
				case len(all) > 0 && all[0].State == "TIMEOUT":
					require.Nil(t, all[0].ResponseHeader)
					require.Nil(t, all[0].SignResponse)
				}
			})
		})
	}
}

// TestOutOfOrder: the first command's callback comes after the second one's.
func TestOutOfOrder(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hermodtest.Server, c *caller) {
		srv.Person(hermodtest.Person{User: user, Callback: hermodtest.OutOfOrder})
		first := c.accepted("/command/sign", signCommand("one"))
		synctest.Wait()
		time.Sleep(time.Second)
		srv.Person(hermodtest.Person{User: user})
		second := c.accepted("/command/sign", signCommand("two"))
		require.Equal(t, second.CommandID, c.next().CommandID)
		require.Equal(t, first.CommandID, c.next().CommandID)
	})
}

// TestRedeliver: the last callback again, as often as one likes.
func TestRedeliver(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hermodtest.Server, c *caller) {
		cb := c.outcome("/command/sign", signCommand("Pay?"))
		c.status = http.StatusServiceUnavailable
		status, ok := srv.Redeliver(cb.CommandID)
		require.True(t, ok)
		require.Equal(t, http.StatusServiceUnavailable, status)
		require.Equal(t, cb.body, c.next().body)
		_, ok = srv.Redeliver("1")
		require.False(t, ok)
		synctest.Wait()
		list := srv.Callbacks()
		require.Len(t, list, 2)
		require.Equal(t, http.StatusOK, list[0].Status)
		require.Equal(t, "/callback/sign", list[1].Path)
	})
}

// TestActs: what a person does is told in a code.
func TestActs(t *testing.T) {
	t.Parallel()
	_, c := inProcess(t, hermodtest.Options{})
	c.enrolled(rsa2048)
	for act, code := range map[hermodtest.Act]int{
		hermodtest.Cancel: 401, hermodtest.BlockPIN: 402, hermodtest.Lock: 403, hermodtest.NoKey: 404, hermodtest.Reject: 500, hermodtest.Fail: 0,
	} {
		c.srv.Person(hermodtest.Person{User: user, Do: act})
		for _, of := range []struct {
			path string
			body object
		}{{"sign", signCommand("Pay?")}, {"provision", prov(t, rsa2048)}} {
			cb := c.outcome("/command/"+of.path, of.body)
			require.Equal(t, "COMPLETED", cb.State)
			require.Equal(t, code, cb.response().Code)
			require.Nil(t, cb.response().Result)
			require.Equal(t, map[bool]int{true: 500, false: 200}[act == hermodtest.Fail], cb.ResponseHeader.Status)
		}
	}
}

// TestHuman: a human sees what is asked, scans what must be, and decides once.
func TestHuman(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hermodtest.Server, c *caller) {
		srv.Person(hermodtest.Person{User: hermodtest.Anyone, Do: hermodtest.Ask})
		until := time.Now().Add(time.Minute)
		profile := c.accepted("/command/provision", prov(t, p256))
		text := c.accepted("/command/sign", signCommand("Pay 10?"))
		require.Equal(t, []hermodtest.Outstanding{
			{ID: profile.CommandID, Type: "PROV", User: user, Title: "Test profile", ToScan: true, Until: until},
			{ID: text.CommandID, Type: "SIGN", User: user, Texts: []string{"The shop", "Pay 10?"}, Until: until},
		}, srv.Outstanding())

		_, ok := srv.Scan("com.nexusgroup.plugout:///?url=x&token=y")
		require.False(t, ok)
		id, ok := srv.Scan(profile.Destinations[0].URI)
		require.True(t, ok)
		require.Equal(t, profile.CommandID, id)
		require.False(t, srv.Outstanding()[0].ToScan)
		_, ok = srv.Scan(profile.Destinations[0].URI)
		require.False(t, ok, "a token works once")

		require.False(t, srv.Act("1", hermodtest.Sign))
		require.False(t, srv.Act(text.CommandID, hermodtest.Ask))
		require.True(t, srv.Act(text.CommandID, hermodtest.Cancel))
		require.False(t, srv.Act(text.CommandID, hermodtest.Sign), "decided already")
		require.Equal(t, 401, c.next().SignResponse.Code)
		require.True(t, srv.Act(profile.CommandID, hermodtest.Sign))
		require.NotNil(t, c.next().ProvResponse.Result)
		require.Empty(t, srv.Outstanding())

		ping := c.outcome("/command/ping", object{"commandHeader": header("@" + user), "pingCommand": object{"deviceinfo": "true"}})
		require.Equal(t, "COMPLETED", ping.State, "asks nobody")
	})
}
