package bankid_test

import (
	"crypto"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/mss"
)

type otherOptions struct{}

func (otherOptions) Provider() string { return "skmid" }

// TestRefused goes through everything that is refused before anything is sent.
func TestRefused(t *testing.T) {
	t.Parallel()
	s := &script{respond: func(message) *http.Response { return says(http.StatusOK, accepted) }}
	clients := map[mss.Environment]*bankid.Client{}
	for env, anchors := range testAnchors {
		clients[env] = newTestClient(t, s, func(cfg *bankid.Config) { cfg.Anchors = anchors() })
	}
	msisdn, err := mss.ParseMSISDN("+46701740605")
	require.NoError(t, err)
	userID, err := mss.ParseUserID("u")
	require.NoError(t, err)
	estonian, err := mss.ParsePersonID("EE", "60001019906")
	require.NoError(t, err)
	shopping := func() *bankid.Payment { return &bankid.Payment{Recipient: "Shop", Amount: "10,00", Currency: "SEK"} }

	type row struct {
		field string
		req   *mss.Request
		env   mss.Environment // 0: production
	}
	rows := map[string]row{}
	add := func(name, field string, req *mss.Request, edit func(*mss.Request)) {
		edit(req)
		rows[name] = row{field: field, req: req}
	}
	options := func(name, field string, req *mss.Request, o bankid.Options) {
		add(name, "Options."+field, req, func(r *mss.Request) { r.Options = o })
	}
	require1 := func(name, field string, r bankid.Requirement) {
		options(name, "Requirement."+field, login(), bankid.Options{Requirement: r})
	}
	pay := func(name, field string, edit func(*bankid.Payment)) {
		p := shopping()
		edit(p)
		options(name, "Payment."+field, contract(), bankid.Options{Payment: p})
	}
	phone := func(name, field string, o bankid.Options) {
		o.CallInitiator = bankid.RPCalled
		add(name, field, &mss.Request{Purpose: mss.Authentication, User: swede(t, "191212121212")}, func(r *mss.Request) { r.Options = o })
	}

	add("no purpose", "Purpose", login(), func(r *mss.Request) { r.Purpose = 0 })
	add("foreign options", "Options", login(), func(r *mss.Request) { r.Options = otherOptions{} })
	add("number alone", "User.MSISDN", login(), func(r *mss.Request) { r.User.MSISDN = msisdn })
	add("foreign id", "User.ID", login(), func(r *mss.Request) { r.User.ID = userID })
	add("Estonian", "User.Person", login(), func(r *mss.Request) { r.User.Person = estonian })
	add("10 digits", "User.Person", login(), func(r *mss.Request) { r.User = swede(t, "7210310020") })
	add("check digit", "User.Person", login(), func(r *mss.Request) { r.User = swede(t, "197210310021") })
	add("time-out", "Timeout", login(), func(r *mss.Request) { r.Timeout = time.Minute })
	add("key", "Key", login(), func(r *mss.Request) { r.Key, _ = selfSigned(certificateTemplate("x", nil)) })
	add("id", "TransID", login(), func(r *mss.Request) { r.TransID = "1" })
	add("no address", "EndUserIP", login(), func(r *mss.Request) { r.EndUserIP = netip.Addr{} })
	for _, ip := range []string{"0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "fe80::1%eth0"} {
		add("address "+ip, "EndUserIP", login(), func(r *mss.Request) { r.EndUserIP = netip.MustParseAddr(ip) })
	}
	add("sign without text", "Display", contract(), func(r *mss.Request) { r.Display = "" })
	for name, text := range map[string]string{"bidi": "a\u202eb", "CR": "a\r\nb", "zero width": "a\u200bb", "no UTF-8": "\xff", "NFD": "a\u030a"} {
		add("text, "+name, "Display", login(), func(r *mss.Request) { r.Display = text })
	}
	add("short digest", "Data", contract(), func(r *mss.Request) { r.Data = mss.Digest(crypto.SHA256, []byte("x")) })
	add("MD5", "Data", contract(), func(r *mss.Request) { r.Data = mss.Digest(crypto.MD5, make([]byte, 16)) })

	options("format", "Format", login(), bankid.Options{Format: "plaintext2"})
	add("format of nothing", "Options.Format", login(), func(r *mss.Request) { r.Display, r.Options = "", bankid.Options{Format: bankid.Markdown} })
	options("caller", "CallInitiator", login(), bankid.Options{CallInitiator: "rp"})
	options("any caller", "AnyCaller", login(), bankid.Options{AnyCaller: true})
	for name, u := range map[string]string{
		"http": "http://acme.example/", "script": "javascript:alert(1)", "relative": "/back", "user": "https://a:b@acme.example/", "app": "acme://back",
		"not ASCII": "https://acme.example/å", "line": "https://acme.example/\n", "null": "null", "long": "https://acme.example/" + strings.Repeat("x", 500),
	} {
		options("return, "+name, "ReturnURL", login(), bankid.Options{ReturnURL: u})
	}
	options("app and web", "Web", login(), bankid.Options{App: &bankid.App{OS: "x"}, Web: &bankid.Web{Device: "x"}})
	options("empty app", "App", login(), bankid.Options{App: &bankid.App{}})
	options("long app", "App", login(), bankid.Options{App: &bankid.App{OS: strings.Repeat("x", 257)}})
	options("empty web", "Web", login(), bankid.Options{Web: &bankid.Web{}})
	options("web device", "Web.Device", login(), bankid.Options{Web: &bankid.Web{Device: strings.Repeat("x", 65)}})
	for _, d := range []string{"ab", "ACME.example", "räksmörgås.se", "https://acme.example", strings.Repeat("a", 254)} {
		options("domain "+d, "Web.Domain", login(), bankid.Options{Web: &bankid.Web{Domain: d}})
	}
	require1("risk", "Risk", bankid.Requirement{Risk: "low"})
	require1("reader", "CardReader", bankid.Requirement{CardReader: "class3", CertificatePolicies: []string{"1.2.752.78.1.2"}})
	require1("reader without card", "CardReader", bankid.Requirement{CardReader: "class1", CertificatePolicies: []string{"1.2.752.78.1.5"}})
	for _, p := range []string{"", "*", "1.2.752.*", "1.2.752.78.*.1", "1.2.752.78.1*", "1.2.752.078.1", "3.2.1", "1.2.752.78.", "1.2.752.78.1.2 ", strings.Repeat("1.2.", 20) + "1"} {
		require1("policy "+p, "CertificatePolicies", bankid.Requirement{CertificatePolicies: []string{p}})
	}
	require1("many policies", "CertificatePolicies", bankid.Requirement{CertificatePolicies: strings.Split(strings.Repeat("1.2.752.78.1.5 ", 17), " ")[:17]})
	policy := func(name, oid string, env mss.Environment) {
		req := login()
		req.Options = bankid.Options{Requirement: bankid.Requirement{CertificatePolicies: []string{oid}}}
		rows[name] = row{"Options.Requirement.CertificatePolicies", req, env}
	}
	policy("test policy", "1.2.3.4.25", mss.Production)
	policy("test policies", "1.2.3.4.*", mss.Production)
	policy("banks' test policy", "1.2.752.60.1.6", mss.Production)
	policy("production policy", "1.2.752.78.1.5", mss.Test)

	phone("phone, address", "EndUserIP", bankid.Options{})
	rows["phone, address"].req.EndUserIP = clientIP
	phone("phone, nobody", "User.Person", bankid.Options{})
	rows["phone, nobody"].req.User = mss.User{}
	phone("phone, return", "Options.ReturnURL", bankid.Options{ReturnURL: "https://acme.example/"})
	phone("phone, web", "Options.Web", bankid.Options{Web: &bankid.Web{Device: "x"}})
	phone("phone, risk", "Options.ReturnRisk", bankid.Options{ReturnRisk: true})
	phone("phone, mrtd", "Options.Requirement.MRTD", bankid.Options{Requirement: bankid.Requirement{MRTD: true}})
	phone("phone, payment", "Options.CallInitiator", bankid.Options{Payment: shopping()})
	phone("phone, wrong person", "User.Person", bankid.Options{})
	rows["phone, wrong person"].req.User = swede(t, "191212121213")

	pay("payment, no name", "Recipient", func(p *bankid.Payment) { p.Recipient = "" })
	pay("payment, two lines", "Recipient", func(p *bankid.Payment) { p.Recipient = "a\nb" })
	pay("payment, hidden", "Recipient", func(p *bankid.Payment) { p.Recipient = "Sh\u200bop" })
	pay("payment, long", "Recipient", func(p *bankid.Payment) { p.Recipient = strings.Repeat("x", 257) })
	for _, a := range []string{"", "10.00", "-1", "1,2,3", ",5", "5,", "1 000"} {
		pay("payment, amount "+a, "Amount", func(p *bankid.Payment) { p.Amount = a })
	}
	pay("payment, currency", "Currency", func(p *bankid.Payment) { p.Currency = "kr" })
	pay("payment, type", "Type", func(p *bankid.Payment) { p.Type = "cash" })
	pay("payment, npa with amount", "Amount", func(p *bankid.Payment) { p.Type = bankid.NonPaymentAccount })
	pay("payment, warning", "RiskWarning", func(p *bankid.Payment) { p.RiskWarning = "two\nlines" })
	pay("payment, flag", "RiskFlags", func(p *bankid.Payment) { p.RiskFlags = []string{"x"} })
	pay("payment, flag twice", "RiskFlags", func(p *bankid.Payment) { p.RiskFlags = []string{"other", "other"} })
	add("payment to log in", "Purpose", login(), func(r *mss.Request) { r.Options = bankid.Options{Payment: shopping()} })
	options("other payment of nothing", "OtherPayment", contract(), bankid.Options{OtherPayment: true})
	add("other payment by nobody", "User.Person", contract(), func(r *mss.Request) {
		r.EndUserIP, r.Options = netip.Addr{}, bankid.Options{OtherPayment: true, Payment: shopping()}
	})
	add("other payment, address", "EndUserIP", contract(), func(r *mss.Request) {
		r.User, r.Options = swede(t, "191212121212"), bankid.Options{OtherPayment: true, Payment: shopping()}
	})
	add("other payment, risk", "Options.Requirement.Risk", contract(), func(r *mss.Request) {
		r.User, r.EndUserIP = swede(t, "191212121212"), netip.Addr{}
		r.Options = bankid.Options{OtherPayment: true, Payment: shopping(), Requirement: bankid.Requirement{Risk: "LOW"}}
	})

	for name, tc := range rows {
		t.Run(name, func(t *testing.T) {
			env := tc.env
			if env == 0 {
				env = mss.Production
			}
			_, err := clients[env].Start(t.Context(), tc.req)
			requireRefused(t, err, tc.field)
		})
	}
	_, err = clients[mss.Production].Start(t.Context(), nil)
	requireRefused(t, err, "Request")
	require.Empty(t, s.messages())
}

