package bankidtest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
)

// bubble runs a test in a bubble of testing/synctest, with a server in it.
func bubble(t *testing.T, o *bankidtest.Options, test func(t *testing.T, srv *bankidtest.Server, c *caller)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := inProcess(t, o)
		test(t, srv, c)
	})
}

// follow collects every second and returns how the answers changed, with the seconds when they did.
func (c *caller) follow(ref string) (changes map[int]string) {
	changes = make(map[int]string)
	last := ""
	for second := 0; second < 600; second++ {
		if a := c.collect(ref); a.Status+" "+a.HintCode != last {
			last = a.Status + " " + a.HintCode
			changes[second] = last
			if a.Status != "pending" {
				return changes
			}
		}
		time.Sleep(time.Second)
	}
	return changes
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		path   string
		person bankidtest.Person
		body   body
		want   map[int]string
		rings  int
	}{
		"at once": {"/auth", bankidtest.Person{}, askAuth, map[int]string{0: "complete "}, 1},
		"as usual": {"/auth", bankidtest.Person{PicksUp: 5 * time.Second, Steps: []bankidtest.Step{{Hint: "started", For: 2 * time.Second}}, After: 7 * time.Second}, askAuth,
			map[int]string{0: "pending outstandingTransaction", 5: "pending started", 7: "pending userSign", 14: "complete "}, 1},
		"all hints": {"/sign", bankidtest.Person{Before: "noClient", PicksUp: time.Second, After: time.Second, Steps: []bankidtest.Step{
			{Hint: "started", For: time.Second}, {Hint: "userMrtd", For: time.Second}, {Hint: "userFace", For: time.Second}, {Hint: "userStepUp", For: time.Second},
			{Hint: "processing", For: time.Second}, {Hint: "somethingNew", For: time.Second}}}, askSign,
			map[int]string{0: "pending noClient", 1: "pending started", 2: "pending userMrtd", 3: "pending userFace", 4: "pending userStepUp", 5: "pending processing", 6: "pending somethingNew", 7: "pending userSign", 8: "complete "}, 1},
		"call": {"/phone/auth", bankidtest.Person{Steps: []bankidtest.Step{{Hint: "userCallConfirm", For: 3 * time.Second}}, Does: bankidtest.DeclineCall}, askCall,
			map[int]string{0: "pending userCallConfirm", 3: "failed userDeclinedCall"}, 1},
		"cancels":            {"/auth", bankidtest.Person{After: 4 * time.Second, Does: bankidtest.Cancel}, askAuth, map[int]string{0: "pending userSign", 4: "failed userCancel"}, 1},
		"blocked":            {"/auth", bankidtest.Person{Does: bankidtest.CertificateErr}, askAuth, map[int]string{0: "failed certificateErr"}, 1},
		"unheard of":         {"/auth", bankidtest.Person{Does: "somethingNew"}, askAuth, map[int]string{0: "failed somethingNew"}, 1},
		"ignores":            {"/auth", bankidtest.Person{Does: bankidtest.Ignore}, askAuth, map[int]string{0: "pending userSign", 180: "failed expiredTransaction"}, 1},
		"takes too long":     {"/auth", bankidtest.Person{After: 3 * time.Minute}, askAuth, map[int]string{0: "pending userSign", 180: "failed expiredTransaction"}, 1},
		"in the last second": {"/auth", bankidtest.Person{After: 179 * time.Second}, askAuth, map[int]string{0: "pending userSign", 179: "complete "}, 1},
		"not picked up":      {"/auth", bankidtest.Person{Manual: true}, askAuth, map[int]string{0: "pending outstandingTransaction", 30: "failed startFailed"}, 0},
		"picked up too late": {"/sign", bankidtest.Person{PicksUp: 30 * time.Second}, askSign, map[int]string{0: "pending outstandingTransaction", 30: "failed startFailed"}, 0},
		"call not heard":     {"/phone/sign", bankidtest.Person{PicksUp: time.Minute}, askCall, map[int]string{0: "pending outstandingTransaction", 30: "failed expiredTransaction"}, 0},
		"calls need no QR":   {"/phone/sign", bankidtest.Person{Manual: true}, askCall, map[int]string{0: "complete "}, 1},
		"other policy":       {"/auth", bankidtest.Person{PicksUp: time.Second, Policy: bankidtest.OnFile}, required(body{"certificatePolicies": []string{bankidtest.Mobile, bankidtest.OnCard}}), map[int]string{0: "pending outstandingTransaction", 1: "pending started", 30: "failed startFailed"}, 1},
		"policy":             {"/auth", bankidtest.Person{Policy: bankidtest.OnCard}, required(body{"certificatePolicies": []string{bankidtest.Mobile, bankidtest.OnCard}}), map[int]string{0: "complete "}, 1},
		"any policy":         {"/auth", bankidtest.Person{Policy: bankidtest.OnFile}, required(body{"certificatePolicies": []string{"1.2.3.4.*"}}), map[int]string{0: "complete "}, 1},
		"no such policy":     {"/auth", bankidtest.Person{Policy: bankidtest.OnFile}, required(body{"certificatePolicies": []string{"1.2.752.78.*"}}), map[int]string{0: "pending started", 30: "failed startFailed"}, 1},
		"too risky":          {"/payment", bankidtest.Person{Risk: bankidtest.RiskModerate, PicksUp: time.Second}, askPay.with("requirement", body{"risk": "low"}), map[int]string{0: "pending outstandingTransaction", 1: "failed transactionRiskBlocked"}, 1},
		"risky enough":       {"/payment", bankidtest.Person{Risk: bankidtest.RiskModerate}, askPay.with("requirement", body{"risk": "moderate"}), map[int]string{0: "complete "}, 1},
		"very risky":         {"/other/payment", bankidtest.Person{Risk: bankidtest.RiskHigh}, askOther.with("requirement", body{"risk": "moderate"}), map[int]string{0: "failed transactionRiskBlocked"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, nil, func(t *testing.T, srv *bankidtest.Server, c *caller) {
				srv.Script(bankidtest.Anyone, tt.person)
				ref := c.start(tt.path, tt.body).OrderRef
				require.Equal(t, tt.want, c.follow(ref))
				requireInvalid(t, c.collect(ref), "No such order")
				requireInvalid(t, c.cancel(ref), "No such order")
				srv.AssertPrompts(t, tt.rings)
			})
		})
	}
}

