package msstest_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
)

// signed returns the MSSP_TransID of a signature.
func (c *talker) signed(msisdn, profile string) string {
	c.t.Helper()
	resp, f := c.sign(c.ask(msisdn, synch, profile))
	require.Nil(c.t, f)
	return resp.MSSPTransID
}

// TestReceipts is the table of guide section 3.4.1.2. Without the extension the answer comes as late and says nothing.
func TestReceipts(t *testing.T) {
	t.Parallel()
	for _, w := range wires {
		for _, tt := range []struct {
			name   string
			person msstest.Person
			ack    bool
			user   string
			fault  string
			after  time.Duration
		}{
			{"accepted", msstest.Person{}, true, `{"status":"OK"}`, "", 0},
			{"accepted late", msstest.Person{ReceiptAfter: 59 * time.Second}, true, `{"status":"OK"}`, "", 59 * time.Second},
			{"accepted too late", msstest.Person{ReceiptAfter: time.Minute}, true, `{"status":"TIMEOUT"}`, "Timeout waiting response", time.Minute},
			{"cancelled", msstest.Person{Receipt: msstest.ReceiptCancel, ReceiptAfter: 5 * time.Second}, true, `{"status":"CANCEL"}`, "User cancelled the request", 5 * time.Second},
			{"no key pressed", msstest.Person{Receipt: msstest.ReceiptTimeout}, true, `{"status":"TIMEOUT"}`, "Timeout waiting response", time.Minute},
			{"nothing heard", msstest.Person{Receipt: msstest.ReceiptUnheard}, false, "", "", 80 * time.Second},
		} {
			for _, extended := range []bool{true, false} {
				t.Run(w.name+" "+tt.name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						srv := inProcess(t, nil)
						c := &talker{call(t, srv), w}
						srv.Script(anna, tt.person)
						req := c.askReceipt("41790000001", c.signed(anna, stk), extended)
						start := time.Now()
						resp, f := c.receipt(req)
						require.Nil(t, f)
						require.Equal(t, tt.after, time.Since(start))
						require.Equal(t, mss.StatusRequestOK, code(t, resp.Status, f))
						require.Equal(t, req.APInfo.APTransID, resp.APInfo.APTransID)
						srv.AssertReceipts(t, 1)
						srv.AssertPrompts(t, 1)
						if !extended {
							require.Nil(t, resp.Status.StatusDetail)
							return
						}
						want := etsi.ScoReceiptResponseExtension{ReceiptMessagingMode: new("synch"), UserAck: &tt.ack}
						if tt.user != "" {
							want.UserResponse = &tt.user
						}
						if tt.fault != "" {
							want.FaultMessage = &tt.fault
						}
						if w.answerType == jsonType {
							want.ClientAck, want.NetworkAck = new(false), new(false)
						}
						require.Equal(t, want, *resp.Status.StatusDetail.Items[0].ReceiptResponseExtension)
					})
				})
			}
		}
	}
}

// Only after a signature, once, for the same person, in time.
func TestReceiptsOfTransactions(t *testing.T) {
	t.Parallel()
	for _, w := range wires {
		synctest.Test(t, func(t *testing.T) {
			srv := inProcess(t, nil)
			c := &talker{call(t, srv), w}
			srv.Script(anna, msstest.Person{Method: msstest.SIM | msstest.App})
			srv.Script(beat, msstest.Person{Do: msstest.Cancel, After: 10 * time.Second})
			refused := func(req *etsi.ReceiptReq, want mss.Code, detail string) {
				t.Helper()
				_, f := c.receipt(req)
				require.Equal(t, want, code(t, etsi.Status{}, f))
				require.Contains(t, strings.Join(f.Details, ""), detail)
			}
			id := c.signed(anna, stk)
			refused(c.askReceipt(anna, "unknown", true), 101, "unknown")
			refused(c.askReceipt(beat, id, true), 101, "MSISDN")
			refused(c.askReceipt("+41790009999", id, true), 105, "unknown")
			_, f := c.receipt(c.askReceipt(anna, id, true))
			require.Nil(t, f, "what was refused does not count")
			refused(c.askReceipt(anna, id, true), 101, "has had its receipt")

			ack, f := c.sign(c.ask(beat, asynch, stk))
			require.Nil(t, f)
			refused(c.askReceipt(beat, ack.MSSPTransID, true), 101, "no signature")
			time.Sleep(10 * time.Second)
			refused(c.askReceipt(beat, ack.MSSPTransID, true), 101, "no signature")

			srv.Script(beat, msstest.Person{After: 10 * time.Second})
			ack, f = c.sign(c.ask(beat, asynch, stk))
			require.Nil(t, f)
			refused(c.askReceipt(beat, ack.MSSPTransID, true), 101, "no signature")

			id = c.signed(anna, device)
			refused(c.askReceipt(anna, id, true), 101, "SIM cards")
			_, f = c.receipt(c.askReceipt(anna, id, false))
			require.Nil(t, f)

			id = c.signed(anna, stk)
			time.Sleep(5*time.Minute + time.Second)
			refused(c.askReceipt(anna, id, true), 208, "too old")
			id = c.signed(anna, stk)
			time.Sleep(5 * time.Minute)
			_, f = c.receipt(c.askReceipt(anna, id, true))
			require.Nil(t, f, "at the last moment")

			id = c.signed(anna, stk)
			srv.Script(anna, msstest.Person{Fault: mss.CardBlocked})
			refused(c.askReceipt(anna, id, true), 403, "")
			srv.AssertReceipts(t, 3)
		})
	}
}

