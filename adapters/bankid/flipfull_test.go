//go:build !race

package bankid_test

// flipStep is the distance between the bits that are flipped: all of them.
const flipStep = 1
