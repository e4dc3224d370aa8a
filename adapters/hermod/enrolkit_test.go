package hermod_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/adapters/hermod/hermodtest"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
)

// site is an application with a Hermod: what its processes share. It is made inside a bubble of testing/synctest.
type site struct {
	srv *hermodtest.Server
	cfg hermod.Config
	ca  *testAuthority // of ownAuthority
}

func newSite(t *testing.T) *site {
	t.Helper()
	srv, err := hermodtest.NewInProcess(hermodtest.Options{})
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	s := &site{srv: srv, cfg: srv.Config()}
	s.cfg.Registry = hermod.NewMemoryRegistry()
	s.cfg.Store, s.cfg.Keys = new(track.Memory), s.keys(t)
	return s
}

// keys are made for the scope, which only a client can tell.
func (s *site) keys(t *testing.T) *mss.Keys {
	t.Helper()
	c, err := hermod.New(s.cfg)
	require.NoError(t, err)
	keys, err := mss.NewKeys(c.Scope(), bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	return keys
}

// process is one that takes the callbacks from now on.
func (s *site) process(t *testing.T) *hermod.Client {
	t.Helper()
	c, err := hermod.New(s.cfg)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	s.srv.CallbackTo(c.Callback())
	return c
}

// commands returns the bodies of the commands that were sent to a path.
func (s *site) commands(path string) (bodies []string) {
	for _, r := range s.srv.Requests() {
		if strings.HasSuffix(r.Path, path) {
			bodies = append(bodies, string(r.Body))
		}
	}
	return bodies
}

const (
	provisionPath   = "/command/provision"
	certificatePath = "/command/certificate"
)

// registered returns what the registry has of a user.
func (s *site) registered(t *testing.T, user string) []*hermod.Device {
	t.Helper()
	list, err := s.cfg.Registry.Devices(t.Context(), userID(t, user))
	require.NoError(t, err)
	return list
}

// enrolment of a fictitious person, with the server's CA.
func (s *site) enrolment(t *testing.T, user string, keys ...hermod.KeyRequest) *hermod.Enrollment {
	t.Helper()
	return &hermod.Enrollment{
		User: userID(t, user), Subject: exempelName(),
		Profile: "Exempelbanken", Keys: keys, Timeout: time.Minute, Issue: s.srv.Issue,
	}
}

// provisioned is an enrolment up to the certificates.
func (s *site) provisioned(t *testing.T, c *hermod.Client, e *hermod.Enrollment) *hermod.Provisioning {
	t.Helper()
	tx, err := c.Provision(t.Context(), e)
	require.NoError(t, err)
	p, err := c.Provisioned(t.Context(), tx)
	require.NoError(t, err)
	return p
}

// issued are the server's certificates for all keys.
func (s *site) issued(t *testing.T, p *hermod.Provisioning) map[string][]*x509.Certificate {
	t.Helper()
	chains := make(map[string][]*x509.Certificate)
	for _, k := range p.Keys {
		var err error
		chains[k.ID], err = s.srv.Issue(t.Context(), k.CSR)
		require.NoError(t, err)
	}
	return chains
}

func exempelName() pkix.Name {
	return pkix.Name{Country: []string{"SE"}, Organization: []string{"Exempel AB"}, CommonName: "Åsa Exempel"}
}

func noPrompt(mss.Prompt) {}
