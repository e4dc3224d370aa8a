package bankidtest_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"github.com/gomss/gomss/adapters/bankid/bankidtest"
	"github.com/gomss/gomss/internal/simulated"
	"github.com/gomss/gomss/internal/strictjson"
)

// expectation is what the judge of these tests holds an answer against. It shares no code with the simulator, nor with
// the client: a signature is taken apart as text, because it is canonical as it is.
type expectation struct {
	roots       []*x509.Certificate
	request     body
	ref         string
	signs       bool
	relyingName string
	number      string
}

func expect(srv *bankidtest.Server, path string, request body, ref string) *expectation {
	return &expectation{srv.Anchors().Roots(), request, ref, strings.HasSuffix(path, "sign") || strings.HasSuffix(path, "payment"),
		srv.RelyingPartyName(), number}
}

// judge returns the first thing that is wrong with a final answer, "" if nothing is.
func (x *expectation) judge(a *answer) string {
	switch {
	case a.status != 200:
		return "http"
	case len(a.body) > 1<<20:
		return "size"
	case strictjson.Check(a.body) != nil, json.Unmarshal(a.body, new(answer)) != nil:
		return "json"
	case a.OrderRef != x.ref:
		return "order"
	case a.Status == "failed" && a.HintCode != "":
		return "failed " + a.HintCode
	case a.Status != "complete":
		return "status"
	case a.CompletionData == nil:
		return "completion"
	}
	d := a.CompletionData
	if want, ok := x.request["requirement"].(body); ok && want["mrtd"] == true && (d.StepUp == nil || !d.StepUp.MRTD) {
		return "mrtd"
	}
	leaf, issuer, bad := x.signature(d)
	if bad != "" {
		return bad
	}
	return x.confirmed(d, leaf, issuer)
}

var xmlForm = regexp.MustCompile(`^<\?xml version="1.0" encoding="UTF-8" standalone="no"\?><Signature xmlns="http://www.w3.org/2000/09/xmldsig#">(<SignedInfo .*</SignedInfo>)<SignatureValue>([^<]*)</SignatureValue>(<KeyInfo .*</KeyInfo>)<Object>(<bankIdSignedData .*</bankIdSignedData>)</Object></Signature>$`)

// signature judges the XML, and returns the person's certificate with that of its issuer.
func (x *expectation) signature(d *completion) (leaf, issuer *x509.Certificate, bad string) {
	if d.Signature == "" {
		return nil, nil, "no signature"
	}
	doc, err := base64.StdEncoding.Strict().DecodeString(d.Signature)
	if err != nil {
		return nil, nil, "base64"
	}
	parts := xmlForm.FindStringSubmatch(string(doc))
	if parts == nil {
		return nil, nil, "xml"
	}
	info, keys, data := parts[1], parts[3], parts[4]
	var chain []*x509.Certificate
	for _, text := range all(keys, "X509Certificate") {
		der, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, nil, "base64"
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, nil, "certificate"
		}
		chain = append(chain, c)
	}
	leaf = chain[0]
	for _, bad := range []string{x.content(data), digests(info, data, keys), x.value(info, parts[2], leaf), x.chain(chain, d)} {
		if bad != "" {
			return nil, nil, bad
		}
	}
	return leaf, chain[1], ""
}

func (x *expectation) funcID() string {
	if x.signs {
		return "Signing"
	}
	return "Identification"
}

// content compares the signed data with what was asked for.
func (x *expectation) content(data string) string {
	name, _ := base64.StdEncoding.DecodeString(one(data, "name"))
	switch {
	case has(data, "usrVisibleData") != (x.request["userVisibleData"] != nil), has(data, "usrVisibleData") && one(data, "usrVisibleData") != x.request["userVisibleData"]:
		return "visible"
	case strings.Contains(data, `format="simpleMarkdownV1"`) != (x.request["userVisibleDataFormat"] == "simpleMarkdownV1"):
		return "format"
	case has(data, "usrNonVisibleData") != (x.request["userNonVisibleData"] != nil), has(data, "usrNonVisibleData") && one(data, "usrNonVisibleData") != x.request["userNonVisibleData"]:
		return "non-visible"
	case string(name) != x.relyingName:
		return "relying party"
	case one(data, "funcId") != x.funcID():
		return "funcId"
	}
	return ""
}

