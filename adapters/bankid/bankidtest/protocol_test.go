package bankidtest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
)

var paths = []string{"/auth", "/sign", "/payment", "/phone/auth", "/phone/sign", "/other/payment", "/collect", "/cancel"}

func TestHTTP(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	do := func(method, path, contentType, content string) *answer {
		a, err := c.do(t.Context(), method, path, contentType, []byte(content))
		require.NoError(t, err)
		return a
	}
	for _, path := range paths {
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodOptions} {
			a := do(method, path, "application/json", "{}")
			requireError(t, a, http.StatusMethodNotAllowed, "methodNotAllowed")
			require.Equal(t, "POST", a.header.Get("Allow"))
		}
		for _, contentType := range []string{"", "application/json;charset=utf-8", "application/json; charset=UTF-8", "Application/JSON", "text/json"} {
			requireError(t, do(http.MethodPost, path, contentType, "{}"), http.StatusUnsupportedMediaType, "unsupportedMediaType")
		}
		for _, content := range []string{"", "{", "null", "[]", "7", `{"orderRef":"a","orderRef":"b"}`, "{}{}", "{\"a\":\"\xff\"}"} {
			requireInvalid(t, do(http.MethodPost, path, "application/json", content), "Invalid JSON")
		}
		requireInvalid(t, do(http.MethodPost, path, "application/json", `{"a":"`+strings.Repeat("x", 1<<20)+`"}`), "The request is too large")
	}
	for _, path := range []string{"", "/", "/auth/", "/Auth", "/verify", "/phone"} {
		requireError(t, do(http.MethodPost, path, "application/json", "{}"), http.StatusNotFound, "notFound")
		requireError(t, do(http.MethodGet, path, "", ""), http.StatusNotFound, "notFound")
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, strings.TrimSuffix(srv.URL(), "/rp/v6.0")+"/auth", nil)
	require.NoError(t, err)
	resp, err := c.http.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusNotFound, resp.StatusCode)
	srv.AssertPrompts(t, 0)
}

