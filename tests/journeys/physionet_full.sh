# The counts of the development part as its own documentation states them (skipped where it is absent).
. "$(dirname "$0")/journey.bash"
archive="$data/physionet2019-sepsis/setA_dev.tar.gz"
[ -e "$archive" ] || { echo "CODMAN_DATA has no physionet2019-sepsis"; exit 77; }
"$codman" ingest physionet2019 --input "$archive" > /dev/null 2>&1
"$codman" build > /dev/null 2>&1
equal 631393 "$(rows_of bronze.physionet2019)" "bronze rows"
equal 16269 "$(rows_of silver.subjects)" "subjects"
equal 4417423 "$(json "$work/status.json" "int(d['data']['measurements'])")" "measurements"
"$codman" quarantine list --json > "$work/quarantine.json"
equal 254 "$(json "$work/quarantine.json" "sum(c['count'] for c in d['counts'] if c['field']=='FiO2')")" "FiO2 in quarantine (252 below 0.21, 2 above 1)"
