package hermod_test

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

func TestVerifyExchange(t *testing.T) {
	t.Parallel()
	p, err := newVerifier(t, nil).VerifyExchange(newEmulator(t).exchange())
	require.NoError(t, err)
	require.Equal(t, fixtureUser, p.User.Reveal())
	require.Equal(t, fixtureProfile, p.ProfileID)
	require.Equal(t, "Acme Bank", p.ProfileName)
	require.Equal(t, fixtureBox, p.BoxID)
	require.True(t, p.Attested)
	require.Equal(t, "iOS (18.1)", p.Device.OperatingSystem.Reveal())
	require.Equal(t, "Mia’s phone", p.Device.Name.Reveal())
	require.Equal(t, "iPhone", p.Device.Model.Reveal())
	require.Len(t, p.Keys, 2)
	for i, id := range []string{"signer", "login"} {
		require.Equal(t, id, p.Keys[i].ID)
		require.Equal(t, "RS256", p.Keys[i].Mechanism)
		require.True(t, fixtureKeys()[id].PublicKey.Equal(p.Keys[i].CSR.PublicKey))
	}
	for _, text := range []string{fmt.Sprintf("%+v", p), fmt.Sprintf("%#v", *p), fmt.Sprintf("%v", p.Keys)} {
		require.NotContains(t, text, "Mu")
		require.NotContains(t, text, fixtureUser)
	}
}

// TestVerifyExchangeTaken are differences that matter to nobody.
func TestVerifyExchangeTaken(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, nil)
	for name, edit := range map[string]func(d *emulator){
		"modulus without a zero":        func(d *emulator) { d.header = subMember("jwk", "n", modulus("attestation", 0)) },
		"modulus with two zeros":        func(d *emulator) { d.header = subMember("jwk", "n", modulus("attestation", 2)) },
		"zero before the key's modulus": func(d *emulator) { d.signer().payload = func(o object) { o["n"] = modulus("signer", 1) } },
		"n#len of another length":       func(d *emulator) { d.signer().payload = func(o object) { o["n#len"] = "1024" } },
		"use and keystate in other cases": func(d *emulator) {
			d.signer().payload = func(o object) { o["use"], o["keystate"] = "sig", "Active" }
		},
		"keys in another order":     func(d *emulator) { slices.Reverse(d.keys) },
		"fqdn in another case":      func(d *emulator) { d.header = func(o object) { o["fqdn"] = "Hermod.Example" } },
		"members that nobody knows": func(d *emulator) { d.record, d.payload = setMember("more", object{}), setMember("more", []any{1}) },
		"no device info":            func(d *emulator) { d.payload = func(o object) { delete(o, "deviceinfo") } },
		"several mailboxes":         func(d *emulator) { d.record = addDestination; d.certRecord = addDestination },
		"no externalId":             withoutExternalID,
		"certificate of one key": func(d *emulator) {
			d.certCommand = func(o object) { cut(o["certCommand"].(object), "certificates", 1) }
		},
		"certificate without usages": func(d *emulator) { d.certify = func(c *x509.Certificate) { c.KeyUsage = 0 } },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newEmulator(t)
			edit(d)
			_, err := v.VerifyExchange(d.exchange())
			require.NoError(t, err)
		})
	}
	t.Run("template of version 2 with SHA-1", func(t *testing.T) { // of another example of the vendor's
		t.Parallel()
		d := newEmulator(t)
		key := fixtureKeys()["template"]
		der := resign(t, newCSR(t, key, nil), key, crypto.SHA1, oidSHA1WithRSA, func(info []byte) { info[6] = 1 })
		d.command = func(o object) {
			for _, k := range o["provCommand"].(object)["profile"].(object)["keygenrequests"].([]any) {
				k.(object)["certreq"] = base64.StdEncoding.EncodeToString(der)
			}
		}
		_, err := v.VerifyExchange(d.exchange())
		require.NoError(t, err)
	})
	x := newEmulator(t).exchange()
	x.CertCommand, x.CertResponse = nil, nil
	p, err := v.VerifyExchange(x)
	require.NoError(t, err, "the enrolment came no further")
	require.Len(t, p.Keys, 2)
	_, err = newVerifier(t, func(c *hermod.VerifierConfig) { c.Hosts = nil }).VerifyExchange(newEmulator(t).exchange())
	require.NoError(t, err, "the host is not known, and is believed")
}

