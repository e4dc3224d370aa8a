package mssp_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
)

// result is what a caller can see of an outcome, without what differs from run to run: ids, times, keys.
type result struct {
	Kind   string // signed, fault, unverified, refused, other
	Code   mss.Code
	Check  string // of an unverified answer, or the field of a refused request
	Op     string
	Reason string
	Detail string // the last one; JSON has no more
	Rung   bool

	Signer, Profile, Content string
	Fresh                    bool
	Location                 *mssp.Location
	LocationError            mssp.GeofencingCode
	Network                  string
	Extra                    any
}

func resultOf(t *testing.T, sig *mss.Signature, err error) result {
	t.Helper()
	if err == nil {
		require.True(t, sig.Verified())
		r := result{
			Kind: "signed", Code: sig.Status, Signer: sig.Signer.ID, Profile: sig.Profile, Content: string(sig.Content), Fresh: sig.Fresh,
		}
		if d, ok := sig.Details.(*mssp.Details); ok {
			r.LocationError, r.Network = d.LocationError, d.Network
			if d.Location != nil {
				l := *d.Location
				require.WithinDuration(t, time.Now(), l.At, time.Hour)
				l.At = time.Time{}
				r.Location = &l
			}
		}
		return r
	}
	r := result{Kind: "other", Rung: mss.MayHaveRung(err)}
	if e, ok := errors.AsType[*mss.VerificationError](err); ok {
		r.Kind, r.Check = "unverified", e.Check
	} else if e, ok := errors.AsType[*mss.Fault](err); ok {
		r.Kind, r.Code, r.Op, r.Reason = "fault", e.Code, e.Operation, e.Reason.Reveal()
		if n := len(e.Details); n > 0 {
			r.Detail = e.Details[n-1].Reveal()
		}
	} else if e, ok := errors.AsType[*mss.RequestError](err); ok {
		r.Kind, r.Check = "refused", e.Field
	}
	return r
}

// errored is resultOf for what is no signature.
func errored(t *testing.T, extra any, err error) result {
	t.Helper()
	if err != nil {
		return resultOf(t, nil, err)
	}
	return result{Kind: "answered", Extra: extra}
}

// bindingCase is one thing that the service can do, with what must come of it whatever the binding.
type bindingCase struct {
	who  msstest.Person
	to   string                                    // "": person
	ask  func(*mss.Request)                        // nil: an ordinary request
	then func(*testing.T, bindingRun) result       // nil: sign in the mode
	want func(t *testing.T, r result, mode string) // on top of being equal
}

type bindingRun struct {
	srv  *msstest.Server
	c    *mssp.Client
	req  *mss.Request
	sign signer
}

func options(o mssp.Options) func(*mss.Request) {
	return func(r *mss.Request) { r.Options = o }
}

func kind(want string, code mss.Code) func(*testing.T, result, string) {
	return func(t *testing.T, r result, _ string) {
		t.Helper()
		require.Equal(t, want, r.Kind, "%+v", r)
		require.Equal(t, code, r.Code)
	}
}

func unverified(check string) func(*testing.T, result, string) {
	return func(t *testing.T, r result, _ string) {
		t.Helper()
		require.Equal(t, "unverified", r.Kind, "%+v", r)
		require.Equal(t, check, r.Check)
	}
}

