package mssp_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/stretchr/testify/require"
)

// TestProfileHostile: what is too much or makes no sense is refused as a whole, and told by its path.
func TestProfileHostile(t *testing.T) {
	t.Parallel()
	h := hierarchy()
	leaf := func(n int) (is []item) {
		for range n {
			is = append(is, der(h[0]), subject("cn=x"))
		}
		return is
	}
	sim := func(cs ...certificate) *extension {
		return &extension{Sscds: &etsi.McsSscds{Sim: &etsi.McsSscd{MobileUserCertificate: cs}}}
	}
	apps := func(n int, app etsi.McsSscd) *extension {
		return &extension{Sscds: &etsi.McsSscds{App: slices.Repeat([]etsi.McsSscd{app}, n)}}
	}
	many := slices.Repeat([]certificate{chain(leaf(4)...)}, 4) // 16 certificates
	for name, tt := range map[string]struct {
		extension *extension
		profiles  []string
		want      string // "" accepted
		soapOnly  bool
	}{
		"64 profiles":               {profiles: slices.Repeat([]string{mssp.ProfileAny}, 64)},
		"65 profiles":               {profiles: slices.Repeat([]string{mssp.ProfileAny}, 65), want: "SignatureProfile: more than 64"},
		"a profile of 257 octets":   {profiles: []string{"urn:" + strings.Repeat("x", 253)}, want: "SignatureProfile[1]: no URI"},
		"a profile that is no URI":  {profiles: []string{mssp.ProfileAny, "any profile"}, want: "SignatureProfile[2]: no URI"},
		"an empty profile":          {profiles: []string{""}, want: "SignatureProfile[1]: no URI"},
		"four certificates":         {extension: sim(chain(leaf(4)...))},
		"five certificates":         {extension: sim(pairs(), chain(leaf(5)...)), want: "Sscds/Sim/MobileUserCertificate[2]: more than 4 certificates"},
		"no certificate":            {extension: sim(chain(der([]byte("x")), subject("cn=x"))), want: "Sscds/Sim/MobileUserCertificate[1]/X509Certificate[1]: no certificate"},
		"one bad among good":        {extension: apps(2, etsi.McsSscd{MobileUserCertificate: []certificate{pairs(), chain(der(h[0]), subject("cn=x"), der(h[1][:99]), subject("cn=y"))}}), want: "Sscds/App[1]/MobileUserCertificate[2]/X509Certificate[2]: no certificate"},
		"data behind a certificate": {extension: sim(chain(der(append(slices.Clone(h[0]), 0)), subject("cn=x"))), want: "no certificate"},
		"an empty certificate":      {extension: sim(chain(der([]byte{}), subject("cn=x"))), want: "no certificate"},
		"a long certificate":        {extension: sim(chain(der(make([]byte, 8<<10+1)), subject("cn=x"))), want: "X509Certificate[1]: longer than 8192 octets"},
		"a long name":               {extension: sim(chain(der(h[0]), subject(strings.Repeat("x", 1025)))), want: "a subject name of more than 1024 octets"},
		"older certificate":         {extension: &extension{MobileUserCertificate: []certificate{chain(der([]byte("x")), subject("cn=x"))}}, want: "profile: MobileUserCertificate[1]/X509Certificate[1]: no certificate"},
		"64 certificates":           {extension: apps(4, etsi.McsSscd{MobileUserCertificate: many})},
		"65 certificates": {extension: &extension{
			MobileUserCertificate: []certificate{chain(leaf(1)...)}, Sscds: apps(4, etsi.McsSscd{MobileUserCertificate: many}).Sscds,
		}, want: "Sscds/App[4]/MobileUserCertificate[4]/X509Certificate[4]: more than 64 certificates in the answer"},
		"65 empty chains": {extension: sim(slices.Repeat([]certificate{{}}, 65)...), want: "Sscds/Sim/MobileUserCertificate: more than 64"},
		"16 apps":         {extension: apps(16, etsi.McsSscd{})},
		"17 apps":         {extension: apps(17, etsi.McsSscd{}), want: "Sscds/App: more than 16"},
		"a flag told twice": {extension: &extension{AutoActivation: new(true), MobileUser: &etsi.McsMobileUser{AutoActivation: new(false)}},
			want: "AutoActivation: told twice"},

		"a name first":   {extension: sim(chain(subject("cn=x"), der(h[0]))), want: "a subject name without a certificate before it", soapOnly: true},
		"a name alone":   {extension: sim(chain(subject("cn=x"))), want: "a subject name without a certificate before it", soapOnly: true},
		"two names":      {extension: sim(chain(der(h[0]), subject(""), subject("cn=x"))), want: "a subject name without a certificate before it", soapOnly: true},
		"17 activations": {extension: apps(1, etsi.McsSscd{Activation: make([]etsi.McsActivation, 17)}), want: "Sscds/App[1]/Activation: more than 16", soapOnly: true},
	} {
		for _, binding := range bindings {
			if tt.soapOnly && binding != mssp.SOAP {
				continue // cannot be said in JSON
			}
			t.Run(name+"/"+binding.String(), func(t *testing.T) {
				t.Parallel()
				_, c, s := newScripted(t, binding, nil)
				s.answer = profileAnswers(tt.extension, tt.profiles...)
				_, _, err := profileOf(t, c)
				if tt.want == "" {
					require.NoError(t, err)
					return
				}
				v, _ := errors.AsType[*mss.VerificationError](err)
				require.NotNil(t, v, "%v", err)
				require.Equal(t, "profile", v.Check)
				require.ErrorContains(t, err, tt.want)
			})
		}
	}
}

// TestProfileTwoExtensions: JSON has no way to say two.
func TestProfileTwoExtensions(t *testing.T) {
	t.Parallel()
	_, c, s := newScripted(t, mssp.SOAP, nil)
	s.answer = func(op *etsi.Operation, m etsi.Message) (etsi.Message, *etsi.Fault) {
		a, _ := profileAnswers(&extension{})(op, m)
		items := &a.(*etsi.ProfileResp).Status.StatusDetail.Items
		*items = []etsi.StatusDetailItem{{ServiceResponses: &etsi.FiServiceResponses{}}, (*items)[0], (*items)[0]}
		return a, nil
	}
	_, _, err := profileOf(t, c)
	require.ErrorContains(t, err, "more than one ProfileQueryExtension")
}
