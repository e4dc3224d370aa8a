package mssp_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

// TestProfilesOfAnswers: what the service calls the method is stored, sealed and shown, so it is a URI of a sensible length.
func TestProfilesOfAnswers(t *testing.T) {
	t.Parallel()
	for name, profile := range map[string]string{
		"long":  "http://mid.swisscom.ch/" + strings.Repeat("x", 300),
		"space": "http://mid.swisscom.ch/a b",
		"bidi":  "http://mid.swisscom.ch/\u202ea",
	} {
		for _, binding := range bindings {
			srv, c, s := newScripted(t, binding, nil)
			s.answer = acknowledged(func() string { return "h1" }, profile, "401")
			_, err := c.Start(t.Context(), request(t, srv, person))
			requireCheck(t, err, "profile", name)

			srv.Script(person, msstest.Person{})
			s.answer = func(*etsi.Operation, etsi.Message) (etsi.Message, *etsi.Fault) { return nil, nil }
			sig, err := c.SignSync(t.Context(), request(t, srv, person))
			require.NoError(t, err)
			require.Contains(t, string(sig.Evidence.Raw), mssp.ProfileSIM)
			sig.Evidence.Raw = []byte(strings.Replace(string(sig.Evidence.Raw), mssp.ProfileSIM, profile, 1))
			_, err = c.Verify(sig.Evidence)
			requireCheck(t, err, "profile", name)
		}
	}
}

func requireCheck(t *testing.T, err error, check, name string) {
	t.Helper()
	failed, _ := errors.AsType[*mss.VerificationError](err)
	require.NotNil(t, failed, "%s: %v", name, err)
	require.Equal(t, check, failed.Check, name)
}

// TestStatusOfAnotherTransaction: a status need not name the transaction; where it does, it is the one that was asked for.
func TestStatusOfAnotherTransaction(t *testing.T) {
	t.Parallel()
	for _, code := range []mss.Code{mss.StatusOutstanding, mss.StatusInvalidSignature, mss.StatusSignature} {
		for id, check := range map[string]string{"h1": "", "h2": "echo"} {
			srv, c, s := newScripted(t, mssp.SOAP, nil)
			ack := acknowledged(func() string { return "h1" }, mssp.ProfileSIM, "401")
			s.answer = func(op *etsi.Operation, m etsi.Message) (etsi.Message, *etsi.Fault) {
				req, ok := m.(*etsi.StatusReq)
				if !ok {
					return ack(op, m)
				}
				number := etsi.MobileUser{MSISDN: new(person)}
				return &etsi.StatusResp{
					MessageAbstract: echoed(&req.MessageAbstract), MSSPTransID: new(id), MobileUser: number, Status: statusOf(code),
				}, nil
			}
			tx, err := c.Start(t.Context(), request(t, srv, person))
			require.NoError(t, err)
			st, err := c.Poll(t.Context(), tx, 0)
			if err == nil && st.Evidence != nil {
				_, err = c.Verify(st.Evidence)
			}
			if check != "" {
				requireCheck(t, err, check, id)
				continue
			}
			failed, isFailed := errors.AsType[*mss.VerificationError](err)
			require.False(t, isFailed && failed.Check == "echo", "%d: %v", code, err)
		}
	}
}

// TestUnusableIDs: the id of a synchronous answer is only for a receipt. One that is none goes nowhere.
func TestUnusableIDs(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "a\nb", strings.Repeat("x", 65), "+41791234567"} {
		srv, c, s := newScripted(t, mssp.JSON, nil)
		w := new(watcher)
		observed := newClient(t, srv, func(cfg *mssp.Config) { cfg.HTTP.Base, cfg.Binding, cfg.Observer = s, mssp.JSON, w.observer() })
		_ = c
		s.answer = acknowledged(func() string { return id }, mssp.ProfileSIM, "401")
		_, err := observed.SignSync(t.Context(), request(t, srv, person))
		require.Error(t, err)
		require.NotEmpty(t, w.all)
		for _, e := range w.all {
			require.Empty(t, e.MSSPTransID)
		}
	}
}
