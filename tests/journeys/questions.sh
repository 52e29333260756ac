# Every clinical question, from its source to a registered model and a scored file; then a wrong header, and the answers of the API
# for an amount and for a risk with named levels.
. "$(dirname "$0")/journey.bash"
samples=tests/data/questions fixtures=tests/data/alzheimers

train() {  # task source input [options…]: few rows cannot pass every audit, so a named reason gets past it
  local task="$1" source="$2" input="$3"; shift 3
  "$codman" train "$task" --source "$source" --input "$input" --override-leakage "a journey on few rows" "$@" > "$work/train.log" 2>&1 || fail "train $task from $source: $(tail -5 "$work/train.log")"
}
score() {  # task source input header
  "$codman" score "$1" --source "$2" --input "$3" --output "$work/scores.csv" "${@:5}" > "$work/score.log" 2>&1 || fail "score $1: $(tail -3 "$work/score.log")"
  equal "$4" "$(head -1 "$work/scores.csv")" "header of the scores of $1"
}

train cost insurance "$samples/insurance.csv" --activate --reason journey
grep -q 'against linear:  rmse' "$work/train.log" || fail "the cost model stands beside no simpler one: $(cat "$work/train.log")"
score cost insurance "$samples/insurance.csv" "subject,source_row,prediction_time,value,lower,upper,excluded_because"
equal 1339 "$(wc -l < "$work/scores.csv")" "lines of the scores of cost"
python3 - "$samples/insurance.csv" "$work/scores.csv" <<'PY' || fail "intervals of cost"
import csv, sys
truth = [float(r["charges"]) for r in csv.DictReader(open(sys.argv[1]))]
rows = sorted(csv.DictReader(open(sys.argv[2])), key=lambda r: int(r["source_row"]))
held = sum(float(r["lower"]) <= t <= float(r["upper"]) for r, t in zip(rows, truth)) / len(truth)
mean = sum(truth) / len(truth)
r2 = 1 - sum((float(r["value"]) - t) ** 2 for r, t in zip(rows, truth)) / sum((t - mean) ** 2 for t in truth)
print(f"intervals hold {held:.3f}, R2 on its own rows {r2:.3f}")
sys.exit(not (held > 0.85 and r2 > 0.8))
PY
train mortality support2 "$samples/support2_sample.csv.gz" --activate --reason journey
score mortality support2 "$samples/support2_sample.csv.gz" "subject,source_row,prediction_time,risk,alert,excluded_because"
train mortality eicu_demo tests/data/eicu_demo
grep -q 'beside it: apache_iva ' "$work/train.log" || fail "APACHE's own forecast does not stand beside the model: $(cat "$work/train.log")"
# 0.8891: the rank-sum statistic of apachepatientresult over the deaths of patient.csv, by pandas.
"$codman" evaluate mortality --source eicu_demo --folds 3 > "$work/folds.log" 2>&1 || fail "evaluate mortality: $(tail -3 "$work/folds.log")"
grep -q 'beside it: apache_iva    auroc 0.8891' "$work/folds.log" || fail "APACHE's AUROC over all stays is another: $(cat "$work/folds.log")"
train readmission diabetes130 "$samples/diabetes130_sample.csv.gz" --activate --reason journey
score readmission diabetes130 "$samples/diabetes130_sample.csv.gz" "subject,source_row,prediction_time,risk,alert,excluded_because"
grep -q ',died or discharged to a hospice$' "$work/scores.csv" || fail "who cannot come back is not told"

