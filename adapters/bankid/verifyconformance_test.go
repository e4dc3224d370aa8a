package bankid_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/adapters/bankid"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// corpus reads a file of BankID's test environment.
func corpus(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(os.Getenv("MSS_CORPUS"), "bankid", name))
	require.NoError(t, err)
	return b
}

// genuineVerifier trusts BankID's signing root of the test environment.
func genuineVerifier(t testing.TB) *bankid.Verifier {
	t.Helper()
	if os.Getenv("MSS_CORPUS") == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	anchors, err := mss.LoadAnchors(mss.Test, filepath.Join(os.Getenv("MSS_CORPUS"), "bankid", "signing-root-test.pem"))
	require.NoError(t, err)
	v, err := bankid.NewVerifier(bankid.VerifierConfig{Anchors: anchors})
	require.NoError(t, err)
	return v
}

// time2018 is when the older signature, of which no OCSP answer was kept, could have been made.
var time2018 = time.Date(2018, 12, 12, 12, 0, 0, 0, time.UTC)

// TestConformanceGenuinePair: a signature and its OCSP answer of 2022, in all their forms.
func TestConformanceGenuinePair(t *testing.T) {
	v := genuineVerifier(t)
	for _, signature := range []string{"sign-20220913.signature.b64", "sign-20220913.signature.xml"} {
		for _, ocsp := range []string{"sign-20220913.ocsp.b64", "sign-20220913.ocsp.der"} {
			d, err := v.VerifySignature(corpus(t, signature), corpus(t, ocsp), time.Time{})
			require.NoError(t, err, "%s %s", signature, ocsp)
			require.Equal(t, "PNOSE-"+someone, d.Signer.ID)
			require.Equal(t, mss.Authentication, d.Purpose)
			visible, hidden := bankid.SplitContent(d.Content)
			require.Equal(t, "signeringstext", string(visible))
			require.Equal(t, "ej synlig", string(hidden))
			require.Equal(t, bankid.TimeOCSP, d.TimeSource)
			require.Equal(t, time.Date(2022, 9, 13, 14, 9, 19, 0, time.UTC), d.At)
			require.Equal(t, strings.HasSuffix(signature, ".xml"), d.Reencoded)
			require.Equal(t, string(corpus(t, "sign-20220913.signature.b64")), string(d.Value), "Base64 of the XML is the Base64 that came")
		}
	}
}

// TestConformanceGenuineOrder: the same pair as the outcome of the order that it could have come from.
func TestConformanceGenuineOrder(t *testing.T) {
	v := genuineVerifier(t)
	o := newOrder("Identification")
	o.state = map[string]any{"f": "Identification", "v": sum256("signeringstext"), "n": sum256("ej synlig"), "p": someone,
		"r": "cn=Finansiell ID-Teknik BID AB,name=Test av BankID,serialNumber=5566304928,o=Testbank A AB (publ),c=SE"}
	o.tx.Started = time.Date(2022, 9, 13, 14, 9, 0, 0, time.UTC)
	o.at = o.tx.Started.Add(21 * time.Second)
	p := pair{string(corpus(t, "sign-20220913.signature.b64")), string(corpus(t, "sign-20220913.ocsp.b64"))}
	s, err := v.Verify(o.evidence(t, p))
	require.NoError(t, err)
	require.True(t, s.Verified())
	require.Len(t, s.Signer.Chain, 4)

	o.tx.Started = o.tx.Started.AddDate(0, 0, 1)
	o.at = o.tx.Started
	_, err = v.Verify(o.evidence(t, p))
	refused(t, err, "time", "before the order")
}

