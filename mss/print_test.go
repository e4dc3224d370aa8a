package mss_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

const (
	secretText   = "Bank ACME: canary-7f3kq?"
	secretSigner = "MIDCHECANARY7F3KQ"
)

// models returns a value of each type that holds a person, a text or an answer.
func models(t *testing.T) (tx mss.Transaction, ev mss.Evidence, req mss.Request, sig mss.Signature, doc mss.Document) {
	t.Helper()
	m, err := mss.ParseMSISDN(secretNumber)
	require.NoError(t, err)
	cert := &x509.Certificate{Subject: pkix.Name{CommonName: secretSigner}}
	tx = mss.Transaction{
		Provider: "mssp test", TransID: "T-ours", MSSPTransID: "id\n-theirs", Purpose: mss.Signing,
		User: mss.User{MSISDN: m}, State: []byte(secretText),
	}
	ev = mss.Evidence{Transaction: tx, Raw: []byte(secretText + secretNumber)}
	req = mss.Request{TransID: "T-ours", Purpose: mss.Signing, User: tx.User, Display: secretText, Data: mss.Text(secretText), Key: cert}
	proven := mss.Proven{
		Signer: mss.Signer{ID: secretSigner, Chain: []*x509.Certificate{cert}},
		Format: mss.CMS, Value: []byte(secretText), Content: []byte(secretText),
	}
	sig = mss.Signature{Proven: proven, Asserted: mss.Asserted{Status: 500, Profile: secretNumber, User: tx.User, Details: secretText}, Evidence: &ev}
	return tx, ev, req, sig, mss.Document{Proven: proven}
}

// printed is what every printer makes of v, with these verbs.
func printed(v any, verbs ...string) string {
	var out bytes.Buffer
	for _, verb := range verbs {
		fmt.Fprintf(&out, verb+"\n", v)
	}
	for _, l := range []*slog.Logger{slog.New(slog.NewJSONHandler(&out, nil)), slog.New(slog.NewTextHandler(&out, nil))} {
		l.Info("x", "v", v)
		l.Info("x", slog.Group("g", "v", v))
	}
	b, err := json.Marshal(v)
	fmt.Fprintf(&out, "%s %v", b, err)
	return out.String()
}

func TestModelNeverPrintsPersonalData(t *testing.T) {
	t.Parallel()
	usual := []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%20s", "%-5.3v"}
	every := append(slices.Clone(usual), "%d", "%t", "%o", "%c", "%U")
	tx, ev, req, sig, doc := models(t)
	for _, tt := range []struct {
		v     any
		verbs []string
	}{
		{tx, every}, {&tx, every}, {[]mss.Transaction{tx}, every}, {map[string]*mss.Transaction{"k": &tx}, every},
		{ev, every}, {&ev, every}, {struct{ Evidence mss.Evidence }{ev}, every}, {&mss.Status{Evidence: &ev}, every},
		{req, every}, {&req, every}, {[]*mss.Request{&req}, every}, {struct{ R any }{req}, every},
		{&mss.VerificationError{Check: "chain", Err: errors.New("no root"), Evidence: &ev}, every},
		{sig, usual}, {&sig, usual}, {[]mss.Signature{sig}, usual}, {struct{ S *mss.Signature }{&sig}, usual},
		{sig.Proven, usual}, {&sig.Proven, usual}, {struct{ P mss.Proven }{sig.Proven}, usual},
		{sig.Signer, every}, {&sig.Signer, every}, {[]mss.Signer{sig.Signer}, every}, {struct{ S any }{sig.Signer}, every},
		{doc, usual}, {&doc, usual}, {[]any{doc, &doc}, usual},
		{req.Data, every}, {&req.Data, every}, {struct{ D mss.Data }{req.Data}, every},
	} {
		out := printed(tt.v, tt.verbs...)
		for _, secret := range []string{"79123", "canary", "Bank", secretSigner} {
			for _, form := range []string{
				secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprintf("%q", []byte(secret)),
				fmt.Sprintf("%d", []byte(secret))[1:9], fmt.Sprintf("%#v", []byte(secret))[7:20], fmt.Sprintf("%o", []byte(secret))[1:9],
				base64.StdEncoding.EncodeToString([]byte(secretText))[:8],
			} {
				require.NotContains(t, out, form, "%T", tt.v)
			}
		}
		require.NotContains(t, out, "\n-theirs", "a foreign id is quoted")
	}
}

func TestModelPrintsIDs(t *testing.T) {
	t.Parallel()
	tx, ev, req, sig, doc := models(t)
	const ids = `provider:"mssp test" transId:"T-ours" msspTransId:"id\n-theirs" purpose:"signing"}`
	require.Equal(t, "mss.Transaction{"+ids, fmt.Sprint(tx))
	require.Equal(t, "mss.Evidence{"+ids, fmt.Sprintf("%+v", &ev))
	require.Equal(t, `mss.Request{transId:"T-ours" purpose:"signing"}`, fmt.Sprintf("%#v", req))
	require.Equal(t, `mss.Signature{verified:"false" fresh:"false" status:"500" format:"CMS" `+ids, fmt.Sprintf("%#v", &sig))
	require.Equal(t, `mss.Proven{format:"CMS"}`, fmt.Sprint(sig.Proven))
	require.Equal(t, `mss.Document{format:"CMS"}`, fmt.Sprint(doc))
	require.Equal(t, `mss.Document{format:"CMS"}`, fmt.Sprintf("%#v", doc))
	for _, v := range []any{tx, ev, req, sig, sig.Proven, doc} {
		require.Equal(t, slog.KindGroup, slog.AnyValue(v).Resolve().Kind(), "%T", v)
	}

	b, err := json.Marshal(&mss.VerificationError{Check: "chain", Evidence: &ev})
	require.NoError(t, err)
	require.JSONEq(t, `{"Check":"chain","Err":null,"Evidence":{"provider":"mssp test","transId":"T-ours","msspTransId":"id\n-theirs","purpose":"signing"}}`, string(b))
	b, err = json.Marshal(sig)
	require.NoError(t, err)
	require.JSONEq(t, `{"verified":false,"fresh":false,"status":500,"format":"CMS","provider":"mssp test","transId":"T-ours","msspTransId":"id\n-theirs","purpose":"signing"}`, string(b))
	b, err = json.Marshal([]any{(*mss.Evidence)(nil), (*mss.Signature)(nil), mss.Signature{}})
	require.NoError(t, err)
	require.JSONEq(t, `[null,null,{"verified":false,"fresh":false,"status":0,"format":"Format(0)"}]`, string(b))
	require.Equal(t, "<nil>", fmt.Sprint((*mss.Signature)(nil)))

	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "tx", &tx)
	require.Contains(t, out.String(), "tx.transId=T-ours")
}