// Every member of every request, at its limits and beyond.
func TestParameters(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, &bankidtest.Options{CollectFreely: true})
	srv.Script(bankidtest.Anyone, bankidtest.Person{})
	b64 := func(n int) string { return strings.Repeat("QUFB", n/4) }
	transaction := func(members body) body { return askPay.with("userVisibleTransaction", members) }
	pay := askPay["userVisibleTransaction"].(body)
	money := pay["money"].(body)
	const ok = ""
	for _, tt := range []struct {
		path string
		body body
		want string
	}{
		{"/auth", askAuth, ok},
		{"/auth", body{}, "Missing parameter: endUserIp"},
		{"/auth", body{"endUserIp": "2001:db8::7"}, ok},
		{"/auth", body{"endUserIp": "fe80::1%eth0"}, "Invalid parameter: endUserIp"},
		{"/auth", body{"endUserIp": "198.51.100"}, "Invalid parameter: endUserIp"},
		{"/auth", body{"endUserIp": ""}, "Invalid parameter: endUserIp"},
		{"/auth", body{"endUserIp": 7}, "Invalid type of parameter: endUserIp"},
		{"/auth", body{"endUserIp": nil}, "Invalid type of parameter: endUserIp"},
		{"/auth", body{"enduserip": "198.51.100.7"}, "Missing parameter: endUserIp"},
		{"/auth", askAuth.with("personalNumber", number), "Unknown parameter: personalNumber"},
		{"/auth", askAuth.with("callInitiator", "user"), "Unknown parameter: callInitiator"},
		{"/auth", askAuth.with("requirements", body{}), "Unknown parameter: requirements"},

		{"/auth", askAuth.with("userVisibleData", b64(1500)), ok},
		{"/auth", askAuth.with("userVisibleData", b64(1504)), "Invalid parameter: userVisibleData"},
		{"/auth", askAuth.with("userVisibleData", ""), "Invalid parameter: userVisibleData"},
		{"/auth", askAuth.with("userVisibleData", "Hej!"), "Invalid parameter: userVisibleData"},
		{"/auth", askAuth.with("userVisibleData", "Hej"), "Invalid parameter: userVisibleData"},
		{"/auth", askAuth.with("userVisibleData", "SGVq\nSGVq"), "Invalid parameter: userVisibleData"},
		{"/auth", askAuth.with("userVisibleData", "/+8="), "Invalid parameter: userVisibleData"},
		{"/auth", askAuth.with("userVisibleData", "SGU"), "Invalid parameter: userVisibleData"},
		{"/auth", askAuth.with("userVisibleData", "SGV="), "Invalid parameter: userVisibleData"},
		{"/auth", askAuth.with("userNonVisibleData", b64(1500)), ok},
		{"/auth", askAuth.with("userNonVisibleData", b64(1504)), "Invalid parameter: userNonVisibleData"},
		{"/auth", askAuth.with("userNonVisibleData", "/+8="), ok},
		{"/auth", askAuth.with("userVisibleDataFormat", "plaintext"), ok},
		{"/auth", askAuth.with("userVisibleDataFormat", "simpleMarkdownV1"), ok},
		{"/auth", askAuth.with("userVisibleDataFormat", "markdown"), "Invalid parameter: userVisibleDataFormat"},
		{"/sign", askSign, ok},
		{"/sign", askAuth, "Missing parameter: userVisibleData"},
		{"/sign", askSign.with("userVisibleData", b64(40_000)), ok},
		{"/sign", askSign.with("userVisibleData", b64(40_004)), "Invalid parameter: userVisibleData"},
		{"/sign", askSign.with("userNonVisibleData", b64(200_000)), ok},
		{"/sign", askSign.with("userNonVisibleData", b64(200_004)), "Invalid parameter: userNonVisibleData"},

		{"/auth", askAuth.with("returnUrl", strings.Repeat("x", 512)), ok},
		{"/auth", askAuth.with("returnUrl", strings.Repeat("x", 513)), "Invalid parameter: returnUrl"},
		{"/auth", askAuth.with("returnUrl", ""), "Invalid parameter: returnUrl"},
		{"/auth", askAuth.with("returnRisk", true), ok},
		{"/auth", askAuth.with("returnRisk", "true"), "Invalid type of parameter: returnRisk"},
		{"/auth", askAuth.with("app", body{"appIdentifier": "a", "deviceOS": "b", "deviceModelName": "c", "deviceIdentifier": "d"}), ok},
		{"/auth", askAuth.with("app", body{}), "Invalid parameter: app"},
		{"/auth", askAuth.with("app", body{"deviceOs": "b"}), "Unknown parameter: deviceOs"},
		{"/auth", askAuth.with("app", body{"deviceOS": ""}), "Invalid parameter: deviceOS"},
		{"/auth", askAuth.with("app", body{"deviceOS": "b"}).with("web", body{}), "Invalid parameter: app and web exclude each other"},
		{"/auth", askAuth.with("web", body{"deviceIdentifier": strings.Repeat("å", 64), "referringDomain": "xn--sm-mia.example", "userAgent": strings.Repeat("u", 256)}), ok},
		{"/auth", askAuth.with("web", body{"deviceIdentifier": strings.Repeat("x", 65)}), "Invalid parameter: deviceIdentifier"},
		{"/auth", askAuth.with("web", body{"deviceIdentifier": ""}), "Invalid parameter: deviceIdentifier"},
		{"/auth", askAuth.with("web", body{"referringDomain": "ab"}), "Invalid parameter: referringDomain"},
		{"/auth", askAuth.with("web", body{"referringDomain": "Shop.example"}), "Invalid parameter: referringDomain"},
		{"/auth", askAuth.with("web", body{"referringDomain": strings.Repeat("a", 254)}), "Invalid parameter: referringDomain"},
		{"/auth", askAuth.with("web", body{"userAgent": strings.Repeat("u", 257)}), "Invalid parameter: userAgent"},
		{"/auth", askAuth.with("web", body{"sessionCookie": "x"}), "Unknown parameter: sessionCookie"},
		{"/auth", askAuth.with("web", "x"), "Invalid type of parameter: web"},

		{"/auth", required(body{"pinCode": true, "cardReader": "class2", "mrtd": false}), ok},
		{"/auth", required(body{"pincode": true}), "Unknown parameter: pincode"},
		{"/auth", required(body{"pinCode": 1}), "Invalid type of parameter: pinCode"},
		{"/auth", required(body{"cardReader": "class3"}), "Invalid parameter: cardReader"},
		{"/auth", required(body{"certificatePolicies": []string{"1.2.3.4.5", "1.2.3.4.*", "1.2.752.78.1.5"}}), ok},
		{"/auth", required(body{"certificatePolicies": "1.2.3.4.5"}), "Invalid type of parameter: certificatePolicies"},
		{"/auth", required(body{"certificatePolicies": []string{}}), "Invalid parameter: certificatePolicies"},
		{"/auth", required(body{"certificatePolicies": []string{"1.2.3.*"}}), "Invalid parameter: certificatePolicies"},
		{"/auth", required(body{"certificatePolicies": []string{"1.2.3.4.*.5"}}), "Invalid parameter: certificatePolicies"},
		{"/auth", required(body{"certificatePolicies": []string{"1.2.3.4.5*"}}), "Invalid parameter: certificatePolicies"},
		{"/auth", required(body{"certificatePolicies": []string{"mobile"}}), "Invalid parameter: certificatePolicies"},
		{"/auth", required(body{"personalNumber": number}), ok}, // its check digit is zero
		{"/auth", required(body{"personalNumber": "19720923-9800"}), "Invalid parameter: personalNumber"},
		{"/auth", required(body{"personalNumber": "7209239800"}), "Invalid parameter: personalNumber"},
		{"/auth", required(body{"personalNumber": "197209239801"}), "Invalid parameter: personalNumber"},
		{"/auth", required(body{"personalNumber": "19720923980x"}), "Invalid parameter: personalNumber"},
		{"/auth", required(body{"personalNumber": ""}), "Invalid parameter: personalNumber"},
		{"/auth", required(body{"risk": "moderate"}), ok},
		{"/auth", required(body{"risk": "high"}), "Invalid parameter: risk"},

		{"/phone/auth", askCall, ok},
		{"/phone/auth", askCall.with("callInitiator", "RP"), ok},
		{"/phone/auth", askCall.with("callInitiator", "rp"), "Invalid parameter: callInitiator"},
		{"/phone/auth", askCall.without("callInitiator"), "Missing parameter: callInitiator"},
		{"/phone/auth", askCall.without("personalNumber"), "Missing parameter: personalNumber"},
		{"/phone/auth", askCall.without("userVisibleData"), ok},
		{"/phone/sign", askCall.without("userVisibleData"), "Missing parameter: userVisibleData"},
		{"/phone/sign", askCall.with("userVisibleData", b64(40_000)), ok},
		{"/phone/auth", askCall.with("userVisibleData", b64(1504)), "Invalid parameter: userVisibleData"},
		{"/phone/auth", askCall.with("endUserIp", "198.51.100.7"), "Unknown parameter: endUserIp"},
		{"/phone/auth", askCall.with("returnUrl", "x"), "Unknown parameter: returnUrl"},
		{"/phone/auth", askCall.with("returnRisk", true), "Unknown parameter: returnRisk"},
		{"/phone/auth", askCall.with("requirement", body{"pinCode": true, "cardReader": "class1", "certificatePolicies": []string{bankidtest.Mobile}}), ok},
		{"/phone/auth", askCall.with("requirement", body{"personalNumber": number}), "Unknown parameter: personalNumber"},
		{"/phone/auth", askCall.with("requirement", body{"mrtd": true}), "Unknown parameter: mrtd"},

		{"/payment", askPay.with("riskFlags", []string{"newCard", "other"}).with("returnUrl", "x"), ok},
		{"/payment", askPay.with("riskFlags", []string{"sunny"}), "Invalid parameter: riskFlags"},
		{"/payment", askAuth, "Missing parameter: userVisibleTransaction"},
		{"/payment", askPay.without("endUserIp"), "Missing parameter: endUserIp"},
		{"/payment", transaction(pay.with("riskWarning", "newRecipient")), ok},
		{"/payment", transaction(pay.with("transactionType", "npa")), "Invalid parameter: money"},
		{"/payment", transaction(pay.with("transactionType", "npa").without("money")), ok},
		{"/payment", transaction(pay.without("money")), "Invalid parameter: money"},
		{"/payment", transaction(pay.without("transactionType")), "Invalid parameter: transactionType"},
		{"/payment", transaction(pay.with("transactionType", "cash")), "Invalid parameter: transactionType"},
		{"/payment", transaction(pay.without("recipient")), "Missing parameter: recipient"},
		{"/payment", transaction(pay.with("recipient", body{})), "Missing parameter: name"},
		{"/payment", transaction(pay.with("recipient", body{"name": "Shop", "account": "7"})), "Unknown parameter: account"},
		{"/payment", transaction(pay.with("money", money.with("amount", "100.50"))), "Invalid parameter: amount"},
		{"/payment", transaction(pay.with("money", money.with("amount", "1,2,3"))), "Invalid parameter: amount"},
		{"/payment", transaction(pay.with("money", money.with("amount", "100"))), ok},
		{"/payment", transaction(pay.with("money", money.without("amount"))), "Missing parameter: amount"},
		{"/payment", transaction(pay.with("money", money.with("currency", "kr"))), "Invalid parameter: currency"},
		{"/payment", transaction(pay.with("fee", "7")), "Unknown parameter: fee"},
		{"/auth", askPay, "Unknown parameter: userVisibleTransaction"},
		{"/other/payment", askOther, ok},
		{"/other/payment", askOther.without("personalNumber"), "Missing parameter: personalNumber"},
		{"/other/payment", askOther.with("requirement", body{"risk": "low"}), ok},
		{"/other/payment", askOther.with("returnRisk", true), ok},

		{"/collect", body{}, "Missing parameter: orderRef"},
		{"/collect", body{"orderRef": 7}, "Invalid type of parameter: orderRef"},
		{"/collect", body{"orderRef": "7"}, "No such order"},
		{"/collect", body{"orderRef": "7", "more": 1}, "Unknown parameter: more"},
		{"/cancel", body{}, "Missing parameter: orderRef"},
		{"/cancel", body{"orderRef": "7"}, "No such order"},
	} {
		a := c.post(tt.path, tt.body)
		if tt.want != ok {
			requireInvalid(t, a, tt.want)
			continue
		}
		require.Equal(t, http.StatusOK, a.status, "%s %.200v: %s", tt.path, tt.body, a.body)
		require.Equal(t, "complete", c.collect(a.OrderRef).Status)
	}
}

