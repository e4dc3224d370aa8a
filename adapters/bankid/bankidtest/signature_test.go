package bankidtest_test

import (
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
)

// Every order ends with a signature that holds, over what was asked for.
func TestSignaturesHold(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(bankidtest.Anyone, bankidtest.Person{Number: number})
	for path, request := range requests {
		a := c.start(path, request)
		final := c.collect(a.OrderRef)
		require.Empty(t, expect(srv, path, request, a.OrderRef).judge(final), "%s: %s", path, final.body)
	}
	srv.AssertPrompts(t, len(requests))
}

func TestSignedData(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Script(bankidtest.Anyone, bankidtest.Person{Number: number})
	for name, request := range map[string]body{
		"nothing":          askAuth,
		"plain":            askSign.with("userVisibleDataFormat", "plaintext"),
		"markdown":         askSign.with("userVisibleDataFormat", "simpleMarkdownV1"),
		"non-visible only": askAuth.with("userNonVisibleData", "/+8="),
		"requirement":      askSign.with("requirement", body{"personalNumber": number, "certificatePolicies": []string{bankidtest.Mobile}, "mrtd": true}),
	} {
		t.Run(name, func(t *testing.T) {
			a := c.start("/auth", request)
			final := c.collect(a.OrderRef)
			require.Empty(t, expect(srv, "/auth", request, a.OrderRef).judge(final), "%s", final.body)
		})
	}
}

// The relying party that a signature names is the one of the connection.
func TestRelyingParty(t *testing.T) {
	t.Parallel()
	require.Equal(t, "cn=FP Simulated,name=Simulated Shop,serialNumber=5569999999,o=Simulated Bank AB (publ),c=SE",
		bankidtest.NewServer(t, nil).RelyingPartyName())
	for name, want := range map[string]string{`Shop, "Other"`: `cn=Shop\, \"Other\"`, "#1 Shop ": `cn=\#1 Shop\ `, " +": `cn=\ \+`} {
		other := clientCertificate(t, name)
		srv := bankidtest.NewServer(t, &bankidtest.Options{Clients: []*x509.Certificate{other.Leaf}})
		srv.Script(bankidtest.Anyone, bankidtest.Person{Number: number})
		c := dial(t, srv, other)
		a := c.start("/auth", askAuth)
		x := expect(srv, "/auth", askAuth, a.OrderRef)
		x.relyingName = want
		require.Empty(t, x.judge(c.collect(a.OrderRef)))
	}
}

// Certificates say which kind of BankID it is.
func TestPolicies(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	for p, want := range map[string]string{"": bankidtest.Mobile, bankidtest.OnCard: bankidtest.OnCard, "1.2.752.78.1.5": "1.2.752.78.1.5"} {
		srv.Script(bankidtest.Anyone, bankidtest.Person{Policy: p})
		der, err := base64.StdEncoding.DecodeString(all(string(c.outcome("/auth", askAuth).signed(t)), "X509Certificate")[0])
		require.NoError(t, err)
		leaf, err := x509.ParseCertificate(der)
		require.NoError(t, err)
		require.Len(t, leaf.Policies, 1)
		require.Equal(t, want, leaf.Policies[0].String())
	}
}

// forgeries says of each Forge, in the order of the constants, where it fits and what is wrong with the final answer.
var forgeries = []struct {
	forge bankidtest.Forge
	fits  string
	wrong string
}{
	{bankidtest.ForgeVisible, "O", "visible"},
	{bankidtest.ForgeNoVisible, "O", "visible"},
	{bankidtest.ForgeFormat, "O", "format"},
	{bankidtest.ForgeNonVisible, "O", "non-visible"},
	{bankidtest.ForgeNoNonVisible, "O", "non-visible"},
	{bankidtest.ForgeRelyingParty, "O", "relying party"},
	{bankidtest.ForgeFuncID, "O", "funcId"},
	{bankidtest.ForgePerson, "O", "person"},
	{bankidtest.ForgeKeyUsage, "O", "key usage"},
	{bankidtest.ForgeOtherCA, "O", "chain"},
	{bankidtest.ForgeShortChain, "O", "chain"},
	{bankidtest.ForgeUnmarked, "O", "mark"},
	{bankidtest.ForgeExpired, "O", "chain"},
	{bankidtest.ForgeNotYet, "O", "chain"},
	{bankidtest.ForgeDataDigest, "O", "digest"},
	{bankidtest.ForgeKeyInfoDigest, "O", "digest"},
	{bankidtest.ForgeSignature, "O", "signature"},
	{bankidtest.ForgeOtherKey, "O", "signature"},
	{bankidtest.ForgeSHA1, "O", "algorithm"},
	{bankidtest.ForgeBase64, "O", "base64"},
	{bankidtest.ForgeOCSPMissing, "O", "no ocsp"},
	{bankidtest.ForgeOCSPRevoked, "O", "revoked"},
	{bankidtest.ForgeOCSPUnknown, "O", "unknown"},
	{bankidtest.ForgeOCSPTryLater, "O", "ocsp"},
	{bankidtest.ForgeOCSPNonce, "O", "nonce"},
	{bankidtest.ForgeOCSPNoNonce, "O", "nonce"},
	{bankidtest.ForgeOCSPIssuer, "O", "ocsp"},
	{bankidtest.ForgeOCSPByUser, "O", "responder"},
	{bankidtest.ForgeOCSPExpired, "O", "responder"},
	{bankidtest.ForgeOCSPSerial, "O", "ocsp"},
	{bankidtest.ForgeOCSPStale, "O", "ocsp time"},
	{bankidtest.ForgeOCSPFuture, "O", "ocsp time"},
	{bankidtest.ForgeOCSPSignature, "O", "ocsp"},
	{bankidtest.ForgeUser, "O", "person"},
	{bankidtest.ForgeOrderRef, "O", "order"},
	{bankidtest.ForgeMRTD, "O", "mrtd"},
	{bankidtest.ForgeNoStepUp, "O", "mrtd"},
	{bankidtest.ForgeNoSignature, "O", "no signature"},
	{bankidtest.ForgeNoCompletion, "O", "completion"},
	{bankidtest.ForgeStatus, "O", "status"},
	{bankidtest.ForgeNoStatus, "O", "status"},
	{bankidtest.ForgeNoOrder, "S", ""},
	{bankidtest.ForgeNoTokens, "S", ""},
	{bankidtest.ForgeEmptyOrder, "S", ""},
	{bankidtest.Forge500, "OS", "http"},
	{bankidtest.Forge503, "OS", "http"},
	{bankidtest.ForgeTwice, "OS", "json"},
	{bankidtest.ForgeMalformed, "OS", "json"},
	{bankidtest.ForgeHTML, "OS", "json"},
	{bankidtest.ForgeHTML502, "OS", "http"},
	{bankidtest.ForgeOversized, "OS", "size"},
	{bankidtest.ForgeSlow, "OS", ""},
	{bankidtest.ForgeBroken, "OS", "cut"},
	{bankidtest.ForgeCut, "OS", "cut"},
}

