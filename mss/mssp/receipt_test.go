package mssp_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

// thanks is a lawful receipt.
func thanks(srv *msstest.Server, ack bool) mss.Message {
	return mss.Message{Text: srv.Prefix() + "thank you", Language: "en", Ack: ack}
}

func signed(t *testing.T, srv *msstest.Server, c *mssp.Client) *mss.Signature {
	t.Helper()
	sig, err := c.SignSync(t.Context(), request(t, srv, person))
	require.NoError(t, err)
	return sig
}

// receiptAnswers answers receipts, with the extension as changed from "not heard of"; nil: without extension.
func receiptAnswers(change func(*etsi.ScoReceiptResponseExtension)) func(*etsi.Operation, etsi.Message) (etsi.Message, *etsi.Fault) {
	return func(_ *etsi.Operation, m etsi.Message) (etsi.Message, *etsi.Fault) {
		req, ok := m.(*etsi.ReceiptReq)
		if !ok {
			return nil, nil
		}
		resp := &etsi.ReceiptResp{MessageAbstract: echoed(&req.MessageAbstract), Status: statusOf(mss.StatusRequestOK)}
		if change != nil {
			x := &etsi.ScoReceiptResponseExtension{ReceiptMessagingMode: new("synch"), UserAck: new(false)}
			change(x)
			resp.Status = statusOf(mss.StatusRequestOK, etsi.StatusDetailItem{ReceiptResponseExtension: x})
		}
		return resp, nil
	}
}

// said is an extension with what the person did.
func said(response string) func(*etsi.ScoReceiptResponseExtension) {
	return func(x *etsi.ScoReceiptResponseExtension) { x.UserAck, x.UserResponse = new(true), new(response) }
}

func TestReceiptOutcomes(t *testing.T) {
	t.Parallel()
	type extension = etsi.ScoReceiptResponseExtension
	for _, tt := range []struct {
		name    string
		ack     bool
		answer  func(*extension)
		want    mss.ReceiptOutcome
		refused string
	}{
		{name: "nothing asked", want: mss.ReceiptSent},
		{name: "told without being asked", answer: said(`{"status":"OK"}`), want: mss.ReceiptSent},
		{name: "asked and nothing told", ack: true, want: mss.ReceiptUnheard},
		{name: "nothing heard", ack: true, answer: func(*extension) {}, want: mss.ReceiptUnheard},
		{name: "neither heard nor not", ack: true, answer: func(x *extension) { x.UserAck = nil }, want: mss.ReceiptUnheard},
		{name: "accepted", ack: true, answer: said(`{"status":"OK"}`), want: mss.ReceiptAccepted},
		{name: "accepted, as the guide prints it", ack: true, answer: said(`{ "status": "OK" }`), want: mss.ReceiptAccepted},
		{name: "cancelled", ack: true, answer: func(x *extension) {
			said(`{"status":"CANCEL"}`)(x)
			x.FaultMessage = new("User cancelled the request")
		}, want: mss.ReceiptCancelled},
		{name: "timed out", ack: true, answer: said(`{"status":"TIMEOUT"}`), want: mss.ReceiptTimedOut},

		{name: "another response", ack: true, answer: said(`{"status":"LATER"}`), refused: "none of OK, CANCEL and TIMEOUT"},
		{name: "another case", ack: true, answer: said(`{"status":"ok"}`), refused: "none of OK, CANCEL and TIMEOUT"},
		{name: "no response", ack: true, answer: said(`{}`), refused: "none of OK, CANCEL and TIMEOUT"},
		{name: "null", ack: true, answer: said(`null`), refused: "none of OK, CANCEL and TIMEOUT"},
		{name: "no JSON", ack: true, answer: said(`OK`), refused: "no JSON object"},
		{name: "empty", ack: true, answer: said(``), refused: "no JSON object"},
		{name: "a list", ack: true, answer: said(`["OK"]`), refused: "no JSON object"},
		{name: "two responses", ack: true, answer: said(`{"status":"CANCEL","Status":"OK"}`), refused: "no JSON object"},
		{name: "heard and not what", ack: true, answer: func(x *extension) { x.UserAck = new(true) }, refused: "and not what"},
		{name: "not heard but accepted", ack: true, answer: func(x *extension) { x.UserResponse = new(`{"status":"OK"}`) }, refused: "says that there was none"},
		{name: "accepted without being heard", ack: true, answer: func(x *extension) {
			x.UserAck, x.UserResponse = nil, new(`{"status":"OK"}`)
		}, refused: "says that there was none"},
	} {
		for _, binding := range bindings {
			t.Run(tt.name+"/"+binding.String(), func(t *testing.T) {
				t.Parallel()
				srv, c, s := newScripted(t, binding, nil)
				s.answer = receiptAnswers(tt.answer)
				a, err := mss.Receipt(t.Context(), c, signed(t, srv, c), thanks(srv, tt.ack))
				require.EqualValues(t, 1, s.sent.Load())
				if tt.refused == "" {
					require.NoError(t, err)
					require.Equal(t, mss.ReceiptAnswer{Outcome: tt.want}, *a)
					return
				}
				v, _ := errors.AsType[*mss.VerificationError](err)
				require.NotNil(t, v, "%v", err)
				require.Equal(t, "receipt", v.Check)
				require.ErrorContains(t, err, tt.refused)
				require.NotContains(t, err.Error(), "LATER")
				require.True(t, mss.MayHaveRung(err))
			})
		}
	}
}

