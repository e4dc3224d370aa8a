package etsi_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// What is read and written again says the same: the same elements in the same
// namespaces and order, with the same attributes and text.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for i := range samples {
		s := &samples[i]
		covered[s.part] = true
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			m := s.message()
			require.NoError(t, decode(m, s.doc()))
			out, err := encode(m, xmlwire.Name{Local: s.part})
			require.NoError(t, err)
			require.Equal(t, outline(t, s.doc()), outline(t, out))

			again := s.message()
			require.NoError(t, decode(again, out))
			second, err := encode(again, xmlwire.Name{Local: s.part})
			require.NoError(t, err)
			require.Equal(t, out, second)
			require.Equal(t, withoutRaw(m), withoutRaw(again))
		})
	}
	for _, op := range operations {
		require.True(t, covered[op.RequestPart], op.RequestPart)
		require.True(t, covered[op.ResponsePart], op.ResponsePart)
	}
}

// outline lists the tokens of a document without prefixes. Values that have
// several spellings are given one.
func outline(t *testing.T, doc string) (lines []string) {
	t.Helper()
	d := xmlwire.NewDecoder([]byte(doc), xmlwire.Limits{})
	var name xmlwire.Name
	for {
		kind, err := d.Next()
		require.NoError(t, err)
		switch kind {
		case xmlwire.EOF:
			return lines
		case xmlwire.Start:
			name = d.Name()
			lines = append(lines, fmt.Sprintf("<%s %s>", name.Space, name.Local))
			attrs := map[string]string{}
			for _, a := range d.Attrs() {
				attrs[a.Name.Space+" "+a.Name.Local] = spelling(a.Name.Local, a.Value)
			}
			lines = append(lines, fmt.Sprint(attrs))
		case xmlwire.End:
			lines = append(lines, "</>")
			name = xmlwire.Name{}
		case xmlwire.Text:
			if text := spelling(name.Local, d.Text()); strings.TrimSpace(text) != "" {
				lines = append(lines, text)
			}
		}
	}
}

func spelling(name, text string) string {
	switch {
	case strings.HasPrefix(name, "Get") || strings.HasSuffix(name, "Ack"):
		return map[string]string{"1": "true", "true": "true", "0": "false", "false": "false"}[text]
	case name == "Base64Signature":
		octets, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err == nil {
			return fmt.Sprintf("%x", octets)
		}
	case name == "AuthUri":
		return strings.TrimSpace(text)
	}
	return text
}

var operations = []*etsi.Operation{
	etsi.OpSignature, etsi.OpStatusQuery, etsi.OpReceipt, etsi.OpRegistration, etsi.OpProfileQuery, etsi.OpHandshake, etsi.OpNotification,
}

func TestOperations(t *testing.T) {
	t.Parallel()
	for _, op := range operations {
		require.Same(t, op, etsi.OperationNamed(op.Name))
		require.Equal(t, op.Name+"Response", op.Response)
	}
	require.Equal(t, "MSS_StatusResp", etsi.OpNotification.RequestPart)
	require.Equal(t, "MSS_ReceiptReq", etsi.OpNotification.ResponsePart)
	require.IsType(t, new(etsi.ReceiptReq), etsi.OpNotification.NewResponse())
	require.Nil(t, etsi.OperationNamed("MSS_SignatureReq"))
}
