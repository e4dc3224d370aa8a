// Command wsdlgen turns a WSDL into Go types and a codec without reflection.
//
//	wsdlgen -wsdl wsdl/mobileid.wsdl -overlay wsdl/overlay.json -package etsi -out etsi
//
// It reads a WSDL 1.1 document with SOAP 1.2 rpc/literal bindings and the
// schemas it holds or imports, and writes files that end in _gen.go: for each
// namespace the types, their decoder and their encoder; the namespaces; the
// table of operations. The generated code uses internal/xmlwire.
//
// What the WSDL does not say, or says wrongly, comes from the overlay, a JSON
// object of lists: "namespaces" names the namespaces, "names" types, "elements"
// says in which namespaces elements are written and read, "attributes" which
// are read in any case, "raw" which types are kept as octets. An entry that
// matches nothing is an error, unless it says "optional": true.
//
// A construct that the generator does not know is an error that names the file
// and the line: nothing is dropped. Imports are followed only to files below
// the WSDL's directory; nothing is fetched. The output does not depend on
// whether the schemas are inside the WSDL or beside it.
//
// The exit status is 0 on success, 1 if the input cannot be turned into code or
// the output cannot be written, 2 for wrong usage.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

func run(args []string, stderr io.Writer) int {
	flags := flag.NewFlagSet("wsdlgen", flag.ContinueOnError)
	flags.SetOutput(stderr)
	wsdlFile := flags.String("wsdl", "", "the WSDL `file`")
	overlayFile := flags.String("overlay", "", "the overlay `file`, JSON")
	pkg := flags.String("package", "", "the `name` of the Go package")
	out := flags.String("out", "", "the `directory` to write into")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: wsdlgen -wsdl file -overlay file -package name -out directory")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if *wsdlFile == "" || *overlayFile == "" || *out == "" || !token.IsIdentifier(*pkg) || flags.NArg() > 0 {
		flags.Usage()
		return 2
	}
	if err := generateTo(*wsdlFile, *overlayFile, *pkg, *out); err != nil {
		fmt.Fprintln(stderr, "wsdlgen:", err)
		return 1
	}
	return 0
}

// generateTo writes the package and removes what an earlier run left over.
func generateTo(wsdlFile, overlayFile, pkg, out string) error {
	files, err := generate(wsdlFile, overlayFile, pkg)
	if err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(out, "*_gen.go"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if _, ok := files[filepath.Base(name)]; ok || !ours(name) {
			continue
		}
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(files) {
		if err := os.WriteFile(filepath.Join(out, name), files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// ours reports whether a file was written by this command.
func ours(name string) bool {
	text, err := os.ReadFile(name)
	return err == nil && bytes.HasPrefix(text, []byte(strings.TrimSpace(header)))
}
