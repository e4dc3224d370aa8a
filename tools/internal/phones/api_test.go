package phones_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/tools/internal/phones"
)

// last waits for an exchange of an operation of Mobile ID, which is noted after its answer has gone out, and returns the
// newest one.
func last(t *testing.T, hub *phones.Hub, operation string) (found *phones.Exchange) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, x := range hub.History() {
			if x.Provider == "Mobile ID" && x.Operation == operation {
				found = x
			}
		}
		return found != nil
	}, minute, tick)
	return found
}

// address is where an exchange is, below /api or not.
func address(x *phones.Exchange) string { return "/history/" + strconv.Itoa(x.N) }

// call calls the API and reads its answer into v.
func call(t *testing.T, hub *phones.Hub, method, path, body string, status int, v any) {
	t.Helper()
	a := do(t, hub, method, path, body, bearer(hub))
	require.Equal(t, status, a.StatusCode, a.body)
	if v != nil {
		require.Equal(t, "application/json; charset=utf-8", a.Header.Get("Content-Type"))
		require.NoError(t, json.Unmarshal([]byte(a.body), v))
	}
}

// TestAPI: a whole login by the API alone.
func TestAPI(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{})
	var list struct{ Handsets []phones.Handset }
	call(t, hub, http.MethodGet, "/api/handsets", "", 200, &list)
	var ids []string
	for _, h := range list.Handsets {
		ids = append(ids, h.ID)
		require.NotEmpty(t, h.Number)
		require.Empty(t, h.Waiting)
		require.Equal(t, []phones.Action{phones.ToggleNetwork, phones.ChangeSIM}, h.Actions)
	}
	require.Equal(t, []string{"mobileid-sim", "mobileid-app", "skmid-ee", "skmid-lt", "bankid", "hermod"}, ids)

	client := newClient(t, hub, nil)
	tx, err := client.Start(t.Context(), request(t, number))
	require.NoError(t, err)
	code := client.Prompt(tx, time.Now()).Code
	var h phones.Handset
	call(t, hub, http.MethodGet, "/api/handsets/"+handset, "", 200, &h)
	require.Len(t, h.Waiting, 1)
	w := h.Waiting[0]
	require.Equal(t, phones.Waiting{
		ID: tx.MSSPTransID, Kind: phones.Signature, Text: "Bank ACME: log in? (" + code + ")", Code: code, Language: "DE", Method: "PIN",
		Until: w.Until, Actions: []phones.Action{phones.Sign, phones.Cancel, phones.BlockPIN},
	}, w)
	require.WithinDuration(t, time.Now().Add(80*time.Second), w.Until, time.Minute)

	const act = "/api/handsets/mobileid-sim/actions"
	for body, status := range map[string]int{
		`{"action":"sign","question":"another"}`: 409,
		`{"action":"ok"}`:                        409,
		`{"action":"fly"}`:                       409,
		`{"action":"unblock-pin"}`:               409,
		`{"action":"sign"} {}`:                   400,
		`{"acton":"sign"}`:                       400,
		`sign`:                                   400,
		`{"action":"change-sim","question":"x"}`: 409,
	} {
		call(t, hub, http.MethodPost, act, body, status, nil)
	}
	call(t, hub, http.MethodPost, "/api/handsets/nobody/actions", `{"action":"sign"}`, 404, nil)
	call(t, hub, http.MethodGet, "/api/handsets/nobody", "", 404, nil)
	call(t, hub, http.MethodPost, act, `{"action":"sign","question":"`+w.ID+`"}`, 200, &h)
	require.Empty(t, h.Waiting)
	call(t, hub, http.MethodPost, act, `{"action":"sign","question":"`+w.ID+`"}`, 409, nil)
	st, err := client.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	sig, err := client.Verify(st.Evidence)
	require.NoError(t, err)
	require.True(t, sig.Verified())
	require.Equal(t, "MIDCHESANDRA0000", sig.Signer.ID)

	query := last(t, hub, "MSS_StatusQuery")
	var history struct{ Exchanges []phones.Exchange }
	call(t, hub, http.MethodGet, "/api/history", "", 200, &history)
	var operations []string
	for _, x := range history.Exchanges {
		if x.Provider == "Mobile ID" {
			operations = append(operations, x.Operation)
			require.Equal(t, tx.MSSPTransID, x.Transaction)
			require.Equal(t, 200, x.Status)
		}
	}
	require.Equal(t, []string{"MSS_Signature", "MSS_StatusQuery"}, operations)
	var x struct {
		Request, Answer string
		Scenario        bool
	}
	call(t, hub, http.MethodGet, "/api"+address(query), "", 200, &x)
	require.True(t, x.Scenario)
	require.Contains(t, x.Request, "\n")
	require.Contains(t, x.Answer, "MSS_StatusResp")
	call(t, hub, http.MethodGet, "/api/history/9999", "", 404, nil)
	call(t, hub, http.MethodGet, "/api/history/x", "", 404, nil)
	scenario := do(t, hub, http.MethodGet, "/api"+address(query)+"/scenario", "", bearer(hub))
	require.Equal(t, 200, scenario.StatusCode, scenario.body)
	require.Contains(t, scenario.body, "-- scenario.json --")
	call(t, hub, http.MethodGet, "/api/history/1/scenario", "", 409, nil) // of Hermod's enrolment
}

