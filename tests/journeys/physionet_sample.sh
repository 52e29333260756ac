# The whole road on 230 real patients: counts that an independent reader finds, training, scoring, no label needed.
. "$(dirname "$0")/journey.bash"

# An independent count of the archive: rows, non-empty concept cells, FiO2 outside 0.21 to 1.
python3 - "$sample" > "$work/expected.json" <<'PY'
import json, sys, tarfile
rows = cells = fio2 = 0
for member in (tar := tarfile.open(sys.argv[1])):
    lines = tar.extractfile(member).read().decode().split("\n")
    for line in lines[1:]:
        if not line: continue
        values = line.split("|")
        rows += 1
        cells += sum(v != "NaN" for v in values[:34])
        if values[10] != "NaN" and not 0.21 <= float(values[10]) <= 1: fio2 += 1
print(json.dumps({"rows": rows, "cells": cells, "fio2": fio2}))
PY

# So few patients cannot show that the model beats the clock: the audit must refuse, and a named reason must get past it.
refused=0
"$codman" train sepsis --source physionet2019 --input "$sample" --variant process > "$work/train.log" 2>&1 || refused=$?
if [ "$refused" != 0 ]; then
  equal 3 "$refused" "exit code of a refused registration"
  grep -q 'leakage audit refuses' "$work/train.log" || fail "$(cat "$work/train.log")"
fi
"$codman" train sepsis --source physionet2019 --variant process --activate --reason journey --override-leakage "a test on few patients" > "$work/train.log" 2>&1 || fail "$(tail -5 "$work/train.log")"

equal "$(json "$work/expected.json" "d['rows']")" "$(rows_of bronze.physionet2019)" "bronze rows"
"$codman" status --json > "$work/status.json"
equal "$(json "$work/expected.json" "d['cells']")" "$(json "$work/status.json" "int(d['data']['measurements'])")" "measurements"
"$codman" quarantine list --json > "$work/quarantine.json"
equal "$(json "$work/expected.json" "d['fio2']")" "$(json "$work/quarantine.json" "sum(c['count'] for c in d['counts'] if c['field']=='FiO2')")" "FiO2 in quarantine"

# Scoring: one row per hour of each file; without the label column the answer is the same.
python3 - "$sample" "$work/unlabelled.tar" <<'PY'
import io, sys, tarfile
out = tarfile.open(sys.argv[2], "w")
for member in (tar := tarfile.open(sys.argv[1])):
    lines = tar.extractfile(member).read().decode().split("\n")
    text = "\n".join(line.rsplit("|", 1)[0] for line in lines).encode()
    info = tarfile.TarInfo(member.name); info.size = len(text)
    out.addfile(info, io.BytesIO(text))
out.close()
PY
"$codman" score sepsis --source physionet2019 --input "$sample" --output "$work/a.csv" > /dev/null 2>&1
"$codman" score sepsis --source physionet2019 --input "$work/unlabelled.tar" --output "$work/b.csv" > /dev/null 2>&1
equal "$(( $(json "$work/expected.json" "d['rows']") + 1 ))" "$(wc -l < "$work/a.csv")" "lines of the scores"
cmp "$work/a.csv" "$work/b.csv" || fail "scores change when labels are taken away"
head -1 "$work/a.csv" | grep -qx 'subject,source_row,prediction_time,risk,alert,excluded_because' || fail "header of the scores"
# Without labels the threshold can be the cautious one for a new hospital, or follow a wanted alert rate.
for way in "--new-site" "--alert-rate 0.05"; do
  "$codman" score sepsis --source physionet2019 --input "$work/unlabelled.tar" $way --output "$work/c${way:2:1}.csv" > /dev/null 2>&1
done
python3 - "$work" "$CODMAN_HOME"/models/sepsis/process/process-1/manifest.json <<'PY' || fail "alerts at a new site"
import csv, json, sys
home, new, rate = (list(csv.DictReader(open(f"{sys.argv[1]}/{name}.csv"))) for name in ("a", "cn", "ca"))
assert [r["risk"] for r in home] == [r["risk"] for r in new] == [r["risk"] for r in rate]
manifest = json.load(open(sys.argv[2]))
assert manifest["threshold_elsewhere"] >= manifest["threshold"]
assert all((float(r["risk"]) >= manifest["threshold_elsewhere"]) == (r["alert"] == "1") for r in new)
risks = [float(r["risk"]) for r in rate]
possible = {sum(risk >= threshold for risk in risks) for threshold in risks} | {0}
alerts, wanted = sum(r["alert"] == "1" for r in rate), 0.05 * len(rate)
assert abs(alerts - wanted) <= min(abs(count - wanted) for count in possible) + 1e-6, (alerts, wanted)
PY
"$codman" features sepsis --source physionet2019 --input "$sample" --output "$work/f.parquet" > /dev/null 2>&1
[ -s "$work/f.parquet" ] || fail "no features were written"
[ ! -e "$CODMAN_HOME/tmp" ] || [ -z "$(ls "$CODMAN_HOME/tmp" | grep -v '^sql$')" ] || fail "a temporary home was left behind"
"$codman" audit verify > /dev/null
