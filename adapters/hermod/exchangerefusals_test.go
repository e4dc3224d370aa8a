package hermod_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// mutation is something wrong, and the check that must find it.
type mutation struct {
	check, reason string
	edit          func(d *emulator)
}

// refusals are what can be wrong with an enrolment whose documents are JSON, in the order of the checks.
func refusals(t *testing.T) map[string]mutation {
	other, template := fixtureKeys()["other"], fixtureKeys()["template"]
	short := newRSAKey(1024)
	all := make(map[string]mutation)
	for _, group := range []map[string]mutation{
		recordRefusals(), headerRefusals(other, short), profileRefusals(), keyRefusals(t, other), requestRefusals(t, other, template),
		certificateRefusals(other, short), installationRefusals(),
	} {
		for name, m := range group {
			require.NotContains(t, all, name)
			all[name] = m
		}
	}
	return all
}

func recordRefusals() map[string]mutation {
	status := func(n int) func(d *emulator) {
		return func(d *emulator) { d.record = subMember("responseHeader", "status", n) }
	}
	return map[string]mutation{
		"another externalId":        {"command", "externalId", func(d *emulator) { d.record = setMember("externalId", "EXT9") }},
		"another commandType":       {"command", "commandType", func(d *emulator) { d.record = setMember("commandType", "CERT") }},
		"unanswered":                {"result", "still running", func(d *emulator) { d.record = unanswered }},
		"a state that nobody knows": {"result", "407", func(d *emulator) { d.record = setMember("state", "ABORTED") }},
		"in progress, answered":     {"result", "", func(d *emulator) { d.record = setMember("state", "IN_PROGRESS") }},
		"expired":                   {"result", "208", func(d *emulator) { d.record = setMember("state", "EXPIRED") }},
		"cancelled":                 {"result", "407", func(d *emulator) { d.record = subMember("provResponse", "code", 401) }},
		"status 500":                {"result", "407", status(500)},
		"status 0":                  {"result", "407", status(0)},
		"no response header":        {"result", "407", func(d *emulator) { d.record = func(o object) { delete(o, "responseHeader") } }},
		"no response":               {"result", "407", func(d *emulator) { d.record = func(o object) { delete(o, "provResponse") } }},
		"another message":           {"destination", "inReplyTo", func(d *emulator) { d.record = subMember("responseHeader", "inReplyTo", fixtureBase+"x/y") }},
		"no destinations":           {"destination", "inReplyTo", func(d *emulator) { d.record = func(o object) { delete(o, "destinations") } }},
		"no result":                 {"result", "no profile", func(d *emulator) { d.record = func(o object) { delete(o["provResponse"].(object), "result") } }},
		"another contenttype":       {"format", "contenttype", func(d *emulator) { d.record = inResult("contenttype", "pkcs7") }},
		"two segments":              {"format", "three segments", func(d *emulator) { d.compact = replaceOnce(d.t, ".", "") }},
		"four segments":             {"format", "three segments", func(d *emulator) { d.compact = func(s string) string { return s + ".AA" } }},
		"no signature":              {"format", "segment 3", func(d *emulator) { d.compact = func(s string) string { return s[:strings.LastIndexByte(s, '.')+1] } }},
		"no payload":                {"format", "segment 2", func(d *emulator) { d.compact = segment(1, func(string) string { return "" }) }},
		"padding":                   {"format", "segment 3", func(d *emulator) { d.compact = func(s string) string { return s + "==" } }},
		"standard base64":           {"format", "segment 1", func(d *emulator) { d.compact = func(s string) string { return "+/" + s } }},
		"a line end":                {"format", "segment 1", func(d *emulator) { d.compact = func(s string) string { return s[:8] + "\n" + s[8:] } }},
		"another spelling":          {"format", "segment 3", func(d *emulator) { d.compact = otherSpelling }},
		"too long":                  {"format", "longer", func(d *emulator) { d.compact = func(s string) string { return s + strings.Repeat("A", 128<<10) } }},
	}
}