// Other limits than the usual ones.
func TestTimers(t *testing.T) {
	bubble(t, &bankidtest.Options{StartWithin: 4 * time.Second, FinishWithin: 9 * time.Second}, func(t *testing.T, srv *bankidtest.Server, c *caller) {
		srv.Script(bankidtest.Anyone, bankidtest.Person{Manual: true})
		require.Equal(t, map[int]string{0: "pending outstandingTransaction", 4: "failed startFailed"}, c.follow(c.start("/auth", askAuth).OrderRef))
		srv.Script(bankidtest.Anyone, bankidtest.Person{Does: bankidtest.Ignore})
		require.Equal(t, map[int]string{0: "pending userSign", 9: "failed expiredTransaction"}, c.follow(c.start("/auth", askAuth).OrderRef))
	})
}

// What nobody collects is kept for 3 minutes, failures for 5.
func TestKept(t *testing.T) {
	bubble(t, nil, func(t *testing.T, srv *bankidtest.Server, c *caller) {
		for act, keep := range map[bankidtest.Act]time.Duration{bankidtest.Sign: 3 * time.Minute, bankidtest.Cancel: 5 * time.Minute} {
			srv.Script(bankidtest.Anyone, bankidtest.Person{Does: act})
			ref := c.start("/auth", askAuth).OrderRef
			time.Sleep(keep - time.Second)
			require.NotEqual(t, "pending", c.collect(ref).Status)
			ref = c.start("/auth", askAuth).OrderRef
			time.Sleep(keep)
			requireInvalid(t, c.collect(ref), "No such order")
		}
		srv.AssertPrompts(t, 4)
	})
}