func bindingCases() map[string]bindingCase {
	app := msstest.Person{Method: msstest.App}
	atHome := &mssp.LocationPolicy{
		Allow: []string{"CH"}, MinDeviceConfidence: 0.5, MinLocationConfidence: mssp.ConfidenceStandard, MaxAge: 10 * time.Minute, MaxAccuracy: 1000,
	}
	cases := map[string]bindingCase{
		"EC":         {want: kind("signed", 500)},
		"RSA, DER":   {who: msstest.Person{Key: msstest.RSA, Form: msstest.DER}, want: kind("signed", 500)},
		"app":        {who: app, ask: options(mssp.Options{Profile: mssp.ProfileDevice}), want: kind("signed", 500)},
		"fresh":      {ask: func(r *mss.Request) { r.AddCode = true }, then: signFresh, want: kind("signed", 500)},
		"German":     {ask: func(r *mss.Request) { r.Language = "de-CH"; r.Display += " Grüezi <&> \"ä\" €" }, want: kind("signed", 500)},
		"cancelled":  {who: msstest.Person{Do: msstest.Cancel}, want: kind("fault", mss.UserCancel)},
		"PIN":        {who: msstest.Person{Do: msstest.BlockPIN}, want: kind("fault", mss.PinBlocked)},
		"nobody":     {to: "41790009999", want: kind("fault", mss.UnknownClient)},
		"no method":  {who: app, ask: options(mssp.Options{Profile: mssp.ProfileSIM}), want: kind("fault", mss.UnsupportedProfile)},
		"inactive":   {who: msstest.Person{Inactive: msstest.SIM}, want: kind("fault", mss.NoKeyFound)},
		"activation": {who: msstest.Person{Inactive: msstest.SIM, AutoActivation: true}, want: kind("signed", 500)},
		"validate":   {ask: options(mssp.Options{Validate: true}), want: kind("signed", 502)},
		"no prefix":  {ask: func(r *mss.Request) { r.Display = "log in?" }, want: kind("refused", 0)},
		"subscriber": {ask: options(mssp.Options{SubscriberInfo: true}), want: func(t *testing.T, r result, _ string) {
			require.Equal(t, "22801", r.Network)
		}},
		"location": {ask: options(mssp.Options{Geofencing: new(mssp.Geofencing)}), want: func(t *testing.T, r result, _ string) {
			require.Equal(t, &mssp.Location{Country: "CH", Accuracy: 105, DeviceConfidence: 0.9, LocationConfidence: 0.9}, r.Location)
		}},
		"policy": {ask: options(mssp.Options{Geofencing: &mssp.Geofencing{Policy: atHome}}), want: kind("signed", 500)},
		"policy violated": {
			who:  msstest.Person{Location: &msstest.Location{Country: "DE", Accuracy: 5, DeviceConfidence: 1, LocationConfidence: 1}},
			ask:  options(mssp.Options{Geofencing: &mssp.Geofencing{Policy: atHome}}),
			want: kind("fault", mss.GeofencingViolation),
		},
		"policy violated, seen here": {
			who:  msstest.Person{Location: &msstest.Location{Country: "DE", Accuracy: 5, DeviceConfidence: 1, LocationConfidence: 1}},
			ask:  options(mssp.Options{Geofencing: &mssp.Geofencing{Policy: atHome, Local: true}}),
			want: unverified("geofencing"),
		},
		"policy without location": {
			who:  msstest.Person{LocationError: 105},
			ask:  options(mssp.Options{Geofencing: &mssp.Geofencing{Policy: atHome, Local: true}}),
			want: unverified("geofencing"),
		},
		"approval": {
			who: app,
			ask: func(r *mss.Request) {
				r.Display = ""
				r.Data = mssp.Approval("Payment", mssp.Pair{Key: "Pay", Value: "Simulator: CHF 10 \"to\" <A&B> \\ ä"}, mssp.Pair{Key: "IBAN", Value: "fictitious"})
				r.Options = mssp.Options{Profile: mssp.ProfileDevice}
			},
			want: kind("signed", 500),
		},
		"approval of something else": {
			who: msstest.Person{Method: msstest.App, Forge: msstest.ForgePairValue},
			ask: func(r *mss.Request) {
				r.Display = ""
				r.Data = mssp.Approval("Payment", mssp.Pair{Key: "Pay", Value: "Simulator: CHF 10"}, mssp.Pair{Key: "IBAN", Value: "fictitious"})
				r.Options = mssp.Options{Profile: mssp.ProfileDevice}
			},
			want: unverified("content"),
		},
		"invalid signature":     {who: msstest.Person{Forge: msstest.ForgeStatus503}, want: kind("fault", 503)},
		"no signature":          {who: msstest.Person{Forge: msstest.ForgeNoSignature}, want: unverified("status")},
		"other text":            {who: msstest.Person{Forge: msstest.ForgeText}, want: unverified("content")},
		"other person":          {who: msstest.Person{Forge: msstest.ForgeMSISDN}, want: unverified("echo")},
		"other anchor":          {who: msstest.Person{Forge: msstest.ForgeAnchor}, want: unverified("chain")},
		"other serial":          {who: msstest.Person{Forge: msstest.ForgeSerial}, want: unverified("signer")},
		"success with 500":      {who: msstest.Person{Forge: msstest.ForgeSuccess500}, want: kind("other", 0)},
		"fault with 200":        {who: msstest.Person{Forge: msstest.ForgeFault200}, want: kind("other", 0)},
		"proxy":                 {who: msstest.Person{Forge: msstest.ForgeHTML502}, want: kind("other", 0)},
		"status twice":          {who: msstest.Person{Forge: msstest.ForgeTwice}, want: kind("other", 0)},
		"another type":          {who: msstest.Person{Forge: msstest.ForgeNumber}, want: kind("other", 0)},
		"fault beside":          {who: msstest.Person{Forge: msstest.ForgeBoth}, want: kind("other", 0)},
		"health":                {then: health, want: kind("answered", 0)},
		"profile of a SIM card": {who: msstest.Person{RecoveryCode: true}, then: profile, want: kind("answered", 0)},
		"profile of both": {
			who:  msstest.Person{Method: msstest.SIM | msstest.App, PINBlocked: msstest.App, Card: msstest.UnknownCard},
			then: profile, want: kind("answered", 0),
		},
		"profile of nobody": {to: "41790009999", then: profile, want: kind("fault", mss.UnknownClient)},
		"App2App":           {who: app, ask: options(mssp.Options{Profile: mssp.ProfileDevice, RedirectURI: "https://acme.example/?a=1&b=2"}), then: app2app, want: kind("signed", 500)},
		"App2App, a web link": {
			who: msstest.Person{Method: msstest.App, ForgeAck: msstest.ForgeLinkHTTP},
			ask: options(mssp.Options{Profile: mssp.ProfileDevice, RedirectURI: "https://acme.example/"}), then: app2app, want: unverified("app2app"),
		},
	}
	for _, code := range []mssp.GeofencingCode{100, 101, 102, 103, 104, 105, 106, 120, 121, 122, 123, 200, 201} {
		cases[fmt.Sprintf("location error %d", code)] = bindingCase{
			who: msstest.Person{LocationError: int(code)}, ask: options(mssp.Options{Geofencing: new(mssp.Geofencing)}),
			want: func(t *testing.T, r result, _ string) {
				require.Equal(t, "signed", r.Kind, "a geofencing error fails no signature")
				require.Equal(t, code, r.LocationError)
				require.Nil(t, r.Location)
			},
		}
	}
	for _, code := range []mss.Code{101, 102, 103, 104, 105, 107, 108, 109, 208, 209, 401, 402, 403, 404, 406, 422, 900} {
		cases[fmt.Sprintf("test number %d", code)] = bindingCase{to: fmt.Sprintf("41000092%d", code), want: kind("fault", code)}
	}
	for action, want := range map[msstest.ReceiptAction]mss.ReceiptOutcome{
		msstest.ReceiptOK: mss.ReceiptAccepted, msstest.ReceiptCancel: mss.ReceiptCancelled,
	} {
		cases["receipt "+want.String()] = bindingCase{
			who: msstest.Person{Receipt: action}, then: receipt(true),
			want: func(t *testing.T, r result, _ string) { require.Equal(t, want, r.Extra) },
		}
	}
	cases["receipt"] = bindingCase{then: receipt(false), want: func(t *testing.T, r result, _ string) { require.Equal(t, mss.ReceiptSent, r.Extra) }}
	cases["receipt in the app"] = bindingCase{
		who: app, ask: options(mssp.Options{Profile: mssp.ProfileDevice}), then: receipt(true), want: kind("refused", 0),
	}
	return cases
}

