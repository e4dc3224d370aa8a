package msstest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
)

// badly makes a server in a bubble that does one thing always.
func badly(t *testing.T, m msstest.Misbehaviour, w wire) (*msstest.Server, *talker) {
	srv := inProcess(t, &msstest.Options{Misbehave: &m, Seed: 7})
	return srv, &talker{call(t, srv), w}
}

func TestMisbehaviour(t *testing.T) {
	t.Parallel()
	for _, w := range []wire{soapWire, jsonWire} {
		synctest.Test(t, func(t *testing.T) {
			srv, c := badly(t, msstest.Misbehaviour{Outstanding: 1}, w)
			ack, f := c.sign(c.ask("41700092501", asynch, stk))
			require.Nil(t, f)
			st, f := c.status(ack.MSSPTransID)
			require.Equal(t, mss.StatusOutstanding, code(t, st.Status, f))
			require.Nil(t, st.Signature)
			srv.Script(anna, msstest.Person{Do: msstest.Cancel})
			_, f = c.sign(c.ask(anna, synch, stk))
			require.Equal(t, mss.UserCancel, code(t, etsi.Status{}, f), "only status queries")

			srv, c = badly(t, msstest.Misbehaviour{Unavailable: 1}, w)
			body, err := w.encode(etsi.OpSignature, c.ask("41700092501", asynch, stk))
			require.NoError(t, err)
			resp, _ := send(t, srv, http.MethodPost, w.paths[etsi.OpSignature], w.requestType, string(body))
			require.Equal(t, 503, resp.StatusCode)
			require.Regexp(t, "^[1-5]$", resp.Header.Get("Retry-After"))
			srv.AssertPrompts(t, 0)

			srv, c = badly(t, msstest.Misbehaviour{Cut: 1}, w)
			_, _, err = c.tryDo(t.Context(), etsi.OpSignature, c.ask("41700092501", asynch, stk), new(etsi.SignatureResp))
			require.ErrorAs(t, err, new(*mss.TransportError))
			srv.AssertPrompts(t, 1)

			_, c = badly(t, msstest.Misbehaviour{Slow: 1}, w)
			var longest time.Duration
			for range 20 {
				start := time.Now()
				_, f := c.profile(c.askProfile("41700092501"))
				require.Nil(t, f)
				longest = max(longest, time.Since(start))
			}
			require.Greater(t, longest, time.Second)
			require.Less(t, longest, 15*time.Second)
		})
	}
}

// Over a network a cut connection is one that ends without an answer.
func TestCutConnection(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, &msstest.Options{Misbehave: &msstest.Misbehaviour{Cut: 1}})
	c := &talker{call(t, srv), soapWire}
	_, _, err := c.tryDo(t.Context(), etsi.OpSignature, c.ask("41700092501", asynch, stk), new(etsi.SignatureResp))
	e := new(mss.TransportError)
	require.ErrorAs(t, err, &e)
	require.NotEqual(t, mss.NotSent, e.Sent)
	srv.AssertPrompts(t, 1)
}

// Answers that are written otherwise say the same.
func TestRewrittenAnswers(t *testing.T) {
	t.Parallel()
	m := msstest.Misbehaviour{Rewrite: 1, Unknown: 0.5}
	for _, w := range wires {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			srv := inProcess(t, &msstest.Options{Misbehave: &m, RPCResult: true, EmptyHeader: true, Seed: 11})
			c := &talker{call(t, srv), w}
			plain := &talker{call(t, inProcess(t, nil)), w}
			srv.Script(anna, msstest.Person{Method: msstest.SIM | msstest.App})
			bodies, unknown := make(map[string]bool), 0
			for range 30 {
				req := c.ask(anna, synch, stk, service(geofencing))
				status, body, err := c.raw(etsi.OpSignature, req)
				require.NoError(t, err)
				require.Equal(t, 200, status)
				resp := new(etsi.SignatureResp)
				f, err := w.decode([]byte(body), etsi.OpSignature, resp)
				require.NoError(t, err)
				require.Nil(t, f)
				require.Equal(t, req.APInfo.APTransID, resp.APInfo.APTransID)
				_, err = verify(t, srv, resp.Signature.Base64Signature, req.DataToBeSigned.Value)
				require.NoError(t, err)
				require.Equal(t, "CH", *resp.Status.StatusDetail.Items[0].ServiceResponses.ServiceResponse[0].Items[0].GeoFencing.Country)
				if strings.Contains(body, "Extension") {
					unknown++
				}
				bodies[outline(body)] = true

				ack, f := c.sign(c.ask(anna, asynch, device, redirect("myapp://x")))
				require.Nil(t, f)
				link := *ack.Status.StatusDetail.Items[0].ServiceResponses.ServiceResponse[0].Items[0].App2App.AuthUri
				require.True(t, strings.HasPrefix(strings.TrimSpace(link), "mobileid://"), link)

				profile, f := c.profile(c.askProfile("41700092501", "state", "carddetails"))
				require.Nil(t, f)
				want, f := plain.profile(plain.askProfile("41700092501", "state", "carddetails"))
				require.Nil(t, f)
				require.Equal(t, want.SignatureProfile, profile.SignatureProfile)
				require.Equal(t, extension(t, want), profile.Status.StatusDetail.Items[0].ProfileQueryExtension)

				_, f = c.profile(c.askProfile("41000092404"))
				_, wantFault := plain.profile(plain.askProfile("41000092404"))
				require.Equal(t, wantFault, f)
			}
			require.Greater(t, len(bodies), 20, "all of them look different")
			require.Greater(t, unknown, 5)
			require.Less(t, unknown, 25)
		})
	}
}

