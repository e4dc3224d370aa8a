//go:build interop

package xmlwire_test

import (
	"bytes"
	"math/rand/v2"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/xmlwire"
)

// requireXMLLint holds that libxml2 takes the document, too, without an error
// about namespaces, which does not show in its exit status. A warning, as for a
// namespace name that is relative, is not a refusal.
func requireXMLLint(t testing.TB, doc []byte) {
	t.Helper()
	cmd := exec.Command("xmllint", "--noout", "--nonet", "-")
	cmd.Stdin = bytes.NewReader(doc)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%q", out, doc)
	require.NotContains(t, string(out), "error", "%q", doc)
}

func TestXMLLintAcceptsWhatWeAccept(t *testing.T) {
	t.Parallel()
	requireXMLLint(t, signatureAnswer(6000))
	for _, a := range accepted {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			requireXMLLint(t, []byte(a.doc))
			out, _, err := copyDocument([]byte(a.doc))
			require.NoError(t, err)
			requireXMLLint(t, out)
		})
	}
}

func TestXMLLintAcceptsFragments(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(102, 204))
	for n := 0; n < 300; {
		doc := fragmentDocument(r)
		if _, err := dump(doc, xmlwire.Limits{}); err == nil {
			requireXMLLint(t, doc)
			n++
		}
	}
}

// TestXMLLintIsAsked shows that the check above can fail.
func TestXMLLintIsAsked(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{`<a>`, `<a b="1" b="2"/>`, `<p:a/>`, `<a xmlns="a b"/>`, `<a xmlns="%zz"/>`, `<p:a xmlns:p="http://[/"/>`} {
		out, err := exec.Command("sh", "-c", "printf %s '"+doc+"' | xmllint --noout --nonet -").CombinedOutput()
		require.True(t, err != nil || bytes.Contains(out, []byte("error")), doc)
		_, err = dump([]byte(doc), xmlwire.Limits{})
		require.Error(t, err)
	}
}
