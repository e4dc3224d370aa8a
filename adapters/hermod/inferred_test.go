package hermod_test

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/adapters/hermod"
	"github.com/gomss/gomss/mss"
)

// overriding is a client with a table in which something is not as by default.
func overriding(t testing.TB, b *broker, edit func(*hermod.Inferred)) *hermod.Client {
	t.Helper()
	table := hermod.DefaultInferred()
	edit(table)
	return newBrokerClient(t, b, func(cfg *hermod.Config) { cfg.Inferred = table })
}

// renamed is what every name of a command is overridden with.
var renamed = hermod.Names{Path: "/v2/do-it", Callback: "done", Command: "doIt", Response: "itIsDone", Type: "IT"}

// rename writes a record's names as an interface of other names would.
func rename(segment, doc string) string {
	names := brokerTypes[segment]
	return strings.NewReplacer(`"`+names[0]+`"`, `"IT"`, `"`+names[2]+`"`, `"itIsDone"`).Replace(doc)
}

// TestInferredNames overrides each of a command's names, for each of the commands that are answered with a signature.
func TestInferredNames(t *testing.T) {
	t.Parallel()
	for segment, tc := range map[string]struct {
		set func(*hermod.Inferred)
		req *mss.Request
	}{
		"sign":         {func(i *hermod.Inferred) { i.Sign = renamed }, payment()},
		"authenticate": {func(i *hermod.Inferred) { i.Authenticate = renamed }, login()},
	} {
		t.Run(segment, func(t *testing.T) {
			t.Parallel()
			b := new(broker)
			as := func(c *sent) *sent { // to write its record by
				old := *c
				old.path = "/command/" + segment
				old.doc = map[string]any{"commandHeader": c.doc["commandHeader"], brokerTypes[segment][1]: c.doc["doIt"]}
				return &old
			}
			b.respond = func(c *sent) *http.Response { return says(200, rename(segment, as(c).record())) }
			c := overriding(t, b, tc.set)
			tx := started(t, c, tc.req)
			cmd := b.last()
			require.Equal(t, "/hermod/rest/v2/do-it", cmd.path)
			require.NotNil(t, cmd.doc["doIt"])
			signed := rename(segment, as(cmd).signed())
			require.Equal(t, 404, call(t, c, segment, signed), "no callback's name any more")
			require.Equal(t, 200, call(t, c, "done", signed))
			_, err := c.Verify(outcome(t, c, tx))
			require.NoError(t, err)
		})
	}
}

// TestInferredStates overrides the names of states.
func TestInferredStates(t *testing.T) {
	t.Parallel()
	state := func(s string) func(map[string]any) { return func(r map[string]any) { r["state"] = s } }
	for name, tc := range map[string]struct {
		set     func(*hermod.Inferred)
		doc     func(*sent) string
		byTable error // of Verify, with the changed table
		pending bool  // with the changed table
		without error // with the default one
	}{
		"Done": {func(i *hermod.Inferred) { i.Done = []string{"READY"} }, func(c *sent) string { return c.signed(state("READY")) },
			nil, false, mss.PBSignatureProcess},
		"Expired": {func(i *hermod.Inferred) { i.Expired = []string{"GONE"} }, func(c *sent) string {
			return c.final(0, nil, state("GONE"))
		}, mss.ExpiredTransaction, false, mss.PBSignatureProcess},
		"Running": {func(i *hermod.Inferred) { i.Running = append(i.Running, "FETCHED") }, func(c *sent) string {
			return c.final(0, nil, state("FETCHED"))
		}, nil, true, mss.PBSignatureProcess},
		"StatusOK": {func(i *hermod.Inferred) { i.StatusOK = 204 }, func(c *sent) string {
			return c.signed(func(r map[string]any) { r["responseHeader"].(map[string]any)["status"] = 204 })
		}, nil, false, mss.PBSignatureProcess},
		"Codes": {func(i *hermod.Inferred) { i.Codes[17] = mss.PinBlocked }, func(c *sent) string { return c.final(17, nil) },
			mss.PinBlocked, false, mss.PBSignatureProcess},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := new(broker)
			c := overriding(t, b, tc.set)
			tx := started(t, c, payment())
			require.Equal(t, 200, call(t, c, "sign", tc.doc(b.last())))
			if tc.pending {
				requireOutstanding(t, c, tx)
			} else {
				_, err := c.Verify(outcome(t, c, tx))
				require.ErrorIs(t, err, tc.byTable)
			}
			c = newBrokerClient(t, b)
			tx = started(t, c, payment())
			require.Equal(t, 200, call(t, c, "sign", tc.doc(b.last())))
			_, err := c.Verify(outcome(t, c, tx))
			require.ErrorIs(t, err, tc.without)
		})
	}
}

// TestInferredCodes has every code of the default table, and one that is not in it.
func TestInferredCodes(t *testing.T) {
	t.Parallel()
	for native, want := range map[int]*mss.Fault{
		401: {Code: mss.UserCancel, Sub: mss.FiComUserCancel}, 402: {Code: mss.PinBlocked}, 403: {Code: mss.CardBlocked},
		404: {Code: mss.NoKeyFound}, 408: {Code: mss.ExpiredTransaction, Sub: mss.FiComUserTimeout}, 7: {Code: mss.PBSignatureProcess},
		-1: {Code: mss.PBSignatureProcess},
	} {
		b := new(broker)
		c := newBrokerClient(t, b)
		tx := started(t, c, payment())
		require.Equal(t, 200, call(t, c, "sign", b.last().final(native, nil)))
		_, err := c.Verify(outcome(t, c, tx))
		want.Operation, want.Native = mss.OpSignature, "code "+strconv.Itoa(native)
		require.Equal(t, want, err)
	}
}