// TestBothBindings: every operation, service and fault comes out the same in both bindings, and in both modes as expected.
func TestBothBindings(t *testing.T) {
	t.Parallel()
	for name, tc := range bindingCases() {
		for mode, sign := range modes {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				var results []result
				for _, b := range bindings {
					srv, err := msstest.NewInProcess(nil)
					require.NoError(t, err)
					t.Cleanup(srv.Close)
					srv.Script(person, tc.who)
					c := newClient(t, srv, func(cfg *mssp.Config) { cfg.Binding, cfg.AllowTestNumbers = b, true })
					to := tc.to
					if to == "" {
						to = person
					}
					run := bindingRun{srv, c, request(t, srv, to), sign}
					if tc.ask != nil {
						tc.ask(run.req)
					}
					then := tc.then
					if then == nil {
						then = signIn
					}
					r := then(t, run)
					tc.want(t, r, mode)
					results = append(results, r)
				}
				require.Equal(t, results[0], results[1])
			})
		}
	}
}

func signIn(t *testing.T, run bindingRun) result {
	sig, err := run.sign(t, run.c, run.req)
	return resultOf(t, sig, err)
}

// signFresh is signIn without the code, which no two texts share.
func signFresh(t *testing.T, run bindingRun) result {
	r := signIn(t, run)
	require.True(t, r.Fresh)
	require.Len(t, r.Content, len(run.req.Display)+len(" (CODE5)"))
	r.Content = ""
	return r
}

