package skmidtest_test

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/skmid/skmidtest"
	"github.com/gomss/gomss/internal/simulated"
)

// forgeries are all of them: the answers that they fit (see the documentation of Forge), and what is wrong with a session
// of either kind in the eyes of a relying party that looks at everything.
var forgeries = []struct {
	forge      skmidtest.Forge
	fits       string
	auth, sign string
}{
	{skmidtest.ForgeOtherCA, "OC", "chain", "chain"},
	{skmidtest.ForgeRealCA, "OC", "chain", "chain"},
	{skmidtest.ForgeUnmarked, "OC", "mark", "mark"},
	{skmidtest.ForgeExpired, "OC", "chain", "chain"},
	{skmidtest.ForgeNotYet, "OC", "chain", "chain"},
	{skmidtest.ForgeSHA1, "OC", "chain", "chain"},
	{skmidtest.ForgePerson, "OC", "person", "person"},
	{skmidtest.ForgeCountry, "OC", "country", "country"},
	{skmidtest.ForgeContradict, "OC", "contradiction", "contradiction"},
	{skmidtest.ForgeSerials, "OC", "attributes", "attributes"},
	{skmidtest.ForgeKeyPair, "OC", "signature", "signature"},
	{skmidtest.ForgeKind, "OC", "usage", "usage"},
	{skmidtest.ForgeHash, "O", "signature", "signature"},
	{skmidtest.ForgeSwapped, "O", "signature", "signature"},
	{skmidtest.ForgeZero, "O", "signature", "signature"},
	{skmidtest.ForgeTruncated, "O", "encoding", "encoding"},
	{skmidtest.ForgeDER, "O", "encoding", "encoding"},
	{skmidtest.ForgeNameHash, "O", "algorithm", "algorithm"},
	{skmidtest.ForgeNameKey, "O", "algorithm", "algorithm"},
	{skmidtest.ForgeBase64, "O", "base64", "base64"},
	{skmidtest.ForgeNoSignature, "O", "no signature", "no signature"},
	{skmidtest.ForgeNoCertificate, "OC", "no certificate", ""},
	{skmidtest.ForgeRunning, "O", "state", "state"},
	{skmidtest.ForgeState, "O", "state", "state"},
	{skmidtest.ForgeNoState, "O", "state", "state"},
	{skmidtest.ForgeNoResult, "OC", "result", "result"},
	{skmidtest.ForgeNoSession, "S", "", ""},
	{skmidtest.ForgeSessionPath, "S", "", ""},
	{skmidtest.Forge401, "OSC", "http", "http"},
	{skmidtest.Forge404, "OSC", "http", "http"},
	{skmidtest.Forge429, "OSC", "http", "http"},
	{skmidtest.Forge500, "OSC", "http", "http"},
	{skmidtest.Forge503, "OSC", "http", "http"},
	{skmidtest.Forge580, "OSC", "http", "http"},
	{skmidtest.ForgeEmpty, "OSC", "http", "http"},
	{skmidtest.ForgeTwice, "OSC", "json", "json"},
	{skmidtest.ForgeMalformed, "OSC", "json", "json"},
	{skmidtest.ForgeHTML, "OSC", "json", "json"},
	{skmidtest.ForgeHTML502, "OSC", "http", "http"},
	{skmidtest.ForgeOversized, "OSC", "size", "size"},
	{skmidtest.ForgeSlow, "OSC", "", ""},
	{skmidtest.ForgeBroken, "OSC", "cut", "cut"},
	{skmidtest.ForgeCut, "OSC", "cut", "cut"},
}

// The table above is complete, and each forgery can be scripted where it fits and nowhere else.
func TestForgeriesFit(t *testing.T) {
	t.Parallel()
	srv, _ := inProcess(t, nil)
	takes := func(p skmidtest.Person) (ok bool) {
		defer func() { ok = recover() == nil }()
		srv.Script(phone, code, p)
		return
	}
	fits := func(f skmidtest.Forge) (places string) {
		if takes(skmidtest.Person{Forge: f}) {
			places += "O"
		}
		if takes(skmidtest.Person{ForgeStart: f}) {
			places += "S"
		}
		if takes(skmidtest.Person{ForgeCertificate: f}) {
			places += "C"
		}
		return places
	}
	require.Equal(t, "OSC", fits(skmidtest.Genuine))
	for i, tt := range forgeries {
		require.Equal(t, skmidtest.Forge(i+1), tt.forge, "in the order of the constants")
		require.Equal(t, tt.fits, fits(tt.forge), "%d", i+1)
	}
	require.Empty(t, fits(skmidtest.Forge(len(forgeries)+1)), "one is not in the table")
	require.Empty(t, fits(-1))
}

