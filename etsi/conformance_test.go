package etsi_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// Genuine messages decode, and what is written from them says the same.
func TestConformanceGenuineMessages(t *testing.T) {
	t.Parallel()
	corpus := os.Getenv("MSS_CORPUS")
	if corpus == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	files, err := filepath.Glob(filepath.Join(corpus, "swisscom", "soap-*", "*.xml"))
	require.NoError(t, err)
	messages := 0
	for _, file := range files {
		doc, err := os.ReadFile(file)
		require.NoError(t, err)
		m, part := genuineMessage(t, doc)
		if m == nil {
			continue // a fault
		}
		messages++
		out, err := encode(m, xmlwire.Name{Local: part})
		require.NoError(t, err, file)
		again := genuineOf(part)
		require.NoError(t, decode(again, out), file)
		require.Equal(t, m, again, file)
	}
	require.GreaterOrEqual(t, messages, 8)
}

// genuineMessage decodes the message inside an envelope, in either form.
func genuineMessage(t *testing.T, doc []byte) (etsi.Message, string) {
	t.Helper()
	d := xmlwire.NewDecoder(doc, xmlwire.Limits{})
	for {
		kind, err := d.Next()
		require.NoError(t, err)
		if kind == xmlwire.EOF {
			return nil, ""
		}
		if m := genuineOf(d.Name().Local); kind == xmlwire.Start && m != nil {
			require.NoError(t, m.DecodeXML(d))
			return m, d.Name().Local
		}
	}
}

func genuineOf(part string) etsi.Message {
	for _, op := range operations {
		switch part {
		case op.RequestPart:
			return op.NewRequest()
		case op.ResponsePart:
			return op.NewResponse()
		}
	}
	return nil
}