// TestReceiptTwoExtensions: JSON has no way to say two.
func TestReceiptTwoExtensions(t *testing.T) {
	t.Parallel()
	srv, c, s := newScripted(t, mssp.SOAP, nil)
	s.answer = func(op *etsi.Operation, m etsi.Message) (etsi.Message, *etsi.Fault) {
		a, _ := receiptAnswers(said(`{"status":"OK"}`))(op, m)
		if resp, ok := a.(*etsi.ReceiptResp); ok {
			x := resp.Status.StatusDetail.Items[0]
			resp.Status.StatusDetail.Items = []etsi.StatusDetailItem{{ServiceResponses: &etsi.FiServiceResponses{}}, x, x}
			return resp, nil
		}
		return nil, nil
	}
	_, err := c.Receipt(t.Context(), signed(t, srv, c), thanks(srv, true))
	require.ErrorContains(t, err, "more than one ReceiptResponseExtension")
}

// TestReceiptRequest holds what is sent against the guide (section 3.4.1.1).
func TestReceiptRequest(t *testing.T) {
	t.Parallel()
	for _, binding := range bindings {
		for _, ack := range []bool{false, true} {
			t.Run(binding.String(), func(t *testing.T) {
				t.Parallel()
				srv, c, s := newScripted(t, binding, nil)
				s.answer = receiptAnswers(nil)
				sig := signed(t, srv, c)
				m := thanks(srv, ack)
				m.Language = "fr-CH"
				_, err := c.Receipt(t.Context(), sig, m)
				require.NoError(t, err)
				req := s.last.(*etsi.ReceiptReq)
				require.Equal(t, sig.Evidence.Transaction.MSSPTransID, req.MSSPTransID)
				require.NotEqual(t, sig.Evidence.Transaction.TransID, req.APInfo.APTransID)
				require.Equal(t, srv.APID(), req.APInfo.APID)
				require.Equal(t, person, *req.MobileUser.MSISDN)
				require.EqualValues(t, "1", req.MajorVersion)
				require.EqualValues(t, "1", req.MinorVersion)
				require.Equal(t, etsi.Data{MimeType: new("text/plain"), Encoding: new("UTF-8"), Value: m.Text}, *req.Message)
				require.EqualValues(t, "100", req.Status.StatusCode.Value)
				if !ack {
					require.Nil(t, req.Status.StatusDetail)
				} else {
					require.Equal(t, []etsi.StatusDetailItem{{ReceiptRequestExtension: &etsi.ScoReceiptRequestExtension{
						ReceiptMessagingMode: "synch", UserAck: new(true),
						ReceiptProfile: &etsi.ScoReceiptProfile{Language: new("FR"), ReceiptProfileURI: new("http://mss.swisscom.ch/synch")},
					}}}, req.Status.StatusDetail.Items)
				}
				want := map[mssp.Binding]string{mssp.SOAP: "/soap/services/MSS_ReceiptPort", mssp.JSON: "/rest/service/receipt"}
				require.Equal(t, want[binding], s.lastPath)
			})
		}
	}
}

