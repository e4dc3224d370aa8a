#!/usr/bin/env bash
# Runs make demo as a newcomer does, until the page at the address that it prints answers, and ends it.
set -eu
log=$(mktemp)
setsid make demo >"$log" 2>&1 &
demo=$!
trap 'kill -TERM -- "-$demo" 2>/dev/null || true; wait "$demo" || true; rm -f "$log"' EXIT

for _ in $(seq 300); do
	url=$(grep -om1 'http://127\.0\.0\.1:[0-9]*/' "$log") && break
	kill -0 "$demo" 2>/dev/null || break
	sleep 1
done
[ -n "${url:-}" ] || { cat "$log"; echo "make demo printed no address"; exit 1; }
host=$(echo "$url" | cut -d/ -f3)
exec 3<>"/dev/tcp/${host%:*}/${host##*:}"
printf 'GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$host" >&3
grep -m1 '<h1>' <&3
