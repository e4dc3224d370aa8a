#!/usr/bin/env bash
# Runs every fuzz target of the packages given for FUZZTIME each.
set -eu
log=$(mktemp)
trap 'rm -f "$log"' EXIT

fuzz() { # DIR TARGET
	(cd "$1" && go test -run '^$' -fuzz "^$2\$" -fuzztime "${FUZZTIME:-5s}" -fuzzminimizetime 10x .) 2>&1 | tee "$log"
	return "${PIPESTATUS[0]}"
}

found=0
for dir in $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' "$@"); do
	for target in $(cd "$dir" && grep -hoE '^func Fuzz[A-Za-z0-9_]+' ./*_test.go 2>/dev/null | sed 's/^func //'); do
		found=$((found + 1))
		for attempt in 1 2 3 4 5; do
			fuzz "$dir" "$target" && break
			# At the end of its time the fuzzer often reports its own deadline as a failure, without an input that failed.
			if [ "$attempt" = 5 ] || grep -q 'Failing input written' "$log" || ! grep -q '^    context deadline exceeded' "$log"; then
				exit 1
			fi
			echo "$target: the fuzzer's own deadline; once more"
		done
	done
done
[ "$found" -gt 0 ] || { echo "no fuzz target found"; exit 1; }
echo "$found fuzz targets ran"
