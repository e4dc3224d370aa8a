package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits in octets, checked before anything is parsed.
const (
	maxConfigFile = 64 << 10
	maxSecretFile = 4 << 10
)

// readFile reads the YAML file. It is stricter than a struct with KnownFields: unknown and repeated keys, empty values,
// aliases, a second document and lists where one value belongs are errors with their line.
func (s *settings) readFile(name string) error {
	data, err := readBounded(name, maxConfigFile)
	if err != nil {
		return usagef("--config: %v", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return usagef("%s: %v", name, err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return usagef("%s: must be a list of \"key: value\" lines; `mss simulate` writes an example", name)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return usagef("%s: holds more than one YAML document", name)
	}
	content := doc.Content[0].Content
	for i := 0; i+1 < len(content); i += 2 {
		if err := s.setNode(content[i], content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// setNode stores one line of the file.
func (s *settings) setNode(name, value *yaml.Node) error {
	where := fmt.Sprintf("%s:%d", s.file, name.Line)
	keys := s.keys()
	i := slices.IndexFunc(keys, func(k key) bool { return k.name == name.Value })
	if i < 0 {
		return usagef("%s: %q: no such key; docs/cli.md lists them", where, name.Value)
	}
	k := keys[i]
	if first, ok := s.origin[k.name]; ok {
		return usagef("%s: %s: is set twice, first at %s", where, k.name, first)
	}
	values := []*yaml.Node{value}
	if k.list != nil && value.Kind == yaml.SequenceNode {
		values = value.Content
	}
	var texts []string
	for _, v := range values {
		if v.Kind != yaml.ScalarNode || v.Tag == "!!null" || v.Value == "" {
			return usagef("%s: %s: %s", where, k.name, k.form())
		}
		texts = append(texts, v.Value)
	}
	if len(texts) == 0 {
		return usagef("%s: %s: %s", where, k.name, k.form())
	}
	k.set(texts, filepath.Dir(s.file))
	s.origin[k.name] = where
	return nil
}

// form says what a key's value looks like.
func (k key) form() string {
	if k.list != nil {
		return "must be a value or a list of values, none of them empty: [a, b]"
	}
	return "must be one value, not empty; remove the line to leave it out"
}

// readBounded reads a file of at most limit octets.
func readBounded(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s is larger than %d octets", name, limit)
	}
	return data, err
}

// readSecret reads the password in a key's file, without the line end that editors add. Its error holds no content.
func (s *settings) readSecret(name, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	data, err := readBounded(file, maxSecretFile)
	if err != nil {
		return "", s.errorf(name, "%v", err)
	}
	return strings.TrimRight(string(data), "\r\n"), nil
}

// warnReadable warns of key and password files that the group or everybody can read.
func (s *settings) warnReadable(w io.Writer) {
	if runtime.GOOS == "windows" { // where the mode's bits do not tell
		return
	}
	for _, k := range s.keys() {
		if !k.secret || *k.text == "" {
			continue
		}
		if info, err := os.Stat(*k.text); err == nil && info.Mode().Perm()&0o077 != 0 {
			fmt.Fprintf(w, "mss: warning: %s: %s: others can read %s: chmod 600 it\n", s.origin[k.name], k.name, *k.text)
		}
	}
}