# Adverse events on the stream of the synthetic hospital. Hours in the day after an event that was known then are left out, as many as
# the records of the feed tell.
"$codman" simulate --patients 600 --hours 22 --seed 12 --out "$work/feed" > /dev/null 2>&1
train adverse-event synthetic "$work/feed" --variant stream_120 --activate --reason journey
grep -q 'beside it: process_only ' "$work/train.log" || fail "the process features do not stand alone beside the model: $(cat "$work/train.log")"
score adverse-event synthetic "$work/feed" "subject,source_row,prediction_time,risk,alert,excluded_because" --variant stream_120
python3 - "$work/feed" "$work/scores.csv" <<'PY' || fail "hours after an adverse event"
import collections, csv, datetime, json, sys
events, stay = collections.defaultdict(list), {}
time = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
harms = {"cardiac_arrest", "unplanned_icu_transfer", "hospital_death", "bleed", "aki_stage_2", "hypoglycaemia", "respiratory_depression", "arrhythmia", "fall"}
for name in ("admissions", "adverse-events"):
    for record in map(json.loads, open(f"{sys.argv[1]}/{name}.ndjson")):
        codes = {entry["code"] for entry in record["measurements"]}
        if "icu_discharge" in codes:
            stay[record["patient_id"]][1] = time(record["event_time"])
        if "icu_admission" in codes:
            stay[record["patient_id"]] = [time(record["event_time"]), None]
        if codes & harms:
            events[record["patient_id"]].append((time(record["event_time"]), time(record["stored_at"])))
hour, rows, blanked = datetime.timedelta(hours=1), 0, 0
for patient, (at, end) in stay.items():
    while (at := at + hour) < end:
        rows += 1
        blanked += any(at - 24 * hour < event <= at and known <= at for event, known in events[patient])
told = [row["excluded_because"] for row in csv.DictReader(open(sys.argv[2]))]
print(f"{rows} hours, {blanked} after an event; told {len(told)}, {told.count('blanking: more than 0 adverse_event')}")
sys.exit(not (0 < blanked == told.count("blanking: more than 0 adverse_event") and rows == len(told)))
PY

"$codman" sql --json "select sum(doses) as doses from gold.medication_exposures where drug <> 'norepinephrine_rate'" > "$work/doses.json"
equal "$(wc -l < "$work/feed/medications.ndjson")" "$(json "$work/doses.json" "int(d['rows'][0]['doses'])")" "doses in gold.medication_exposures"

# The same features on real stays, with low pressure as the outcome that the task file declares. Hours without a reading of the last two
# hours, and hours at which it is low, are left out, as many as the csv tell.
train adverse-event eicu_stream tests/data/eicu_stream
score adverse-event eicu_stream tests/data/eicu_stream "subject,source_row,prediction_time,risk,alert,excluded_because" --model eicu_proxy-1
python3 - tests/data/eicu_stream "$work/scores.csv" <<'PY' || fail "hours of the eICU stays"
import collections, csv, gzip, sys
table = lambda name: csv.DictReader(gzip.open(f"{sys.argv[1]}/{name}.csv.gz", "rt"))
# Minutes since the admission to hospital: a person's stays of one admission share their readings.
stays = {row["patientunitstayid"]: row for row in table("patient")}
admission = lambda stay: (stay["uniquepid"], stay["patienthealthsystemstayid"])
began = lambda stay: -int(stay["hospitaladmitoffset"])
cuff = collections.defaultdict(list)
for row in table("vitalaperiodic"):
    stay, minute = stays[row["patientunitstayid"]], int(row["observationoffset"])
    if row["noninvasivemean"] and 14 <= float(row["noninvasivemean"]) <= 330 and 0 <= minute <= int(stay["unitdischargeoffset"]):
        cuff[admission(stay)].append((began(stay) + minute, float(row["noninvasivemean"])))
rows = unseen = low = 0
for stay in stays.values():
    for at in range(began(stay) + 60, began(stay) + int(stay["unitdischargeoffset"]), 60):
        now = [mean for minute, mean in cuff[admission(stay)] if at - 120 < minute <= at]
        rows, unseen, low = rows + 1, unseen + (not now), low + any(mean < 60 for mean in now)
told = [row["excluded_because"] for row in csv.DictReader(open(sys.argv[2]))]
found = (len(told), told.count("now: fewer than 1 pressure"), told.count("now: more than 0 low"))
print("hours, without a reading, low:", (rows, unseen, low), "told", found)
sys.exit((rows, unseen, low) != found)
PY

