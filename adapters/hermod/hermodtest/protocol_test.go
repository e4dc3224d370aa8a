package hermodtest_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod/hermodtest"
)

const none = "-" // for no X-Api-Key at all

// TestRefusals: what is no command in order is refused, rings nobody and has no callback.
func TestRefusals(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, hermodtest.Options{})
	_, err := srv.Enroll(user)
	require.NoError(t, err)
	encode := func(v any) string {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		return string(b)
	}
	good := encode(signCommand("Pay?"))
	require.Contains(t, good, `"timeout":60`)
	for name, test := range map[string]struct {
		status             int
		method, path, body string
		contentType, key   string
		message            string
	}{
		"another path":    {status: 404, path: "/command/dance"},
		"a callback path": {status: 404, path: "/callback/sign"},
		"a device's path": {status: 404, path: "/ms/x/y"},
		"no key":          {status: 401, key: none},
		"another key":     {status: 401, key: srv.APIKey()[1:]},
		"GET":             {status: 405, method: http.MethodGet},
		"a form":          {status: 415, contentType: "application/x-www-form-urlencoded"},
		"too large":       {status: 413, body: strings.Repeat(" ", 1<<20) + good},
		"no JSON":         {status: 400, body: good[1:], message: "JSON"},
		"a member twice":  {status: 400, body: `{"commandHeader":{},` + good[1:], message: "JSON"},
		"no header":       {status: 400, body: encode(without(signCommand("x"), "commandHeader")), message: "commandHeader"},
		"no command":      {status: 400, body: encode(without(signCommand("x"), "signCommand")), message: "signCommand"},
		"another command": {status: 400, path: "/command/authenticate", message: "authCommand"},
		"two commands":    {status: 400, body: `{"pingCommand":{},` + good[1:], message: "no other command"},
		"no timeout":      {status: 400, body: strings.Replace(good, `"timeout":60`, `"timeout":0`, 1), message: "timeout"},
		"timeout a text":  {status: 400, body: strings.Replace(good, `"timeout":60`, `"timeout":"60"`, 1), message: "timeout"},
		"no lifespan":     {status: 400, body: strings.Replace(good, `"lifespan":60,`, "", 1), message: "lifespan"},
		"no user":         {status: 400, body: strings.Replace(good, "@"+user, "@", 1), message: "commandHeader.to"},
		"anonymous":       {status: 400, body: strings.Replace(good, "@"+user, "@tmp", 1), message: "commandHeader.to"},
		"a box":           {status: 400, body: strings.Replace(good, "@"+user, user, 1), message: "commandHeader.to"},
		"mechanism":       {status: 400, body: strings.Replace(good, "CKM_SHA256_RSA_PKCS", "CKM_MD5_RSA_PKCS", 1), message: "mechanism"},
		"format":          {status: 400, body: strings.Replace(good, `"jws"`, `"xades"`, 1), message: "format"},
		"filter":          {status: 400, body: strings.Replace(good, `"format"`, `"filter":{"op":"eq","param":"key.type","value":"EC"},"format"`, 1), message: "filter"},
		"no Base64":       {status: 400, body: strings.Replace(good, `"UGF5Pw=="`, `"UGF5Pw="`, 1), message: "Base64"},
		"nothing to sign": {status: 400, body: strings.Replace(good, `"UGF5Pw=="`, `""`, 1), message: "tbs"},
	} {
		t.Run(name, func(t *testing.T) {
			method, path, body, contentType := http.MethodPost, "/command/sign", good, "application/json; charset=utf-8"
			for _, o := range []struct {
				to   *string
				from string
			}{{&method, test.method}, {&path, test.path}, {&body, test.body}, {&contentType, test.contentType}} {
				if o.from != "" {
					*o.to = o.from
				}
			}
			c.key = cmp.Or(test.key, srv.APIKey())
			a, err := c.do(t.Context(), method, path, contentType, []byte(body))
			require.NoError(t, err)
			require.Equal(t, test.status, a.status, "%s", a.body)
			var e struct {
				Timestamp, Error, Message, Path string
				Status                          int
			}
			require.NoError(t, json.Unmarshal(a.body, &e))
			require.Equal(t, test.status, e.Status)
			require.Equal(t, "/hermod/rest"+path, e.Path)
			require.Contains(t, e.Message, test.message)
		})
	}
	srv.AssertPrompts(t, 0)
	require.Empty(t, srv.Outstanding())
}

func without(o object, name string) object {
	o = maps.Clone(o)
	delete(o, name)
	return o
}

