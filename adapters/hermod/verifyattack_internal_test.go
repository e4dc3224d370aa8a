package hermod

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/gomss/gomss/mss"
)

// attack is one change to what would be accepted, and the check that must notice it.
type attack struct {
	change func(x *exchange)
	check  string
}

// requireAttacks runs a table against the kinds and formats that it is for. That each would be accepted unchanged is part of it.
func requireAttacks(t *testing.T, kind commandKind, format string, table map[string]attack) {
	t.Helper()
	r := newRealm(t)
	for name, a := range table {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newExchange(t, r, kind, format)
			v := newVerifier(t, r.anchors)
			_, err := v.Verify(x.evidence())
			require.NoError(t, err, "unchanged")
			a.change(x)
			ev := x.evidence()
			sig, err := v.Verify(ev)
			require.Nil(t, sig)
			requireRefused(t, err, a.check, ev)
		})
	}
}

// TestVerifyNil: nothing is nobody's signature.
func TestVerifyNil(t *testing.T) {
	t.Parallel()
	_, err := newVerifier(t, newRealm(t).anchors).Verify(nil)
	var f *mss.VerificationError
	require.ErrorAs(t, err, &f)
	require.Equal(t, "evidence", f.Check)
}

// TestVerifyEvidence: the transaction is one that this verifier may judge, and whole.
func TestVerifyEvidence(t *testing.T) {
	t.Parallel()
	requireAttacks(t, sign, formatJWS, map[string]attack{
		"of production":        {func(x *exchange) { x.tx.Provider = strings.Replace(testScope, "simulator", "production", 1) }, "evidence"},
		"of another service":   {func(x *exchange) { x.tx.Provider = "skmid|simulator|" + testHost + "|acme" }, "evidence"},
		"of no service":        {func(x *exchange) { x.tx.Provider = "" }, "evidence"},
		"purpose swapped":      {func(x *exchange) { x.tx.Purpose = mss.Authentication }, "evidence"},
		"purpose 0":            {func(x *exchange) { x.tx.Purpose = 0 }, "evidence"},
		"of an enrolment":      {func(x *exchange) { x.st.Kind, x.tx.Purpose = provision, 0 }, "evidence"},
		"no received":          {func(x *exchange) { x.received = time.Time{} }, "evidence"},
		"no start":             {func(x *exchange) { x.tx.Started = time.Time{} }, "evidence"},
		"no TransID":           {func(x *exchange) { x.tx.TransID = "" }, "evidence"},
		"no user":              {func(x *exchange) { x.tx.User = mss.User{} }, "evidence"},
		"no digest":            {func(x *exchange) { x.st.TBS = nil }, "evidence"},
		"half a digest":        {func(x *exchange) { x.st.TBS = x.st.TBS[:16] }, "evidence"},
		"no externalId":        {func(x *exchange) { x.st.ExternalID, x.record["externalId"] = "", "" }, "evidence"},
		"no certificate":       {func(x *exchange) { x.st.Certificate = nil }, "evidence"},
		"no key":               {func(x *exchange) { x.st.KeyID = "" }, "evidence"},
		"no profile":           {func(x *exchange) { x.st.ProfileID = "" }, "evidence"},
		"no format":            {func(x *exchange) { x.st.Format = "" }, "evidence"},
		"certificate of trash": {func(x *exchange) { x.st.Certificate = []byte("trash") }, "certificate"},
		"certificate and more": {func(x *exchange) { x.st.Certificate = append(bytes.Clone(x.st.Certificate), 0) }, "certificate"},
	})
}

// TestVerifyState: a state of which an octet was altered is not accepted, or says of nothing that it was proven that was not.
func TestVerifyState(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	v := newVerifier(t, r.anchors)
	x := newExchange(t, r, sign, formatJWS)
	genuine := x.evidence()
	accepted := 0
	for i := range genuine.Transaction.State {
		ev := *genuine
		ev.Transaction.State = bytes.Clone(genuine.Transaction.State)
		ev.Transaction.State[i] ^= 1
		sig, err := v.Verify(&ev)
		if err != nil {
			requireSilent(t, err)
			continue
		}
		accepted++ // the box id proves nothing
		require.Equal(t, testText, string(sig.Content))
		require.Equal(t, r.user.Certificate.Raw, sig.Signer.Chain[0].Raw)
	}
	require.Less(t, accepted, len("7d5c")+1)
	for n := range len(genuine.Transaction.State) + 1 {
		ev := *genuine
		ev.Transaction.State = bytes.Clone(genuine.Transaction.State[:n])
		if n == len(genuine.Transaction.State) {
			ev.Transaction.State = append(ev.Transaction.State, 0)
		}
		_, err := v.Verify(&ev)
		requireRefused(t, err, "evidence", &ev)
	}
}