func headerRefusals(other, short *rsa.PrivateKey) map[string]mutation {
	alg := func(name string) func(d *emulator) { return func(d *emulator) { d.header = setMember("alg", name) } }
	return map[string]mutation{
		"alg none":                  {"header", "alg", alg("none")},
		"alg none in another case":  {"header", "alg", alg("nOnE")},
		"alg in another case":       {"header", "alg", alg("rs256")},
		"alg HS256":                 {"header", "alg", macWithPublicKey},
		"alg PS256":                 {"header", "alg", alg("PS256")},
		"alg ES256":                 {"header", "alg", alg("ES256")},
		"no alg":                    {"header", "alg", func(d *emulator) { d.header = func(o object) { delete(o, "alg") } }},
		"alg is a number":           {"header", "alg", func(d *emulator) { d.header = setMember("alg", 256) }},
		"alg twice":                 {"header", "stands there before", func(d *emulator) { d.rawHeader = replaceOnce(d.t, `{"alg"`, `{"ALG":"none","alg"`) }},
		"alg twice, escaped":        {"header", "stands there before", func(d *emulator) { d.rawHeader = replaceOnce(d.t, `{"alg"`, `{"\u0061lg":"RS256","alg"`) }},
		"crit":                      {"header", "crit", func(d *emulator) { d.header = setMember("crit", []string{"exp"}) }},
		"crit is empty":             {"header", "crit", func(d *emulator) { d.header = setMember("crit", []string{}) }},
		"b64":                       {"header", "b64", func(d *emulator) { d.header = setMember("b64", false) }},
		"header is no JSON":         {"header", "not JSON", func(d *emulator) { d.rawHeader = func(string) string { return "{" } }},
		"header is an array":        {"header", "", func(d *emulator) { d.rawHeader = func(string) string { return "[]" } }},
		"jwk of somebody else":      {"attestation", "not pinned", func(d *emulator) { d.attestation = other }},
		"no jwk":                    {"attestation", "does not say", func(d *emulator) { d.header = func(o object) { delete(o, "jwk") } }},
		"jwk is a private key":      {"attestation", "private", func(d *emulator) { d.header = subMember("jwk", "d", "AQAB") }},
		"jwk has a prime":           {"attestation", "private", func(d *emulator) { d.header = subMember("jwk", "p", "AQAB") }},
		"jwk with D":                {"attestation", "private", func(d *emulator) { d.header = subMember("jwk", "D", "AQAB") }},
		"jwk of octets":             {"attestation", "RSA", func(d *emulator) { d.header = subMember("jwk", "kty", "oct") }},
		"jwk of 1024 bits":          {"attestation", "2048", func(d *emulator) { d.attestation = short }},
		"jwk of 16384 bits":         {"attestation", "2048", func(d *emulator) { d.header = subMember("jwk", "n", strings.Repeat("_", 2731)) }},
		"jwk with an even exponent": {"attestation", "65537", func(d *emulator) { d.header = subMember("jwk", "e", "Ag") }},
		"jwk with exponent 3":       {"attestation", "65537", func(d *emulator) { d.header = subMember("jwk", "e", "Aw") }},
		"jwk with standard base64":  {"attestation", "n is empty, or not", func(d *emulator) { d.header = subMember("jwk", "n", "++//") }},
		"jwk without e":             {"attestation", "e is empty", func(d *emulator) { d.header = func(o object) { delete(o["jwk"].(object), "e") } }},
		"jwk swapped to the pinned": {"attestation signature", "", func(d *emulator) {
			d.header = subMember("jwk", "n", modulus("attestation", 1))
			d.attestation = other
		}},
		"payload changed": {"attestation signature", "", func(d *emulator) { d.compact = segment(1, func(s string) string { return s + "AAAA" }) }},
		"header changed": {"attestation signature", "", func(d *emulator) {
			d.compact = segment(0, func(s string) string { return b64url(strings.Replace(unb64url(s), "}", " }", 1)) })
		}},
		"signature changed": {"attestation signature", "", func(d *emulator) {
			d.compact = segment(2, func(s string) string { return b64url(string([]byte{unb64url(s)[0] ^ 1}) + unb64url(s)[1:]) })
		}},
		"signature of few octets": {"attestation signature", "", func(d *emulator) { d.compact = segment(2, func(string) string { return "AAAA" }) }},
		"alg RS512, signed RS256": {"attestation signature", "", alg("RS512")},
		"another nonce":           {"nonce", "another nonce", func(d *emulator) { d.header = setMember("nonce", "nonce-of-another-one") }},
		"no nonce":                {"nonce", "another nonce", func(d *emulator) { d.header = func(o object) { delete(o, "nonce") } }},
		"another fqdn":            {"host", "differ", func(d *emulator) { d.header = setMember("fqdn", "elsewhere.example") }},
		"no fqdn": {"host", "differ", func(d *emulator) {
			d.header = func(o object) { delete(o, "fqdn") }
			d.record = func(o object) { delete(o, "fqdn") }
		}},
		"a foreign host": {"host", "Config.Hosts", func(d *emulator) {
			d.header, d.record = setMember("fqdn", "elsewhere.example"), setMember("fqdn", "elsewhere.example")
		}},
	}
}