// TestConformance2018: a signature for which no OCSP answer was kept.
func TestConformance2018(t *testing.T) {
	v := genuineVerifier(t)
	doc := corpus(t, "demobolaget-anna.signature.xml")
	d, err := v.VerifySignature(doc, nil, time2018)
	require.NoError(t, err)
	require.Equal(t, mss.Signing, d.Purpose)
	require.Equal(t, bankid.TimeOperator, d.TimeSource)
	visible, _ := bankid.SplitContent(d.Content)
	require.Equal(t, string(corpus(t, "demobolaget-visible.txt")), string(visible))

	_, err = v.VerifySignature(doc, nil, time.Time{})
	refused(t, err, "time", "without an OCSP answer")
	_, err = v.VerifySignature(doc, nil, time2018.AddDate(8, 0, 0))
	refused(t, err, "chain", "is valid from")
	_, err = v.VerifySignature(doc, corpus(t, "sign-20220913.ocsp.der"), time.Time{})
	require.Error(t, err, "another signature's OCSP answer")
	_, err = newBank(t, false).verifier(t, mss.Test).VerifySignature(doc, nil, time2018)
	refused(t, err, "chain", "none of the signing roots")
}

// TestConformanceAltered: the altered files, and variants of the genuine ones with one fault each.
func TestConformanceAltered(t *testing.T) {
	v := genuineVerifier(t)
	for name, want := range map[string][2]string{
		"invalid_signature.xml":   {"document", "white space"},
		"invalid_key_info.xml":    {"digest", "KeyInfo was changed"},
		"invalid_signed_data.xml": {"digest", "bankIdSignedData was changed"},
	} {
		_, err := v.VerifySignature(corpus(t, name), nil, time2018)
		refused(t, err, want[0], want[1])
	}
	old, young := string(corpus(t, "demobolaget-anna.signature.xml")), string(corpus(t, "sign-20220913.signature.xml"))
	between := func(s, from, to string) string {
		_, s, _ = strings.Cut(s, from)
		s, _, _ = strings.Cut(s, to)
		return s
	}
	digests := func(s string) []string {
		return []string{between(s, "<DigestValue>", "<"), between(between(s, "#bidKeyInfo", "</Reference>"), "<DigestValue>", "<")}
	}
	for name, test := range map[string]struct{ from, to, check, reason string }{
		"digest of the data":    {digests(old)[0], digests(young)[0], "digest", "bankIdSignedData"},
		"digest of KeyInfo":     {digests(old)[1], digests(young)[1], "digest", "KeyInfo"},
		"text":                  {between(old, `visible="wysiwys">`, "<"), between(young, `visible="wysiwys">`, "<"), "digest", "bankIdSignedData"},
		"non-visible data":      {between(old, "<usrNonVisibleData>", "<"), between(young, "<usrNonVisibleData>", "<"), "digest", "bankIdSignedData"},
		"function":              {"Signing", "Identification", "digest", "bankIdSignedData"},
		"person's certificate":  {between(old, "<X509Certificate>", "<"), between(young, "<X509Certificate>", "<"), "digest", "KeyInfo"},
		"signature value":       {between(old, "<SignatureValue>", "<"), between(young, "<SignatureValue>", "<"), "signature", "does not verify"},
		"KeyInfo":               {between(old, "<KeyInfo ", "</KeyInfo>"), between(young, "<KeyInfo ", "</KeyInfo>"), "digest", "KeyInfo"},
		"data":                  {between(old, "<bankIdSignedData ", "</bank"), between(young, "<bankIdSignedData ", "</bank"), "digest", "bankIdSignedData"},
		"SignedInfo":            {between(old, "<SignedInfo ", "</SignedInfo>"), between(young, "<SignedInfo ", "</SignedInfo>"), "digest", "bankIdSignedData"},
		"one octet of the Base": {"<srvInfo><name>Y", "<srvInfo><name>Z", "digest", "bankIdSignedData"},
	} {
		require.NotEmpty(t, test.from, name)
		_, err := v.VerifySignature([]byte(replaceOnce(t, old, test.from, test.to)), nil, time2018)
		refused(t, err, test.check, test.reason)
	}
}

// TestConformanceRoots: BankID's root of the test environment is no anchor of another one.
func TestConformanceRoots(t *testing.T) {
	genuineVerifier(t)
	anchors, err := mss.LoadAnchors(mss.Production, filepath.Join(os.Getenv("MSS_CORPUS"), "bankid", "signing-root-test.pem"))
	if err == nil {
		_, err = bankid.NewVerifier(bankid.VerifierConfig{Anchors: anchors})
	}
	require.ErrorContains(t, err, "environment")
}
