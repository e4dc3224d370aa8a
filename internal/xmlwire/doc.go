// Package xmlwire reads and writes the XML that SOAP messages are made of, and
// nothing more: elements, attributes, namespaces and text.
//
// # Reading
//
// A [Decoder] is a tokenizer with the checks that a security protocol needs
// before anybody looks at a value. It accepts XML 1.0 with Namespaces, in
// UTF-8, with ASCII names, and refuses everything else with the offset and the
// reason: document type declarations, processing instructions, comments, CDATA
// sections, undeclared or rebound prefixes, an attribute given twice (also
// through two prefixes), literal TAB, LF or CR in attribute values, characters
// XML 1.0 does not have, text outside the root, a second root, namespace names
// that are no URI reference. Comments and
// CDATA sections are refused by choice: SOAP messages do not need them, and a
// comment splits a text in two for some readers and not for others. Whatever
// is accepted, every conforming reader sees in the same way.
//
// Every document is bounded by [Limits] before work is spent on it. Strings
// handed out are parts of one copy of the document, so decoding allocates next
// to nothing, and one retained string keeps that copy alive: code that stores
// a value for long should clone it.
//
// # Walking
//
// [Decoder.Child], [Decoder.Content], [Decoder.Skip] and [Decoder.Raw] are what
// generated code uses after it has been given an element. The path of open elements is kept, so that errors name the element:
//
//	xml: offset 812: MSS_SignatureResp/Status/StatusCode/@Value: not an integer
//
// # Writing
//
// An [Encoder] declares each namespace once, on the root element, under its
// usual prefix, and escapes text so that any reader gets exactly the string
// that was given. A string that XML cannot carry is an error, never replaced.
package xmlwire
