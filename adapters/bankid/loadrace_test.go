//go:build race

package bankid_test

const loadLogins = 200
