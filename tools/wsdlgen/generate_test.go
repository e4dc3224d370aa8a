package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"
)

// packages are what is generated in this repository.
var packages = []struct{ name, wsdl, overlay, dir string }{
	{"etsi", "../../wsdl/mobileid.wsdl", "../../wsdl/overlay.json", "../../etsi"},
	{"constructs", "testdata/constructs/constructs.wsdl", "testdata/constructs/overlay.json", "internal/constructs"},
	{"operator", "testdata/operator/operator.wsdl", "../../wsdl/overlay.json", "internal/operator"},
}

// onDisk reads the generated files of a directory.
func onDisk(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*_gen.go"))
	require.NoError(t, err)
	files := map[string][]byte{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		files[filepath.Base(name)] = text
	}
	return files
}

func requireSameFiles(t *testing.T, want, got map[string][]byte) {
	t.Helper()
	require.Equal(t, sortedKeys(want), sortedKeys(got), "run go generate")
	for name, text := range want {
		if !bytes.Equal(text, got[name]) {
			require.Equal(t, string(text), string(got[name]), "%s is out of date: run go generate", name)
		}
	}
}

func TestGeneratedCodeIsUpToDate(t *testing.T) {
	t.Parallel()
	for _, p := range packages {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			files, err := generate(p.wsdl, p.overlay, p.name)
			require.NoError(t, err)
			require.NotEmpty(t, files)
			requireSameFiles(t, files, onDisk(t, p.dir))
		})
	}
}

func TestGenerationIsDeterministic(t *testing.T) {
	t.Parallel()
	p := packages[0]
	first, err := generate(p.wsdl, p.overlay, p.name)
	require.NoError(t, err)
	for range 5 {
		again, err := generate(p.wsdl, p.overlay, p.name)
		require.NoError(t, err)
		requireSameFiles(t, first, again)
	}
}

// The WSDL with its schemas beside it and the same with all of them inside it
// give the same code, octet by octet.
func TestSplitAndSingleFileAgree(t *testing.T) {
	t.Parallel()
	for _, p := range packages[:2] {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			single := filepath.Join(t.TempDir(), "single.wsdl")
			require.NoError(t, os.WriteFile(single, singleFile(t, p.wsdl), 0o644))
			want, err := generate(p.wsdl, p.overlay, p.name)
			require.NoError(t, err)
			got, err := generate(single, p.overlay, p.name)
			require.NoError(t, err)
			requireSameFiles(t, want, got)
		})
	}
}

// singleFile puts every schema that a WSDL reaches into it, in the reverse
// order, and takes the locations away.
func singleFile(t *testing.T, wsdl string) []byte {
	t.Helper()
	doc := etree.NewDocument()
	require.NoError(t, doc.ReadFromFile(wsdl))
	types := doc.Root().SelectElement("types")
	seen := map[string]bool{}
	var inline func(dir string, schema *etree.Element)
	inline = func(dir string, schema *etree.Element) {
		for _, el := range schema.ChildElements() {
			location := el.SelectAttrValue("schemaLocation", "")
			if location == "" {
				continue
			}
			el.RemoveAttr("schemaLocation")
			if el.Tag == "include" {
				schema.RemoveChild(el)
			}
			file := filepath.Join(dir, location)
			if seen[file] {
				continue
			}
			seen[file] = true
			inner := etree.NewDocument()
			require.NoError(t, inner.ReadFromFile(file))
			inline(filepath.Dir(file), inner.Root())
			types.InsertChildAt(0, inner.Root().Copy())
		}
	}
	for _, schema := range types.ChildElements() {
		inline(filepath.Dir(wsdl), schema)
	}
	require.NotEmpty(t, seen)
	text, err := doc.WriteToBytes()
	require.NoError(t, err)
	return text
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	p := packages[1]
	out := t.TempDir()
	stale, mine := filepath.Join(out, "stale_gen.go"), filepath.Join(out, "mine_gen.go")
	require.NoError(t, os.WriteFile(stale, []byte(header+"package p\n"), 0o644))
	require.NoError(t, os.WriteFile(mine, []byte("package p\n"), 0o644))

	var stderr bytes.Buffer
	args := []string{"-wsdl", p.wsdl, "-overlay", p.overlay, "-package", p.name, "-out", out}
	require.Equal(t, 0, run(args, &stderr), stderr.String())
	require.NoFileExists(t, stale, "a file that an earlier run wrote is removed")
	require.FileExists(t, mine, "a file written by hand stays")
	require.NoError(t, os.Remove(mine))
	requireSameFiles(t, onDisk(t, p.dir), onDisk(t, out))

	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"help":                 {[]string{"--help"}, 0, "usage: wsdlgen"},
		"nothing":              {nil, 2, "usage: wsdlgen"},
		"unknown flag":         {[]string{"-x"}, 2, "-x"},
		"a word too many":      {append(args[:8:8], "word"), 2, "usage: wsdlgen"},
		"package is a keyword": {[]string{"-wsdl", p.wsdl, "-overlay", p.overlay, "-package", "func", "-out", out}, 2, "usage: wsdlgen"},
		"no such file":         {[]string{"-wsdl", "absent.wsdl", "-overlay", p.overlay, "-package", "p", "-out", out}, 1, "absent.wsdl"},
		"no such overlay":      {[]string{"-wsdl", p.wsdl, "-overlay", "absent.json", "-package", "p", "-out", out}, 1, "absent.json"},
		"no such directory":    {append(args[:7:7], filepath.Join(out, "absent")), 1, "absent"},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			require.Equal(t, c.code, run(c.args, &stderr))
			require.Contains(t, stderr.String(), c.says)
		})
	}
}
