//go:build !race

package bankid_test

const loadLogins = 10_000