// TestMisbehaviour: a bad day begins and ends at run time.
func TestMisbehaviour(t *testing.T) {
	t.Parallel()
	hub := start(t, phones.Options{Misbehave: true, Seed: 1})
	require.True(t, misbehaves(t, hub, phones.MobileIDService))
	var now struct{ Services []phones.Service }
	call(t, hub, http.MethodPut, "/api/misbehaviour/mobileid", `{"on":false}`, 200, &now)
	require.Equal(t, hub.Services(), now.Services)
	require.False(t, misbehaves(t, hub, phones.MobileIDService))
	call(t, hub, http.MethodPut, "/api/misbehaviour/mobileid", `{}`, 400, nil)
	call(t, hub, http.MethodPut, "/api/misbehaviour/nobody", `{"on":true}`, 404, nil)
	call(t, hub, http.MethodGet, "/api/misbehaviour", "", 200, &now)
	require.Len(t, now.Services, 5)

	client := newClient(t, hub, func(cfg *mssp.Config) { cfg.AllowTestNumbers = true })
	const requests = 8
	answers := func() []*phones.Exchange {
		return slices.DeleteFunc(hub.History(), func(x *phones.Exchange) bool { return x.Provider != "Mobile ID" })
	}
	ask := func() (before int) {
		before = len(answers())
		for range requests {
			_, err := client.Start(t.Context(), request(t, "+41000092105"))
			require.Error(t, err)
		}
		return before
	}
	isOdd := func(x *phones.Exchange) bool { return !isUsual(x) }
	behaves := func() {
		t.Helper()
		before := ask()
		require.Eventually(t, func() bool { return len(answers()) == before+requests }, minute, tick)
		for _, x := range answers()[before:] {
			require.False(t, isOdd(x), "%d %s", x.Status, x.Answer)
		}
	}
	behaves()
	require.True(t, hub.Misbehave(phones.MobileIDService, true))
	require.True(t, misbehaves(t, hub, phones.MobileIDService))
	before := ask()
	require.Eventually(t, func() bool { return slices.ContainsFunc(answers()[before:], isOdd) }, minute, tick)
	require.True(t, hub.Misbehave(phones.MobileIDService, false))
	behaves()
}

// isUsual reports whether an answer is written as on good days: a fault, without any blank that it could do without.
func isUsual(x *phones.Exchange) bool {
	return x.Status == http.StatusInternalServerError && strings.HasPrefix(string(x.Answer), `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="`) && !strings.Contains(string(x.Answer), ">\n<")
}