// TestAccepted is the other side of some of the rows.
func TestAccepted(t *testing.T) {
	t.Parallel()
	for env, policies := range map[mss.Environment][]string{
		mss.Production: {"1.2.752.78.1.1", "1.2.752.78.1.5", "1.2.752.78.*", "1.2.752.71.1.3"},
		mss.Test:       {"1.2.3.4.5", "1.2.3.4.10", "1.2.3.4.25", "1.2.3.4.*", "1.2.752.60.1.6", "1.2.752.71.1.3"},
		mss.Simulator:  {"1.2.752.78.1.5", "1.2.3.4.25"},
	} {
		req := login()
		req.Options = bankid.Options{Requirement: bankid.Requirement{CertificatePolicies: policies}}
		_, err := newTestClient(t, collecting(nil), func(cfg *bankid.Config) { cfg.Anchors = testAnchors[env]() }).Start(t.Context(), req)
		require.NoError(t, err)
	}
	for in, want := range map[string]string{"::ffff:192.0.2.7": "192.0.2.7", "2001:db8::1": "2001:db8::1"} {
		s, req := collecting(nil), login()
		req.EndUserIP = netip.MustParseAddr(in)
		_, err := newTestClient(t, s).Start(t.Context(), req)
		require.NoError(t, err)
		require.Equal(t, want, s.messages()[0].member(t, "endUserIp"))
	}
	req := login()
	req.Options = bankid.Options{ReturnURL: "acme://back?n=1"}
	_, err := newTestClient(t, collecting(nil), func(cfg *bankid.Config) { cfg.RedirectSchemes = []string{"acme"} }).Start(t.Context(), req)
	require.NoError(t, err)
	req.Options, req.AddCode, req.Language = nil, true, "sv"
	s := collecting(nil)
	_, err = newTestClient(t, s, func(cfg *bankid.Config) { cfg.Defaults.ReturnRisk = true }).Start(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, true, s.messages()[0].member(t, "returnRisk"), "the defaults")
}
