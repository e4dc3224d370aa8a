package etsi_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// What decodes can be written, and what is written decodes to the same.
func fuzzMessage(f *testing.F, part string, newMessage func() etsi.Message) {
	seeds := 0
	for i := range samples {
		if samples[i].part == part {
			f.Add(samples[i].doc())
			seeds++
		}
	}
	require.NotZero(f, seeds)
	f.Fuzz(func(t *testing.T, doc string) {
		m := newMessage()
		if decode(m, doc) != nil {
			return
		}
		out, err := encode(m, xmlwire.Name{Local: part})
		if err != nil {
			// The document may use its limits up to the last token or octet,
			// which the encoder's declarations then exceed.
			require.ErrorContains(t, err, "raw element")
			return
		}
		again := newMessage()
		require.NoError(t, decode(again, out))
		second, err := encode(again, xmlwire.Name{Local: part})
		require.NoError(t, err)
		require.Equal(t, out, second)
		require.Equal(t, withoutRaw(m), withoutRaw(again))
	})
}

func FuzzDecodeSignatureReq(f *testing.F) {
	fuzzMessage(f, "MSS_SignatureReq", etsi.OpSignature.NewRequest)
}

func FuzzDecodeSignatureResp(f *testing.F) {
	fuzzMessage(f, "MSS_SignatureResp", etsi.OpSignature.NewResponse)
}

func FuzzDecodeStatusResp(f *testing.F) {
	fuzzMessage(f, "MSS_StatusResp", etsi.OpStatusQuery.NewResponse)
}

func FuzzDecodeReceiptReq(f *testing.F) {
	fuzzMessage(f, "MSS_ReceiptReq", etsi.OpReceipt.NewRequest)
}

func FuzzDecodeProfileResp(f *testing.F) {
	fuzzMessage(f, "MSS_ProfileResp", etsi.OpProfileQuery.NewResponse)
}
