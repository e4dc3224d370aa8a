package msstest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss/msstest"
)

// TestConformanceJSONAnswers: the answers have the members of the service's own, with values of the same types, and where
// they are not of the person or the moment the same values.
func TestConformanceJSONAnswers(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("MSS_CORPUS")
	if dir == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	srv := inProcess(t, nil)
	c := &talker{call(t, srv), jsonWire}
	srv.Script(anna, msstest.Person{Do: msstest.Ignore})
	waiting, f := c.sign(c.ask(anna, asynch, stk))
	require.Nil(t, f)
	const robot = "41700092501"
	unprefixed := c.ask(robot, synch, stk)
	unprefixed.DataToBeSigned.Value = "Sign in?"
	for pattern, tt := range map[string]struct {
		op  *etsi.Operation
		req etsi.Message
	}{
		"01_*": {etsi.OpSignature, c.ask(robot, synch, stk, service(geofencing))},
		"02_*": {etsi.OpSignature, c.ask("41790009999", synch, stk)},
		"03_*": {etsi.OpSignature, unprefixed},
		"05_*": {etsi.OpSignature, c.ask(robot, asynch, stk, service(geofencing))},
		"07_*": {etsi.OpStatusQuery, &etsi.StatusReq{MessageAbstract: c.abstract(), MSSPTransID: waiting.MSSPTransID}},
		"09_*": {etsi.OpReceipt, c.askReceipt(robot, c.signed(robot, stk), false)},
		"10_*": {etsi.OpReceipt, c.askReceipt(robot, c.signed(robot, stk), true)},
		"12_*": {etsi.OpProfileQuery, c.askProfile(robot, everything...)},
		"13_*": {etsi.OpProfileQuery, c.askProfile("41790009999", everything...)},
	} {
		paths, err := filepath.Glob(filepath.Join(dir, "swisscom", "rest-2024", pattern))
		require.NoError(t, err)
		require.Len(t, paths, 1)
		genuine, err := os.ReadFile(paths[0])
		require.NoError(t, err)
		_, body, err := c.raw(tt.op, tt.req)
		require.NoError(t, err)
		require.Equal(t, shape(t, genuine), shape(t, []byte(body)), pattern)
	}
}

// variable are the members whose values differ between any two answers, or between the hierarchies.
var variable = map[string]bool{
	"AP_ID": true, "AP_TransID": true, "Instant": true, "MSSP_TransID": true, "Base64Signature": true, "MSISDN": true,
	"Timestamp": true, "X509Certificate": true, "X509SubjectName": true,
}

// shape is a document with the types of what varies in place of the values.
func shape(t *testing.T, doc []byte) any {
	t.Helper()
	var v any
	require.NoError(t, json.Unmarshal(doc, &v))
	return reduce(v, false)
}

func reduce(v any, vary bool) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = reduce(v[name], variable[name])
		}
	case []any:
		for i := range v {
			v[i] = reduce(v[i], vary)
		}
	default:
		if vary {
			return fmt.Sprintf("%T", v)
		}
	}
	return v
}