// TestReceiptRefused: what cannot be right is not sent.
func TestReceiptRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		field  string
		change func(t *testing.T, sig *mss.Signature, m *mss.Message) *mss.Signature
	}{
		"no signature": {"Signature", func(*testing.T, *mss.Signature, *mss.Message) *mss.Signature { return nil }},
		"not verified": {"Signature", func(_ *testing.T, sig *mss.Signature, _ *mss.Message) *mss.Signature {
			return &mss.Signature{Proven: sig.Proven, Asserted: sig.Asserted, Evidence: sig.Evidence}
		}},
		"no evidence": {"Signature", func(_ *testing.T, sig *mss.Signature, _ *mss.Message) *mss.Signature {
			sig.Evidence = nil
			return sig
		}},
		"another scope": {"Signature", func(_ *testing.T, sig *mss.Signature, _ *mss.Message) *mss.Signature {
			sig.Evidence.Transaction.Provider += "x"
			return sig
		}},
		"no transaction id": {"Signature", func(_ *testing.T, sig *mss.Signature, _ *mss.Message) *mss.Signature {
			sig.Evidence.Transaction.MSSPTransID = ""
			return sig
		}},
		"an unusable transaction id": {"Signature", func(_ *testing.T, sig *mss.Signature, _ *mss.Message) *mss.Signature {
			sig.Evidence.Transaction.MSSPTransID = "a b"
			return sig
		}},
		"no number": {"Signature", func(_ *testing.T, sig *mss.Signature, _ *mss.Message) *mss.Signature {
			sig.Evidence.Transaction.User = mss.User{}
			return sig
		}},
		"a number of one's own making": {"Signature", func(_ *testing.T, sig *mss.Signature, _ *mss.Message) *mss.Signature {
			sig.Evidence.Transaction.User.MSISDN = mss.MSISDN{Private: mss.Conceal("1")}
			return sig
		}},
		"no text":                          {"Message.Text", text("")},
		"no prefix":                        {"Message.Text", text("thank you")},
		"too long":                         {"Message.Text", text("Simulator: " + strings.Repeat("x", 229))},
		"too long beyond the GSM alphabet": {"Message.Text", text("Simulator: ç" + strings.Repeat("x", 108))},
		"invisible":                        {"Message.Text", text("Simulator: thank\u200byou")},
		"no language": {"Message.Language", func(_ *testing.T, sig *mss.Signature, m *mss.Message) *mss.Signature {
			m.Language = ""
			return sig
		}},
		"another language": {"Message.Language", func(_ *testing.T, sig *mss.Signature, m *mss.Message) *mss.Signature {
			m.Language = "rm"
			return sig
		}},
		"acknowledgement by the app": {"Message.Ack", func(_ *testing.T, sig *mss.Signature, m *mss.Message) *mss.Signature {
			sig.Profile, m.Ack = mssp.ProfileDevice, true
			return sig
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c, s := newScripted(t, mssp.SOAP, nil)
			s.answer = receiptAnswers(nil)
			genuine := signed(t, srv, c)
			copied, evidence := *genuine, *genuine.Evidence
			copied.Evidence = &evidence
			m := thanks(srv, false)
			_, err := c.Receipt(t.Context(), tt.change(t, &copied, &m), m)
			refusal, _ := errors.AsType[*mss.RequestError](err)
			require.NotNil(t, refusal, "%v", err)
			require.Equal(t, tt.field, refusal.Field)
			require.NotContains(t, err.Error(), "thank")
			require.Zero(t, s.sent.Load())

			_, err = c.Receipt(t.Context(), genuine, thanks(srv, false))
			require.NoError(t, err, "what was not sent is no receipt")
		})
	}
}

func text(s string) func(*testing.T, *mss.Signature, *mss.Message) *mss.Signature {
	return func(_ *testing.T, sig *mss.Signature, m *mss.Message) *mss.Signature {
		m.Text = s
		return sig
	}
}

// TestReceiptByApp: the app shows receipts, and tells nothing of them.
func TestReceiptByApp(t *testing.T) {
	t.Parallel()
	srv, c, s := newScripted(t, mssp.SOAP, nil)
	srv.Script(person, msstest.Person{Method: msstest.App})
	s.answer = receiptAnswers(nil)
	sig := signed(t, srv, c)
	require.Equal(t, mssp.ProfileDevice, sig.Profile)
	_, err := c.Receipt(t.Context(), sig, thanks(srv, true))
	require.ErrorContains(t, err, "Message.Ack")
	a, err := c.Receipt(t.Context(), sig, thanks(srv, false))
	require.NoError(t, err)
	require.Equal(t, mss.ReceiptSent, a.Outcome)
}

func TestReceiptInvisibleAllowed(t *testing.T) {
	t.Parallel()
	srv, c, s := newScripted(t, mssp.SOAP, func(cfg *mssp.Config) { cfg.InsecureAllowInvisible = true })
	s.answer = receiptAnswers(nil)
	_, err := c.Receipt(t.Context(), signed(t, srv, c), mss.Message{Text: srv.Prefix() + "a\u200bb", Language: "en"})
	require.NoError(t, err)
}