// The table above is complete, and each forgery can be scripted where it fits and nowhere else.
func TestForgeriesFit(t *testing.T) {
	t.Parallel()
	srv, _ := inProcess(t, nil)
	takes := func(p bankidtest.Person) (ok bool) {
		defer func() { ok = recover() == nil }()
		srv.Script(number, p)
		return
	}
	fits := func(f bankidtest.Forge) (places string) {
		if takes(bankidtest.Person{Forge: f}) {
			places += "O"
		}
		if takes(bankidtest.Person{ForgeStart: f}) {
			places += "S"
		}
		return places
	}
	require.Equal(t, "OS", fits(bankidtest.Genuine))
	for i, tt := range forgeries {
		require.Equal(t, bankidtest.Forge(i+1), tt.forge, "in the order of the constants")
		require.Equal(t, tt.fits, fits(tt.forge), "%d", i+1)
	}
	require.Empty(t, fits(bankidtest.Forge(len(forgeries)+1)), "one is not in the table")
	require.Empty(t, fits(-1))
}

// A forged outcome has the one fault that is said, and is given once.
func TestForgedOutcomes(t *testing.T) {
	t.Parallel()
	for _, tt := range forgeries {
		if tt.fits == "S" {
			continue
		}
		for _, path := range []string{"/auth", "/sign"} {
			t.Run(path+" "+tt.wrong, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv, c := inProcess(t, nil)
					srv.Script(bankidtest.Anyone, bankidtest.Person{Number: number, Forge: tt.forge})
					request := askSign.with("requirement", body{"mrtd": true})
					ref := c.start(path, request).OrderRef
					a, err := c.try("/collect", body{"orderRef": ref})
					if tt.wrong == "cut" {
						require.Error(t, err)
					} else {
						require.NoError(t, err)
						require.Equal(t, tt.wrong, expect(srv, path, request, ref).judge(a), "%d", tt.forge)
					}
					requireInvalid(t, c.collect(ref), "No such order")
					srv.AssertPrompts(t, 1)
				})
			})
		}
	}
}

// Where nothing was asked to be shown or signed, forgeries add it.
func TestForgedPresence(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	for f, wrong := range map[bankidtest.Forge]string{bankidtest.ForgeVisible: "visible", bankidtest.ForgeNoVisible: "visible",
		bankidtest.ForgeFormat: "visible", bankidtest.ForgeNonVisible: "non-visible", bankidtest.ForgeNoNonVisible: "non-visible"} {
		srv.Script(bankidtest.Anyone, bankidtest.Person{Number: number, Forge: f})
		ref := c.start("/auth", askAuth).OrderRef
		require.Equal(t, wrong, expect(srv, "/auth", askAuth, ref).judge(c.collect(ref)))
	}
}

// The order begins although its answer is lost or spoilt.
func TestForgedStarts(t *testing.T) {
	t.Parallel()
	for _, tt := range forgeries {
		if tt.fits == "O" {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			srv, c := inProcess(t, nil)
			srv.Script(bankidtest.Anyone, bankidtest.Person{ForgeStart: tt.forge})
			a, err := c.try("/auth", askAuth)
			ref := srv.Requests()[0].OrderRef
			require.Equal(t, tt.wrong == "cut", err != nil, "%d", tt.forge)
			switch tt.forge {
			case bankidtest.ForgeNoOrder, bankidtest.ForgeEmptyOrder:
				require.Empty(t, a.OrderRef)
				require.NotEmpty(t, a.QRStartSecret)
			case bankidtest.ForgeNoTokens:
				require.JSONEq(t, `{"orderRef":"`+ref+`"}`, string(a.body))
			case bankidtest.Forge503:
				requireError(t, a, http.StatusServiceUnavailable, "Maintenance")
			}
			srv.AssertPrompts(t, 1)
			if tt.forge == bankidtest.ForgeSlow {
				requireInvalid(t, c.collect(ref), "No such order") // its time is over
				return
			}
			require.Equal(t, "complete", c.collect(ref).Status)
		})
	}
}
