package mssp_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

// TestHealth: one answer alone is health.
func TestHealth(t *testing.T) {
	t.Parallel()
	answers := func(f *etsi.Fault) func(*etsi.SignatureReq) (etsi.Message, *etsi.Fault) {
		return func(*etsi.SignatureReq) (etsi.Message, *etsi.Fault) { return nil, f }
	}
	accepts := func(code mss.Code) func(*etsi.SignatureReq) (etsi.Message, *etsi.Fault) {
		return func(req *etsi.SignatureReq) (etsi.Message, *etsi.Fault) {
			return &etsi.SignatureResp{
				MessageAbstract: echoed(&req.MessageAbstract), MSSPTransID: "x", MobileUser: req.MobileUser, Status: statusOf(code),
			}, nil
		}
	}
	for name, tt := range map[string]struct {
		answer func(*etsi.SignatureReq) (etsi.Message, *etsi.Fault)
		want   string // of the error; "" healthy
	}{
		"healthy":               {answers(faultOf("101", "Illegal msisdn")), ""},
		"white space":           {answers(faultOf("101", "\n Illegal msisdn ")), ""},
		"capitals":              {answers(faultOf("101", "Illegal MSISDN")), ""},
		"101 for another cause": {answers(faultOf("101", "Illegal instant")), "101 WRONG_PARAM"},
		"more words":            {answers(faultOf("101", "Illegal msisdn, or so")), "101 WRONG_PARAM"},
		"letters of other alphabets that look so": {answers(faultOf("101", "Illegal m\u017fisdn")), "101 WRONG_PARAM"},
		"101 without a cause":                     {answers(faultOf("101")), "101 WRONG_PARAM"},
		"900":                                     {answers(faultOf("900", "Illegal msisdn")), "900 INTERNAL_ERROR"},
		"no access":                               {answers(faultOf("104", "Illegal msisdn")), "104 UNAUTHORIZED_ACCESS"},
		"a signature by nobody":                   {accepts(mss.StatusSignature), "health: a signature by nobody was not refused"},
		"accepted":                                {accepts(mss.StatusRequestOK), "health: a signature by nobody was not refused"},
	} {
		for _, binding := range bindings {
			t.Run(name+"/"+binding.String(), func(t *testing.T) {
				t.Parallel()
				_, c, s := newScripted(t, binding, nil)
				s.answer = func(_ *etsi.Operation, m etsi.Message) (etsi.Message, *etsi.Fault) {
					return tt.answer(m.(*etsi.SignatureReq))
				}
				err := mss.Health(t.Context(), c)
				require.EqualValues(t, 1, s.sent.Load())
				if tt.want == "" {
					require.NoError(t, err)
					return
				}
				require.ErrorContains(t, err, tt.want)
				if fault, ok := errors.AsType[*mss.Fault](err); ok {
					require.Equal(t, mss.OpHealth, fault.Operation)
				}
			})
		}
	}
}

// TestHealthRequest holds what is sent against the guide (section 4.5).
func TestHealthRequest(t *testing.T) {
	t.Parallel()
	for _, binding := range bindings {
		t.Run(binding.String(), func(t *testing.T) {
			t.Parallel()
			_, c, s := newScripted(t, binding, func(cfg *mssp.Config) {
				cfg.Defaults = mssp.Options{}
				cfg.Admit = func(context.Context, mssp.Admission) error { return errors.New("nobody is asked") }
			})
			s.answer = func(*etsi.Operation, etsi.Message) (etsi.Message, *etsi.Fault) {
				return nil, faultOf("101", "Illegal msisdn")
			}
			require.NoError(t, c.Health(t.Context()))
			req := s.last.(*etsi.SignatureReq)
			require.Equal(t, "41000000000", *req.MobileUser.MSISDN)
			require.Equal(t, "Heartbeat", req.DataToBeSigned.Value)
			require.Equal(t, "text/plain", *req.DataToBeSigned.MimeType)
			require.Equal(t, etsi.MessagingModeSynch, req.MessagingMode)
			require.Equal(t, mssp.ProfileAny, req.SignatureProfile.MssURI)
			require.EqualValues(t, "80", *req.TimeOut)
			require.Len(t, req.AdditionalServices.Service, 1)
			require.Equal(t, "en", req.AdditionalServices.Service[0].Items[0].UserLang.Value)
		})
	}
}

// TestHealthTakesNoPlace: health can be asked for however many signatures are under way.
func TestHealthTakesNoPlace(t *testing.T) {
	t.Parallel()
	srv, c, _ := newScripted(t, mssp.SOAP, func(cfg *mssp.Config) { cfg.MaxOutstanding, cfg.OneAtATime = 1, true })
	srv.Script(person, msstest.Person{After: time.Hour})
	_, err := c.Start(t.Context(), request(t, srv, person))
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, c.Health(t.Context()))
	}
	srv.AssertPrompts(t, 1)
}

func TestHealthUnsupported(t *testing.T) {
	t.Parallel()
	for heartbeat, want := range map[string]string{"": "unsupported operation", "0041": "is no international number"} {
		_, c, s := newScripted(t, mssp.SOAP, func(cfg *mssp.Config) {
			cfg.Dialect = mssp.Swisscom()
			cfg.Dialect.Heartbeat = heartbeat
		})
		err := c.Health(t.Context())
		require.ErrorContains(t, err, want)
		require.Equal(t, heartbeat == "", errors.Is(err, errors.ErrUnsupported))
		require.Zero(t, s.sent.Load())
	}
}

func TestHealthUnreachable(t *testing.T) {
	t.Parallel()
	_, c, s := newScripted(t, mssp.SOAP, nil)
	s.next = roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route") })
	failure, _ := errors.AsType[*mss.TransportError](c.Health(t.Context()))
	require.NotNil(t, failure)
	require.ErrorContains(t, failure, "transport")
}