// outline is the beginning of an answer, without what differs between any two.
func outline(body string) string { return body[:min(len(body), 160)] }

// A forged answer is forged in the way that it is named after, and not rewritten on top.
func TestForgedAnswersAreNotRewritten(t *testing.T) {
	t.Parallel()
	srv, c := badly(t, msstest.Misbehaviour{Rewrite: 1, Unknown: 1}, soapWire)
	srv.Script(anna, msstest.Person{Forge: msstest.ForgeTwice})
	_, body, err := c.raw(etsi.OpSignature, c.ask(anna, synch, stk))
	require.ErrorContains(t, err, "occurs twice")
	require.Contains(t, body, "<soapenv:Body>")
	require.NotContains(t, body, "Extension")
}

// TestSeededMisbehaviour: what a server does to a sequence of requests depends on its seed alone.
func TestSeededMisbehaviour(t *testing.T) {
	t.Parallel()
	m := msstest.DefaultMisbehaviour()
	m.Cut, m.Unavailable, m.Slow, m.Outstanding = 0.1, 0.1, 0.1, 0.3
	for _, w := range []wire{soapWire, jsonWire} {
		run := func(seed uint64) (log []string) {
			synctest.Test(t, func(t *testing.T) {
				srv := inProcess(t, &msstest.Options{Misbehave: m, Seed: seed})
				require.Equal(t, seed, srv.Seed())
				c := &talker{call(t, srv), w}
				srv.Script(anna, msstest.Person{Method: msstest.App})
				id := "none"
				for i := range 60 {
					start := time.Now()
					op, req, resp := etsi.OpSignature, etsi.Message(c.ask(anna, asynch, device, redirect("myapp://x"))), etsi.Message(new(etsi.SignatureResp))
					if i%2 == 1 {
						op, req, resp = etsi.OpStatusQuery, &etsi.StatusReq{MessageAbstract: c.abstract(), MSSPTransID: id}, new(etsi.StatusResp)
					}
					reply, f, err := c.tryDo(t.Context(), op, req, resp)
					line := fmt.Sprint(time.Since(start), " ", f)
					if reply == nil {
						line += " cut"
					} else {
						line += fmt.Sprint(" ", reply.Status, " ", strings.Contains(string(reply.Body), "Extension"), err != nil)
					}
					if ack, ok := resp.(*etsi.SignatureResp); ok && err == nil && f == nil {
						id = ack.MSSPTransID
						line += " " + id + " " + *ack.Status.StatusDetail.Items[0].ServiceResponses.ServiceResponse[0].Items[0].App2App.AuthUri
					}
					if st, ok := resp.(*etsi.StatusResp); ok && err == nil && f == nil {
						line += " " + string(st.Status.StatusCode.Value)
					}
					log = append(log, line)
				}
			})
			return log
		}
		first := run(1)
		require.Equal(t, first, run(1), "%s", w.name)
		require.NotEqual(t, first, run(2), "%s", w.name)
		all := strings.Join(first, "\n")
		for _, seen := range []string{" cut", " 503 ", " 504", " 500", " 200 true "} {
			require.Contains(t, all, seen)
		}
	}
}

func TestDefaultMisbehaviour(t *testing.T) {
	t.Parallel()
	require.Equal(t, &msstest.Misbehaviour{Outstanding: 0.05, Slow: 0.05, Cut: 0.02, Unavailable: 0.02, Rewrite: 0.5, Unknown: 0.2}, msstest.DefaultMisbehaviour())
	zero := 0.0
	for _, bad := range []msstest.Misbehaviour{{Slow: -0.1}, {Cut: 1.1}, {Rewrite: zero / zero}} {
		_, err := msstest.NewInProcess(&msstest.Options{Misbehave: &bad})
		require.ErrorContains(t, err, "rate")
	}
	// The caller's own may change afterwards.
	m := &msstest.Misbehaviour{}
	c := &talker{call(t, inProcess(t, &msstest.Options{Misbehave: m})), jsonWire}
	m.Unavailable = 1
	_, f := c.profile(c.askProfile("41700092501"))
	require.Nil(t, f)
}
