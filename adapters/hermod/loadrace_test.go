//go:build race

package hermod_test

const loadLogins = 200