// Tokens and secrets are for orders that are picked up with them.
func TestStarts(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, &bankidtest.Options{Seed: 7})
	seen := make(map[string]bool)
	for path, request := range requests {
		srv.Script(bankidtest.Anyone, bankidtest.Person{})
		a := c.start(path, request)
		ids := []string{a.OrderRef}
		if strings.HasPrefix(path, "/phone") || strings.HasPrefix(path, "/other") {
			require.JSONEq(t, `{"orderRef":"`+a.OrderRef+`"}`, string(a.body))
		} else {
			ids = append(ids, a.AutoStartToken, a.QRStartToken, a.QRStartSecret)
		}
		for _, id := range ids {
			require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, id)
			require.False(t, seen[id])
			seen[id] = true
		}
		require.Equal(t, "complete", c.collect(a.OrderRef).Status)
	}
}

func TestOptionalNumber(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, &bankidtest.Options{OptionalNumber: true})
	require.Equal(t, bankidtest.DefaultNumber, c.outcome("/phone/auth", askCall.without("personalNumber")).CompletionData.User.PersonalNumber)
	require.Equal(t, number, c.outcome("/phone/sign", askCall).CompletionData.User.PersonalNumber)
	requireInvalid(t, c.post("/phone/auth", askCall.with("personalNumber", "")), "Invalid parameter: personalNumber")
	requireInvalid(t, c.post("/other/payment", askOther.without("personalNumber")), "Missing parameter: personalNumber")
	srv.AssertPrompts(t, 2)
}