func profileRefusals() map[string]mutation {
	profile := func(name string, value any) func(d *emulator) {
		return func(d *emulator) { d.payload = subMember("profile", name, value) }
	}
	box := func(address string) func(d *emulator) { return profile("boxurl", address) }
	return map[string]mutation{
		"payload is no JSON":         {"profile", "payload", func(d *emulator) { d.rawPayload = func(string) string { return "{]" } }},
		"profile twice":              {"profile", "stands there before", func(d *emulator) { d.rawPayload = replaceOnce(d.t, `{"deviceinfo"`, `{"Profile":{},"deviceinfo"`) }},
		"another user":               {"profile", "user", profile("userid", "somebody.else")},
		"user in another case":       {"profile", "user", profile("userid", strings.ToUpper(fixtureUser))},
		"another server":             {"profile", "servername", profile("servername", "other")},
		"another profile's name":     {"profile", "name", profile("name", "Other Bank")},
		"no profile":                 {"profile", "", func(d *emulator) { d.payload = func(o object) { delete(o, "profile") } }},
		"no profile id":              {"mailbox", "id", profile("id", "")},
		"a profile id of two lines":  {"mailbox", "id", profile("id", "a\nb")},
		"a long profile id":          {"mailbox", "id", profile("id", strings.Repeat("a", 65))},
		"no mailbox":                 {"mailbox", "https", box("")},
		"a mailbox that is no URL":   {"mailbox", "no URL", box("https://hermod.example:x/" + fixtureBox)},
		"a mailbox by http":          {"mailbox", "https", box("http://hermod.example/ms/" + fixtureBox)},
		"a mailbox with a query":     {"mailbox", "https", box(fixtureBase + fixtureBox + "?a")},
		"a mailbox with a user":      {"mailbox", "https", box("https://a@hermod.example/ms/" + fixtureBox)},
		"a mailbox elsewhere":        {"mailbox", "Config.Hosts", box("https://elsewhere.example/ms/" + fixtureBox)},
		"a mailbox at a neighbour":   {"mailbox", "Config.Hosts", box("https://hermod.example.evil.example/ms/" + fixtureBox)},
		"a mailbox that is no UUID":  {"mailbox", "UUID", box(fixtureBase + "inbox")},
		"a mailbox with an end":      {"mailbox", "UUID", box(fixtureBase + fixtureBox + "/")},
		"one key only":               {"keys", "1 entries", func(d *emulator) { d.keys = d.keys[:1] }},
		"no keys":                    {"keys", "0 entries", profile("signedkeys", []string{})},
		"a key more":                 {"keys", "3 entries", func(d *emulator) { d.keys = append(d.keys, &emulatedKey{id: "third", key: fixtureKeys()["other"]}) }},
		"a key twice":                {"keys", "second key", func(d *emulator) { d.keys[1] = d.keys[0] }},
		"a key of another id":        {"keys", "asked for", func(d *emulator) { d.signer().id = "stranger" }},
		"a key's id in another case": {"keys", "asked for", func(d *emulator) { d.signer().id = "Signer" }},
	}
}

