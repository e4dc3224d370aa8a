//go:build race

package bankid_test

// flipStep is the distance between the bits that are flipped: the race detector makes it ten times as slow, and this is one
// goroutine.
const flipStep = 9
