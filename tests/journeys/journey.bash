# What every journey starts with. A journey is a user's path through the real program; it ends 0, or 77 with the reason when skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
codman="$PWD/${CODMAN_BUILD:-build/release}/codman"
work="$(mktemp -d)"
export CODMAN_HOME="$work/home" CODMAN_CLINIC="$PWD/clinic"
data="${CODMAN_DATA:-../shared/data}"
sample="$PWD/tests/data/physionet2019/setA_sample.tar.gz"
server=
# Asked first, so that a server under coverage leaves its counts.
stop_server() {
  kill -TERM "$server" 2> /dev/null || return 0
  for _ in $(seq 100); do kill -0 "$server" 2> /dev/null || return 0; sleep 0.1; done
  kill -9 "$server"
}
cleanup() { [ -z "$server" ] || stop_server; rm -rf "$work"; }
trap cleanup EXIT

fail() { echo "FAILED: $*"; exit 1; }
equal() { [ "$1" = "$2" ] || fail "$3: expected $1, found $2"; }
# json FILE 'expression over d'
json() { python3 -c "import json,sys; d=json.load(open(sys.argv[1])); print($2)" "$1"; }
# Rows of a table as `codman status` tells them.
rows_of() { "$codman" status --json > "$work/status.json"; json "$work/status.json" "next((t['rows'] for t in d['tables'] if t['name']=='$1'), 0)"; }
start_server() {
  "$codman" serve --port 0 > "$work/serve.log" 2> "$work/serve.err" &
  server=$!
  for _ in $(seq 600); do grep -q 'Ctrl-C' "$work/serve.log" && break; sleep 0.05; done
  url="$(sed -n 's/^Codman serves //p' "$work/serve.log")"
  [ -n "$url" ] || fail "the server did not start: $(cat "$work/serve.err")"
}
ask() { curl -s -H "@$CODMAN_HOME/secrets/auth_header" -H 'Content-Type: application/json' "$@"; }
