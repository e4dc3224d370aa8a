package hermodtest_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/strictjson"
)

// The judge is an application server that looks at everything, with nothing of package hermod, and says all that is wrong.

// verdict collects what is wrong.
type verdict []string

func (v *verdict) unless(ok bool, what string) bool {
	if !ok {
		*v = append(*v, what)
	}
	return ok
}

// genuine is what a server and its callbacks are held against.
type genuine struct {
	t       testing.TB
	c       *caller
	segment string // of the callback's path
	started *record
	command object
	keyType object
	key     crypto.PublicKey // enrolled
	cert    *x509.Certificate
	profile object
	tbs     string
	format  string
}

func commandTypeOf(segment string) string {
	return map[string]string{"provision": "PROV", "certificate": "CERT", "authenticate": "AUTH", "sign": "SIGN", "ping": "PING"}[segment]
}

// judgeAnswer judges a command's own answer.
func (g *genuine) judgeAnswer(a *answer) (v verdict) {
	v.unless(a.status == 200, "status")
	v.unless(regexp.MustCompile(`^[0-9]+$`).MatchString(a.CommandID), "commandId")
	v.unless(a.ExternalID == "my-id", "externalId")
	v.unless(a.CommandType == commandTypeOf(g.segment), "commandType")
	v.unless(a.State == "IN_PROGRESS", "state")
	base, err := url.Parse(g.c.srv.URL())
	require.NoError(g.t, err)
	v.unless(a.FQDN == base.Hostname(), "fqdn")
	if !v.unless(len(a.Destinations) > 0, "destinations") {
		return v
	}
	for _, d := range a.Destinations {
		uri, err := url.Parse(d.URI)
		v.unless(err == nil && uri.Scheme == "com.nexusgroup.plugout", "scheme")
		v.unless(err == nil && uri.Query().Get("url") == g.c.srv.URL()+"/ms/"+d.BID, "url")
	}
	return v
}

// judge judges a callback.
func (g *genuine) judge(cb *callback) (v verdict) {
	cfg := g.c.srv.Config()
	v.unless(cb.user == cfg.CallbackUser && cb.password == cfg.CallbackPassword.Reveal(), "authorization")
	v.unless(strings.HasSuffix(cb.path, "/callback/"+g.segment), "path")
	if !v.unless(strictjson.Check(cb.body) == nil, "json") {
		return v
	}
	r := &record{}
	if !v.unless(json.Unmarshal(cb.body, r) == nil, "types") {
		return v
	}
	g.judgeRecord(r, &v)
	p := g.response(r)
	if !v.unless(p != nil, "response") {
		return v
	}
	v.unless(bytes.Contains(cb.body, []byte(`"code": 0`)), "code")
	if g.segment == "certificate" || g.segment == "ping" {
		return v
	}
	if !v.unless(p.Result != nil, "result") || !v.unless(p.Result.ContentType == g.format, "contenttype") {
		return v
	}
	switch {
	case g.segment == "provision":
		g.judgeProvision(p.Result.Data, &v)
	case g.format == "jws":
		g.judgeJWS(p.Result.Data, &v)
	default:
		g.judgeCMS(p.Result.Data, &v)
	}
	return v
}

func (g *genuine) response(r *record) *response {
	switch g.segment {
	case "provision":
		return r.ProvResponse
	case "certificate":
		return r.CertResponse
	case "authenticate":
		return r.AuthResponse
	case "sign":
		return r.SignResponse
	}
	return r.PingResponse
}

func (g *genuine) judgeRecord(r *record, v *verdict) {
	v.unless(r.CommandID == g.started.CommandID, "commandId")
	v.unless(r.ExternalID == "my-id", "externalId")
	v.unless(r.CommandType == commandTypeOf(g.segment), "commandType")
	v.unless(r.State == "COMPLETED", "state")
	v.unless(r.FQDN == g.started.FQDN, "fqdn")
	d := g.started.Destinations[0]
	v.unless(len(r.Destinations) == 1 && r.Destinations[0].PID == d.PID, "pid")
	v.unless(len(r.Destinations) == 1 && r.Destinations[0].BID == d.BID, "bid")
	if v.unless(r.ResponseHeader != nil, "responseHeader") {
		v.unless(r.ResponseHeader.Status == 200, "status")
		v.unless(r.ResponseHeader.InReplyTo == d.Location, "inReplyTo")
	}
}

// open takes a compact JWS apart as strictly as can be; nil if it is none.
func open(t testing.TB, compact string, v *verdict) *jws {
	j := &jws{t: t, parts: strings.Split(compact, ".")}
	if !v.unless(len(j.parts) == 3, "segments") {
		return nil
	}
	for i, what := range []string{"header encoding", "payload encoding", "signature encoding"} {
		b, err := base64.RawURLEncoding.Strict().DecodeString(j.parts[i])
		if !v.unless(err == nil && len(b) > 0 && !strings.Contains(j.parts[i], "\n"), what) {
			return nil
		}
		switch i {
		case 0:
			if !v.unless(strictjson.Unmarshal(b, &j.header) == nil, "header") {
				return nil
			}
		case 1:
			j.payload = b
		}
	}
	v.unless(j.header["crit"] == nil && j.header["b64"] == nil, "crit")
	return j
}