func TestVerifyExchangeRefused(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, nil)
	for name, m := range refusals(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newEmulator(t)
			m.edit(d)
			_, err := v.VerifyExchange(d.exchange())
			requireCheck(t, err, m.check, m.reason)
		})
	}
}

// TestVerifyExchangeRefusesDocuments are documents that are none.
func TestVerifyExchangeRefusesDocuments(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, nil)
	for name, m := range map[string]struct {
		check, reason string
		edit          func(x *hermod.Exchange)
	}{
		"no time":                       {"time", "zero", func(x *hermod.Exchange) { x.At = time.Time{} }},
		"no command":                    {"provision command", "missing", func(x *hermod.Exchange) { x.ProvCommand = nil }},
		"no answer":                     {"answer", "missing", func(x *hermod.Exchange) { x.ProvResponse = nil }},
		"no second command":             {"certificate command", "missing", func(x *hermod.Exchange) { x.CertCommand = nil }},
		"no second answer":              {"installation answer", "missing", func(x *hermod.Exchange) { x.CertResponse = nil }},
		"not JSON":                      {"answer", "line 3, octet 8: not JSON: invalid character 'h'", whole(&answerDoc, "{\n\"a\": 1,\n\"uri\": https://hermod.example\n}")},
		"cut off":                       {"answer", "line 2, octet 6: not JSON: unexpected end", whole(&answerDoc, "{\n\"a\": 1")},
		"not UTF-8":                     {"answer", "line 1: json: offset 2: not UTF-8", whole(&answerDoc, "{\"\xff\":1}")},
		"nested deeply":                 {"answer", "nested deeper", whole(&answerDoc, strings.Repeat("[", 40)+strings.Repeat("]", 40))},
		"an array":                      {"answer", "no object", whole(&answerDoc, "[]")},
		"a command that is null":        {"provision command", "no object", whole(&commandDoc, "null")},
		"two commands":                  {"provision command", "exactly two members", withText(&commandDoc, `{"commandHeader"`, `{"certCommand":{},"commandHeader"`)},
		"no command header":             {"provision command", "commandHeader: is missing", withText(&commandDoc, `"commandHeader"`, `"header"`)},
		"another command":               {"provision command", "provCommand: is missing", withText(&commandDoc, `"provCommand"`, `"signCommand"`)},
		"a nonce that is none":          {"provision command", "provCommand.nonce: is no string", withText(&commandDoc, `"nonce":"`+fixtureNonce+`"`, `"nonce":1`)},
		"a nonce that is empty":         {"provision command", "nonce: is empty", withText(&commandDoc, `"nonce":"`+fixtureNonce+`"`, `"nonce":""`)},
		"a nonce twice":                 {"provision command", "stands there before", withText(&commandDoc, `"nonce":`, `"Nonce":"x","nonce":`)},
		"another signature key":         {"provision command", "responsesignaturekey", withText(&commandDoc, `"ATTESTATION"`, `"NONE"`)},
		"no user":                       {"provision command", "userid: is missing", withText(&commandDoc, fixtureUser, "")},
		"no identifier":                 {"provision command", "userid: is no identifier", withText(&commandDoc, fixtureUser, `a\n`)},
		"one keyid twice":               {"provision command", "keygenrequests[1].keyid: stands there before", withText(&commandDoc, `"login"`, `"signer"`)},
		"no keyid":                      {"provision command", "keygenrequests[1].keyid: is no id", withText(&commandDoc, `"login"`, `""`)},
		"a keylength that is no number": {"provision command", "keylength", withText(&commandDoc, `"4096"`, `"long"`)},
		"no template":                   {"provision command", "keygenrequests[0].certreq: is empty", withText(&commandDoc, `"certreq":"`, `"certreq":"","x":"`)},
		"a template that is none":       {"provision command", "certreq: is not a PKCS#10", withText(&commandDoc, `"certreq":"MII`, `"certreq":"NII`)},
		"commandId is a number":         {"answer", "commandId", withText(&answerDoc, `"1801"`, `1801`)},
		"members in two cases":          {"answer", "stands there before", withText(&answerDoc, `"state":`, `"State":"IN_PROGRESS","state":`)},
		"code twice, escaped":           {"answer", "stands there before", withText(&answerDoc, `"code":0`, `"code":1,"c\u006fde":0`)},
		"data behind":                   {"installation answer", "line 1, octet", func(x *hermod.Exchange) { x.CertResponse = append(x.CertResponse, "{}"...) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newEmulator(t).exchange()
			m.edit(x)
			_, err := v.VerifyExchange(x)
			requireCheck(t, err, m.check, m.reason)
		})
	}
	_, err := v.VerifyExchange(nil)
	requireCheck(t, err, "time", "")
}

