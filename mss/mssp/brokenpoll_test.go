package mssp_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
)

// TestBrokenPolls: the service reads a question, and the kept connection breaks before it has answered. The question is asked
// again on another connection, and not in the same words: the service would refuse an AP_TransID that it has seen with 101,
// which would be taken for the outcome.
func TestBrokenPolls(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	srv.Script(person, msstest.Person{})
	c := newClient(t, srv, nil)
	repeat := func(ask func() error) {
		srv.SetMisbehaviour(&msstest.Misbehaviour{Cut: 0.5})
		defer srv.SetMisbehaviour(nil)
		for {
			err := ask()
			if _, retry := mss.RetryPoll(err); retry {
				continue // both were cut
			}
			require.NoError(t, err)
			return
		}
	}
	for range 40 {
		tx, err := c.Start(t.Context(), request(t, srv, person))
		require.NoError(t, err)
		repeat(func() error {
			st, err := c.Poll(t.Context(), tx, 0)
			if err == nil {
				_, err = c.Verify(st.Evidence)
			}
			return err
		})
		repeat(func() error {
			_, err := c.ProfileQuery(t.Context(), mss.User{MSISDN: msisdn(t, person)})
			return err
		})
	}
}
