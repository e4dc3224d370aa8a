package msstest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport/soap"
)

// send sends an HTTP request in process.
func send(t *testing.T, srv *msstest.Server, method, path, contentType, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, srv.URL()+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", contentType)
	resp, err := srv.RoundTripper().RoundTrip(req)
	require.NoError(t, err)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Same(t, req, resp.Request)
	return resp, string(b)
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	const xml = "text/xml;charset=UTF-8"
	for _, tt := range []struct {
		method, path, contentType, body string
		want                            int
	}{
		{"POST", "/", xml, "", 404},
		{"POST", "/soap/services/MSS_RegistrationPort", xml, "", 404},
		{"POST", "/rest/service/", "application/json", "{}", 404},
		{"POST", "/rest/service/sign", xml, "", 415},
		{"GET", signaturePath, xml, "", 405},
		{"PUT", statusPath, xml, "", 405},
		{"POST", signaturePath, "application/json", "{}", 415},
		{"POST", signaturePath, "text/xml;charset=ISO-8859-1", "", 415},
		{"POST", signaturePath, "", "", 415},
		{"POST", signaturePath, xml, strings.Repeat(" ", 1<<20+1), 413},
		{"POST", signaturePath, xml, "", 500},
		{"POST", signaturePath, xml, "<html/>", 500},
		{"POST", signaturePath, "text/xml", "<html/>", 500},
		{"POST", signaturePath, "application/soap+xml; charset=utf-8;action=\"\"", "<html/>", 500},
	} {
		resp, body := send(t, srv, tt.method, tt.path, tt.contentType, tt.body)
		require.Equal(t, tt.want, resp.StatusCode, tt)
		require.NotEmpty(t, resp.Header.Get("Date"))
		if tt.want == 405 {
			require.Equal(t, "POST", resp.Header.Get("Allow"))
		}
		if tt.want == 500 {
			f, err := soap.DecodeResponse([]byte(body), etsi.OpSignature, new(etsi.SignatureResp))
			require.NoError(t, err)
			require.Equal(t, mss.WrongParam, code(t, etsi.Status{}, f))
			require.Contains(t, f.Details[0], "cannot be read")
		}
	}
	require.Len(t, srv.Requests(), 14, "refused requests are remembered too")

	for size, kept := range map[int]bool{16 << 10: true, 16<<10 + 1: false} {
		send(t, srv, "POST", signaturePath, xml, strings.Repeat("x", size))
		history := srv.Requests()
		require.Equal(t, kept, len(history[len(history)-1].Body) == size)
	}
	srv.AssertPrompts(t, 0)
}

func TestOperationAtWrongAddress(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	c := call(t, srv)
	_, f, err := c.exchange(t.Context(), statusPath, etsi.OpSignature, c.ask("41700092501", synch), new(etsi.SignatureResp))
	require.NoError(t, err)
	require.Equal(t, mss.WrongParam, code(t, etsi.Status{}, f))
	_, f, err = c.exchange(t.Context(), signaturePath, etsi.OpStatusQuery, &etsi.StatusReq{MessageAbstract: c.abstract(), MSSPTransID: "x"}, new(etsi.StatusResp))
	require.NoError(t, err)
	require.Equal(t, mss.WrongParam, code(t, etsi.Status{}, f))
	srv.AssertPrompts(t, 0)
}

func TestHistory(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	c := call(t, srv)
	c.style = soap.GuideForm
	req := c.ask("+41700092501", asynch)
	start := time.Now()
	ack, f := c.sign(req)
	require.Nil(t, f)
	_, f = c.status(ack.MSSPTransID)
	require.Nil(t, f)

	history := srv.Requests()
	require.Len(t, history, 2)
	require.WithinRange(t, history[0].Time, start, time.Now())
	require.Equal(t, "text/xml;charset=UTF-8", history[0].Header.Get("Content-Type"))
	for i := range history {
		require.Contains(t, string(history[i].Body), history[i].APTransID)
		history[i].Time, history[i].Header, history[i].Body = time.Time{}, nil, nil
	}
	require.Equal(t, msstest.Request{
		Path: signaturePath, Conn: 1, Operation: "MSS_Signature", Style: soap.GuideForm, APTransID: req.APInfo.APTransID,
		MSISDN: "+41700092501", Mode: asynch, Text: "Simulator: Sign in?", MSSPTransID: ack.MSSPTransID,
	}, history[0])
	require.NotEqual(t, req.APInfo.APTransID, history[1].APTransID)
	history[1].APTransID = ""
	require.Equal(t, msstest.Request{
		Path: statusPath, Conn: 1, Operation: "MSS_StatusQuery", Style: soap.GuideForm, MSSPTransID: ack.MSSPTransID,
	}, history[1])
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	for range 10_050 {
		send(t, srv, "GET", "/", "", "")
	}
	send(t, srv, "GET", "/last", "", "")
	history := srv.Requests()
	require.LessOrEqual(t, len(history), 10_000)
	require.GreaterOrEqual(t, len(history), 9_000)
	require.Equal(t, "/last", history[len(history)-1].Path)
}

func TestAssertPromptsFails(t *testing.T) {
	t.Parallel()
	srv := inProcess(t, nil)
	r := &recorder{TB: t}
	srv.AssertPrompts(r, 1)
	require.True(t, r.failed)
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

// The same seed draws the same MSSP_TransIDs; they are NCNames of changing alphabet and length.
func TestSeed(t *testing.T) {
	t.Parallel()
	draw := func(seed uint64) (ids []string) {
		srv := inProcess(t, &msstest.Options{Seed: seed})
		c := call(t, srv)
		for range 20 {
			ack, f := c.sign(c.ask("41700092501", asynch))
			require.Nil(t, f)
			ids = append(ids, ack.MSSPTransID)
		}
		return ids
	}
	ids := draw(7)
	require.Equal(t, ids, draw(7))
	require.NotEqual(t, ids, draw(8))
	lengths := make(map[int]bool)
	for _, id := range ids {
		lengths[len(id)] = true
		require.Regexp(t, `^[A-Za-z][A-Za-z0-9._-]{7,39}$`, id)
	}
	require.Greater(t, len(lengths), 5)
	require.Equal(t, uint64(7), inProcess(t, &msstest.Options{Seed: 7}).Seed())
	require.NotZero(t, inProcess(t, nil).Seed())
}