func keyRefusals(t *testing.T, other *rsa.PrivateKey) map[string]mutation {
	long := newRSAKey(3072)
	header := func(name string, value any) func(d *emulator) {
		return func(d *emulator) { d.signer().header = setMember(name, value) }
	}
	payload := func(name string, value any) func(d *emulator) {
		return func(d *emulator) { d.signer().payload = setMember(name, value) }
	}
	return map[string]mutation{
		"key: no JWS": {"key header", "signedkeys[0]: a compact JWS", func(d *emulator) { d.signer().compact = replaceOnce(d.t, ".", "") }},
		"key: too long": {"key header", "longer", func(d *emulator) {
			d.signer().compact = func(s string) string { return s + strings.Repeat("A", 16<<10) }
		}},
		"key: alg none":           {"key header", "alg", header("alg", "none")},
		"key: crit":               {"key header", "crit", header("crit", []string{"kid"})},
		"key: kid twice":          {"key header", "stands there before", func(d *emulator) { d.signer().rawHeader = replaceOnce(d.t, `"kid"`, `"KID":"login","kid"`) }},
		"key: payload is no JSON": {"key header", "payload", func(d *emulator) { d.signer().compact = segment(1, func(string) string { return b64url("x") }) }},
		"key: n twice": {"key header", "stands there before", func(d *emulator) {
			twice := func(s string) string { return b64url(replaceOnce(d.t, `"n":`, `"N":"AQAB","n":`)(unb64url(s))) }
			d.signer().compact = segment(1, twice)
		}},
		"key: kids differ": {"key header", "kid", payload("kid", "login")},
		"key: algs differ": {"key header", "alg of the header", payload("alg", "RS512")},
		"key: alg not asked for": {"key header", "not asked for", func(d *emulator) {
			d.signer().header, d.signer().payload = setMember("alg", "RS384"), setMember("alg", "RS384")
		}},
		"key: another nonce":          {"key header", "nonce", header("nonce", "x")},
		"key: no nonce":               {"key header", "nonce", func(d *emulator) { d.signer().header = func(o object) { delete(o, "nonce") } }},
		"key: ids swapped in headers": {"key header", "kid", swapIDs},
		"key: is private":             {"key", "private", payload("d", "AQAB")},
		"key: is no RSA key":          {"key", "RSA", payload("kty", "EC")},
		"key: of 3072 bits":           {"key", "type and length", func(d *emulator) { d.signer().key = long }},
		"key: mechanism of another type": {"key", "type and length", func(d *emulator) {
			d.signer().header, d.signer().payload = setMember("alg", "RS512"), setMember("alg", "RS512")
		}},
		"key: another use":       {"key", "use", payload("use", "enc")},
		"key: another state":     {"key", "keystate", payload("keystate", "inactive")},
		"key: signed by another": {"possession", "signature", func(d *emulator) { d.signer().signs = other }},
		"key: signed by the app": {"possession", "signature", func(d *emulator) { d.signer().signs = d.attestation }},
		"key: keys swapped":      {"possession", "signature", func(d *emulator) { d.keys[0].signs, d.keys[1].signs = d.keys[1].key, d.keys[0].key }},
	}
}