func (g *genuine) judgeProvision(compact string, v *verdict) {
	j := open(g.t, compact, v)
	if j == nil {
		return
	}
	v.unless(j.header["alg"] == "RS256", "alg")
	v.unless(j.header["nonce"] == "N-123", "nonce")
	v.unless(j.header["fqdn"] == g.started.FQDN, "header fqdn")
	pinned := attestation(g.t, g.c)
	if jwk, ok := j.header["jwk"].(object); v.unless(ok, "jwk") {
		v.unless(jwk["d"] == nil, "private jwk")
		hint := publicKey(g.t, jwk)
		v.unless(pinned.Equal(hint), "attestation key")
		v.unless(j.valid(hint) || pinned.Equal(hint), "signature by the hint")
	}
	v.unless(j.valid(pinned), "signature")
	var payload struct {
		Profile struct {
			UserID, ServerName, Name, ID, BoxURL string
			SignedKeys                           []string
		}
	}
	if !v.unless(strictjson.Unmarshal(j.payload, &payload) == nil, "payload") {
		return
	}
	p := payload.Profile
	v.unless(p.UserID == user, "userid")
	v.unless(p.ServerName == "server", "servername")
	v.unless(p.Name == "Test profile", "name")
	v.unless(p.ID != "", "id")
	v.unless(regexp.MustCompile(`^`+regexp.QuoteMeta(g.c.srv.URL())+`/ms/[0-9a-f-]{36}$`).MatchString(p.BoxURL), "boxurl")
	v.unless(len(p.SignedKeys) == 1, "keys")
	for _, k := range p.SignedKeys[:min(1, len(p.SignedKeys))] {
		g.judgeKey(k, pinned, v)
	}
}

// attestation is the key that provisioning responses are signed with.
func attestation(t testing.TB, c *caller) *rsa.PublicKey {
	t.Helper()
	key := c.srv.AttestationPublicKey()
	require.Equal(t, 2048, key.N.BitLen())
	return key
}

func (g *genuine) judgeKey(compact string, pinned *rsa.PublicKey, v *verdict) {
	var own verdict
	defer func() {
		for _, what := range own {
			*v = append(*v, "nested "+what)
		}
	}()
	j := open(g.t, compact, &own)
	if j == nil {
		return
	}
	key := j.object()
	alg := g.keyType["responsemechanism"]
	own.unless(j.header["alg"] == alg, "alg")
	own.unless(key["alg"] == alg, "key alg")
	own.unless(j.header["kid"] == "signer", "kid")
	own.unless(key["kid"] == "signer", "key kid")
	own.unless(j.header["nonce"] == "N-123", "nonce")
	own.unless(key["use"] == "SIG", "use")
	own.unless(key["keystate"] == "active", "keystate")
	own.unless(key["d"] == nil, "private key")
	public := publicKey(g.t, key)
	own.unless(key["kty"] == g.keyType["keytype"], "type")
	if k, ok := public.(*rsa.PublicKey); ok {
		own.unless(k.N.BitLen() == 2048, "length")
		own.unless(!k.Equal(pinned), "key of its own")
	}
	own.unless(j.valid(public), "possession")
	g.judgeRequest(key, public, &own)
}

func (g *genuine) judgeRequest(key object, public crypto.PublicKey, v *verdict) {
	text, ok := key["certreq"].(string)
	if !v.unless(ok, "request") {
		return
	}
	der, err := base64.StdEncoding.Strict().DecodeString(text)
	if !v.unless(err == nil, "request encoding") {
		return
	}
	csr, err := x509.ParseCertificateRequest(der)
	if !v.unless(err == nil, "request form") {
		return
	}
	asked, err := base64.StdEncoding.DecodeString(g.command["provCommand"].(object)["profile"].(object)["keygenrequests"].([]object)[0]["certreq"].(string))
	require.NoError(g.t, err)
	sent, err := x509.ParseCertificateRequest(asked)
	require.NoError(g.t, err)
	v.unless(csr.SignatureAlgorithm == x509.SHA256WithRSA || csr.SignatureAlgorithm == x509.ECDSAWithSHA256, "request hash")
	v.unless(csr.CheckSignature() == nil, "request signature")
	v.unless(bytes.Equal(csr.RawSubject, sent.RawSubject), "request subject")
	v.unless(len(csr.Extensions) == len(sent.Extensions), "request extensions")
	v.unless(public.(interface{ Equal(crypto.PublicKey) bool }).Equal(csr.PublicKey), "request key")
}

func (g *genuine) judgeJWS(compact string, v *verdict) {
	j := open(g.t, compact, v)
	if j == nil {
		return
	}
	v.unless(j.header["alg"] == g.keyType["responsemechanism"], "alg")
	v.unless(j.header["kid"] == "signer", "kid")
	v.unless(j.header["jwk"] == nil && j.header["x5c"] == nil, "embedded key")
	v.unless(string(j.payload) == g.tbs, "payload")
	v.unless(j.valid(g.key), "signature")
}

// sorted is a verdict for comparison.
func sorted(v verdict) []string {
	list := slices.Clone(v)
	slices.Sort(list)
	return slices.Compact(list)
}
