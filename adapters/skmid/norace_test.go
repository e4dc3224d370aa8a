//go:build !race

package skmid_test

const loadLogins = 10_000