func requestRefusals(t *testing.T, other, template *rsa.PrivateKey) map[string]mutation {
	payload := func(value string) func(d *emulator) {
		return func(d *emulator) { d.signer().payload = setMember("certreq", value) }
	}
	der := func(edit func([]byte) []byte) func(d *emulator) { return func(d *emulator) { d.signer().der = edit } }
	name := func(edit func(*pkix.Name)) func(d *emulator) {
		return func(d *emulator) {
			d.signer().request = func(r *x509.CertificateRequest) {
				r.Subject.Country = slices.Clone(r.Subject.Country)
				edit(&r.Subject)
			}
		}
	}
	again := func(hash crypto.Hash, algorithm asn1.ObjectIdentifier, edit func([]byte)) func(d *emulator) {
		return func(d *emulator) {
			d.signer().der = func(b []byte) []byte { return resign(t, b, d.signer().key, hash, algorithm, edit) }
		}
	}
	return map[string]mutation{
		"request: none":                  {"request", "base64", payload("")},
		"request: base64url":             {"request", "base64", payload("-_-_")},
		"request: without padding":       {"request", "base64", payload("AAA")},
		"request: not DER":               {"request", "PKCS#10", payload("AAAA")},
		"request: data behind":           {"request", "PKCS#10", der(func(b []byte) []byte { return append(b, 0) })},
		"request: of a key of 1024 bits": {"request", "2048", func(d *emulator) { d.signer().requests = newRSAKey(1024) }},
		"request: of an EC key": {"request", "not RSA", der(func([]byte) []byte {
			return newCSR(t, newECKey(), func(r *x509.CertificateRequest) { r.SignatureAlgorithm = 0 })
		})},
		"request: signature changed": {"request", "signature", der(func(b []byte) []byte { b[len(b)-1] ^= 1; return b })},
		"request: content changed":   {"request", "signature", der(func(b []byte) []byte { return []byte(strings.Replace(string(b), "Mia", "Mie", 1)) })},
		"request: SHA-1":             {"request", "SHA-256", again(crypto.SHA1, oidSHA1WithRSA, func([]byte) {})},
		"request: version 2": {"request", "version", again(crypto.SHA256, oidSHA256WithRSA, func(info []byte) {
			require.Equal(t, []byte{2, 1, 0}, info[4:7], "the version")
			info[6] = 1
		})},
		"request: of another key":         {"request key", "another key", func(d *emulator) { d.signer().requests = other }},
		"request: of the other key":       {"request key", "another key", func(d *emulator) { d.keys[0].requests = d.keys[1].key }},
		"request: of the template":        {"request key", "template", func(d *emulator) { d.signer().key = template }},
		"request: of the attestation key": {"request key", "attests", func(d *emulator) { d.signer().key = d.attestation }},
		"request: another name":           {"request subject", "another name", name(func(n *pkix.Name) { n.CommonName = "Mallory" })},
		"request: a name more":            {"request subject", "another name", name(func(n *pkix.Name) { n.SerialNumber = "1" })},
		"request: no name":                {"request subject", "another name", name(func(n *pkix.Name) { *n = pkix.Name{} })},
		"request: name in another string type": {"request subject", "another name", func(d *emulator) {
			d.signer().request = func(r *x509.CertificateRequest) { r.RawSubject = inUTF8(rawName(fixtureName)) }
		}},
		"request: an alternative name": {"request attributes", "others", func(d *emulator) {
			d.signer().request = func(r *x509.CertificateRequest) { r.EmailAddresses = []string{"mallory@example.com"} }
		}},
		"request: an extension": {"request attributes", "others", func(d *emulator) {
			d.signer().request = func(r *x509.CertificateRequest) {
				r.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 19}, Critical: true, Value: []byte{0x30, 3, 1, 1, 0xff}}}
			}
		}},
	}
}

