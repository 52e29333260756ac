# Reading twice changes nothing; kill -9 in the middle and running again gives what an undisturbed run gives.
. "$(dirname "$0")/journey.bash"
counts() { for t in bronze.physionet2019 silver.events silver.quarantine silver.subjects; do rows_of $t; done | tr '\n' ' '; }

"$codman" ingest physionet2019 --input "$sample" > /dev/null 2>&1
"$codman" build > /dev/null 2>&1
undisturbed="$(counts)"
"$codman" ingest physionet2019 --input "$sample" --json 2> /dev/null > "$work/again.json"
equal 0 "$(json "$work/again.json" "d['rows']")" "rows of a second reading"
"$codman" build > /dev/null 2>&1
equal "$undisturbed" "$(counts)" "tables after a second reading"

for delay in 0.02 0.05 0.08 0.12 0.2; do
  export CODMAN_HOME="$work/killed-$delay"
  for step in "ingest physionet2019 --input $sample" build; do
    "$codman" $step > /dev/null 2>&1 & victim=$!
    sleep "$delay"; kill -9 $victim 2> /dev/null || true; wait $victim 2> /dev/null || true
    "$codman" $step > /dev/null 2> "$work/err" || fail "after kill -9 at $delay s: $(cat "$work/err")"
  done
  equal "$undisturbed" "$(counts)" "tables after kill -9 at $delay s"
  "$codman" audit verify > /dev/null || fail "the audit chain after kill -9"
done
