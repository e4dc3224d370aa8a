package rest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/transport/rest"
)

var operations = []*etsi.Operation{etsi.OpSignature, etsi.OpStatusQuery, etsi.OpReceipt, etsi.OpProfileQuery}

// FuzzDecodeResponse holds that an error comes with nothing, that whatever is
// accepted survives being written and read again, and that the values are those
// which encoding/json finds at the same place.
func FuzzDecodeResponse(f *testing.F) {
	seeds := 0
	add := func(doc []byte, op *etsi.Operation) {
		for i := range operations {
			if operations[i] == op {
				f.Add(doc, uint8(i))
				seeds++
			}
		}
	}
	for _, r := range responses() {
		doc, err := rest.AppendResponse(nil, r.op, r.m)
		require.NoError(f, err)
		add(doc, r.op)
	}
	for _, r := range responseGoldens {
		add([]byte(r.doc), r.op)
	}
	for _, fault := range faults() {
		doc, err := rest.AppendFault(nil, fault)
		require.NoError(f, err)
		add(doc, etsi.OpSignature)
	}
	add([]byte(`{"Fault":{"Code":{"Value":"env:Sender","SubCode":{"Value":"105"}},"Detail":["a",{"b":"c"}]}}`), etsi.OpSignature)
	add([]byte(wrap("MSS_StatusResp", head+userMember+statusMember+`"x":[1e999,null,{"Value":"500"}]`)), etsi.OpStatusQuery)
	require.NotZero(f, seeds)
	f.Fuzz(func(t *testing.T, doc []byte, n uint8) {
		requireSound(t, doc, operations[int(n)%len(operations)])
	})
}

// requireSound tells whether doc is accepted.
func requireSound(t *testing.T, doc []byte, op *etsi.Operation) bool {
	t.Helper()
	m := op.NewResponse()
	fault, err := rest.DecodeResponse(doc, op, m)
	switch {
	case err != nil:
		require.ErrorAs(t, err, new(*rest.Error))
		require.Nil(t, fault)
		return false
	case fault != nil:
		require.True(t, json.Valid(doc))
		require.Equal(t, op.NewResponse(), m, "a fault leaves the message alone")
		requireFaultStays(t, fault)
	default:
		again, err := rest.AppendResponse(nil, op, m)
		require.NoError(t, err)
		requireSameValues(t, doc, again)
		if len(again) > 1<<20 {
			break
		}
		m2 := op.NewResponse()
		fault, err := rest.DecodeResponse(again, op, m2)
		require.NoError(t, err)
		require.Nil(t, fault)
		require.Equal(t, m, m2)
	}
	return true
}

// FuzzDecodeRequest is the same for requests.
func FuzzDecodeRequest(f *testing.F) {
	seeds := 0
	for _, r := range requests() {
		doc, err := rest.AppendRequest(nil, r.op, r.m)
		require.NoError(f, err)
		f.Add(doc)
		seeds++
	}
	for _, r := range requestGoldens {
		f.Add([]byte(r.doc))
		seeds++
	}
	require.NotZero(f, seeds)
	f.Fuzz(func(t *testing.T, doc []byte) {
		requireSoundRequest(t, doc)
	})
}

func requireSoundRequest(t *testing.T, doc []byte) bool {
	t.Helper()
	op, m, err := rest.DecodeRequest(doc)
	if err != nil {
		require.ErrorAs(t, err, new(*rest.Error))
		require.Nil(t, op)
		require.Nil(t, m)
		return false
	}
	again, err := rest.AppendRequest(nil, op, m)
	require.NoError(t, err)
	requireSameValues(t, doc, again)
	if len(again) > 1<<20 {
		return true
	}
	op2, m2, err := rest.DecodeRequest(again)
	require.NoError(t, err)
	require.Same(t, op, op2)
	require.Equal(t, m, m2)
	return true
}

// FuzzAppendString holds that any text is written as JSON that encoding/json
// reads as the same text, or refused.
func FuzzAppendString(f *testing.F) {
	seeds := []string{"", `"\/`, "<&>\u2028\x00\x1f\x7f", "€😀", "\xFF", "\xED\xA0\x80"}
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc, err := rest.AppendFault(nil, &etsi.Fault{Code: "Sender", Reason: s})
		if strings.ToValidUTF8(s, "") != s {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		var read struct{ Fault struct{ Reason string } }
		require.NoError(t, json.Unmarshal(doc, &read))
		require.Equal(t, s, read.Fault.Reason)
	})
}

func requireFaultStays(t *testing.T, f *etsi.Fault) {
	t.Helper()
	doc, err := rest.AppendFault(nil, f)
	if err != nil || len(doc) > 1<<20 {
		return // an empty code, or several details
	}
	require.Equal(t, f, decodeFault(t, string(doc)))
}

// requireSameValues holds that every value of written, which was made of what was
// read from doc, stands in doc at the same place, by encoding/json.
func requireSameValues(t *testing.T, doc, written []byte) {
	t.Helper()
	all := values(t, doc)
	for at, value := range values(t, written) {
		original, ok := all[at]
		switch {
		case strings.HasSuffix(at, "/UserLang/Value") && original == "":
			original = "de"
		case strings.HasSuffix(at, "/Params"):
			original = strings.Join(strings.Fields(original), " ")
		case strings.HasSuffix(at, "/Instant"):
			original, value = sameInstant(t, original), sameInstant(t, value)
		case strings.HasSuffix(at, "/Base64Signature"), strings.Contains(at, "/X509Certificate["):
			original = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(original)
		}
		require.True(t, ok, at)
		require.Equal(t, original, value, at)
	}
}

func sameInstant(t *testing.T, s string) string {
	t.Helper()
	at, err := xmlwire.ParseDateTime(s)
	require.NoError(t, err)
	return at.String()
}

// values are the scalars of a document by their path.
func values(t *testing.T, doc []byte) map[string]string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var tree any
	require.NoError(t, d.Decode(&tree))
	all := map[string]string{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, member := range v {
				walk(at+"/"+name, member)
			}
		case []any:
			for i, element := range v {
				walk(fmt.Sprintf("%s[%d]", at, i), element)
			}
		default:
			all[at] = fmt.Sprint(v)
		}
	}
	walk("", tree)
	return all
}