func TestForgedOutcomes(t *testing.T) {
	t.Parallel()
	for _, tt := range forgeries {
		if !strings.Contains(tt.fits, "O") || tt.forge == skmidtest.ForgeSlow {
			continue
		}
		for kind, want := range map[string]string{authentication: tt.auth, signature: tt.sign} {
			t.Run(strconv.Itoa(int(tt.forge))+kind, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv, c := inProcess(t, nil)
					for _, p := range []skmidtest.Person{{Forge: tt.forge}, {Forge: tt.forge, Key: skmidtest.P384, Profile: skmidtest.EIDQ2021}, {Forge: tt.forge, Key: skmidtest.RSA}} {
						srv.Script(phone, code, p)
						if want == "cut" {
							path := c.start(kind, c.ask())
							_, err := c.do(t.Context(), http.MethodGet, path, "", nil)
							require.ErrorIs(t, err, io.ErrUnexpectedEOF)
							continue
						}
						require.Equal(t, want, c.judge(kind))
					}
					srv.AssertPrompts(t, 3)
				})
			})
		}
	}
}

// The certificate alone is wrong: the signature verifies with it.
func TestForgedCertificatesAreOfTheKeyThatSigns(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	var wrong []skmidtest.Forge
	for _, tt := range forgeries {
		if tt.fits == "OC" && tt.auth != "no certificate" && tt.auth != "result" && tt.forge != skmidtest.ForgeKeyPair {
			wrong = append(wrong, tt.forge)
		}
	}
	require.Len(t, wrong, 11)
	for _, f := range wrong {
		srv.Script(phone, code, skmidtest.Person{Forge: f})
		for _, kind := range kinds {
			a := c.outcome(kind, c.ask())
			cert, bad := parse(a.Cert)
			if kind == signature {
				cert, bad = c.certificateOf(c.ask()), ""
			}
			require.Empty(t, bad)
			value := decode(t, a.Signature.Value)
			require.Empty(t, usual(srv, kind).signature(cert, a.Signature.Algorithm, value), "%d", f)
		}
	}
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	return b
}

// What a certificate has wrong is what its forgery says, and nothing else.
func TestForgedCertificatesInDetail(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	forged := func(f skmidtest.Forge, p skmidtest.Profile) (*x509.Certificate, error) {
		srv.Script(phone, code, skmidtest.Person{ForgeCertificate: f, Profile: p})
		cert := c.certificateOf(c.ask())
		return cert, verifyChain(srv, cert)
	}
	for _, p := range profiles {
		good, err := forged(skmidtest.Genuine, p.profile)
		require.NoError(t, err)

		cert, err := forged(skmidtest.ForgeOtherCA, p.profile)
		require.ErrorAs(t, err, new(x509.UnknownAuthorityError))
		require.Equal(t, good.RawIssuer, cert.RawIssuer)
		require.True(t, simulated.Marked(cert))

		cert, err = forged(skmidtest.ForgeRealCA, p.profile)
		require.ErrorAs(t, err, new(x509.UnknownAuthorityError))
		require.False(t, simulated.Marked(cert))

		cert, err = forged(skmidtest.ForgeUnmarked, p.profile)
		require.NoError(t, err)
		require.False(t, simulated.Marked(cert))

		for f, after := range map[skmidtest.Forge]bool{skmidtest.ForgeExpired: true, skmidtest.ForgeNotYet: false} {
			cert, err = forged(f, p.profile)
			invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, x509.Expired, invalid.Reason)
			require.Equal(t, after, time.Now().After(cert.NotAfter))
			require.Equal(t, !after, time.Now().Before(cert.NotBefore))
			require.Less(t, cert.NotAfter.Sub(cert.NotBefore), 7*24*time.Hour)
		}

		cert, err = forged(skmidtest.ForgeSHA1, p.profile)
		require.Error(t, err)
		require.Contains(t, []x509.SignatureAlgorithm{x509.SHA1WithRSA, x509.ECDSAWithSHA1}, cert.SignatureAlgorithm)

		cert, err = forged(skmidtest.ForgePerson, p.profile)
		require.NoError(t, err)
		require.NotContains(t, cert.Subject.String(), code)
		require.NotContains(t, cert.Subject.CommonName, "MARI")

		cert, err = forged(skmidtest.ForgeCountry, p.profile)
		require.NoError(t, err)
		require.Equal(t, strings.Replace(good.Subject.SerialNumber, "PNOEE", "PNOLT", 1), cert.Subject.SerialNumber)
		require.Equal(t, []string{"LT"}, cert.Subject.Country)

		cert, err = forged(skmidtest.ForgeContradict, p.profile)
		require.NoError(t, err)
		require.Equal(t, good.Subject.SerialNumber, cert.Subject.SerialNumber)
		require.Equal(t, []string{"LT"}, cert.Subject.Country)

		cert, err = forged(skmidtest.ForgeSerials, p.profile)
		require.NoError(t, err)
		require.Equal(t, good.Subject.SerialNumber, cert.Subject.SerialNumber, "crypto/x509 takes the last")

		cert, err = forged(skmidtest.ForgeKeyPair, p.profile)
		require.NoError(t, err)
		require.Equal(t, good.RawSubject, cert.RawSubject)
		require.NotEqual(t, good.RawSubjectPublicKeyInfo, cert.RawSubjectPublicKeyInfo)

		cert, err = forged(skmidtest.ForgeKind, p.profile)
		require.NoError(t, err)
		require.NotZero(t, cert.KeyUsage&x509.KeyUsageDigitalSignature)
		require.True(t, cert.Equal(c.authCertificate(c.ask())))
	}
}

