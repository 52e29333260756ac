# The pages in Chromium against the real program.
. "$(dirname "$0")/journey.bash"
[ -x /usr/bin/chromium ] || fail "chromium is missing: run tools/setup test"
"$codman" demo --no-serve > "$work/demo.log" 2>&1 || fail "$(tail -5 "$work/demo.log")"
# A version that waits: to approve, to run in shadow, to compare.
"$codman" train sepsis --source synthetic --variant signals --learner logistic > "$work/train.log" 2>&1 || fail "$(tail -5 "$work/train.log")"
start_server
export CODMAN_URL="$url" CODMAN_SIGN_IN="$(sed -n 's/^ *\(http.*#code=.*\)$/\1/p' "$work/serve.log")"
tools/npm --prefix web run --silent test:browser
