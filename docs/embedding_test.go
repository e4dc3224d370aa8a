package docs_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/mss/track"
	"github.com/gomss/gomss/transport"
)

// The code of embedding.md. TestCodeIsCompiled holds the page against it.

func newClient(observer *mss.Observer) (*mssp.Client, *transport.Identity, error) {
	identity, err := transport.LoadIdentityPEM("tls/client.pem", "tls/client.key")
	if err != nil {
		return nil, nil, err
	}
	roots, err := mss.LoadCertificates("tls-root.pem") // whom we talk to
	if err != nil {
		return nil, nil, err
	}
	anchors, err := mss.LoadAnchors(mss.Production, "anchors.pem") // who issues the users' certificates
	if err != nil {
		return nil, nil, err
	}
	client, err := mssp.New(mssp.Config{
		HTTP:     transport.Config{URL: "https://mobileid.swisscom.com", Identity: identity, Roots: roots, MaxConns: 200},
		APID:     "mid://acme.example",
		Prefix:   "Bank ACME: ",
		Anchors:  anchors,
		Defaults: mssp.Options{Profile: mssp.ProfileAny},
		Observer: observer,
	})
	return client, identity, err
}

func renewals(ctx context.Context, identity *transport.Identity) {
	renewed := make(chan os.Signal, 1)
	signal.Notify(renewed, syscall.SIGHUP)
	defer signal.Stop(renewed)
	for {
		select {
		case <-renewed:
			if err := identity.Reload(); err != nil {
				slog.Error("the old client certificate stays in use", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

func health(client mss.Service) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
		defer cancel()
		if err := mss.Health(ctx, client); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}
}

func newTracker(client *mssp.Client, store track.Store, secret, previous []byte) (*track.Tracker, error) {
	keys, err := mss.NewKeys(client.Scope(), secret, previous)
	if err != nil {
		return nil, err
	}
	return track.New(track.Config{Service: client, Store: store, Keys: keys})
}

func TestPersonCancels(t *testing.T) {
	phones := msstest.NewServer(t, nil)
	phones.Script("+41791234567", msstest.Person{Do: msstest.Cancel})
	client, err := mssp.New(mssp.Config{HTTP: phones.HTTP(), APID: phones.APID(), Prefix: phones.Prefix(),
		Anchors: phones.Anchors(), Defaults: mssp.Options{Profile: mssp.ProfileAny}})
	require.NoError(t, err)

	err = yourLogin(t.Context(), client, "+41791234567")

	require.ErrorIs(t, err, mss.UserCancel)
	phones.AssertPrompts(t, 1)
}

// yourLogin stands for what a reader's service does.
func yourLogin(ctx context.Context, service mss.Service, number string) error {
	msisdn, err := mss.ParseMSISDN(number)
	if err != nil {
		return err
	}
	_, err = mss.Sign(ctx, service, &mss.Request{
		Purpose: mss.Authentication, User: mss.User{MSISDN: msisdn}, Language: "en", Display: "Simulator: log in to Bank ACME?", AddCode: true,
	}, func(mss.Prompt) {})
	return err
}

func TestEmbeddingCode(t *testing.T) {
	t.Parallel()
	t.Run("a client without its files is refused", func(t *testing.T) {
		_, _, err := newClient(mss.LogObserver(slog.New(slog.DiscardHandler)))
		require.ErrorIs(t, err, os.ErrNotExist)
	})
	t.Run("renewals end with their context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		renewals(ctx, nil)
	})
	t.Run("health and tracker", func(t *testing.T) {
		phones := msstest.NewServer(t, nil)
		client, err := mssp.New(mssp.Config{HTTP: phones.HTTP(), APID: phones.APID(), Prefix: phones.Prefix(),
			Anchors: phones.Anchors(), Defaults: mssp.Options{Profile: mssp.ProfileAny}})
		require.NoError(t, err)
		w := httptest.NewRecorder()
		health(client)(w, httptest.NewRequest(http.MethodGet, "/health", nil))
		require.Equal(t, http.StatusOK, w.Code)
		phones.Close()
		w = httptest.NewRecorder()
		health(client)(w, httptest.NewRequest(http.MethodGet, "/health", nil))
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		_, err = newTracker(client, new(track.Memory), make([]byte, 32), append(make([]byte, 31), 1))
		require.NoError(t, err)
	})
}