func TestRefusedReceipts(t *testing.T) {
	t.Parallel()
	eachWire(t, nil, func(t *testing.T, srv *msstest.Server, c *talker) {
		srv.Script(anna, msstest.Person{})
		id := c.signed(anna, stk)
		extension := func(r *etsi.ReceiptReq) *etsi.ScoReceiptRequestExtension {
			return r.Status.StatusDetail.Items[0].ReceiptRequestExtension
		}
		for name, tt := range map[string]struct {
			change func(*etsi.ReceiptReq)
			want   mss.Code
		}{
			"no number":    {func(r *etsi.ReceiptReq) { r.MobileUser.MSISDN = nil }, 102},
			"bad number":   {func(r *etsi.ReceiptReq) { r.MobileUser.MSISDN = new("0041790000001") }, 101},
			"test number":  {func(r *etsi.ReceiptReq) { r.MobileUser.MSISDN = new("41000092402") }, 402},
			"no message":   {func(r *etsi.ReceiptReq) { r.Message = nil }, 102},
			"no prefix":    {func(r *etsi.ReceiptReq) { r.Message.Value = "Thank you" }, 107},
			"kind of text": {func(r *etsi.ReceiptReq) { r.Message.MimeType = new("text/html") }, 107},
			"long":         {func(r *etsi.ReceiptReq) { r.Message.Value += strings.Repeat("x", 240) }, 103},
			"version":      {func(r *etsi.ReceiptReq) { r.MinorVersion = "2" }, 108},
			"account":      {func(r *etsi.ReceiptReq) { r.APInfo.APID += "x" }, 104},
			"mode":         {func(r *etsi.ReceiptReq) { extension(r).ReceiptMessagingMode = "asynch" }, 101},
			"language":     {func(r *etsi.ReceiptReq) { extension(r).ReceiptProfile.Language = new("rm") }, 101},
			"kind": {func(r *etsi.ReceiptReq) {
				extension(r).ReceiptProfile.ReceiptProfileURI = new("http://mss.swisscom.ch/other")
			}, 101},
		} {
			req := c.askReceipt(anna, id, true)
			tt.change(req)
			_, f := c.receipt(req)
			require.NotNil(t, f, name)
			require.Equal(t, tt.want, code(t, etsi.Status{}, f), name)
		}
		if c.answerType != jsonType { // JSON has no member for it
			req := c.askReceipt(anna, id, true)
			req.SignedReceipt = &xmlwire.Raw{Name: xmlwire.Name{Space: etsi.NSMSS, Local: "SignedReceipt"}, XML: `<m:SignedReceipt xmlns:m="` + etsi.NSMSS + `"/>`}
			_, f := c.receipt(req)
			require.Equal(t, mss.WrongParam, code(t, etsi.Status{}, f))
		}
		srv.AssertReceipts(t, 0)
		req := c.askReceipt(anna, id, true)
		req.Status.StatusDetail.Items[0].ReceiptRequestExtension.ReceiptProfile = nil
		_, f := c.receipt(req)
		require.Nil(t, f)
		srv.AssertReceipts(t, 1)
	})
}

// A receipt ends early with its client, and with the server.
func TestAbandonedReceipt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := inProcess(t, nil)
		c := &talker{call(t, srv), jsonWire}
		srv.Script(anna, msstest.Person{Receipt: msstest.ReceiptUnheard})
		req, late := c.askReceipt(anna, c.signed(anna, stk), true), c.askReceipt(anna, c.signed(anna, stk), true)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		_, _, err := c.tryDo(ctx, etsi.OpReceipt, req, new(etsi.ReceiptResp))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 10*time.Second, time.Since(start))

		time.AfterFunc(5*time.Second, srv.Close)
		start = time.Now()
		_, _, err = c.tryDo(t.Context(), etsi.OpReceipt, late, new(etsi.ReceiptResp))
		require.ErrorAs(t, err, new(*mss.TransportError))
		require.Equal(t, 5*time.Second, time.Since(start))
		srv.AssertReceipts(t, 2)
	})
}
