# delta-rs, DuckDB and Spark read every table of a lake as we do: of a lake with every shape of table, changed by them in
# turn and read by us again, and of the lake that the real program makes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
python=.deps/interop/bin/python
[ -x "$python" ] || { echo "run tools/setup interop first"; exit 1; }
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$python" tests/interop/delta_tables.py shapes "$work"
build="${CODMAN_BUILD:-build/release}"
CODMAN_CLINIC="$PWD/clinic" "$build/codman" demo --no-serve --home "$work/home" > "$work/demo.log" 2>&1 || { tail -5 "$work/demo.log"; exit 1; }
"$python" tests/interop/delta_tables.py lake "$work/home/lake"
