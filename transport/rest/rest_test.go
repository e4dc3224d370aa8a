package rest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/strictjson"
	"github.com/gomss/gomss/transport/rest"
	"github.com/gomss/gomss/transport/soap"
)

func TestRequestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, r := range requests() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			doc, err := rest.AppendRequest(nil, r.op, r.m)
			require.NoError(t, err)
			require.NoError(t, strictjson.Check(doc))
			op, m, err := rest.DecodeRequest(doc)
			require.NoError(t, err)
			require.Same(t, r.op, op)
			require.Equal(t, r.m, m)
		})
	}
}

func TestResponseRoundTrip(t *testing.T) {
	t.Parallel()
	for _, r := range responses() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			doc, err := rest.AppendResponse(nil, r.op, r.m)
			require.NoError(t, err)
			require.NoError(t, strictjson.Check(doc))
			m := r.op.NewResponse()
			fault, err := rest.DecodeResponse(doc, r.op, m)
			require.NoError(t, err)
			require.Nil(t, fault)
			require.Equal(t, r.m, m)
		})
	}
}

// TestBindingsAgree holds that a message is the same whichever binding carried
// it.
func TestBindingsAgree(t *testing.T) {
	t.Parallel()
	for _, r := range requests() {
		t.Run("request "+r.name, func(t *testing.T) {
			t.Parallel()
			doc, err := soap.AppendRequest(nil, r.op, soap.WSDLForm, r.m)
			require.NoError(t, err)
			op, _, viaSOAP, err := soap.DecodeRequest(doc)
			require.NoError(t, err)
			doc, err = rest.AppendRequest(nil, op, viaSOAP)
			require.NoError(t, err)
			op, viaJSON, err := rest.DecodeRequest(doc)
			require.NoError(t, err)
			require.Same(t, r.op, op)
			require.Equal(t, viaSOAP, viaJSON)
		})
	}
	for _, r := range responses() {
		t.Run("answer "+r.name, func(t *testing.T) {
			t.Parallel()
			doc, err := soap.AppendResponse(nil, r.op, soap.GuideForm, r.m)
			require.NoError(t, err)
			viaSOAP := r.op.NewResponse()
			_, err = soap.DecodeResponse(doc, r.op, viaSOAP)
			require.NoError(t, err)
			doc, err = rest.AppendResponse(nil, r.op, viaSOAP)
			require.NoError(t, err)
			viaJSON := r.op.NewResponse()
			_, err = rest.DecodeResponse(doc, r.op, viaJSON)
			require.NoError(t, err)
			require.Equal(t, viaSOAP, viaJSON)
		})
	}
	for name, f := range faults() {
		t.Run("fault "+name, func(t *testing.T) {
			t.Parallel()
			doc, err := soap.AppendFault(nil, f)
			require.NoError(t, err)
			viaSOAP, err := soap.DecodeResponse(doc, etsi.OpSignature, new(etsi.SignatureResp))
			require.NoError(t, err)
			doc, err = rest.AppendFault(nil, viaSOAP)
			require.NoError(t, err)
			viaJSON := decodeFault(t, string(doc))
			require.Empty(t, viaJSON.Lang, "this form tells no language")
			viaJSON.Lang = "en"
			require.Equal(t, viaSOAP, viaJSON)
		})
	}
}

func TestAppendAppends(t *testing.T) {
	t.Parallel()
	alone, err := rest.AppendRequest(nil, etsi.OpSignature, signatureReq())
	require.NoError(t, err)
	after, err := rest.AppendRequest([]byte("before"), etsi.OpSignature, signatureReq())
	require.NoError(t, err)
	require.Equal(t, "before"+string(alone), string(after))
}

// TestMembersInAnyOrder turns the order of every object round.
func TestMembersInAnyOrder(t *testing.T) {
	t.Parallel()
	for _, r := range responses() {
		doc, err := rest.AppendResponse(nil, r.op, r.m)
		require.NoError(t, err)
		var tree any
		require.NoError(t, json.Unmarshal(doc, &tree))
		sorted, err := json.MarshalIndent(tree, "", "\t") // sorts members by name
		require.NoError(t, err)
		require.NotEqual(t, doc, sorted)
		m := r.op.NewResponse()
		_, err = rest.DecodeResponse(sorted, r.op, m)
		require.NoError(t, err)
		again, err := rest.AppendResponse(nil, r.op, m)
		require.NoError(t, err)
		require.JSONEq(t, string(doc), string(again), r.name)
	}
}

// TestEscapes holds what a string may look like (RFC 8259 section 7), and that
// what the user sees stays legible.
func TestEscapes(t *testing.T) {
	t.Parallel()
	var controls strings.Builder
	for c := range byte(' ') {
		controls.WriteByte(c)
	}
	for text, want := range map[string]string{
		"":                   `""`,
		`"\/`:                `"\"\\/"`,
		"<a> & 'b'":          `"<a> & 'b'"`,
		"Zürich € 😀":         `"Zürich € 😀"`,
		"\u2028\u2029\x7f":   "\"\u2028\u2029\x7f\"",
		"\r\n\t":             `"\r\n\t"`,
		"a\x00b\b\f\x1b\x1f": `"a\u0000b\u0008\u000c\u001b\u001f"`,
		"\uFFFD is not new":  "\"\uFFFD is not new\"",
		controls.String(): `"\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\t\n\u000b\u000c\r\u000e\u000f` +
			`\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"`,
	} {
		m := signatureReq()
		m.DataToBeSigned.Value = text
		doc, err := rest.AppendRequest(nil, etsi.OpSignature, m)
		require.NoError(t, err)
		require.Contains(t, string(doc), `"Data":`+want+`}`)
		_, again, err := rest.DecodeRequest(doc)
		require.NoError(t, err)
		require.Equal(t, text, again.(*etsi.SignatureReq).DataToBeSigned.Value)
	}
}

// TestInstants holds the two forms in which an instant is written.
func TestInstants(t *testing.T) {
	t.Parallel()
	m := signatureResp(3)
	doc, err := rest.AppendResponse(nil, etsi.OpSignature, m)
	require.NoError(t, err)
	require.Contains(t, string(doc), `"Instant":"2026-02-26T09:40:16.257Z"`)
	require.Contains(t, string(doc), `"Instant":"2026-02-26T09:40:17.000+01:00"`)
}
