package skmid_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss"
)

// TestAdmit: the hook sees the request after everything else was checked; what it refuses rings nobody, and its words stay its own.
func TestAdmit(t *testing.T) {
	t.Parallel()
	srv := skmidtest.NewServer(t, nil)
	srv.Script(phoneEE, digits, skmidtest.Person{})
	tooMany := errors.New("too many today")
	var asked []*mss.Request
	c, err := skmid.New(skmid.Config{
		HTTP: srv.HTTP(), RelyingPartyName: srv.RelyingPartyName(), RelyingPartyUUID: srv.RelyingPartyUUID(), Anchors: srv.Anchors(),
		Admit: func(_ context.Context, r *mss.Request) error {
			asked = append(asked, r)
			return tooMany
		},
	})
	require.NoError(t, err)
	defer c.Close()
	bad := authentication(t)
	bad.Language = "xx"
	_, err = c.Start(t.Context(), bad)
	require.Error(t, err)
	require.Empty(t, asked, "a request that cannot be sent is no attempt")

	req := authentication(t)
	req.EndUserIP = netip.MustParseAddr("192.0.2.7")
	_, err = c.Start(t.Context(), req)
	require.ErrorIs(t, err, tooMany)
	require.False(t, mss.MayHaveRung(err))
	require.NotContains(t, err.Error(), "too many")
	require.Equal(t, req.EndUserIP, asked[0].EndUserIP)
	require.Empty(t, srv.Requests())
}
