// Package cmstest makes CMS signatures and the certificates behind them, for
// tests, for the simulated signature service and for recordings whose signatures
// are made anew. Nothing else may import it: it signs whatever it is told, broken
// messages included.
//
// Sign makes a message in one of the two forms that are seen in practice: BER,
// with the indefinite outer layers of today's service, and DER, as go.mozilla.org/pkcs7
// encodes it. What pkcs7 cannot express (RSASSA-PSS, key identifiers, segmented
// content, a chosen signing time, altered parts) is written by this package.
//
// Root, Intermediate and User are certificate templates like the genuine ones,
// to be changed at will and given to Issue.
package cmstest