# Back in hospital within 30 days, told at discharge from all stays of the MIMIC-IV demo.
train readmission mimiciv_demo tests/data/mimiciv_hospital
"$codman" evaluate readmission --source mimiciv_demo --folds 3 --json > "$work/folds.json" 2> "$work/folds.log" || fail "evaluate readmission: $(tail -3 "$work/folds.log")"
python3 - tests/data/mimiciv_hospital "$work/folds.json" <<'PY' || fail "rows of readmission"
import collections, csv, datetime, gzip, json, sys
time, stays = datetime.datetime.fromisoformat, collections.defaultdict(list)
for row in csv.DictReader(gzip.open(f"{sys.argv[1]}/hosp/admissions.csv.gz", "rt")):
    stays[row["subject_id"]].append(row)
# Diagnoses are known a week after discharge; a month that is not over by then has no label.
day, rows, back = datetime.timedelta(days=1), 0, 0
end = max(time(stay["dischtime"]) for own in stays.values() for stay in own) + 7 * day
for own in stays.values():
    for stay in own:
        if stay["hospital_expire_flag"] == "1" or stay["discharge_location"] == "HOSPICE":
            continue
        left = time(stay["dischtime"])
        if left + 30 * day <= end:
            rows, back = rows + 1, back + any(left < time(s["admittime"]) <= left + 30 * day for s in own)
report = json.load(open(sys.argv[2]))["ehr"]
print("discharges, back within 30 days:", rows, back, "told", report["rows"], report["events"])
sys.exit((rows, back) != (report["rows"], report["events"]))
PY

# What an encounter costs, from the claims of a FHIR export.
train cost synthea_fhir tests/data/synthea_claims
score cost synthea_fhir tests/data/synthea_claims "subject,source_row,prediction_time,value,lower,upper,excluded_because" --model encounter-1
grep -rqi 'synthetic data: this proves the plumbing' "$CODMAN_HOME/models/cost/encounter" || fail "the card of cost does not say that the data is synthetic"
"$codman" sql --json "select count(*) as n, round(sum(cost), 2) as cost, sum(procedures) as procedures, sum(drugs) as drugs, round(sum(prior_year_cost), 2) as before from gold.patient_costs where source = 'synthea_fhir'" > "$work/costs.json"
python3 - tests/data/synthea_claims "$work/costs.json" <<'PY' || fail "gold.patient_costs"
import collections, datetime, gzip, json, sys
load = lambda kind: [json.loads(line) for line in gzip.open(f"{sys.argv[1]}/{kind}.000.ndjson.gz", "rt")]
time = datetime.datetime.fromisoformat
visit = lambda resource: resource["item"][0]["encounter"][0]["reference"].split("/")[-1]
began = {e["id"]: (e["subject"]["reference"], time(e["period"]["start"])) for e in load("Encounter")}
claims = [(began[visit(c)][0], time(c["created"]), c["total"]["value"]) for c in load("Claim")]
year = datetime.timedelta(days=365)
before = sum(amount for who, start in began.values() for owner, told, amount in claims if owner == who and start - year < told <= start)
expected = [len(began), round(sum(c[2] for c in claims), 2), len(load("Procedure")), len(load("MedicationRequest")), round(before, 2)]
row = json.load(open(sys.argv[2]))["rows"][0]
found = [row[key] for key in ("n", "cost", "procedures", "drugs", "before")]
print("encounters, cost, procedures, drugs, cost of the years before:", expected, found)
sys.exit(any(abs(a - b) > 0.005 for a, b in zip(expected, found)))
PY

# The synthetic hospital tells hours in intensive care and ventilation besides.
train cost synthetic "$work/feed" --variant encounter
"$codman" sql --json "select round(sum(cost), 2) as cost, round(sum(prior_year_cost), 2) as before, round(sum(icu_hours), 2) as icu from gold.patient_costs where source = 'synthetic'" > "$work/costs.json"
python3 - "$work/feed/claims.ndjson" "$work/costs.json" <<'PY' || fail "costs of the synthetic hospital"
import collections, json, sys
told = collections.defaultdict(float)
for record in map(json.loads, open(sys.argv[1])):
    for entry in record["measurements"]:
        told[entry["code"], record["encounter_id"][-1]] += entry["value"] if isinstance(entry["value"], (int, float)) else 0
row = json.load(open(sys.argv[2]))["rows"][0]
sys.exit(any(abs(a - b) > 0.01 for a, b in ((told["claim_amount", "1"], row["cost"]), (told["claim_amount", "0"], row["before"]), (told["icu_hours", "1"], row["icu"]))))
PY