func certificateRefusals(other, short *rsa.PrivateKey) map[string]mutation {
	certify := func(edit func(*x509.Certificate)) func(d *emulator) { return func(d *emulator) { d.certify = edit } }
	certificate := func(name string, value any) func(d *emulator) {
		return func(d *emulator) {
			d.certCommand = func(o object) { o["certCommand"].(object)["certificates"].([]any)[0].(object)[name] = value }
		}
	}
	return map[string]mutation{
		"CERT: to another user": {"certificate command", "commandHeader.to", func(d *emulator) { d.certCommand = subMember("commandHeader", "to", []string{"@somebody"}) }},
		"CERT: to two users":    {"certificate command", "commandHeader.to", func(d *emulator) { d.certCommand = subMember("commandHeader", "to", []string{"@" + fixtureUser, "@x"}) }},
		"CERT: to nobody":       {"certificate command", "commandHeader.to", func(d *emulator) { d.certCommand = func(o object) { delete(o["commandHeader"].(object), "to") } }},
		"CERT: another profile": {"certificate command", "profileid", func(d *emulator) { d.certCommand = subMember("certCommand", "profileid", "x") }},
		"CERT: no certificates": {"certificate command", "there are none", func(d *emulator) {
			d.certCommand = func(o object) { cut(o["certCommand"].(object), "certificates", 0) }
		}},
		"CERT: a key of another id":      {"certificate command", "keyid", certificate("keyid", "x")},
		"CERT: a key twice":              {"certificate command", "[1].keyid", certificate("keyid", "login")},
		"CERT: base64url":                {"certificate command", "[0].data", certificate("data", "-_-_")},
		"CERT: no certificate":           {"certificate", "X.509", certificate("data", "AAAA")},
		"CERT: too long":                 {"certificate", "2200", certify(func(c *x509.Certificate) { c.DNSNames = []string{strings.Repeat("a", 2200)} })},
		"CERT: a key of 1024 bits":       {"certificate", "2048", func(d *emulator) { d.certified = short.Public() }},
		"CERT: another key":              {"certificate key", "another key", func(d *emulator) { d.certified = other.Public() }},
		"CERT: the other key":            {"certificate key", "another key", func(d *emulator) { d.certified = fixtureKeys()["login"].Public() }},
		"CERT: another name":             {"certificate subject", "another name", certify(func(c *x509.Certificate) { c.Subject = pkix.Name{CommonName: "Mia Muster"} })},
		"CERT: the name spelt otherwise": {"certificate subject", "another name", certify(func(c *x509.Certificate) { c.RawSubject = inUTF8(rawName(fixtureName)) })},
		"CERT: not valid yet":            {"certificate validity", "not valid yet", certify(func(c *x509.Certificate) { c.NotBefore = fixtureAt.Add(time.Second) })},
		"CERT: expired":                  {"certificate validity", "no longer", certify(func(c *x509.Certificate) { c.NotAfter = fixtureAt.Add(-time.Second) })},
		"CERT: an authority":             {"certificate usage", "authority", certify(func(c *x509.Certificate) { c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign })},
		"CERT: for encryption alone":     {"certificate usage", "not for signing", certify(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment })},
		"CERT: critical extension": {"chain", "critical extension", certify(func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 999, 1}, Critical: true, Value: []byte{5, 0}}}
		})},
		"CERT: of a simulator": {"chain", "simulator", certify(func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 999, 102, 204, 1}, Value: []byte{5, 0}}}
		})},
	}
}

func installationRefusals() map[string]mutation {
	record := func(edit func(object)) func(d *emulator) { return func(d *emulator) { d.certRecord = edit } }
	destination := func(name string, value any) func(d *emulator) {
		return record(func(o object) { o["destinations"].([]any)[0].(object)[name] = value })
	}
	return map[string]mutation{
		"installed: another externalId":  {"installation command", "externalId", record(setMember("externalId", "EXT1"))},
		"installed: another commandType": {"installation command", "commandType", record(setMember("commandType", "PROV"))},
		"installed: unanswered":          {"installation result", "still running", record(unanswered)},
		"installed: code 1":              {"installation result", "407", record(subMember("certResponse", "code", 1))},
		"installed: status 404":          {"installation result", "407", record(subMember("responseHeader", "status", 404))},
		"installed: another message":     {"installation destination", "inReplyTo", record(subMember("responseHeader", "inReplyTo", "x"))},
		"installed: another profile":     {"installation destination", "profile", destination("pid", "x")},
		"installed: no profile":          {"installation destination", "profile", destination("pid", "")},
		"installed: another mailbox":     {"installation destination", "mailbox", destination("bid", fixtureTempBox)},
		"installed: another host":        {"installation host", "fqdn", record(setMember("fqdn", "elsewhere.example"))},
	}
}