// digests checks what the two references say.
func digests(info, data, keys string) string {
	values := all(info, "DigestValue")
	if len(values) != 2 {
		return "references"
	}
	for i, part := range []string{data, keys} {
		sum := sha256.Sum256([]byte(part))
		if base64.StdEncoding.EncodeToString(sum[:]) != values[i] {
			return "digest"
		}
	}
	return ""
}

// value checks the signature value.
func (x *expectation) value(info, text string, leaf *x509.Certificate) string {
	if !strings.Contains(info, `<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256">`) {
		return "algorithm"
	}
	value, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "base64"
	}
	sum := sha256.Sum256([]byte(info))
	if rsa.VerifyPKCS1v15(leaf.PublicKey.(*rsa.PublicKey), crypto.SHA256, sum[:], value) != nil {
		return "signature"
	}
	return ""
}

// chain checks who the certificate is of, and who issued it.
func (x *expectation) chain(chain []*x509.Certificate, d *completion) string {
	roots, others := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range x.roots {
		roots.AddCert(c)
	}
	for _, c := range chain[1:] {
		others.AddCert(c)
	}
	usage := x509.KeyUsageDigitalSignature
	if x.signs {
		usage = x509.KeyUsageContentCommitment
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: others, CurrentTime: time.Now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	switch {
	case err != nil:
		return "chain"
	case !simulated.Marked(chain[0]):
		return "mark"
	case chain[0].KeyUsage != usage:
		return "key usage"
	case chain[0].Subject.SerialNumber != d.User.PersonalNumber, d.User.PersonalNumber != x.number:
		return "person"
	}
	return ""
}

var oidNonce = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}

// confirmed judges the OCSP response.
func (x *expectation) confirmed(d *completion, leaf, issuer *x509.Certificate) string {
	if d.OCSPResponse == "" {
		return "no ocsp"
	}
	der, err := base64.StdEncoding.DecodeString(d.OCSPResponse)
	if err != nil {
		return "base64"
	}
	r, err := ocsp.ParseResponseForCert(der, leaf, issuer)
	if err != nil {
		return "ocsp"
	}
	now := time.Now()
	switch {
	case !slices.Contains(r.Certificate.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning), now.After(r.Certificate.NotAfter):
		return "responder"
	case r.Status != ocsp.Good:
		return map[int]string{ocsp.Revoked: "revoked", ocsp.Unknown: "unknown"}[r.Status]
	case r.ProducedAt != r.ThisUpdate, now.Sub(r.ProducedAt).Abs() > 5*time.Minute:
		return "ocsp time"
	}
	value := nonceOf(der)
	sum := sha1.Sum([]byte(d.Signature))
	if len(value) != 32 || !bytes.HasPrefix(value, sum[:]) {
		return "nonce"
	}
	return ""
}

// nonceOf looks for the nonce where it is written: after its name and TRUE comes an OCTET STRING.
func nonceOf(der []byte) []byte {
	name, _ := asn1.Marshal(oidNonce)
	_, rest, ok := bytes.Cut(der, append(name, 0x01, 0x01, 0xff))
	var value []byte
	if !ok {
		return nil
	}
	if _, err := asn1.Unmarshal(rest, &value); err != nil {
		return nil
	}
	return value
}

// all returns the contents of the elements with a name.
func all(xml, name string) (list []string) {
	for _, m := range regexp.MustCompile(`<`+name+`(?: [^>]*)?>([^<]*)</`+name+`>`).FindAllStringSubmatch(xml, -1) {
		list = append(list, m[1])
	}
	return list
}

func has(xml, name string) bool { return len(all(xml, name)) > 0 }

func one(xml, name string) string {
	if list := all(xml, name); len(list) == 1 {
		return list[0]
	}
	return ""
}

// signed returns the XML of an answer.
func (a *answer) signed(t testing.TB) []byte {
	t.Helper()
	require.NotNil(t, a.CompletionData, "%s", a.body)
	doc, err := base64.StdEncoding.DecodeString(a.CompletionData.Signature)
	require.NoError(t, err)
	return doc
}
