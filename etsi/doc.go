// Package etsi holds the messages of the Mobile Signature Service, ETSI
// TS 102 204, with the extensions of FiCom, Methics and Swisscom, as plain data
// with an XML codec. The types, the codec and the table of operations are
// generated from wsdl/mobileid.wsdl and wsdl/overlay.json by tools/wsdlgen.
//
// # Types
//
// A type is named like its XML type without "MSS_" at the beginning, "Type" at
// the end and underscores: [SignatureReq] is MSS_SignatureReqType, [APInfo] the
// type of AP_Info. Types of other namespaces than the messages' begin with Fi
// (FiCom), Sco and As (Swisscom), Mcs (Methics) or Ds (XML Signature). The
// comment behind a field names its element, or its attribute after an @.
//
// What is required is a value, what may be absent a pointer, or a nil slice for
// octets and lists; what may be repeated is a slice. A choice that may be
// repeated is a slice of items that keeps the order: exactly one field of an
// item is set. Sets of values are open: a string may hold a value that has no
// constant here. Elements that no declaration names but a wildcard lets in, XML
// signatures and encrypted data are [xmlwire.Raw]: the octets as they came.
//
// # Reading
//
// DecodeXML follows the start tag of the message: with d at that tag,
//
//	var resp etsi.SignatureResp
//	err := resp.DecodeXML(d)
//
// reads up to its end into a zero value. It takes elements in any order, in the
// namespace they have on the wire or the one an operator's WSDL gives them, and
// passes over elements and attributes that it does not know, because newer
// servers send more. It refuses what an attacker could make two readers
// understand differently: an element that comes twice where it comes once, a
// known name in a foreign namespace, a required part that is missing, a value
// that is not of its type. Errors are *xmlwire.Error and name the place, never
// the value:
//
//	xml: offset 812: MSS_SignatureResp/Status/StatusCode/@Value: not an integer
//
// Limits on size, depth and number of tokens are the decoder's.
//
// # Writing
//
// EncodeXML writes the attributes and the content of the element that was
// begun, in the order of the schema and the namespaces of the wire. It does not
// check what the types cannot express, for example that an item has exactly one
// field: an item with several is written as several. A zero xmlwire.Integer is
// written as 0.
//
// # Secrets
//
// These types are for codecs only and print everything they hold: passwords
// (AP_PWD), telephone numbers, texts to be signed, links with session secrets
// (AuthUri). They must not be logged.
package etsi

//go:generate go run ../tools/wsdlgen -wsdl ../wsdl/mobileid.wsdl -overlay ../wsdl/overlay.json -package etsi -out .
