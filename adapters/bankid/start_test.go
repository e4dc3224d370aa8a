package bankid_test

import (
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/mss"
)

// TestOrders holds what is sent, octet by octet but for the nonce, against each call of the API.
func TestOrders(t *testing.T) {
	t.Parallel()
	visible := func(s string) string {
		return `"userVisibleData":"` + base64.StdEncoding.EncodeToString([]byte(s)) + `"`
	}
	const ip = `"endUserIp":"192.0.2.7"`
	for name, tc := range map[string]struct {
		req  mss.Request
		path string
		want string // members without userNonVisibleData
	}{
		"auth": {mss.Request{Purpose: mss.Authentication, EndUserIP: clientIP}, "/auth", ip},
		"auth with all": {mss.Request{
			Purpose: mss.Authentication, EndUserIP: clientIP, User: swede(t, "197210310020"), Display: "*Log in*",
			Options: bankid.Options{
				ReturnURL: "https://acme.example/back#nonce", Format: bankid.Markdown, ReturnRisk: true,
				Web: &bankid.Web{Device: "d1", Domain: "acme.example", UserAgent: "Mozilla/5.0"},
				Requirement: bankid.Requirement{PinCode: true, MRTD: true, CardReader: "class2",
					CertificatePolicies: []string{"1.2.752.78.1.2", "1.2.752.78.*", "1.2.752.71.1.3"}},
			},
		}, "/auth", ip + `,` + visible("*Log in*") + `,"userVisibleDataFormat":"simpleMarkdownV1","returnUrl":"https://acme.example/back#nonce","returnRisk":true,` +
			`"web":{"deviceIdentifier":"d1","referringDomain":"acme.example","userAgent":"Mozilla/5.0"},` +
			`"requirement":{"personalNumber":"197210310020","pinCode":true,"mrtd":true,"cardReader":"class2","certificatePolicies":["1.2.752.78.1.2","1.2.752.78.*","1.2.752.71.1.3"]}`},
		"auth from an app": {mss.Request{Purpose: mss.Authentication, EndUserIP: clientIP, Options: bankid.Options{App: &bankid.App{
			Identifier: "example.acme", OS: "iOS 19", Model: "iPhone", Device: "d"}}}, "/auth",
			ip + `,"app":{"appIdentifier":"example.acme","deviceOS":"iOS 19","deviceModelName":"iPhone","deviceIdentifier":"d"}`},
		"sign":       {mss.Request{Purpose: mss.Signing, EndUserIP: clientIP, Display: "Två rader:\nåäö"}, "/sign", ip + "," + visible("Två rader:\nåäö")},
		"phone auth": {mss.Request{Purpose: mss.Authentication, User: swede(t, "191212121212"), Options: bankid.Options{CallInitiator: bankid.UserCalled}}, "/phone/auth", `"callInitiator":"user","personalNumber":"191212121212"`},
		"phone sign": {mss.Request{Purpose: mss.Signing, User: swede(t, "191212121212"), Display: "Yes", Options: bankid.Options{
			CallInitiator: bankid.RPCalled, Requirement: bankid.Requirement{PinCode: true}}}, "/phone/sign",
			`"callInitiator":"RP","personalNumber":"191212121212",` + visible("Yes") + `,"requirement":{"pinCode":true}`},
		"phone auth, anybody": {mss.Request{Purpose: mss.Authentication, Options: bankid.Options{CallInitiator: bankid.RPCalled, AnyCaller: true}}, "/phone/auth", `"callInitiator":"RP"`},
		"payment": {mss.Request{Purpose: mss.Signing, EndUserIP: clientIP, Options: bankid.Options{Payment: &bankid.Payment{
			Recipient: "Shop", Amount: "10,00", Currency: "SEK", RiskWarning: "newCard", RiskFlags: []string{"newCard", "largeAmount"}}}}, "/payment",
			ip + `,"userVisibleTransaction":{"transactionType":"card","recipient":{"name":"Shop"},"money":{"amount":"10,00","currency":"SEK"},"riskWarning":"newCard"},"riskFlags":["newCard","largeAmount"]`},
		"other payment": {mss.Request{Purpose: mss.Signing, User: swede(t, "191212121212"), Display: "Subscription", Options: bankid.Options{
			OtherPayment: true, Payment: &bankid.Payment{Type: bankid.NonPaymentAccount, Recipient: "Shop"}, Requirement: bankid.Requirement{Risk: "low"}}}, "/other/payment",
			`"personalNumber":"191212121212","userVisibleTransaction":{"transactionType":"npa","recipient":{"name":"Shop"}},` + visible("Subscription") + `,"requirement":{"risk":"low"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := collecting(nil)
			tx, err := newTestClient(t, s).Start(t.Context(), &tc.req)
			require.NoError(t, err)
			require.Len(t, s.messages(), 1)
			m := s.messages()[0]
			require.Equal(t, "POST", m.method)
			require.Equal(t, "/rp/v6.0"+tc.path, m.path)
			require.Equal(t, "application/json", m.contentType, "a charset is a 415")

			var sent map[string]json.RawMessage
			require.NoError(t, json.Unmarshal([]byte(m.body), &sent))
			require.NotEmpty(t, sent["userNonVisibleData"])
			delete(sent, "userNonVisibleData")
			rest, err := json.Marshal(sent)
			require.NoError(t, err)
			require.JSONEq(t, "{"+tc.want+"}", string(rest))

			require.Equal(t, orderRef, tx.MSSPTransID)
			require.Equal(t, tc.req.Purpose, tx.Purpose)
			require.Equal(t, tc.req.User.Person, tx.User.Person)
			require.Equal(t, bankid.OrderTime+10e9, tx.Deadline.Sub(tx.Started))
			require.LessOrEqual(t, len(tx.State), 3<<10)
		})
	}
}

// TestNonVisible looks at what binds a signature to its order.
func TestNonVisible(t *testing.T) {
	t.Parallel()
	type content struct {
		Nonce       []byte
		Transaction string
		Document    *struct {
			Hash   string
			Digest []byte
		}
		Payment, Data []byte
	}
	start := func(t *testing.T, req *mss.Request) (content, *mss.Transaction) {
		s := collecting(nil)
		tx, err := newTestClient(t, s).Start(t.Context(), req)
		require.NoError(t, err)
		octets := octetsOf(t, s.messages()[0].member(t, "userNonVisibleData"))
		var c content
		require.NoError(t, json.Unmarshal([]byte(octets), &c))
		require.GreaterOrEqual(t, len(c.Nonce), 16)
		require.Equal(t, tx.TransID, c.Transaction)

		var st struct {
			NonVisible []byte `json:"n"`
			Visible    []byte `json:"v"`
		}
		require.NoError(t, json.Unmarshal(tx.State, &st))
		sum := sha256.Sum256([]byte(octets))
		require.Equal(t, sum[:], st.NonVisible)
		if req.Display == "" {
			require.Nil(t, st.Visible)
		} else {
			sum = sha256.Sum256([]byte(req.Display))
			require.Equal(t, sum[:], st.Visible)
		}
		return c, tx
	}
	one, first := start(t, login())
	two, second := start(t, login())
	require.NotEqual(t, one.Nonce, two.Nonce)
	require.NotEqual(t, first.TransID, second.TransID)
	text := sha256.Sum256([]byte(login().Display))
	require.Equal(t, "SHA-256", one.Document.Hash)
	require.Equal(t, text[:], one.Document.Digest)

	named := contract()
	named.TransID, named.Data = "order-1", mss.Text("the whole contract")
	c, _ := start(t, named)
	doc := sha256.Sum256([]byte("the whole contract"))
	require.Equal(t, doc[:], c.Document.Digest)

	long := sha512.Sum512([]byte("pdf"))
	hashed := contract()
	hashed.Data, hashed.Options = mss.Digest(crypto.SHA512, long[:]), bankid.Options{NonVisible: []byte("mine")}
	c, _ = start(t, hashed)
	require.Equal(t, "SHA-512", c.Document.Hash)
	require.Equal(t, long[:], c.Document.Digest)
	require.Equal(t, []byte("mine"), c.Data)

	silent := login()
	silent.Display = ""
	c, _ = start(t, silent)
	require.Nil(t, c.Document)

	pay := &mss.Request{Purpose: mss.Signing, EndUserIP: clientIP, Options: bankid.Options{Payment: &bankid.Payment{Recipient: "Shop", Amount: "1", Currency: "SEK"}}}
	c, _ = start(t, pay)
	shown := sha256.Sum256([]byte(`{"transactionType":"card","recipient":{"name":"Shop"},"money":{"amount":"1","currency":"SEK"}}`))
	require.Equal(t, shown[:], c.Payment)
}

// TestLimitsCountBase64 fills every text to its limit, and goes one beyond.
func TestLimitsCountBase64(t *testing.T) {
	t.Parallel()
	c := newTestClient(t, collecting(nil))
	for limit, req := range map[int]*mss.Request{1500: login(), 40_000: contract()} {
		req.Display = strings.Repeat("a", limit/4*3)
		_, err := c.Start(t.Context(), req)
		require.NoError(t, err)
		req.Display += "a"
		_, err = c.Start(t.Context(), req)
		requireRefused(t, err, "Display")
	}
	for limit, req := range map[int]*mss.Request{1500: login(), 200_000: contract()} {
		fits := 0
		for size := limit / 2; size > 0; size /= 2 { // the most that is accepted
			req.Options = bankid.Options{NonVisible: make([]byte, fits+size)}
			if _, err := c.Start(t.Context(), req); err == nil {
				fits += size
			} else {
				requireRefused(t, err, "Options.NonVisible")
			}
		}
		s := collecting(nil)
		req.Options = bankid.Options{NonVisible: make([]byte, fits)}
		_, err := newTestClient(t, s).Start(t.Context(), req)
		require.NoError(t, err)
		sent := s.messages()[0].member(t, "userNonVisibleData").(string)
		require.LessOrEqual(t, len(sent), limit)
		require.Greater(t, len(sent), limit-12, "the limit was counted in other units")
	}
}

func TestUserAgentIsCut(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		strings.Repeat("x", 256):       strings.Repeat("x", 256),
		strings.Repeat("x", 257):       strings.Repeat("x", 256),
		strings.Repeat("x", 255) + "é": strings.Repeat("x", 255),
		"a\xffb":                       "ab",
		strings.Repeat("\xff", 5000):   "",
	} {
		s := collecting(nil)
		req := login()
		req.Options = bankid.Options{Web: &bankid.Web{UserAgent: in, Device: "d"}}
		_, err := newTestClient(t, s).Start(t.Context(), req)
		require.NoError(t, err)
		got, _ := s.messages()[0].member(t, "web").(map[string]any)["userAgent"].(string)
		require.Equal(t, want, got)
	}
}

// TestAcknowledgement reads answers to an order.
func TestAcknowledgement(t *testing.T) {
	t.Parallel()
	for doc, ok := range map[string]bool{
		accepted:                          true,
		`{"orderRef":"` + orderRef + `"}`: false, // nobody could start it
		strings.Replace(accepted, qrSecret, "", 1):              false,
		strings.Replace(accepted, autoStart, "a&redirect=x", 1): false,
		strings.Replace(accepted, orderRef, "../../cancel", 1):  false,
		strings.Replace(accepted, `"new":1`, `"orderRef":1`, 1): false, // twice
		`{"orderRef":12345678}`:                                 false,
		`[]`:                                                    false,
		``:                                                      false,
	} {
		s := &script{respond: func(message) *http.Response { return says(http.StatusOK, doc) }}
		_, err := newTestClient(t, s).Start(t.Context(), login())
		require.Equal(t, ok, err == nil, doc)
		if !ok {
			require.True(t, mss.MayHaveRung(err), "there may be an order")
		}
		require.Len(t, s.messages(), 1, "an order is made once")
	}
	phone := &mss.Request{Purpose: mss.Authentication, User: swede(t, "191212121212"), Options: bankid.Options{CallInitiator: "RP"}}
	s := &script{respond: func(message) *http.Response { return says(http.StatusOK, `{"orderRef":"`+orderRef+`"}`) }}
	c := newTestClient(t, s)
	tx, err := c.Start(t.Context(), phone)
	require.NoError(t, err)
	require.Zero(t, c.Prompt(tx, tx.Started))
}
