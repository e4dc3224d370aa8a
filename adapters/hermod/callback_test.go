package hermod_test

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/track"
)

// TestCallbackRefusals answers what is no callback of the Hermod's with its status, and stores nothing of it.
func TestCallbackRefusals(t *testing.T) {
	t.Parallel()
	b, log := new(broker), new(logged)
	c := newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Logger = slog.New(slog.NewTextHandler(log, nil)) })
	tx := started(t, c, payment())
	signed := b.last().signed()
	for name, tc := range map[string]struct {
		target, doc, user, password string
		status                      int
	}{
		"nobody":               {"/callback/sign", signed, "", "", 401},
		"another user":         {"/callback/sign", signed, "hermod", brokerPassword, 401},
		"another password":     {"/callback/sign", signed, brokerUser, "x", 401},
		"the colon elsewhere":  {"/callback/sign", signed, brokerUser + ":" + brokerPassword[:1], brokerPassword[1:], 401},
		"no name of a command": {"/callback/delete", signed, brokerUser, brokerPassword, 404},
		"the root":             {"/", signed, brokerUser, brokerPassword, 404},
		"nothing":              {"/callback/sign", "", brokerUser, brokerPassword, 400},
		"half":                 {"/callback/sign", signed[:len(signed)/2], brokerUser, brokerPassword, 400},
		"an array":             {"/callback/sign", "[" + signed + "]", brokerUser, brokerPassword, 400},
		"null":                 {"/callback/sign", "null", brokerUser, brokerPassword, 400},
		"two documents":        {"/callback/sign", signed + signed, brokerUser, brokerPassword, 400},
		"a member twice":       {"/callback/sign", strings.Replace(signed, `{`, `{"state":"IN_PROGRESS",`, 1), brokerUser, brokerPassword, 400},
		"a member in capitals": {"/callback/sign", strings.Replace(signed, `{`, `{"STATE":"IN_PROGRESS",`, 1), brokerUser, brokerPassword, 400},
		"an escaped member":    {"/callback/sign", strings.Replace(signed, `{`, `{"st\u0061te":"IN_PROGRESS",`, 1), brokerUser, brokerPassword, 400},
		"no UTF-8":             {"/callback/sign", strings.Replace(signed, `{`, "{\"x\":\"\xff\",", 1), brokerUser, brokerPassword, 400},
		"deep":                 {"/callback/sign", strings.Replace(signed, `{`, `{"x":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`,`, 1), brokerUser, brokerPassword, 400},
		"a code of text":       {"/callback/sign", strings.Replace(signed, `"code":0`, `"code":"0"`, 1), brokerUser, brokerPassword, 400},
		"a code of 0.0":        {"/callback/sign", strings.Replace(signed, `"code":0`, `"code":0.0`, 1), brokerUser, brokerPassword, 400},
		"a long result":        {"/callback/sign", signed + strings.Repeat(" ", 512<<10), brokerUser, brokerPassword, 413},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tc.status, post(t, c, tc.target, tc.doc, tc.user, tc.password).Code)
			requireOutstanding(t, c, tx)
			require.Contains(t, log.String(), "a callback was not taken")
		})
	}
	require.Equal(t, `Basic realm="callback", charset="UTF-8"`, post(t, c, "/callback/sign", signed, "", "").Header().Get("WWW-Authenticate"))
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodHead} {
		w := httptest.NewRecorder()
		c.Callback().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/callback/sign", nil))
		require.Equal(t, 405, w.Code)
		require.Equal(t, "POST", w.Header().Get("Allow"))
	}
	require.NotContains(t, log.String(), brokerPassword)
	require.Equal(t, 200, post(t, c, "/anything/else/sign", signed, brokerUser, brokerPassword).Code, "the prefix is the installation's")
	outcome(t, c, tx)
}

// TestUnauthenticatedCallback is had by saying so, and is warned of.
func TestUnauthenticatedCallback(t *testing.T) {
	t.Parallel()
	b, log := new(broker), new(logged)
	c := newBrokerClient(t, b, func(cfg *hermod.Config) {
		cfg.CallbackUser, cfg.CallbackPassword, cfg.InsecureUnauthenticatedCallback = "", mss.Private{}, true
		cfg.Logger = slog.New(slog.NewTextHandler(log, nil))
	})
	require.Contains(t, log.String(), "not authenticated")
	tx := started(t, c, payment())
	require.Equal(t, 200, post(t, c, "/sign", b.last().signed(), "", "").Code)
	outcome(t, c, tx)
}

// TestCallbackServer takes callbacks over a connection: one that breaks off is no answer, and the right one is.
func TestCallbackServer(t *testing.T) {
	t.Parallel()
	b := new(broker)
	c := newBrokerClient(t, b)
	mux := http.NewServeMux()
	mux.Handle("/hermod/callback/{command}", c.Callback())
	srv := httptest.NewUnstartedServer(mux)
	srv.Config.ReadHeaderTimeout = time.Minute
	srv.Start()
	defer srv.Close()
	tx := started(t, c, payment())
	signed := b.last().signed()

	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	_, err = io.WriteString(conn, "POST /hermod/callback/sign HTTP/1.1\r\nHost: x\r\nAuthorization: Basic aGVybW9kLXVzZXI6YzRsbGJhY2stcGFzc3cwcmQ=\r\nContent-Length: 100000\r\n\r\n"+signed)
	require.NoError(t, err)
	require.NoError(t, conn.(*net.TCPConn).CloseWrite())
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Contains(t, string(answer), "400 Bad Request")
	require.NoError(t, conn.Close())
	requireOutstanding(t, c, tx)

	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/hermod/callback/sign", strings.NewReader(signed))
	require.NoError(t, err)
	req.SetBasicAuth(brokerUser, brokerPassword)
	resp, err := srv.Client().Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 200, resp.StatusCode)
	outcome(t, c, tx)
}

// callbackSeeds are callbacks of each kind, for a command with this id.
func callbackSeeds() []string {
	cmd := &sent{path: "/command/sign", number: 1000, doc: map[string]any{
		"commandHeader": map[string]any{"externalId": "EXTERNAL"},
		"signCommand":   map[string]any{"params": map[string]any{"tbs": []any{map[string]any{"data": "YQ=="}}}},
	}}
	return []string{
		cmd.signed(), cmd.final(401, nil), cmd.final(0, nil), cmd.record(), cmd.record(func(r map[string]any) { r["state"] = "EXPIRED" }),
		cmd.final(0, map[string]any{"contenttype": "pkcs7", "data": "MAA="}), `{"commandId":"1000","externalId":"EXTERNAL","state":"COMPLETED"}`,
		`{}`, `null`, `[]`, ``, `{"commandId":"1000","externalId":"EXTERNAL","signResponse":{"code":1e99}}`,
		`{"commandId":"1000","externalId":"EXTERNAL","responseHeader":{"status":200,"inReplyTo":null},"signResponse":{"code":0,"result":null}}`,
	}
}

// FuzzCallback has a client take whatever is posted. EXTERNAL in it is the outstanding command's id. Nothing but a final record with
// the command's two ids becomes its outcome, and every outcome can be judged.
func FuzzCallback(f *testing.F) {
	seeds := callbackSeeds()
	require.NotEmpty(f, seeds)
	for _, seed := range seeds {
		f.Add("sign", seed)
		f.Add("authenticate", seed)
	}
	f.Add("..", "{}")
	b, store := new(broker), new(failingStore)
	c := newBrokerClient(f, b, sharing(f, store))
	f.Fuzz(func(t *testing.T, segment, doc string) {
		b.commands, store.Store = nil, new(track.Memory)
		tx := started(t, c, payment())
		doc = strings.ReplaceAll(doc, "EXTERNAL", b.last().externalID())
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/callback/", strings.NewReader(doc))
		req.URL.Path += segment
		req.SetBasicAuth(brokerUser, brokerPassword)
		w := httptest.NewRecorder()
		c.Callback().ServeHTTP(w, req)
		require.Contains(t, []int{200, 400, 404, 413}, w.Code)
		st, err := c.Poll(t.Context(), tx, 0)
		require.NoError(t, err)
		if st.Evidence == nil {
			return
		}
		require.Equal(t, 200, w.Code)
		require.Equal(t, doc, string(st.Evidence.Raw))
		sig, err := c.Verify(st.Evidence)
		_, fault := errors.AsType[*mss.Fault](err)
		_, unverified := errors.AsType[*mss.VerificationError](err)
		require.True(t, fault || unverified, "%T", err)
		require.Nil(t, sig, "nobody signed this command's code")
	})
}