# Made-up rows reach a registered candidate, which cannot go live.
for each in adni oasis_longitudinal oasis_cross_sectional nacc; do
  train alzheimers "$each" "$fixtures/$each.csv"
done
train alzheimers oasis3 "$fixtures/oasis3"
"$codman" models list > "$work/models.txt"
for variant in oasis2 oasis3 oasis3_no_cognition; do
  version="$(grep -oE "$variant-[0-9]+" "$work/models.txt" | head -1)"
  "$codman" models activate alzheimers "$version" --reason journey > "$work/activate.log" 2>&1 && fail "a model of made-up rows went live: $version"
  grep -qi 'fixture' "$work/activate.log" || fail "the refusal does not say fixture: $(cat "$work/activate.log")"
done
score alzheimers adni "$fixtures/adni.csv" "subject,source_row,prediction_time,risk_CN,risk_MCI,risk_AD,excluded_because" --model "$(grep -oE 'adni-[0-9]+' "$work/models.txt" | head -1)"

# The seventh question: the file that docs/how_to_add.md shows, word for word, and nothing else.
cp -r clinic "$work/seventh"
sed -n '/^# clinic\/tasks\/death.yaml/,/^```/p' docs/how_to_add.md | sed '/^```/d' > "$work/seventh/tasks/death.yaml"
export CODMAN_CLINIC="$work/seventh"
"$codman" check > "$work/check.log" 2>&1 || fail "the seventh question: $(cat "$work/check.log")"
train death support2 "$samples/support2_sample.csv.gz" --activate --reason journey
score death support2 "$samples/support2_sample.csv.gz" "subject,source_row,prediction_time,risk,alert,excluded_because"
export CODMAN_CLINIC="$PWD/clinic"

# A header that changed is refused naming the column.
sed '1s/MMSE/MMS/' "$fixtures/oasis_longitudinal.csv" > "$work/wrong.csv"
"$codman" train alzheimers --source oasis_longitudinal --input "$work/wrong.csv" > "$work/header.log" 2>&1 && fail "a wrong header was taken"
grep -q "MMSE" "$work/header.log" || fail "the missing column is not named: $(cat "$work/header.log")"
for changed in OASIS3_UDSb4_cdr:CDRTOT OASIS3_demographics:APOE OASIS3_Freesurfer_output:IntraCranialVol; do
  rm -rf "$work/oasis3"; cp -r "$fixtures/oasis3" "$work/oasis3"
  sed -i "1s/${changed#*:}/CHANGED/" "$work/oasis3/${changed%:*}.csv"
  "$codman" ingest oasis3 --input "$work/oasis3" > "$work/header.log" 2>&1 && fail "a wrong header was taken: $changed"
  grep -q "\"${changed#*:}\"" "$work/header.log" || fail "the missing column is not named: $(cat "$work/header.log")"
done

# The API: an amount with its interval, levels by their names, an unknown level refused by name.
start_server
predict() { ask "$url/api/v1/predict/$1" -d "$2"; }
predict cost '{"features": {"age": 40, "sex": "male", "bmi": 31, "children": 1, "smoker": "yes", "region": "southeast"}}' > "$work/cost.json"
json "$work/cost.json" "d['interval']['lower'] < d['value'] < d['interval']['upper'] and d['unit'] == 'USD'" | grep -qi true || fail "$(cat "$work/cost.json")"
json "$work/cost.json" "abs(d['explanation']['base'] + d['explanation']['rest'] + sum(c['contribution'] for c in d['explanation']['contributions']) - d['value']) < 1e-6" | grep -qi true || fail "reasons of cost do not sum: $(cat "$work/cost.json")"
predict cost '{"features": {"smoker": "sometimes"}}' | grep -q 'one of: no, yes' || fail "an unknown level is not refused by name"
predict readmission '{"features": {"age_band": "[70-80)", "number_inpatient": 4, "insulin": "Up", "discharge_to": "home"}}' > "$work/readmission.json"
json "$work/readmission.json" "0 < d['risk'] < 1" | grep -qi true || fail "$(cat "$work/readmission.json")"
