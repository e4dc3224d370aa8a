package cms_test

import (
	"encoding/asn1"
	"slices"
	"testing"

	"github.com/gomss/gomss/internal/cms/cmstest"
	"github.com/stretchr/testify/require"
)

// TestTrailing: octets behind any of the nested values are refused.
func TestTrailing(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	v := newVerifier(t, c.Root)
	for name, o := range map[string]cmstest.Options{"BER": genuine(c), "DER": {Certificates: certificates(c.Intermediate)}} {
		message := sign(t, c.User, o)
		_, err := v.Verify(append(slices.Clip(message), 0), now, isText)
		requireCheck(t, err, "ber", "")
		_, err = v.Verify(append(slices.Clip(message), message...), now, isText)
		requireCheck(t, err, "ber", "")
		for n := range len(message) {
			_, err := v.Verify(message[:n], now, isText)
			requireCheck(t, err, "ber", "")
		}
		require.NotEmpty(t, name)
	}

	// The same inside: each SEQUENCE on the way to the content, in DER.
	der := sign(t, c.User, cmstest.Options{SigningTime: now})
	var info struct {
		Type    asn1.RawValue
		Content asn1.RawValue
	}
	_, err := asn1.Unmarshal(der, &info)
	require.NoError(t, err)
	null := []byte{5, 0}
	var signedData asn1.RawValue
	_, err = asn1.Unmarshal(info.Content.Bytes, &signedData)
	require.NoError(t, err)
	var fields []asn1.RawValue // version, digestAlgorithms, encapContentInfo, …
	for rest := signedData.Bytes; len(rest) > 0; {
		var field asn1.RawValue
		rest, err = asn1.Unmarshal(rest, &field)
		require.NoError(t, err)
		fields = append(fields, field)
	}
	encap := cmstest.TLV(0x30, fields[2].Bytes, null)
	for name, message := range map[string][]byte{
		"encapContentInfo": cmstest.TLV(0x30, info.Type.FullBytes, cmstest.TLV(0xa0, cmstest.TLV(0x30, fields[0].FullBytes, fields[1].FullBytes,
			encap, fields[3].FullBytes, fields[4].FullBytes))),
		"ContentInfo":    cmstest.TLV(0x30, info.Type.FullBytes, info.Content.FullBytes, null),
		"content":        cmstest.TLV(0x30, info.Type.FullBytes, cmstest.TLV(0xa0, info.Content.Bytes, null)),
		"SignedData":     cmstest.TLV(0x30, info.Type.FullBytes, cmstest.TLV(0xa0, cmstest.TLV(0x30, signedData.Bytes, null))),
		"other type":     cmstest.TLV(0x30, oidDataValue, info.Content.FullBytes),
		"not a SEQUENCE": cmstest.TLV(0x31, info.Type.FullBytes, info.Content.FullBytes),
	} {
		_, err := v.Verify(message, now, isText)
		requireCheck(t, err, "structure", "")
		require.NotEmpty(t, name)
	}
}

// TestTrailingInSigner: fields too many in the inner structures.
func TestTrailingInSigner(t *testing.T) {
	t.Parallel()
	c := newChain(t, testKeys().p256)
	v := newVerifier(t, c.Root)
	null := []byte{5, 0}
	grow := func(element []byte) []byte {
		var v asn1.RawValue
		if _, err := asn1.Unmarshal(element, &v); err != nil {
			panic(err)
		}
		return cmstest.TLV(element[0], v.Bytes, null)
	}
	for name, change := range map[string]func(*cmstest.Parts){
		"SignerInfo":          func(p *cmstest.Parts) { p.SignerInfos = [][]byte{grow(p.SignerInfo())} },
		"SignerIdentifier":    func(p *cmstest.Parts) { p.SignerID = grow(p.SignerID) },
		"digest algorithm":    func(p *cmstest.Parts) { p.DigestAlgorithm = grow(p.DigestAlgorithm) },
		"signature algorithm": func(p *cmstest.Parts) { p.SignatureAlgorithm = grow(p.SignatureAlgorithm) },
		"digest algorithms":   func(p *cmstest.Parts) { p.Digests = append(p.Digests, null) },
		"attribute":           func(p *cmstest.Parts) { p.Attributes[0] = grow(p.Attributes[0]) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := genuine(c)
			o.AfterSign = change
			_, err := v.Verify(sign(t, c.User, o), now, isText)
			require.Error(t, err)
			require.NotContains(t, err.Error(), "cms: signature:")
		})
	}
}
