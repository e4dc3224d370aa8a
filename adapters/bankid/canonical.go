package bankid

import (
	"bytes"
	"errors"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// Algorithms and namespaces of a signature: there is one of each.
const (
	namespaceDSig  = "http://www.w3.org/2000/09/xmldsig#"
	namespaceTypes = "http://www.bankid.com/signature/v1.0.0/types"

	algorithmC14N      = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" // Canonical XML 1.0, inclusive, without comments
	algorithmRSASHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	algorithmSHA256    = "http://www.w3.org/2001/04/xmlenc#sha256"
)

// checkCanonical checks that the octets of an element, as they are in the document, are those that its digest or the signature
// value is computed over: what a canonicalizer makes of it that has nothing to do with our parser. And they must be in the document
// once. So no other reader of XML can find something else at this place; wrapping attacks live from two readers that differ.
//
// The canonicalizer gets the element as a document of its own. Within a tree it would overwrite the element's default namespace
// with the parent's. The elements that are digested declare theirs, which readStructure sees to.
func checkCanonical(doc []byte, e *element) error {
	alone := etree.NewDocument()
	alone.ReadSettings = etree.ReadSettings{MaxDepth: maxLevels, ValidateInput: true, PreserveDuplicateAttrs: true}
	if err := alone.ReadFromBytes(e.raw); err != nil {
		return errors.New(e.name + " is not well-formed XML")
	}
	octets, err := dsig.MakeC14N10RecCanonicalizer().Canonicalize(alone.Root())
	if err != nil || !bytes.Equal(octets, e.raw) {
		return errors.New(e.name + " is not in canonical form, in which BankID writes it")
	}
	if bytes.Count(doc, octets) != 1 {
		return errors.New(e.name + " is in the document more than once")
	}
	return nil
}