func TestCollectPace(t *testing.T) {
	bubble(t, nil, func(t *testing.T, srv *bankidtest.Server, c *caller) {
		srv.Script(bankidtest.Anyone, bankidtest.Person{After: time.Minute})
		ref, other := c.start("/auth", askAuth).OrderRef, c.start("/auth", askAuth).OrderRef
		require.Equal(t, "pending userSign", c.hint(ref))
		require.Equal(t, "pending userSign", c.hint(other), "another order")
		time.Sleep(800 * time.Millisecond)
		requireError(t, c.collect(ref), http.StatusTooManyRequests, "tooManyRequests")
		time.Sleep(200 * time.Millisecond)
		require.Equal(t, "pending userSign", c.hint(ref))
		time.Sleep(time.Minute - 1500*time.Millisecond)
		require.Equal(t, "pending userSign", c.hint(ref))
		time.Sleep(600 * time.Millisecond)
		requireError(t, c.collect(ref), http.StatusTooManyRequests, "tooManyRequests")
		time.Sleep(time.Second)
		require.Equal(t, "complete ", c.hint(ref), "a refusal takes no outcome away")
	})
}

func TestCancel(t *testing.T) {
	bubble(t, nil, func(t *testing.T, srv *bankidtest.Server, c *caller) {
		srv.Script(bankidtest.Anyone, bankidtest.Person{PicksUp: 10 * time.Second, After: 10 * time.Second})
		begin := func(wait time.Duration) string {
			ref := c.start("/auth", askAuth).OrderRef
			time.Sleep(wait)
			a := c.cancel(ref)
			require.Equal(t, http.StatusOK, a.status)
			require.JSONEq(t, "{}", string(a.body))
			requireInvalid(t, c.cancel(ref), "No such order")
			requireInvalid(t, c.collect(ref), "No such order")
			return ref
		}
		begin(0)
		time.Sleep(time.Minute)
		srv.AssertPrompts(t, 0) // no app gets it later on
		begin(15 * time.Second)
		srv.AssertPrompts(t, 1)
		ref := c.start("/auth", askAuth).OrderRef
		srv.AssertPrompts(t, 1) // not yet
		time.Sleep(10 * time.Second)
		srv.AssertPrompts(t, 2)
		time.Sleep(10 * time.Second)
		requireInvalid(t, c.cancel(ref), "No such order") // it is over
		require.Equal(t, "complete ", c.hint(ref), "and can be collected")
	})
}

// A second order for a person comes to nothing, and takes the first one with it.
func TestAlreadyInProgress(t *testing.T) {
	bubble(t, nil, func(t *testing.T, srv *bankidtest.Server, c *caller) {
		srv.Script(number, bankidtest.Person{After: 5 * time.Second})
		for path, request := range map[string]body{"/auth": required(body{"personalNumber": number}), "/phone/auth": askCall, "/other/payment": askOther} {
			first := c.start("/auth", required(body{"personalNumber": number})).OrderRef
			anybody := c.start("/auth", askAuth).OrderRef
			require.Equal(t, "pending userSign", c.hint(first))
			requireError(t, c.post(path, request), http.StatusBadRequest, "alreadyInProgress")
			time.Sleep(time.Second)
			require.Equal(t, "failed cancelled", c.hint(first))
			require.Equal(t, "complete ", c.hint(anybody), "somebody else's goes on")
			again := c.start(path, request).OrderRef
			time.Sleep(5 * time.Second)
			next := c.start(path, request).OrderRef
			require.Equal(t, "complete ", c.hint(again), "one that is over is in nobody's way")
			c.cancel(next)
			third := c.start(path, request).OrderRef
			time.Sleep(5 * time.Second)
			require.Equal(t, "complete ", c.hint(third), "nor is a cancelled one")
		}
	})
}

