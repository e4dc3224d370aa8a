package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/beevik/etree"
)

const (
	maxFileSize  = 4 << 20 // octets of one WSDL or schema
	maxFiles     = 64      // files that one WSDL may pull in
	maxXMLDepth  = 64      // nesting inside one file
	utf8BOM      = "\uFEFF"
	spaceSchema  = "http://www.w3.org/2001/XMLSchema"
	spaceXSI     = "http://www.w3.org/2001/XMLSchema-instance"
	spaceXML     = "http://www.w3.org/XML/1998/namespace"
	spaceWSDL    = "http://schemas.xmlsoap.org/wsdl/"
	spaceSOAP12  = "http://schemas.xmlsoap.org/wsdl/soap12/"
	transportURI = "http://schemas.xmlsoap.org/soap/http"
)

// problem is what is wrong with the input, and where.
type problem struct {
	file string
	line int
	text string
}

func (p *problem) Error() string { return fmt.Sprintf("%s:%d: %s", p.file, p.line, p.text) }

type position struct {
	file string
	line int
}

// sources reads the files of one WSDL. Nothing outside the WSDL's directory is
// opened: an interface description from elsewhere must not make the generator
// read other files or talk to the network (SEC-16).
type sources struct {
	root  *os.Root
	shown string // directory as it is named in errors
	files map[string]*etree.Element
	at    map[*etree.Element]position
}

func newSources(dir string) (*sources, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &sources{root, dir, map[string]*etree.Element{}, map[*etree.Element]position{}}, nil
}

func (s *sources) close() error { return s.root.Close() }

// errorf is a problem at an element.
func (s *sources) errorf(at *etree.Element, format string, args ...any) error {
	p := s.at[at]
	return &problem{p.file, p.line, fmt.Sprintf(format, args...)}
}

// locate resolves a schemaLocation against the file that names it.
func locate(from, location string) (string, error) {
	slashed := strings.ReplaceAll(location, `\`, "/")
	switch {
	case strings.ContainsAny(location, ":?#") || strings.HasPrefix(slashed, "//"):
		return "", fmt.Errorf("%q is not a file beside the WSDL: nothing is fetched", location)
	case path.IsAbs(slashed):
		return "", fmt.Errorf("%q is absolute: only files below the WSDL's directory are read", location)
	}
	for part := range strings.SplitSeq(slashed, "/") {
		if part == ".." {
			return "", fmt.Errorf("%q leads upwards: only files below the WSDL's directory are read", location)
		}
	}
	return path.Join(path.Dir(from), slashed), nil
}

// read gives the root element of a file, from memory if it was read before.
// at is the element that names the file, nil for the WSDL itself.
func (s *sources) read(name string, at *etree.Element) (*etree.Element, error) {
	if root, ok := s.files[name]; ok {
		return root, nil
	}
	shown := filepath.Join(s.shown, filepath.FromSlash(name))
	fail := func(err error) error {
		if at != nil {
			return s.errorf(at, "%s: %v", shown, err)
		}
		return &problem{shown, 1, err.Error()}
	}
	if len(s.files) == maxFiles {
		return nil, fail(fmt.Errorf("more than %d files", maxFiles))
	}
	doc, err := s.slurp(name)
	if err != nil {
		return nil, fail(err)
	}
	root, err := s.parse(shown, doc)
	if err != nil {
		return nil, err
	}
	s.files[name] = root
	return root, nil
}

// slurp reads a file; os.Root refuses symbolic links that lead out.
func (s *sources) slurp(name string) ([]byte, error) {
	f, err := s.root.Open(name)
	var doc []byte
	if err == nil {
		defer f.Close()
		doc, err = io.ReadAll(io.LimitReader(f, maxFileSize+1))
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err // the caller names the file
	}
	if err == nil && len(doc) > maxFileSize {
		err = fmt.Errorf("larger than %d octets", maxFileSize)
	}
	return doc, err
}

// parse builds the tree and remembers the line of every element. etree keeps no
// positions, so a pass of encoding/xml counts them: both see the same elements
// in the same order.
func (s *sources) parse(shown string, doc []byte) (*etree.Element, error) {
	doc = bytes.TrimPrefix(doc, []byte(utf8BOM))
	lines, err := elementLines(shown, doc)
	if err != nil {
		return nil, err
	}
	tree := etree.NewDocument()
	tree.ReadSettings.MaxDepth = maxXMLDepth
	if err := tree.ReadFromBytes(doc); err != nil {
		return nil, &problem{shown, 1, err.Error()}
	}
	root := tree.Root()
	s.place(shown, root, lines)
	return root, nil
}

// place gives root and what is below it the first of lines and returns the rest.
func (s *sources) place(shown string, el *etree.Element, lines []int) []int {
	s.at[el] = position{shown, lines[0]}
	lines = lines[1:]
	for _, child := range el.ChildElements() {
		lines = s.place(shown, child, lines)
	}
	return lines
}

// elementLines checks that doc is one well-formed UTF-8 document without a
// document type, and lists the lines of its start tags.
func elementLines(shown string, doc []byte) ([]int, error) {
	if i := invalidUTF8(doc); i >= 0 {
		return nil, &problem{shown, 1 + bytes.Count(doc[:i], []byte("\n")), "not UTF-8"}
	}
	dec := xml.NewDecoder(bytes.NewReader(doc))
	var lines []int
	depth, roots := 0, 0
	for {
		line, _ := dec.InputPos()
		token, err := dec.Token()
		if err == io.EOF && roots == 0 {
			err = errors.New("no root element")
		}
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			line, _ := dec.InputPos()
			return nil, &problem{shown, line, err.Error()}
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
			lines = append(lines, line)
			if depth > maxXMLDepth {
				return nil, &problem{shown, line, fmt.Sprintf("nested deeper than %d", maxXMLDepth)}
			}
			if roots > 1 {
				return nil, &problem{shown, line, "a second root element"}
			}
		case xml.EndElement:
			depth--
		case xml.Directive:
			return nil, &problem{shown, line, "a document type declaration is not allowed"}
		case xml.ProcInst:
			if t.Target != "xml" {
				return nil, &problem{shown, line, "a processing instruction is not allowed"}
			}
		}
	}
}

func invalidUTF8(doc []byte) int {
	for i := 0; i < len(doc); {
		r, n := utf8.DecodeRune(doc[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}
