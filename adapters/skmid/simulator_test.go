package skmid_test

import (
	"crypto"
	"crypto/x509"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid"
	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/transport"
)

func simulatorConfig(srv *skmidtest.Server) skmid.Config {
	return skmid.Config{
		HTTP: srv.HTTP(), RelyingPartyName: srv.RelyingPartyName(), RelyingPartyUUID: srv.RelyingPartyUUID(), Anchors: srv.Anchors(),
	}
}

func simulated(t testing.TB, srv *skmidtest.Server) *skmid.Client {
	t.Helper()
	c, err := skmid.New(simulatorConfig(srv))
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// ask is a request to a person of the simulator.
func ask(t testing.TB, p mss.Purpose, phone, code string) *mss.Request {
	t.Helper()
	country := "EE"
	if strings.HasPrefix(phone, "+370") {
		country = "LT"
	}
	req := &mss.Request{
		Purpose: p, User: mss.User{MSISDN: msisdn(t, phone), Person: personID(t, country, code)}, Display: "ACME", Language: "en",
	}
	if p == mss.Signing {
		req.Data = mss.Digest(crypto.SHA512, sum512("contract"))
	}
	return req
}

// TestDemoPersons: the persons of the demo service with their outcomes, for both purposes.
func TestDemoPersons(t *testing.T) {
	t.Parallel()
	srv, err := skmidtest.NewInProcess(nil)
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	c := simulated(t, srv)
	for _, who := range []struct {
		phone, code string
		outcome     mss.Code // 0: a signature
		native      string
	}{
		{"+37200000766", "60001019906", 0, ""}, {"+37200000566", "60001018800", 0, ""}, {"+37268000769", "60001017869", 0, ""},
		{"+37269930366", "51307149560", 0, ""}, {"+37200001566", "39901019992", 0, ""}, {"+37200001466", "45001019980", 0, ""},
		{"+37200001366", "61001019985", 0, ""}, {"+37060000666", "50001018865", 0, ""},
		{"+37200000266", "60001019939", mss.UnknownClient, "NOT_MID_CLIENT"}, {"+37200000366", "60001019928", mss.UnknownClient, "NOT_MID_CLIENT"},
		{"+37060000266", "50001018832", mss.UnknownClient, "NOT_MID_CLIENT"},
		{"+37207110066", "60001019947", mss.OTAError, "DELIVERY_ERROR"}, {"+37213100266", "60001019983", mss.OTAError, "PHONE_ABSENT"},
		{"+37201100266", "60001019950", mss.UserCancel, "USER_CANCELLED"}, {"+37061100266", "50001018854", mss.UserCancel, "USER_CANCELLED"},
		{"+37200000666", "60001019961", mss.PBSignatureProcess, "SIGNATURE_HASH_MISMATCH"},
		{"+37201200266", "60001019972", mss.PBSignatureProcess, "SIM_ERROR"}, {"+37061200266", "50001018876", mss.PBSignatureProcess, "SIM_ERROR"},
	} {
		for _, purpose := range []mss.Purpose{mss.Authentication, mss.Signing} {
			t.Run(who.phone+" "+purpose.String(), func(t *testing.T) {
				t.Parallel()
				req := ask(t, purpose, who.phone, who.code)
				prompt := mss.Prompt{}
				sig, err := mss.Sign(t.Context(), c, req, func(p mss.Prompt) { prompt = p })
				if who.outcome == 0 {
					require.NoError(t, err)
					require.Equal(t, req.User.Person.Reveal(), sig.Signer.ID)
					require.True(t, sig.Signer.Test)
					require.Equal(t, purpose == mss.Authentication, sig.Fresh)
					require.Equal(t, who.code == "39901019992", sig.Format == mss.RawRSA)
					require.Equal(t, shownTo(srv, who.phone, sig.Content), prompt.Code, "phone and screen show the same")
					return
				}
				require.Nil(t, sig)
				var fault *mss.Fault
				require.ErrorAs(t, err, &fault)
				if who.outcome == mss.UnknownClient && purpose == mss.Signing {
					require.Equal(t, []any{mss.NoCertFound, "NOT_FOUND"}, []any{fault.Code, fault.Native})
					require.False(t, mss.MayHaveRung(err))
					return
				}
				require.Equal(t, []any{who.outcome, who.native}, []any{fault.Code, fault.Native})
				require.NotEmpty(t, fault.TraceID)
			})
		}
	}
}

// shownTo returns the verification code that a phone showed for a digest.
func shownTo(srv *skmidtest.Server, phone string, digest []byte) string {
	for _, r := range srv.Requests() {
		if r.Phone == phone && string(r.Hash) == string(digest) && len(r.Hash) > 0 {
			return r.Control
		}
	}
	return "none"
}

// TestDemoTimeout: who does not answer makes the service end it after two minutes.
func TestDemoTimeout(t *testing.T) {
	t.Parallel()
	for _, phone := range []string{"+37266000266", "+37066000266"} {
		synctest.Test(t, func(t *testing.T) {
			srv, err := skmidtest.NewInProcess(nil)
			require.NoError(t, err)
			defer srv.Close()
			begun := time.Now()
			_, err = mss.Sign(t.Context(), simulated(t, srv), ask(t, mss.Authentication, phone, "50001018908"), func(mss.Prompt) {})
			require.ErrorIs(t, err, mss.ExpiredTransaction)
			require.Equal(t, 2*time.Minute, time.Since(begun))
			require.Len(t, srv.Requests(), 5, "one start, and four questions kept open for half a minute")
			srv.AssertPrompts(t, 1)
		})
	}
}

// forged is what must become of each way in which the simulator answers wrongly: a check, or another kind of error.
var forged = map[skmidtest.Forge]string{
	skmidtest.ForgeOtherCA: "chain", skmidtest.ForgeRealCA: "chain", skmidtest.ForgeUnmarked: "chain", skmidtest.ForgeExpired: "chain",
	skmidtest.ForgeNotYet: "chain", skmidtest.ForgeSHA1: "chain", skmidtest.ForgePerson: "signer", skmidtest.ForgeCountry: "signer",
	skmidtest.ForgeContradict: "signer", skmidtest.ForgeSerials: "signer", skmidtest.ForgeKeyPair: "signature", skmidtest.ForgeKind: "key usage",
	skmidtest.ForgeHash: "signature", skmidtest.ForgeSwapped: "signature", skmidtest.ForgeZero: "signature", skmidtest.ForgeTruncated: "signature",
	skmidtest.ForgeDER: "signature", skmidtest.ForgeNameHash: "algorithm", skmidtest.ForgeNameKey: "algorithm", skmidtest.ForgeBase64: "signature",
	skmidtest.ForgeNoSignature: "result", skmidtest.ForgeNoCertificate: "certificate", skmidtest.ForgeNoResult: "result",
	skmidtest.ForgeRunning: "unknown", skmidtest.ForgeState: "unknown", skmidtest.ForgeNoState: "unknown",
	skmidtest.Forge401: "fault 104", skmidtest.Forge404: "fault 208", skmidtest.Forge429: "unknown", skmidtest.Forge500: "unknown",
	skmidtest.Forge503: "unknown", skmidtest.Forge580: "unknown", skmidtest.ForgeEmpty: "unknown", skmidtest.ForgeTwice: "unknown",
	skmidtest.ForgeMalformed: "unknown", skmidtest.ForgeHTML: "unknown", skmidtest.ForgeHTML502: "unknown", skmidtest.ForgeOversized: "unknown",
	skmidtest.ForgeSlow: "unknown", skmidtest.ForgeBroken: "unknown", skmidtest.ForgeCut: "unknown",
}

// TestForgeries: with every kind of key, none of the simulator's forgeries becomes a signature, and the phone rings once.
func TestForgeries(t *testing.T) {
	t.Parallel()
	for key, keyName := range map[skmidtest.Key]string{skmidtest.P256: "P-256", skmidtest.P384: "P-384", skmidtest.RSA: "RSA"} {
		t.Run(keyName, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv, err := skmidtest.NewInProcess(nil)
				require.NoError(t, err)
				defer srv.Close()
				c, prompts := simulated(t, srv), 0
				for forge, want := range forged {
					srv.Script(phoneEE, digits, skmidtest.Person{Key: key, Forge: forge})
					sig, err := mss.Sign(t.Context(), c, ask(t, mss.Authentication, phoneEE, digits), func(mss.Prompt) {})
					require.Nil(t, sig, "forgery %d", forge)
					require.Equal(t, want, kind(err), "forgery %d: %v", forge, err)
					prompts++
					srv.AssertPrompts(t, prompts)
				}
			})
		})
	}
}

