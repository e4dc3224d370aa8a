package mssp

import (
	"strings"
	"testing"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/transport/soap"
	"github.com/stretchr/testify/require"
)

func link(uri string) etsi.FiServiceResponseItem {
	return etsi.FiServiceResponseItem{App2App: &etsi.FiApp2App{AuthUri: &uri}}
}

func TestAppLink(t *testing.T) {
	t.Parallel()
	asked := &question{options: Options{RedirectURI: "https://bank.example"}}
	const good = "mobileid://auth?mobile_auth_redirect_uri=myapp%3A%2F%2Fback&session_token=a-b_c&user_id=1"
	for in, want := range map[string]string{
		good:                            good,
		"\n\t " + good + "\r\n  ":       good,
		"mobileid://auth?a=\n   1&b=2 ": "mobileid://auth?a=1&b=2",
		"MobileID://auth":               "MobileID://auth",
		"mobileid://" + strings.Repeat("x", 1500-11): "mobileid://" + strings.Repeat("x", 1500-11),
	} {
		got, err := appLink(asked, &etsi.SignatureResp{Status: statusWith(link(in))})
		require.NoError(t, err, in)
		require.Equal(t, want, got)
		got, err = appLink(&question{}, &etsi.SignatureResp{Status: statusWith(link(in))})
		require.NoError(t, err)
		require.Empty(t, got, "was not asked for")
	}
	for _, status := range []etsi.Status{
		{}, statusWith(), statusWith(link("")), statusWith(link(" \n ")),
		statusWith(etsi.FiServiceResponseItem{App2App: new(etsi.FiApp2App)}),
		statusWith(link(good), link(good)),
		statusWith(link("https://evil.test/?session_token=1")), statusWith(link("javascript:alert(1)")), statusWith(link("java\nscript:alert(1)")),
		statusWith(link("intent://auth#Intent;scheme=mobileid;end")), statusWith(link("bankid://auth")), statusWith(link("mobileidx://auth")),
		statusWith(link("//auth?session_token=1")), statusWith(link("auth")), statusWith(link("mobileid")),
		statusWith(link("mobileid://auth\x00")), statusWith(link("mobileid://auth\u00a0")), statusWith(link("mobileid://auth\">x")), statusWith(link("mobileid://äuth")),
		statusWith(link("mobileid://auth%zz?session_token=1")),
		statusWith(link("mobileid://" + strings.Repeat("x", 1500-10))),
	} {
		got, err := appLink(asked, &etsi.SignatureResp{Status: status})
		require.Error(t, err)
		require.Empty(t, got)
		require.NotContains(t, err.Error(), "session", "the link is a secret")
		require.NotContains(t, err.Error(), "auth")
	}
}

// TestAppLinkSpellings reads the link where a SOAP answer may have it: as an element or an attribute, in any case.
func TestAppLinkSpellings(t *testing.T) {
	t.Parallel()
	const as = `xmlns:as="http://mid.swisscom.ch/TS102204/as/v1.0"`
	for _, inside := range []string{
		`<fi:App2App><as:AuthUri ` + as + `>
			mobileid://auth?a=1&amp;b=2
		</as:AuthUri></fi:App2App>`,
		`<fi:App2App><as:authURI ` + as + `>mobileid://auth?a=1&amp;b=2</as:authURI></fi:App2App>`,
		`<fi:App2App authuri="mobileid://auth?a=1&amp;b=2"/>`,
		`<fi:App2App AuthUri="mobileid://auth?a=1&amp;b=2"/>`,
		`<as:App2App ` + as + ` authuri=" mobileid://auth?a=1&amp;b=2 "/>`,
	} {
		doc := `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><MSS_SignatureResponse>` +
			`<mss:MSS_SignatureResp xmlns:mss="http://uri.etsi.org/TS102204/v1.1.2#" xmlns:fi="http://mss.ficom.fi/TS102204/v1.0.0#" MajorVersion="1" MinorVersion="1" MSSP_TransID="h1">` +
			`<mss:AP_Info AP_ID="mid://x" AP_PWD="" AP_TransID="T1" Instant="2026-01-01T00:00:00Z"/><mss:MSSP_Info><mss:MSSP_ID/></mss:MSSP_Info>` +
			`<mss:MobileUser><mss:MSISDN>41790000001</mss:MSISDN></mss:MobileUser><mss:Status><mss:StatusCode Value="100"/><mss:StatusDetail><fi:ServiceResponses><fi:ServiceResponse>` +
			`<fi:Description><mss:mssURI>http://mid.swisscom.ch/as#app2app</mss:mssURI></fi:Description>` + inside +
			`</fi:ServiceResponse></fi:ServiceResponses></mss:StatusDetail></mss:Status></mss:MSS_SignatureResp></MSS_SignatureResponse></e:Body></e:Envelope>`
		resp := new(etsi.SignatureResp)
		fault, err := soap.DecodeResponse([]byte(doc), etsi.OpSignature, resp)
		require.NoError(t, err, inside)
		require.Nil(t, fault)
		got, err := appLink(&question{options: Options{RedirectURI: "https://bank.example"}}, resp)
		require.NoError(t, err, inside)
		require.Equal(t, "mobileid://auth?a=1&b=2", got)
	}
}