// TestVerifyRecord: the record is whole, of this command, of this Hermod and of the device that was asked.
func TestVerifyRecord(t *testing.T) {
	t.Parallel()
	set := func(name string, value any) func(*exchange) { return func(x *exchange) { x.record[name] = value } }
	body := func(old, new string) func(*exchange) {
		return func(x *exchange) { x.raw = []byte(replaceOnce(x.t, string(x.reply()), old, new)) }
	}
	requireAttacks(t, sign, formatJWS, map[string]attack{
		"trailing garbage":            {func(x *exchange) { x.raw = append(x.reply(), "{}"...) }, "answer"},
		"member twice":                {body(`{"commandId":"4711"`, `{"commandId":"4712","commandId":"4711"`), "answer"},
		"member twice, case folded":   {body(`{"commandId":"4711"`, `{"commandid":"4712","commandId":"4711"`), "answer"},
		"no UTF-8":                    {body(`"fqdn":"hermod`, "\"fqdn\":\"\xff"), "answer"},
		"too long":                    {func(x *exchange) { x.record["x"] = strings.Repeat("x", maxRecord) }, "answer"},
		"no JSON":                     {func(x *exchange) { x.raw = []byte("<html>") }, "answer"},
		"of another command":          {func(x *exchange) { x.raw = newExchange(x.t, x.realm, sign, formatJWS).reply() }, "command"},
		"other commandId":             {set("commandId", "4712"), "command"},
		"other externalId":            {set("externalId", "T"+strings.Repeat("A", 26)), "command"},
		"no externalId":               {set("externalId", nil), "command"},
		"ids swapped":                 {func(x *exchange) { x.record["commandId"], x.record["externalId"] = "0", "4711" }, "command"},
		"of AUTH":                     {set("commandType", "AUTH"), "command"},
		"of no type":                  {set("commandType", nil), "command"},
		"never bound":                 {func(x *exchange) { x.tx.MSSPTransID = "" }, "command"},
		"still running":               {func(x *exchange) { x.record["state"] = "IN_PROGRESS"; delete(x.record, "responseHeader") }, "result"},
		"no result":                   {func(x *exchange) { x.result = nil }, "result"},
		"no data":                     {func(x *exchange) { x.result["data"] = "" }, "result"},
		"another message answered":    {func(x *exchange) { x.answers(testLocation + "9") }, "destination"},
		"no message answered":         {func(x *exchange) { x.answers("") }, "destination"},
		"message was never announced": {func(x *exchange) { x.st.Locations = nil }, "destination"},
		"no destination":              {set("destinations", nil), "destination"},
		"another profile":             {func(x *exchange) { x.destination()["pid"] = "4a0b3c5e-91d1-4c0e-9c92-0f3b8a5b1c22" }, "destination"},
		"another host":                {set("fqdn", "hermod.example.evil.example"), "host"},
		"no host":                     {set("fqdn", nil), "host"},
		"format swapped":              {func(x *exchange) { x.result["contenttype"] = formatPKCS7 }, "format"},
		"format swapped in the state": {func(x *exchange) { x.st.Format = formatPKCS7 }, "format"},
		"no format":                   {func(x *exchange) { delete(x.result, "contenttype") }, "format"},
	})
}

func (x *exchange) answers(location string) {
	x.record["responseHeader"].(map[string]any)["inReplyTo"] = location
}

func replaceOnce(t testing.TB, s, old, new string) string {
	t.Helper()
	require.Equal(t, 1, strings.Count(s, old))
	return strings.Replace(s, old, new, 1)
}

// TestVerifyForgedFault: what says that the person declined must be of this command, too.
func TestVerifyForgedFault(t *testing.T) {
	t.Parallel()
	requireAttacks(t, authenticate, formatJWS, map[string]attack{
		"other externalId": {func(x *exchange) { x.code, x.record["externalId"] = 401, "T"+strings.Repeat("A", 26) }, "command"},
		"other commandId":  {func(x *exchange) { x.code, x.record["commandId"] = 401, "4712" }, "command"},
		"other command":    {func(x *exchange) { x.code, x.record["commandType"] = 401, "SIGN" }, "command"},
	})
}

