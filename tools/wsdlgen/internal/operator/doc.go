// Package operator is generated from a WSDL in the style of an operator's
// single file, with the overlay that etsi is generated with, so that tests can
// show that the overlay puts right what such a file says wrongly.
package operator

//go:generate go run ../.. -wsdl ../../testdata/operator/operator.wsdl -overlay ../../../../wsdl/overlay.json -package operator -out .