func health(t *testing.T, run bindingRun) result {
	return errored(t, nil, run.c.Health(t.Context()))
}

// profile compares what a profile query tells: all of it but the certificates' octets.
func profile(t *testing.T, run bindingRun) result {
	p, err := run.c.ProfileQuery(t.Context(), run.req.User)
	if err != nil {
		return resultOf(t, nil, err)
	}
	d := p.Details.(*mssp.ProfileDetails)
	devices := append([]mssp.Device(nil), d.Apps...)
	if d.SIM != nil {
		devices = append(devices, *d.SIM)
	}
	told := []any{p.SignatureProfiles, d.AutoActivation, d.RecoveryCode, d.ServerSideSignature, len(p.Certificates)}
	for _, device := range devices {
		told = append(told, device.State, device.PINBlocked, device.Card, device.Activations)
		for _, c := range device.Certificates {
			told = append(told, c.State, c.Algorithm, len(c.Subjects), c.Subjects[0], len(c.Chain), c.Chain[0].Subject.String())
		}
	}
	require.NotEmpty(t, p.SignatureProfiles)
	require.NotEmpty(t, p.Certificates)
	return errored(t, told, nil)
}

func receipt(ack bool) func(*testing.T, bindingRun) result {
	return func(t *testing.T, run bindingRun) result {
		sig, err := run.sign(t, run.c, run.req)
		require.NoError(t, err)
		answer, err := run.c.Receipt(t.Context(), sig, mss.Message{Text: run.srv.Prefix() + "dône", Language: "fr", Ack: ack})
		if err != nil {
			return resultOf(t, nil, err)
		}
		run.srv.AssertReceipts(t, 1)
		return errored(t, answer.Outcome, nil)
	}
}

// app2app shows the link before the outcome; the synchronous mode cannot.
func app2app(t *testing.T, run bindingRun) result {
	_, err := run.c.SignSync(t.Context(), run.req)
	require.Equal(t, "Options.RedirectURI", resultOf(t, nil, err).Check)
	tx, err := run.c.Start(t.Context(), run.req)
	if err != nil {
		return resultOf(t, nil, err)
	}
	require.Regexp(t, `^mobileid://auth\?mobile_auth_redirect_uri=https%3A%2F%2Facme\.example%2F%3Fa%3D1%26b%3D2&session_token=`, run.c.Prompt(tx, time.Now()).Link.Reveal())
	st, err := run.c.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	require.NotNil(t, st.Evidence)
	require.NotContains(t, string(st.Evidence.Transaction.State), "session_token", "evidence is kept for years")
	sig, err := run.c.Verify(st.Evidence)
	return resultOf(t, sig, err)
}
