package hermodtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod/hermodtest"
)

// TestNoNetwork: what is shown cannot be answered, what comes is not shown, and both wait until their time is up.
func TestNoNetwork(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hermodtest.Server, c *caller) {
		away := func(is bool) { srv.Person(hermodtest.Person{User: user, Do: hermodtest.Ask, NoNetwork: is}) }
		ids := func() (list []string) {
			for _, o := range srv.Outstanding() {
				list = append(list, o.ID)
			}
			return list
		}
		away(false)
		shown := c.accepted("/command/sign", signCommand("Pay 1?")).CommandID
		away(true)
		held := c.accepted("/command/sign", signCommand("Pay 2?")).CommandID
		require.Equal(t, []string{shown}, ids())
		require.False(t, srv.Act(shown, hermodtest.Sign))
		require.False(t, srv.Act(held, hermodtest.Sign))

		command := prov(t, rsa2048)
		command["commandHeader"].(object)["timeout"] = 30
		profile := c.accepted("/command/provision", command)
		require.Equal(t, []string{shown, profile.CommandID}, ids(), "a code is on another screen")
		_, ok := srv.Scan(profile.Destinations[0].URI)
		require.False(t, ok)
		require.Equal(t, "TIMEOUT", c.next().State)

		away(false)
		require.Equal(t, []string{shown, held}, ids())
		away(true)
		require.Equal(t, []string{shown, held}, ids(), "it has been shown")
		require.False(t, srv.Act(held, hermodtest.Sign))
		away(false)
		for _, id := range []string{held, shown} {
			require.True(t, srv.Act(id, hermodtest.Sign))
			cb := c.next()
			require.Equal(t, id, cb.CommandID)
			require.Equal(t, "COMPLETED", cb.State)
		}
	})
}

// TestNoNetworkScript: a script is of no use where nothing arrives, and others are not concerned.
func TestNoNetworkScript(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hermodtest.Server, c *caller) {
		srv.Person(hermodtest.Person{User: user, Do: hermodtest.Cancel, Callback: hermodtest.Early, NoNetwork: true})
		from := time.Now()
		c.accepted("/command/sign", signCommand("Pay?"))
		require.Empty(t, srv.Outstanding())
		states, at, _ := c.arrivals(from, 2)
		require.Equal(t, []string{"TIMEOUT"}, states)
		require.Equal(t, []time.Duration{time.Minute}, at)
		srv.AssertPrompts(t, 1)

		_, err := srv.Enroll("another")
		require.NoError(t, err)
		other := signCommand("Pay?")
		other["commandHeader"].(object)["to"] = []string{"@another"}
		require.Equal(t, 0, c.outcome("/command/sign", other).SignResponse.Code)
	})
}