// TestProvisionRefusals: what is no PROV in order.
func TestProvisionRefusals(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, hermodtest.Options{})
	for member, change := range map[string]func(o, profile, request object){
		"nonce":                func(o, _, _ object) { o["nonce"] = "" },
		"userid":               func(o, _, _ object) { delete(o, "userid") },
		"responsesignaturekey": func(o, _, _ object) { o["responsesignaturekey"] = "NONE" },
		"responseformat":       func(o, _, _ object) { o["responseformat"] = "pkcs7" },
		"name":                 func(_, p, _ object) { p["name"] = "" },
		"keygenrequests":       func(_, p, _ object) { p["keygenrequests"] = []object{} },
		"keyid":                func(_, _, r object) { r["keyid"] = "" },
		"storageprios":         func(_, _, r object) { r["storageprios"] = []string{"SIM"} },
		"keylength":            func(_, _, r object) { r["keytypeprios"] = []object{{"keytype": "RSA", "keylength": "long"}} },
		"keytypeprios": func(_, _, r object) {
			r["keytypeprios"] = []object{{"keytype": "RSA", "keylength": "1024", "responsemechanism": "RS256"}}
		},
		"certreq": func(_, _, r object) { r["certreq"] = "AAAA" },
		"twice": func(_, p, r object) {
			p["keygenrequests"] = []object{r, r}
		},
	} {
		b := prov(t, rsa2048)
		o := b["provCommand"].(object)
		profile := o["profile"].(object)
		change(o, profile, profile["keygenrequests"].([]object)[0])
		a := c.post("/command/provision", b)
		require.Equal(t, 400, a.status, member)
		require.Contains(t, string(a.body), member)
	}
	b := prov(t, rsa2048)
	b["commandHeader"] = header("@" + user)
	require.Equal(t, 400, c.post("/command/provision", b).status)
	b["commandHeader"] = header("@tmp")
	require.Equal(t, 200, c.post("/command/provision", b).status)
	srv.AssertPrompts(t, 1)
}

// TestCertificates: a device takes what is for its keys alone.
func TestCertificates(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, hermodtest.Options{})
	profile, cert := c.enrolled(rsa2048)
	other, err := srv.Enroll("somebody.else")
	require.NoError(t, err)
	id := profile["id"].(string)
	for name, command := range map[string]object{
		"another profile": certCommand("3051e9f3-0e4d-436b-a512-2e18d8afe134", cert.Raw),
		"another key":     certCommand(id, other.Keys[0].Chain[0].Raw),
		"no certificate":  certCommand(id, []byte("certificate")),
	} {
		cb := c.outcome("/command/certificate", command)
		require.Equal(t, 404, cb.CertResponse.Code, name)
	}
	require.Equal(t, 0, c.outcome("/command/certificate", certCommand(id, cert.Raw)).CertResponse.Code)
}

// TestNobody: there is no mailbox, so there is no destination and no callback.
func TestNobody(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, hermodtest.Options{})
	started := c.accepted("/command/sign", signCommand("Pay?"))
	require.Empty(t, started.Destinations)
	srv.AssertPrompts(t, 0)
	require.Empty(t, srv.Outstanding())
}

// TestDevices: all mailboxes have the message, and the one that is scripted answers.
func TestDevices(t *testing.T) {
	t.Parallel()
	srv, c := inProcess(t, hermodtest.Options{})
	older, err := srv.Enroll(user)
	require.NoError(t, err)
	newer, err := srv.Enroll(user)
	require.NoError(t, err)
	require.NotEqual(t, older.Keys[0].Chain[0].PublicKey, newer.Keys[0].Chain[0].PublicKey)
	for i, want := range []string{newer.ProfileID, older.ProfileID} {
		srv.Person(hermodtest.Person{User: user, Device: i, Boxes: 2})
		cb := c.outcome("/command/sign", signCommand("Pay?"))
		require.Len(t, cb.Destinations, 4)
		for _, d := range cb.Destinations {
			if d.Location == cb.ResponseHeader.InReplyTo {
				require.Equal(t, want, d.PID)
			}
		}
	}
	srv.AssertPrompts(t, 2)
}

// TestNoKey: a profile without certificate, or with another kind of key, cannot sign.
func TestNoKey(t *testing.T) {
	t.Parallel()
	_, c := inProcess(t, hermodtest.Options{})
	c.outcome("/command/provision", prov(t, rsa2048))
	require.Equal(t, 404, c.outcome("/command/sign", signCommand("Pay?")).SignResponse.Code)
	c.enrolled(p256)
	require.Equal(t, 404, c.outcome("/command/sign", signCommand("Pay?")).SignResponse.Code)
}
