package otelmss_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/stretchr/testify/require"
)

const person = "41791234567"

// ask puts one question to the simulated person, without the pauses between polls.
func ask(t *testing.T, c *mssp.Client, text string) error {
	t.Helper()
	number, err := mss.ParseMSISDN(person)
	require.NoError(t, err)
	tx, err := c.Start(t.Context(), &mss.Request{
		Purpose: mss.Authentication, User: mss.User{MSISDN: number}, Display: text, Language: "en",
	})
	if err != nil {
		return err
	}
	status, err := c.Poll(t.Context(), tx, 0)
	require.NoError(t, err)
	require.NotNil(t, status.Evidence)
	_, err = c.Verify(status.Evidence)
	return err
}

// What a real client tells: one signature, one refusal by the person and one text that is not sent. Neither spans, metrics
// nor log lines hold the number, the text or who signed.
func TestClientIsObserved(t *testing.T) {
	t.Parallel()
	srv := msstest.NewServer(t, nil)
	b := newBackend(t)
	var logged bytes.Buffer
	logs := mss.LogObserver(slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	client, err := mssp.New(mssp.Config{
		HTTP: srv.HTTP(), APID: srv.APID(), Prefix: srv.Prefix(), Anchors: srv.Anchors(),
		Defaults: mssp.Options{Profile: mssp.ProfileAny}, Observer: mss.Observers(b.observer, logs),
	})
	require.NoError(t, err)
	t.Cleanup(client.Close)

	const secret, signer = "canary-7f3kq?", "MIDCHE0123456789"
	srv.Script("+"+person, msstest.Person{Do: msstest.Sign, Serial: signer})
	require.NoError(t, ask(t, client, srv.Prefix()+secret))
	srv.Script("+"+person, msstest.Person{Do: msstest.Cancel})
	require.ErrorIs(t, ask(t, client, srv.Prefix()+secret), mss.UserCancel)
	var refused *mss.RequestError
	require.ErrorAs(t, ask(t, client, srv.Prefix()+secret+"\x07"), &refused)

	var names []string
	ids := map[string]int{}
	for _, s := range b.spans.GetSpans() {
		names = append(names, s.Name)
		for _, a := range s.Attributes {
			if a.Key == "mss.mssp_trans_id" {
				ids[a.Value.AsString()]++
			}
		}
	}
	require.Equal(t, []string{"mss.Signature", "mss.StatusQuery", "mss.Signature", "mss.StatusQuery", "mss.Signature"}, names)
	require.Len(t, ids, 2, "each signature has its id")
	for id, n := range ids {
		require.Equal(t, 2, n, "%s is on the question's span and on the poll's", id)
	}

	total := int64(0)
	for _, n := range b.sums(t, "mss.client.operations") {
		total += n
	}
	require.EqualValues(t, 5, total)
	require.EqualValues(t, 1, b.sums(t, "mss.client.operations")["mss.operation=MSS_Signature mss.result=refused"])
	for labels, n := range b.sums(t, "mss.client.active_operations") {
		require.Zero(t, n, labels)
	}
	answers := b.histogram(t, "mss.client.answer.duration")
	require.EqualValues(t, 1, answers["mss.code_name=SIGNATURE mss.purpose=authentication mss.result=ok"][0])
	require.EqualValues(t, 1, answers["mss.code_name=USER_CANCEL mss.purpose=authentication mss.result=fault"][0])

	spans, metrics := b.exported(t)
	for what, exported := range map[string]string{"spans": spans, "metrics": metrics, "logs": logged.String()} {
		require.Contains(t, exported, "MSS_Signature", what)
		requireNoCanary(t, exported, what)
		require.NotContains(t, exported, signer, what)
	}
}