// Tests can take part.
func TestAct(t *testing.T) {
	bubble(t, nil, func(t *testing.T, srv *bankidtest.Server, c *caller) {
		srv.Script(bankidtest.Anyone, bankidtest.Person{Number: number, Manual: true, Does: bankidtest.Cancel})
		ref := c.start("/auth", askAuth).OrderRef
		require.True(t, srv.Act(ref, bankidtest.Sign))
		require.False(t, srv.Act(ref, bankidtest.Cancel), "it is over")
		require.Empty(t, expect(srv, "/auth", askAuth, ref).judge(c.collect(ref)))
		require.False(t, srv.Act(ref, bankidtest.Cancel), "it is gone")
		srv.AssertPrompts(t, 1)
		ref = c.start("/auth", askAuth).OrderRef
		require.True(t, srv.Act(ref, "notSupportedByUserApp"))
		require.Equal(t, "failed notSupportedByUserApp", c.hint(ref))
		srv.AssertPrompts(t, 1)
	})
}

// Orders go on as they were scripted when they began.
func TestScriptsAreForLaterOrders(t *testing.T) {
	bubble(t, nil, func(t *testing.T, srv *bankidtest.Server, c *caller) {
		srv.Script(number, bankidtest.Person{After: time.Second})
		ref := c.start("/auth", required(body{"personalNumber": number})).OrderRef
		srv.Script(number, bankidtest.Person{Does: bankidtest.Cancel})
		time.Sleep(time.Second)
		require.Equal(t, "complete ", c.hint(ref))
		require.Equal(t, "failed userCancel", func() string { return c.hint(c.start("/auth", required(body{"personalNumber": number})).OrderRef) }())
	})
}

func TestCompletionData(t *testing.T) {
	bubble(t, nil, func(t *testing.T, srv *bankidtest.Server, c *caller) {
		d := c.outcome("/auth", askAuth).CompletionData
		require.Equal(t, bankidtest.DefaultNumber, d.User.PersonalNumber)
		require.Equal(t, "ANNA SIMULERAD", d.User.Name)
		require.Equal(t, "198.51.100.7", d.Device.IPAddress)
		require.Len(t, d.Device.UHI, 28)
		require.Equal(t, "2000-01-01", d.BankIDIssueDate)
		require.False(t, d.StepUp.MRTD)
		require.Empty(t, d.Risk, "not asked for")

		srv.Script(number, bankidtest.Person{GivenName: "Åsa", Surname: "Öberg", IP: "203.0.113.9", IssueDate: "2020-02-01+00:00", Risk: bankidtest.RiskHigh})
		d = c.outcome("/auth", required(body{"personalNumber": number, "mrtd": true}).with("returnRisk", true)).CompletionData
		require.Equal(t, number, d.User.PersonalNumber)
		require.Equal(t, "Åsa Öberg", d.User.Name)
		require.Equal(t, "Åsa", d.User.GivenName)
		require.Equal(t, "Öberg", d.User.Surname)
		require.Equal(t, "203.0.113.9", d.Device.IPAddress)
		require.Equal(t, "2020-02-01+00:00", d.BankIDIssueDate)
		require.True(t, d.StepUp.MRTD)
		require.Equal(t, "high", d.Risk)

		srv.Script(number, bankidtest.Person{Risk: bankidtest.RiskUnknown})
		require.Empty(t, c.outcome("/auth", required(body{"personalNumber": number}).with("returnRisk", true)).CompletionData.Risk)
		require.Equal(t, "192.0.2.1", c.outcome("/phone/auth", askCall).CompletionData.Device.IPAddress)
	})
}

// Orders that nobody collects are forgotten, but have been counted.
func TestUncollectedOrdersCount(t *testing.T) {
	bubble(t, nil, func(t *testing.T, srv *bankidtest.Server, c *caller) {
		srv.Script(bankidtest.Anyone, bankidtest.Person{PicksUp: time.Second, Does: bankidtest.Cancel})
		for range 100 {
			c.start("/auth", askAuth)
			time.Sleep(time.Minute)
		}
		srv.AssertPrompts(t, 100)
	})
}