func TestSeed(t *testing.T) {
	t.Parallel()
	first := func(seed uint64) (string, uint64) {
		srv, c := inProcess(t, &bankidtest.Options{Seed: seed})
		return c.start("/auth", askAuth).OrderRef, srv.Seed()
	}
	a, seed := first(0)
	require.NotZero(t, seed)
	b, _ := first(seed)
	other, _ := first(seed + 1)
	require.Equal(t, a, b)
	require.NotEqual(t, a, other)
}

// Faults come in their order, at their address, and nothing else happens.
func TestFail(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Fail("/auth", bankidtest.Fault{Status: 503, Code: "Maintenance", Details: "d"}, bankidtest.Fault{Status: 408, Code: "requestTimeout", Details: "d"})
	srv.Fail("/auth", bankidtest.Fault{Status: 429, Plain: true}, bankidtest.Fault{Cut: true})
	requireError(t, c.post("/auth", askAuth), 503, "Maintenance")
	requireError(t, c.post("/auth", askAuth), 408, "requestTimeout")
	a := c.post("/auth", askAuth)
	require.Equal(t, 429, a.status)
	require.Contains(t, string(a.body), "<html>")
	_, err := c.try("/auth", askAuth)
	require.Error(t, err)
	srv.AssertPrompts(t, 0)
	ref := c.start("/auth", askAuth).OrderRef
	srv.Fail("/collect", bankidtest.Fault{Status: 500, Code: "internalError", Details: "d"})
	requireError(t, c.collect(ref), 500, "internalError")
	require.Equal(t, "complete", c.collect(ref).Status, "the outcome is still there")
	require.Panics(t, func() { srv.Fail("/elsewhere", bankidtest.Fault{Status: 500}) })
	require.Panics(t, func() { srv.Fail("/auth", bankidtest.Fault{Status: 200}) })
}