// A careless reader takes what comes last for the answer.
func TestForgeTwice(t *testing.T) {
	t.Parallel()
	for _, legacy := range []bool{false, true} {
		srv, c := inProcess(t, &skmidtest.Options{Legacy: legacy})
		srv.Script(phone, code, skmidtest.Person{Forge: skmidtest.ForgeTwice, ForgeStart: skmidtest.ForgeTwice, ForgeCertificate: skmidtest.ForgeTwice})
		a := c.post("/authentication", c.ask())
		require.Equal(t, "json", document(a))
		require.Equal(t, 2, strings.Count(strings.ToLower(string(a.body)), "sessionid"))
		status := c.get("/authentication/session/" + a.SessionID)
		require.Equal(t, "json", document(status))
		require.Equal(t, "OK", status.result(t))
		require.Contains(t, string(status.body), "USER_CANCELLED")
		cert := c.post("/certificate", c.ask())
		require.Equal(t, "json", document(cert))
		require.Equal(t, "OK", cert.result(t))
		require.Contains(t, string(cert.body), "NOT_FOUND")
	}
}

// RUNNING beside a result goes on for as long as a session lives, at the pace of RUNNING.
func TestForgeRunning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, nil)
		srv.Script(phone, code, skmidtest.Person{Forge: skmidtest.ForgeRunning})
		path := c.start(authentication, c.ask())
		for n := 1; ; n++ {
			began := time.Now()
			a := c.get(path + "?timeoutMs=30000")
			if n > 10 {
				requireError(t, a, 404, "")
				return
			}
			require.Equal(t, 30*time.Second, time.Since(began))
			require.Equal(t, "RUNNING", a.State)
			require.Equal(t, "OK", a.result(t))
			require.NotEmpty(t, a.Cert)
			a.State = "COMPLETE"
			a.body = []byte("{}")
			require.Empty(t, usual(srv, authentication).session(a, nil), "all else is in order")
		}
	})
}

// The country is another one for everybody.
func TestForgeCountry(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	for country, want := range map[string]string{"EE": "LT", "LT": "EE", "LV": "EE"} {
		srv.Script(phone, code, skmidtest.Person{Country: country, Forge: skmidtest.ForgeCountry})
		for _, cert := range []*x509.Certificate{c.authCertificate(c.ask()), c.certificateOf(c.ask())} {
			require.Equal(t, []string{want}, cert.Subject.Country)
			require.Equal(t, "PNO"+want+"-"+code, cert.Subject.SerialNumber)
		}
	}
}

func TestForgeSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, nil)
		srv.Script(phone, code, skmidtest.Person{Forge: skmidtest.ForgeSlow, ForgeCertificate: skmidtest.ForgeSlow, ForgeStart: skmidtest.ForgeSlow})
		for n, path := range []string{"/certificate", "/signature"} {
			began := time.Now()
			require.Equal(t, 200, c.post(path, c.ask()).status)
			require.Equal(t, 5*time.Minute, time.Since(began))
			srv.AssertPrompts(t, n)
		}
		srv.Script(phone, code, skmidtest.Person{Forge: skmidtest.ForgeSlow})
		path := c.start(authentication, c.ask())
		began := time.Now()
		require.Empty(t, usual(srv, authentication).session(c.get(path), nil), "late, and in order")
		require.Equal(t, 5*time.Minute, time.Since(began))
	})
}

// A forgery about what is not there leaves an answer as it is; results that nobody knows are told.
func TestForgedNothing(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(phone, code, skmidtest.Person{Forge: skmidtest.ForgeHash, Result: "SOMETHING_NEW"})
	a := c.outcome(authentication, c.ask())
	require.Equal(t, "SOMETHING_NEW", a.result(t))
	require.Nil(t, a.Signature)
	require.Empty(t, a.Cert)
	srv.AssertPrompts(t, 1)
}

// Broken and cut connections over the network, where they are TLS connections that end.
func TestForgedConnections(t *testing.T) {
	t.Parallel()
	srv := skmidtest.NewServer(t, nil)
	for _, f := range []skmidtest.Forge{skmidtest.ForgeBroken, skmidtest.ForgeCut} {
		c := call(t, srv)
		srv.Script(phone, code, skmidtest.Person{Forge: f})
		path := c.start(authentication, c.ask())
		_, err := c.do(t.Context(), http.MethodGet, path, "", nil)
		require.ErrorIs(t, err, map[bool]error{true: io.ErrUnexpectedEOF, false: io.EOF}[f == skmidtest.ForgeBroken])
	}
}
