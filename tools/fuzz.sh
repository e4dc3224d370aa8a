#!/usr/bin/env bash
# Runs every fuzz target of the packages given for FUZZTIME each.
set -eu
found=0
for dir in $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' "$@"); do
	for target in $(cd "$dir" && grep -hoE '^func Fuzz[A-Za-z0-9_]+' ./*_test.go 2>/dev/null | sed 's/^func //'); do
		found=$((found + 1))
		(cd "$dir" && go test -run "^\$" -fuzz "^$target\$" -fuzztime "${FUZZTIME:-5s}" -fuzzminimizetime 10x .)
	done
done
[ "$found" -gt 0 ] || { echo "no fuzz target found"; exit 1; }
echo "$found fuzz targets ran"
