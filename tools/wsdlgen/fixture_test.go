package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The frame around a schema in tests. The schema's content begins on line 5.
const (
	frameHead = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:u="urn:u" xmlns:x="urn:x" targetNamespace="urn:t"><types>
<xs:schema targetNamespace="urn:u" elementFormDefault="qualified"><xs:element name="Global" type="xs:string"/></xs:schema>
<xs:schema targetNamespace="urn:t" elementFormDefault="qualified">
`
	frameTail = `
<xs:complexType name="EmptyType"/>
</xs:schema></types>
<message name="M"><part name="P" type="t:EmptyType"/></message>
<portType name="PT"><operation name="Do"><input message="t:M"/><output message="t:M"/></operation></portType>
<binding name="B" type="t:PT"><soap12:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="Do"><soap12:operation soapAction=""/><input><soap12:body use="literal"/></input><output><soap12:body use="literal"/></output></operation></binding>
</definitions>
`
	frameOverlay = `{"namespaces": [
{"uri": "urn:t", "prefix": "t", "const": "NST"},
{"uri": "urn:u", "prefix": "u", "const": "NSU", "types": "U"},
{"uri": "urn:x", "prefix": "x", "const": "NSX", "types": "X", "exclude": true, "optional": true}
]}`
)

// generateFiles generates package p from service.wsdl and overlay.json among
// files given by name, in a directory of their own.
func generateFiles(t *testing.T, files map[string]string) (map[string][]byte, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return generate(filepath.Join(dir, "service.wsdl"), filepath.Join(dir, "overlay.json"), "p")
}

func generateSchema(t *testing.T, schema string) (map[string][]byte, error) {
	t.Helper()
	return generateFiles(t, map[string]string{
		"service.wsdl": frameHead + schema + frameTail, "overlay.json": frameOverlay,
	})
}

// joined is all generated text with runs of white space made one space.
func joined(files map[string][]byte) string {
	var b strings.Builder
	for _, name := range sortedKeys(files) {
		b.Write(files[name])
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