// kind sorts an error as forged does.
func kind(err error) string {
	switch mss.ResultOf(err) {
	case mss.ResultUnknown:
		return "unknown"
	case mss.ResultUnverified:
		return strings.SplitN(strings.TrimPrefix(err.Error(), "mss: not verified: "), ":", 2)[0]
	case mss.ResultFault:
		return "fault " + strings.Fields(err.Error())[1]
	}
	return "?"
}

// TestKeyPins: a server whose key is not pinned gets no request, whatever its certificate leads to.
func TestKeyPins(t *testing.T) {
	t.Parallel()
	srv, other := skmidtest.NewServer(t, nil), skmidtest.NewServer(t, nil)
	for name, tt := range map[string]struct {
		pins []transport.Pin
		ok   bool
	}{
		"pinned":            {pins(srv.Certificate()), true},
		"of several":        {pins(other.Certificate(), srv.Certificate()), true},
		"another key":       {pins(other.Certificate()), false},
		"the CA's, no leaf": {pins(srv.HTTP().Roots[0]), false},
	} {
		cfg := simulatorConfig(srv)
		cfg.HTTP.KeyPins = tt.pins
		c, err := skmid.New(cfg)
		require.NoError(t, err)
		_, err = c.Start(t.Context(), ask(t, mss.Authentication, "+37200000766", "60001019906"))
		require.Equal(t, tt.ok, err == nil, "%s: %v", name, err)
		if !tt.ok {
			require.False(t, mss.MayHaveRung(err))
		}
		c.Close()
	}
	srv.AssertPrompts(t, 2)
}

func pins(certs ...*x509.Certificate) (p []transport.Pin) {
	for _, c := range certs {
		p = append(p, transport.KeyPin(c))
	}
	return p
}

// TestConcurrentLogins: one client, many persons at once, a few connections.
func TestConcurrentLogins(t *testing.T) {
	t.Parallel()
	srv := skmidtest.NewServer(t, nil)
	cfg := simulatorConfig(srv)
	cfg.HTTP.MaxConns = 8
	c, err := skmid.New(cfg)
	require.NoError(t, err)
	defer c.Close()
	var wg sync.WaitGroup
	errs := make([]error, 64)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = mss.Sign(t.Context(), c, ask(t, mss.Authentication, "+37200000766", "60001019906"), func(mss.Prompt) {})
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.LessOrEqual(t, srv.Handshakes(), 8)
	srv.AssertPrompts(t, len(errs))
}
