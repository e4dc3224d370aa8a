//go:build race

package skmid_test

const loadLogins = 1_000
