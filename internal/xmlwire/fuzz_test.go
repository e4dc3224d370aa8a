package xmlwire_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/gomss/gomss/internal/xmlwire"
)

// seeds are all documents of the tables and one answer of real shape.
func seeds() [][]byte {
	all := [][]byte{signatureAnswer(64)}
	for _, a := range accepted {
		all = append(all, []byte(a.doc))
	}
	for _, r := range refused {
		all = append(all, []byte(r.doc))
	}
	return all
}

// FuzzDifferential holds that encoding/xml reads whatever is accepted to the
// same tokens.
func FuzzDifferential(f *testing.F) {
	require.NotEmpty(f, seeds())
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		ours, err := dump(doc, xmlwire.Limits{})
		if err != nil {
			require.ErrorAs(t, err, new(*xmlwire.Error))
			return
		}
		theirs, err := dumpEncodingXML(doc)
		require.NoError(t, err)
		require.Equal(t, theirs, ours)
		requireXMLLint(t, doc)
	})
}

func TestDifferential(t *testing.T) {
	t.Parallel()
	for _, a := range accepted {
		got, err := dumpEncodingXML([]byte(a.doc))
		require.NoError(t, err, a.name)
		require.Equal(t, a.want, got, a.name)
	}
}

// dumpEncodingXML is dump for encoding/xml, after this normalisation: one byte
// order mark stripped, the declaration and white space outside the root left
// out, adjacent text merged, namespace declarations left out.
func dumpEncodingXML(doc []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(doc, []byte("\uFEFF"))))
	var b, text strings.Builder
	depth := 0
	flush := func() {
		if depth > 0 && text.Len() > 0 {
			fmt.Fprintf(&b, "%q", text.String())
		}
		text.Reset()
	}
	for {
		token, err := d.Token()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch tok := token.(type) {
		case xml.CharData:
			text.Write(tok)
		case xml.StartElement:
			flush()
			depth++
			fmt.Fprintf(&b, "<{%s}%s", tok.Name.Space, tok.Name.Local)
			for _, a := range tok.Attr {
				if a.Name.Space != "xmlns" && a.Name != (xml.Name{Local: "xmlns"}) {
					fmt.Fprintf(&b, " {%s}%s=%q", a.Name.Space, a.Name.Local, a.Value)
				}
			}
			b.WriteByte('>')
		case xml.EndElement:
			flush()
			depth--
			fmt.Fprintf(&b, "</{%s}%s>", tok.Name.Space, tok.Name.Local)
		case xml.ProcInst:
			if tok.Target != "xml" {
				return "", fmt.Errorf("processing instruction %s", tok.Target)
			}
		default:
			return "", fmt.Errorf("unexpected %T", tok)
		}
	}
}

// copyDocument writes what it reads, and says how many namespaces it met.
func copyDocument(doc []byte) (out []byte, spaces int, err error) {
	d := xmlwire.NewDecoder(doc, xmlwire.Limits{})
	e := xmlwire.NewEncoder(nil)
	seen := map[string]bool{}
	for {
		kind, err := d.Next()
		if err != nil {
			return nil, 0, err
		}
		switch kind {
		case xmlwire.EOF:
			out, err = e.Bytes()
			return out, len(seen), err
		case xmlwire.Start:
			e.Start(d.Name())
			seen[d.Name().Space] = true
			for _, a := range d.Attrs() {
				e.Attr(a.Name, a.Value)
				seen[a.Name.Space] = true
			}
		case xmlwire.Text:
			e.Text(d.Text())
		case xmlwire.End:
			e.End()
		}
	}
}

// FuzzRoundTrip holds that decode(encode(x)) == x for every document that is
// accepted, and that encoding/xml reads what is written in the same way.
func FuzzRoundTrip(f *testing.F) {
	require.NotEmpty(f, seeds())
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		want, err := dump(doc, xmlwire.Limits{})
		if err != nil {
			return
		}
		out, spaces, err := copyDocument(doc)
		require.NoError(t, err)
		if spaces > 16 {
			return // all on the root: more declarations than a reader may take
		}
		lim := xmlwire.Limits{Bytes: 8 << 20, Attrs: 64}
		got, err := dump(out, lim)
		require.NoError(t, err)
		require.Equal(t, want, got)
		theirs, err := dumpEncodingXML(out)
		require.NoError(t, err)
		require.Equal(t, want, theirs)
		requireXMLLint(t, out)
	})
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, a := range accepted {
		out, _, err := copyDocument([]byte(a.doc))
		require.NoError(t, err, a.name)
		got, err := dump(out, xmlwire.Limits{})
		require.NoError(t, err, a.name)
		require.Equal(t, a.want, got, a.name)
	}
}

// FuzzText holds that a string arrives as it was given, or is refused because
// it has a character that XML 1.0 does not have.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", " ", "a<b>&\"'", "\t\r\n", "]]>", "é\U0001F600", "\x00", "\uFFFE", "\xC3", "\u0085\u2028", "&amp;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := xmlwire.NewEncoder(nil)
		e.Start(local("a"))
		e.Attr(local("b"), s)
		e.Text(s)
		e.End()
		out, err := e.Bytes()
		if err != nil {
			require.True(t, !utf8.ValidString(s) || strings.ContainsFunc(s, notInXML))
			return
		}
		require.False(t, strings.ContainsFunc(s, notInXML))
		want, err := dumpEncodingXML(out)
		require.NoError(t, err)
		got, err := dump(out, xmlwire.Limits{Bytes: 8 << 20})
		require.NoError(t, err)
		require.Equal(t, want, got)
		d := xmlwire.NewDecoder(out, xmlwire.Limits{Bytes: 8 << 20})
		_, err = d.Next()
		require.NoError(t, err)
		require.Equal(t, s, d.Attrs()[0].Value)
		text, err := d.Content()
		require.NoError(t, err)
		require.Equal(t, s, text)
	})
}

func notInXML(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

// FuzzValues holds that a value that is read is written so that it reads as the
// same value.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"", "500", "-0", "+007", "2026-02-26T09:40:16.257+01:00", "0001-01-01T00:00:00Z", "9999-12-31T24:00:00", " YWJj\n", "a b", "true"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := xmlwire.ParseInteger(s); err == nil {
			again, err := xmlwire.ParseInteger(string(n))
			require.NoError(t, err)
			require.Equal(t, n, again)
		}
		if at, err := xmlwire.ParseDateTime(s); err == nil {
			again, err := xmlwire.ParseDateTime(at.String())
			require.NoError(t, err)
			require.True(t, at.Time.Equal(again.Time))
			require.Equal(t, at.NoZone, again.NoZone)
		}
		if items, err := xmlwire.ParseList(s); err == nil {
			again, err := xmlwire.ParseList(strings.Join(items, " "))
			require.NoError(t, err)
			require.Equal(t, items, again)
		}
	})
}