// TestInferredParameters overrides what commands say of keys and formats, and what results call them.
func TestInferredParameters(t *testing.T) {
	t.Parallel()
	b := new(broker)
	c := overriding(t, b, func(i *hermod.Inferred) {
		i.JWS, i.PKCS7, i.RSA, i.KeyType = "compact", "cms", "RSASSA", "rsa2048"
	})
	tx := started(t, c, payment())
	cmd := b.last()
	require.Equal(t, "compact", cmd.member("signCommand", "params", "format"))
	require.Equal(t, "RSASSA", cmd.member("signCommand", "params", "mechanism"))
	require.Equal(t, "rsa2048", cmd.member("signCommand", "params", "filter", "value"))
	result := func(contentType string) string {
		return cmd.final(0, map[string]any{"contenttype": contentType, "data": alice().jws(cmd.tbs())})
	}
	require.Equal(t, 200, call(t, c, "sign", result("compact")))
	ev := outcome(t, c, tx)
	_, err := c.Verify(ev)
	require.NoError(t, err)
	ev.Raw = []byte(result("jws"))
	_, err = c.Verify(ev)
	require.ErrorContains(t, err, "not verified: format")

	req := payment()
	req.Options = nil
	started(t, c, req)
	require.Equal(t, "cms", b.last().member("signCommand", "params", "format"))
}

// TestInferredContents overrides how the octets are had from a result.
func TestInferredContents(t *testing.T) {
	t.Parallel()
	b := new(broker)
	c := overriding(t, b, func(i *hermod.Inferred) {
		i.JWSContent = func(payload []byte) ([]byte, error) { return base64.StdEncoding.DecodeString(string(payload)) }
	})
	tx := started(t, c, payment())
	cmd := b.last()
	data := alice().jws([]byte(base64.StdEncoding.EncodeToString(cmd.tbs())))
	require.Equal(t, 200, call(t, c, "sign", cmd.final(0, map[string]any{"contenttype": "jws", "data": data})))
	ev := outcome(t, c, tx)
	_, err := c.Verify(ev)
	require.NoError(t, err)
	_, err = newBrokerClient(t, b).Verify(ev)
	require.ErrorContains(t, err, "not verified: content")

	called := false
	c = overriding(t, b, func(i *hermod.Inferred) {
		i.PKCS7Octets = func(data string) ([]byte, error) { called = data == "hex"; return []byte{0x30, 0}, nil }
	})
	req := payment()
	req.Options = hermod.Options{Format: mss.CMS}
	tx = started(t, c, req)
	require.Equal(t, 200, call(t, c, "sign", b.last().final(0, map[string]any{"contenttype": "pkcs7", "data": "hex"})))
	_, err = c.Verify(outcome(t, c, tx))
	require.Error(t, err)
	require.True(t, called)
}

// TestInferredRefusals refuses a table that contradicts itself.
func TestInferredRefusals(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(*hermod.Inferred){
		"a path without slash":       func(i *hermod.Inferred) { i.Sign.Path = "command/sign" },
		"a path upwards":             func(i *hermod.Inferred) { i.Sign.Path = "/../x?y" },
		"a callback of two segments": func(i *hermod.Inferred) { i.Sign.Callback = "a/b" },
		"one callback for two":       func(i *hermod.Inferred) { i.Sign.Callback = i.Ping.Callback },
		"no command":                 func(i *hermod.Inferred) { i.Provision.Command = "" },
		"a command of the header":    func(i *hermod.Inferred) { i.Certificate.Command = "commandHeader" },
		"no response":                func(i *hermod.Inferred) { i.Authenticate.Response = "" },
		"no type":                    func(i *hermod.Inferred) { i.Ping.Type = "" },
		"no state":                   func(i *hermod.Inferred) { i.Done = nil },
		"an empty state":             func(i *hermod.Inferred) { i.Running = []string{""} },
		"a state in two lists":       func(i *hermod.Inferred) { i.Expired = i.Done },
		"two formats of one name":    func(i *hermod.Inferred) { i.JWS = i.PKCS7 },
		"no mechanism":               func(i *hermod.Inferred) { i.RSA = "" },
		"no key type":                func(i *hermod.Inferred) { i.KeyType = "" },
		"no status":                  func(i *hermod.Inferred) { i.StatusOK = 0 },
		"a code for success":         func(i *hermod.Inferred) { i.Codes[0] = mss.UserCancel },
		"a success for a code":       func(i *hermod.Inferred) { i.Codes[1] = mss.StatusSignature },
		"no fault":                   func(i *hermod.Inferred) { i.Codes[1] = 0 },
	} {
		table := hermod.DefaultInferred()
		edit(table)
		cfg := brokerConfig(new(broker))
		cfg.Inferred = table
		_, err := hermod.New(cfg)
		require.ErrorContains(t, err, "Config.Inferred", name)
	}
}
