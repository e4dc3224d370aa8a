// Package constructs is generated from a WSDL that holds one of each construct
// that wsdlgen knows, so that what it generates is compiled and run in tests.
package constructs

//go:generate go run ../.. -wsdl ../../testdata/constructs/constructs.wsdl -overlay ../../testdata/constructs/overlay.json -package constructs -out .