// Documents of an exchange, for whole and withText.
var (
	commandDoc = docOf(func(x *hermod.Exchange) *[]byte { return &x.ProvCommand })
	answerDoc  = docOf(func(x *hermod.Exchange) *[]byte { return &x.ProvResponse })
)

type docOf func(x *hermod.Exchange) *[]byte

func whole(d *docOf, s string) func(*hermod.Exchange) {
	return func(x *hermod.Exchange) { *(*d)(x) = []byte(s) }
}

func withText(d *docOf, old, replacement string) func(*hermod.Exchange) {
	return func(x *hermod.Exchange) {
		doc := (*d)(x)
		if !strings.Contains(string(*doc), old) {
			panic("not in the document: " + old)
		}
		*doc = []byte(strings.Replace(string(*doc), old, replacement, 1))
	}
}

var (
	oidSHA1WithRSA   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}
	oidSHA256WithRSA = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
)

// requireCheck wants one check to have failed, in a certain way.
func requireCheck(t *testing.T, err error, check, reason string) {
	t.Helper()
	var failed *mss.VerificationError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, check, failed.Check, err.Error())
	require.ErrorContains(t, failed.Err, reason)
	for _, personal := range []string{"Mia", "Muster", fixtureUser, fixtureNonce, fixtureProfile, fixtureBox} {
		require.NotContains(t, err.Error(), personal)
	}
}

// TestVerifyExchangeChainIsLast: of an exchange that fails at the chain, all the rest is good.
func TestVerifyExchangeChainIsLast(t *testing.T) {
	t.Parallel()
	key := fixtureKeys()["other"]
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: fixtureCA().Subject, IsCA: true, BasicConstraintsValid: true,
		NotBefore: fixtureAt.AddDate(-1, 0, 0), NotAfter: fixtureAt.AddDate(9, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	stranger, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	anchors, err := mss.NewAnchors(mss.Test, []*x509.Certificate{stranger}, nil)
	require.NoError(t, err)
	v := newVerifier(t, func(c *hermod.VerifierConfig) { c.Anchors = anchors })
	_, err = v.VerifyExchange(newEmulator(t).exchange())
	requireCheck(t, err, "chain", "anchors")
	for name, m := range installationRefusals() {
		d := newEmulator(t)
		m.edit(d)
		_, err = v.VerifyExchange(d.exchange())
		requireCheck(t, err, m.check, m.reason)
		require.NotEqual(t, "chain", m.check, name)
	}
}

// A stored document that somebody has edited is refused with the place and the reason.
func ExampleVerifier_VerifyExchange() {
	anchors, err := mss.NewAnchors(mss.Test, []*x509.Certificate{fixtureCA()}, nil)
	if err != nil {
		panic(err)
	}
	v, err := hermod.NewVerifier(hermod.VerifierConfig{Anchors: anchors})
	if err != nil {
		panic(err)
	}
	_, err = v.VerifyExchange(&hermod.Exchange{ProvCommand: []byte("{\n  \"commandHeader\" : ,\n}"), At: fixtureAt})
	fmt.Println(err)
	// Output:
	// mss: not verified: provision command: line 2, octet 21: not JSON: invalid character ',' looking for beginning of value
}
