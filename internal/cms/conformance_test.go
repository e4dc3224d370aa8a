package cms_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/internal/cms"
	"github.com/stretchr/testify/require"
)

// genuineTime is when the genuine message of 2024 was made.
var genuineTime = time.Date(2024, 7, 2, 12, 0, 0, 0, time.UTC)

const genuineText = "Test: Sign in from Postman?"

// corpus reads a file of genuine data; those are not part of this repository.
func corpus(t *testing.T, elements ...string) []byte {
	t.Helper()
	directory := os.Getenv("MSS_CORPUS")
	if directory == "" {
		t.Skip("MSS_CORPUS is not set")
	}
	b, err := os.ReadFile(filepath.Join(append([]string{directory}, elements...)...))
	require.NoError(t, err)
	return b
}

func corpusCMS(t *testing.T, name string) []byte {
	t.Helper()
	text := strings.Join(strings.Fields(string(corpus(t, "swisscom", "cms", name))), "")
	b, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	return b
}

func corpusCertificate(t *testing.T, name string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(corpus(t, "swisscom", "certs", name))
	require.NotNil(t, block)
	c, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	return c
}

// root4 and root2 are configurations with one genuine anchor.
func root4(t *testing.T) cms.Config {
	return cms.Config{
		Roots:       []*x509.Certificate{corpusCertificate(t, "Swisscom_Root_CA_4_b9821b0c.pem")},
		ExtKeyUsage: x509.ExtKeyUsageClientAuth,
	}
}

func root2(t *testing.T) cms.Config {
	return cms.Config{
		Roots:       []*x509.Certificate{corpusCertificate(t, "Swisscom_Root_CA_2_77474fc6.pem")},
		ExtKeyUsage: x509.ExtKeyUsageClientAuth,
	}
}

func isGenuineText(content []byte) error {
	if string(content) != genuineText {
		return errOtherText
	}
	return nil
}

func TestConformanceGenuine2024(t *testing.T) {
	t.Parallel()
	message := corpusCMS(t, "rest2024-sync.b64")
	v := verifierOf(t, root4(t))
	for range 2 {
		r, err := v.Verify(message, genuineTime, isGenuineText)
		require.NoError(t, err)
		require.Len(t, r.Chain, 3)
		require.Equal(t, "MIDCHEO16P1O6E92", r.Chain[0].Subject.SerialNumber)
		require.Equal(t, "Swisscom Rubin CA 4", r.Chain[1].Subject.CommonName)
		require.Equal(t, "Swisscom Root CA 4", r.Chain[2].Subject.CommonName)
		require.Equal(t, genuineText, string(r.Content))
		require.Zero(t, r.SigningTime)

		_, err = v.Verify(message, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), isGenuineText)
		requireCheck(t, err, "chain", "the signer's certificate is valid from 2023-01-23T09:50:03Z to 2026-01-22T09:50:02Z")
		_, err = v.Verify(message, genuineTime, func(content []byte) error { return isGenuineText(content[1:]) })
		requireCheck(t, err, "content", errOtherText.Error())
	}
	_, err := verifierOf(t, root2(t)).Verify(message, genuineTime, isGenuineText)
	requireCheck(t, err, "chain", `no certificate of the authority "Swisscom Root CA 4" with the key identifier 545A671F`)
}

// TestConformanceFlips flips a bit of every octet of the genuine message.
func TestConformanceFlips(t *testing.T) {
	t.Parallel()
	flipAll(t, root4(t), corpusCMS(t, "rest2024-sync.b64"), genuineTime)
}

// TestConformance2015: messages by SHA-1 are refused for it. The path of their
// signers is refused for itself: neither anchor has issued it.
func TestConformance2015(t *testing.T) {
	t.Parallel()
	at := time.Date(2015, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"adfs-signature-sync-500.b64", "adfs-signature_500_linebreak.txt"} {
		message := corpusCMS(t, name)
		for _, config := range []cms.Config{root2(t), root4(t)} {
			v := verifierOf(t, config)
			_, err := v.Verify(message, at, anyText)
			requireCheck(t, err, "algorithm", "SHA-1 is refused")
			err = v.VerifyPath(message, at)
			requireCheck(t, err, "chain", "no certificate of the authority")
		}
	}
}

// TestConformanceHostile: the input that costs other parsers 93 MB.
func TestConformanceHostile(t *testing.T) { // not parallel: it measures allocations
	input := corpus(t, "hostile", "cms-exponential-626B.ber")
	require.True(t, bytes.Equal(input, exponential(14)), "the input made here is the same")
	v := verifierOf(t, root4(t))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := v.Verify(input, genuineTime, anyText)
	runtime.ReadMemStats(&after)
	requireCheck(t, err, "ber", "")
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<10))
}