func TestHistory(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	a := c.start("/sign", askSign.with("requirement", body{"personalNumber": number}).with("returnUrl", "https://shop.example/#n"))
	c.collect(a.OrderRef)
	list := srv.Requests()
	require.Len(t, list, 2)
	require.Equal(t, "/sign", list[0].Path)
	require.Equal(t, "POST", list[0].Method)
	require.Equal(t, a.OrderRef, list[0].OrderRef)
	require.Equal(t, number, list[0].Number)
	require.Equal(t, "198.51.100.7", list[0].EndUserIP)
	require.Equal(t, "https://shop.example/#n", list[0].ReturnURL)
	require.Equal(t, "Köp för 100 kr?", string(list[0].Visible))
	require.Equal(t, "nonce and hash", string(list[0].NonVisible))
	require.Equal(t, "/collect", list[1].Path)
	require.JSONEq(t, `{"orderRef":"`+a.OrderRef+`"}`, string(list[1].Body))
	require.Equal(t, a.OrderRef, list[1].OrderRef)
	require.Equal(t, 1, srv.Peak())
}

func TestUnknownMembers(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, &bankidtest.Options{Unknown: true})
	srv.Script(bankidtest.Anyone, bankidtest.Person{Number: number})
	a := c.start("/auth", askAuth)
	require.Contains(t, string(a.body), "somethingNew")
	final := c.collect(a.OrderRef)
	require.Contains(t, string(final.body), "somethingNew")
	require.Empty(t, expect(srv, "/auth", askAuth, a.OrderRef).judge(final))
}

func TestMistakesInScripts(t *testing.T) {
	t.Parallel()
	srv, _ := inProcess(t, nil)
	for number, p := range map[string]bankidtest.Person{
		"7209239800":    {},
		"197209239801":  {},
		"197209239800":  {Number: bankidtest.DefaultNumber},
		"198507099805":  {Policy: "mobile"},
		"19720923-9800": {},
	} {
		require.Panics(t, func() { srv.Script(number, p) }, number)
	}
	for i, p := range []bankidtest.Person{{Number: "1"}, {GivenName: strings.Repeat("A", 65)}, {Surname: "\xff"}, {Risk: "none"}, {After: -1},
		{PicksUp: -1}, {Steps: []bankidtest.Step{{For: -1}}}, {Does: bankidtest.Act(strings.Repeat("x", 65))}} {
		require.Panics(t, func() { srv.Script(bankidtest.Anyone, p) }, "%d", i)
	}
}

func TestMistakesInOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []bankidtest.Options{{Addr: "192.0.2.1:0"}, {Addr: "127.0.0.1"}, {Addr: "0.0.0.0:0"}, {StartWithin: -1}, {StartWithin: 4, FinishWithin: 3}} {
		_, err := bankidtest.NewInProcess(&o)
		require.ErrorContains(t, err, "bankidtest: Options.")
	}
	_, err := bankidtest.Start(&bankidtest.Options{Addr: "localhost:99999"})
	require.ErrorContains(t, err, "bankidtest: ")
}

func TestClosed(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, nil)
	srv.Close()
	srv.Close()
	_, err := c.try("/auth", askAuth)
	require.ErrorContains(t, err, "closed")
	srv2, c2 := inProcess(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c2.do(ctx, http.MethodPost, "/auth", "application/json", []byte("{}"))
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, srv2.Requests())
}

// Whatever comes, there is an answer of the service.
func FuzzRequest(f *testing.F) {
	for path, request := range requests {
		content, err := json.Marshal(request)
		require.NoError(f, err)
		require.NotEmpty(f, content)
		f.Add(path, content)
	}
	f.Add("/collect", []byte(`{"orderRef":"x"}`))
	f.Add("/auth", []byte(`{"endUserIp":"::1","requirement":{"certificatePolicies":[null]},"web":{"userAgent":null}}`))
	srv, err := bankidtest.NewInProcess(nil)
	require.NoError(f, err)
	f.Cleanup(srv.Close)
	f.Fuzz(func(t *testing.T, path string, content []byte) {
		if !slices.Contains(paths, path) {
			path = "/sign"
		}
		c := &caller{t, srv, &http.Client{Transport: srv.RoundTripper()}}
		a, err := c.do(t.Context(), http.MethodPost, path, "application/json", content)
		require.NoError(t, err)
		require.True(t, json.Valid(a.body))
		switch a.status {
		case http.StatusOK:
			if a.OrderRef != "" {
				require.Equal(t, "complete", c.collect(a.OrderRef).Status)
			}
		case http.StatusBadRequest:
			require.Contains(t, []string{"invalidParameters", "alreadyInProgress"}, a.ErrorCode)
		default:
			require.Fail(t, "another status", "%d", a.status)
		}
	})
}
