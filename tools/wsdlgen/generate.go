package main

import (
	"fmt"
	"go/format"
	"path/filepath"
)

// generate turns a WSDL into the files of a Go package, by file name. The
// result depends on the declarations only: not on the files they are spread
// over, nor on the order of a map.
func generate(wsdlFile, overlayFile, pkg string) (map[string][]byte, error) {
	o, err := readOverlay(overlayFile)
	if err != nil {
		return nil, err
	}
	m, err := build(wsdlFile, o)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name, text := range emit(m, pkg) {
		formatted, err := format.Source(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name] = formatted
	}
	return files, nil
}

// build reads the WSDL and what it imports into the model.
func build(wsdlFile string, o *overlay) (*model, error) {
	s, err := newSources(filepath.Dir(wsdlFile))
	if err != nil {
		return nil, err
	}
	defer s.close()
	l := &loader{sources: s, overlay: o, decls: newDeclarations(), seen: schemaSet{}}
	w, err := readWSDL(l, filepath.Base(wsdlFile))
	if err != nil {
		return nil, err
	}
	r := newResolver(s, o, l.decls)
	if err := r.declareAll(); err != nil {
		return nil, err
	}
	for _, t := range r.types {
		if err := r.finish(t); err != nil {
			return nil, err
		}
	}
	if err := r.checkFinite(); err != nil {
		return nil, err
	}
	operations, err := w.operations(r)
	if err != nil {
		return nil, err
	}
	return &model{r.types, r.enums, operations, o}, o.unmatched()
}
