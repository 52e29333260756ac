# What an operator does between two feeds: look at the lake, ask it, see what was refused and where things come from, back it up and bring it back.
. "$(dirname "$0")/journey.bash"
"$codman" simulate --patients 40 --hours 24 --seed 7 --out "$work/feed" > /dev/null 2>&1
"$codman" ingest synthetic --input "$work/feed" > /dev/null 2>&1
"$codman" build > /dev/null 2>&1

"$codman" sql "select count(*) as n from silver.events" --json > "$work/n.json"
equal "$(rows_of silver.events)" "$(json "$work/n.json" "d['rows'][0]['n']")" "rows by sql"
"$codman" sql "select 'a,b' as t, 1.5 as x" --csv > "$work/x.csv"
equal 't,x "a,b",1.5' "$(tr '\n' ' ' < "$work/x.csv" | sed 's/ $//')" "CSV of sql"
for forbidden in "select * from read_csv('/etc/passwd')" "copy (select 1) to '$work/out.csv'" "drop view silver.events" "select 1; select 2"; do
  "$codman" sql "$forbidden" > "$work/sql.out" 2>&1 && fail "sql let through: $forbidden"
  [ ! -e "$work/out.csv" ] || fail "sql wrote a file"
done

"$codman" quarantine list --json > "$work/quarantine.json"
equal "$(rows_of silver.quarantine)" "$(json "$work/quarantine.json" "d['total']")" "rows in quarantine"
equal "$(rows_of silver.quarantine)" "$(json "$work/quarantine.json" "sum(c['count'] for c in d['counts'])")" "counts by reason"
"$codman" codes unmapped > "$work/codes.txt"

"$codman" lineage show gold.icu_stays > "$work/lineage.txt"
for thing in gold.icu_stays silver.events bronze. 'file '; do
  grep -qF "$thing" "$work/lineage.txt" || fail "lineage of gold.icu_stays does not reach $thing: $(cat "$work/lineage.txt")"
done
file="$(grep -oE 'file [0-9a-f]{64}' "$work/lineage.txt" | head -1)"
"$codman" lineage show "$file" --forward | grep -q gold.icu_stays || fail "lineage forward from $file"
"$codman" lineage show gold.nothing > /dev/null 2>&1 && fail "lineage of nothing"

"$codman" backup "$work/b.tar.zst" > /dev/null 2>&1
"$codman" backup "$work/b.tar.zst" > /dev/null 2>&1 && fail "a backup was written over"
before="$(rows_of silver.events) $(rows_of gold.hourly_vitals)"
"$codman" restore "$work/b.tar.zst" --home "$work/restored" > /dev/null 2>&1 || fail "restore"
"$codman" restore "$work/b.tar.zst" --home "$work/restored" > /dev/null 2>&1 && fail "restored over a home"
export CODMAN_HOME="$work/restored"
equal "$before" "$(rows_of silver.events) $(rows_of gold.hourly_vitals)" "rows after restore"
"$codman" audit verify > /dev/null || fail "the audit chain after restore"
"$codman" ingest synthetic --input "$work/feed" --json 2> /dev/null > "$work/again.json"
equal 0 "$(json "$work/again.json" "d['rows']")" "rows read twice after restore"

"$codman" docs > "$work/reference.md"
for part in 'codman ingest' '/api/v1/predict/batch' 'silver.events' 'codman_http_requests_total' 'gold.icu_stays'; do
  grep -qF "$part" "$work/reference.md" || fail "the reference lacks $part"
done

# A unit that the clinic did not know is declared: what was refused for it enters silver, nothing else changes.
cp -r clinic "$work/clinic"; export CODMAN_CLINIC="$work/clinic"
unit="$("$codman" sql "select count(*) as n from silver.quarantine where reason = 'unknown_unit'" --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["rows"][0]["n"])')"
[ "$unit" -gt 0 ] || fail "the feed has no unknown unit to mend"
quarantined="$(rows_of silver.quarantine)"
"$codman" quarantine redrive --reason "nothing was changed" --json > "$work/redrive.json"
equal 0 "$(json "$work/redrive.json" "d['accepted']")" "accepted by an unchanged clinic"
equal "$quarantined" "$(rows_of silver.quarantine)" "quarantine after an idle re-drive"
"$codman" audit verify > /dev/null || fail "the audit chain after a re-drive"
