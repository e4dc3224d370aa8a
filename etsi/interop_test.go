//go:build interop

package etsi_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

const wsdlDir = "../wsdl"

func xmllint(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := exec.Command("xmllint", append([]string{"--nonet", "--noout"}, args...)...).CombinedOutput()
	return string(out), err
}

func schemaFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(wsdlDir, "xsd", "*.xsd"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

func TestInteropWellFormed(t *testing.T) {
	t.Parallel()
	out, err := xmllint(t, append(schemaFiles(t), filepath.Join(wsdlDir, "mobileid.wsdl"))...)
	require.NoError(t, err, out)
}

// anySchema writes a schema that imports all of ours, so that extensions are
// validated and not passed over.
func anySchema(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">`)
	for prefix, space := range map[string]string{
		"mss": etsi.NSMSS, "fi": etsi.NSFi, "sco": etsi.NSSco, "mcs": etsi.NSMcs, "as": etsi.NSAs, "ds": etsi.NSDs,
	} {
		file, err := filepath.Abs(filepath.Join(wsdlDir, "xsd", prefix+".xsd"))
		require.NoError(t, err)
		fmt.Fprintf(&b, `<xs:import namespace="%s" schemaLocation="%s"/>`, space, file)
	}
	b.WriteString(`</xs:schema>`)
	name := filepath.Join(t.TempDir(), "all.xsd")
	require.NoError(t, os.WriteFile(name, []byte(b.String()), 0o600))
	return name
}

// Every schema loads by itself, and what is written is valid by it.
func TestInteropSchemasLoad(t *testing.T) {
	t.Parallel()
	message := filepath.Join(t.TempDir(), "message.xml")
	doc, err := encodeSample(sampleNamed(t, "status request"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(message, []byte(doc), 0o600))
	for _, file := range schemaFiles(t) {
		out, err := xmllint(t, "--schema", file, message)
		require.NotContains(t, out, "failed to compile", file)
		require.NotContains(t, out, "Schemas parser error", file)
		if filepath.Base(file) == "mss.xsd" || filepath.Base(file) == "fi.xsd" {
			require.NoError(t, err, out)
		}
	}
}

func encodeSample(s *sample) (string, error) {
	m := s.message()
	if err := decode(m, s.doc()); err != nil {
		return "", err
	}
	return encode(m, xmlwire.Name{Space: etsi.NSMSS, Local: s.part})
}

func TestInteropMessagesAreValid(t *testing.T) {
	t.Parallel()
	schema := anySchema(t)
	for i := range samples {
		s := &samples[i]
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			doc, err := encodeSample(s)
			require.NoError(t, err)
			file := filepath.Join(t.TempDir(), "message.xml")
			require.NoError(t, os.WriteFile(file, []byte(doc), 0o600))
			out, err := xmllint(t, "--schema", schema, file)
			require.NoError(t, err, out)
		})
	}
	// The validator does look: a value that is no integer is refused.
	doc, err := encodeSample(sampleNamed(t, "status response"))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "bad.xml")
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(doc, `Value="5041"`, `Value="x"`, 1)), 0o600))
	_, err = xmllint(t, "--schema", schema, file)
	require.Error(t, err)
}