// TestReceiptEmpty: an account without a prefix has texts, too.
func TestReceiptEmpty(t *testing.T) {
	t.Parallel()
	srv, c, s := newScripted(t, mssp.SOAP, func(cfg *mssp.Config) { cfg.Prefix = "" })
	s.answer = receiptAnswers(nil)
	_, err := c.Receipt(t.Context(), signed(t, srv, c), mss.Message{Language: "en"})
	require.ErrorContains(t, err, "Message.Text: is required")
	require.Zero(t, s.sent.Load())
}

// TestNamelessEcho: an answer to a receipt or a profile query that is to somebody else's is refused.
func TestNamelessEcho(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		check  string
		change func(*etsi.MessageAbstract, *etsi.Status)
	}{
		"AP_TransID": {"echo", func(m *etsi.MessageAbstract, _ *etsi.Status) { m.APInfo.APTransID += "x" }},
		"AP_ID":      {"echo", func(m *etsi.MessageAbstract, _ *etsi.Status) { m.APInfo.APID = "mid://other.example" }},
		"MSSP":       {"echo", func(m *etsi.MessageAbstract, _ *etsi.Status) { m.MSSPInfo.MSSPID.URI = new("http://other.example/") }},
		"status 500": {"status", func(_ *etsi.MessageAbstract, s *etsi.Status) { s.StatusCode.Value = "500" }},
		"status 504": {"status", func(_ *etsi.MessageAbstract, s *etsi.Status) { s.StatusCode.Value = "504" }},
	} {
		for _, binding := range bindings {
			t.Run(name+"/"+binding.String(), func(t *testing.T) {
				t.Parallel()
				srv, c, s := newScripted(t, binding, nil)
				s.answer = func(_ *etsi.Operation, m etsi.Message) (etsi.Message, *etsi.Fault) {
					switch req := m.(type) {
					case *etsi.ReceiptReq:
						resp := &etsi.ReceiptResp{MessageAbstract: echoed(&req.MessageAbstract), Status: statusOf(mss.StatusRequestOK)}
						tt.change(&resp.MessageAbstract, &resp.Status)
						return resp, nil
					case *etsi.ProfileReq:
						resp := &etsi.ProfileResp{MessageAbstract: echoed(&req.MessageAbstract), Status: statusOf(mss.StatusRequestOK)}
						tt.change(&resp.MessageAbstract, &resp.Status)
						return resp, nil
					}
					return nil, nil
				}
				_, receiptErr := c.Receipt(t.Context(), signed(t, srv, c), thanks(srv, false))
				_, profileErr := c.ProfileQuery(t.Context(), mss.User{MSISDN: msisdn(t, person)})
				for _, err := range []error{receiptErr, profileErr} {
					v, _ := errors.AsType[*mss.VerificationError](err)
					require.NotNil(t, v, "%v", err)
					require.Equal(t, tt.check, v.Check)
				}
			})
		}
	}
}

func TestReceiptFault(t *testing.T) {
	t.Parallel()
	for _, binding := range bindings {
		t.Run(binding.String(), func(t *testing.T) {
			t.Parallel()
			srv, c, s := newScripted(t, binding, nil)
			s.answer = func(_ *etsi.Operation, m etsi.Message) (etsi.Message, *etsi.Fault) {
				if _, ok := m.(*etsi.ReceiptReq); ok {
					return nil, faultOf("208", "too late for +"+person)
				}
				return nil, nil
			}
			_, err := c.Receipt(t.Context(), signed(t, srv, c), thanks(srv, true))
			f, _ := errors.AsType[*mss.Fault](err)
			require.NotNil(t, f, "%v", err)
			require.Equal(t, mss.ExpiredTransaction, f.Code)
			require.Equal(t, mss.OpReceipt, f.Operation)
			require.NotContains(t, err.Error(), person)
		})
	}
}

// TestReceiptTime: a receipt waits 90 s for the person (guide section 4.3), a profile query and the heartbeat 10 s.
func TestReceiptTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c, s := newScripted(t, mssp.SOAP, nil)
		sig := signed(t, srv, c)
		s.next = roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		for want, call := range map[time.Duration]func() error{
			90 * time.Second: func() error { _, err := c.Receipt(t.Context(), sig, thanks(srv, true)); return err },
			10 * time.Second: func() error { _, err := c.ProfileQuery(t.Context(), sig.User); return err },
		} {
			begun := time.Now()
			require.ErrorContains(t, call(), "transport")
			require.Equal(t, want, time.Since(begun))
		}
		begun := time.Now()
		require.ErrorContains(t, c.Health(t.Context()), "transport")
		require.Equal(t, 10*time.Second, time.Since(begun))
	})
}