// TestVerifyCertificate: the certificate is the person's, for the purpose, of the anchors' CA and environment, and valid when the
// answer came.
func TestVerifyCertificate(t *testing.T) {
	t.Parallel()
	usage := func(u x509.KeyUsage) func(*exchange) {
		return func(x *exchange) { x.enrol(func(c *x509.Certificate) { c.KeyUsage = u }) }
	}
	table := map[string]attack{
		"expired before":         {func(x *exchange) { x.enrol(func(c *x509.Certificate) { c.NotAfter = testReceived.Add(-time.Second) }) }, "chain"},
		"valid after":            {func(x *exchange) { x.enrol(func(c *x509.Certificate) { c.NotBefore = testReceived.Add(time.Second) }) }, "chain"},
		"judged years later":     {func(x *exchange) { x.received = testReceived.AddDate(3, 0, 0) }, "chain"},
		"of another root":        {func(x *exchange) { other := newRealm(x.t); x.certified(other.user) }, "chain"},
		"self-signed":            {func(x *exchange) { x.certified(issue(x.t, userTemplate(), cmstest.Signer{}, rsaKey())) }, "chain"},
		"without the mark":       {func(x *exchange) { x.enrol(func(c *x509.Certificate) { c.ExtraExtensions = nil }) }, "chain"},
		"critical extension":     {func(x *exchange) { x.enrol(addCritical) }, "chain"},
		"for encryption":         {usage(x509.KeyUsageKeyEncipherment), "key usage"},
		"for documents only":     {usage(x509.KeyUsageContentCommitment), "key usage"},
		"an authority's":         {func(x *exchange) { x.enrol(func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }) }, "key usage"},
		"of a weak key":          {func(x *exchange) { x.certified(issue(x.t, userTemplate(), x.realm.issuing, weakKey())) }, "certificate"},
		"of another kind of key": {func(x *exchange) { x.certified(issue(x.t, userTemplate(), x.realm.issuing, newECKey(x.t))) }, "certificate"},
		"two surnames": {func(x *exchange) {
			x.enrol(func(c *x509.Certificate) {
				c.Subject.ExtraNames = append(c.Subject.ExtraNames, pkix.AttributeTypeAndValue{Type: oidSurname, Value: "X"})
			})
		}, "signer"},
	}
	requireAttacks(t, authenticate, formatJWS, table)
}

// TestVerifyCertificateCMS: what package cms checks of the certificate, it checks as strictly.
func TestVerifyCertificateCMS(t *testing.T) {
	t.Parallel()
	requireAttacks(t, authenticate, formatPKCS7, map[string]attack{
		"expired before":         {func(x *exchange) { x.enrol(func(c *x509.Certificate) { c.NotAfter = testReceived.Add(-time.Second) }) }, "chain"},
		"judged hours later":     {func(x *exchange) { x.received = testReceived.Add(25 * time.Hour) }, "attributes"},
		"of another root":        {func(x *exchange) { other := newRealm(x.t); x.certified(other.user) }, "chain"},
		"without the mark":       {func(x *exchange) { x.enrol(func(c *x509.Certificate) { c.ExtraExtensions = nil }) }, "chain"},
		"of another kind of key": {func(x *exchange) { x.certified(issue(x.t, userTemplate(), x.realm.issuing, newECKey(x.t))) }, "certificate"},
		"documents only":         {func(x *exchange) { x.enrol(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment }) }, "key usage"},
	})
}

// TestChainWithoutTime: no time is not the present, which is what crypto/x509 takes it for (SEC-13).
func TestChainWithoutTime(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	v := newVerifier(t, r.anchors)
	_, err := v.chain(r.user.Certificate, testReceived)
	require.NoError(t, err)
	_, err = v.chain(r.user.Certificate, time.Time{})
	require.Error(t, err)
}

// TestVerifyEnvironment: a simulator's certificate is none of a person, however real the authorities above it are (SEC-15).
func TestVerifyEnvironment(t *testing.T) {
	t.Parallel()
	for _, format := range []string{formatJWS, formatPKCS7} {
		r := newRealm(t)
		unmarked := func(name string) *x509.Certificate {
			c := caTemplate(name)
			c.ExtraExtensions = nil
			return c
		}
		root := issue(t, unmarked("Real Root"), cmstest.Signer{}, newECKey(t))
		issuing := issue(t, unmarked("Real Issuing"), root, newECKey(t))
		v := newVerifier(t, anchorsOf(t, mss.Production, root, issuing))
		x := newExchange(t, r, sign, format)
		x.tx.Provider = strings.Replace(testScope, "simulator", "production", 1)
		x.certified(issue(t, userTemplate(), issuing, rsaKey()))
		ev := x.evidence()
		_, err := v.Verify(ev)
		requireRefused(t, err, "chain", ev)

		person := userTemplate()
		person.ExtraExtensions = nil
		x.certified(issue(t, person, issuing, rsaKey()))
		_, err = v.Verify(x.evidence())
		require.NoError(t, err, "without the mark it is a person's")
	}
}

// enrol gives the person another certificate, with which the device signs.
func (x *exchange) enrol(change func(*x509.Certificate)) {
	c := userTemplate()
	change(c)
	x.certified(issue(x.t, c, x.realm.issuing, rsaKey()))
}

// certified has the person's device sign with a certificate that is the enrolled one.
func (x *exchange) certified(s cmstest.Signer) {
	x.st.Certificate = s.Certificate.Raw
	if _, ok := s.Key.(*rsa.PrivateKey); ok || x.st.Format == formatPKCS7 {
		x.signer = s
	}
	x.sign()
}

func addCritical(c *x509.Certificate) {
	c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 999, 1}, Critical: true, Value: []byte{5, 0}})
}

// weakKey is one that costs nothing to break.
func weakKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err)
	}
	return key
}
