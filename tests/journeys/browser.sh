# The pages in Chromium against the real program.
. "$(dirname "$0")/journey.bash"
[ -x /usr/bin/chromium ] || fail "chromium is missing: run tools/setup test"
"$codman" demo --no-serve > "$work/demo.log" 2>&1 || fail "$(tail -5 "$work/demo.log")"
start_server
export CODMAN_URL="$url" CODMAN_SIGN_IN="$(sed -n 's/^ *\(http.*#code=.*\)$/\1/p' "$work/serve.log")"
tools/npm --prefix web run --silent test:browser
