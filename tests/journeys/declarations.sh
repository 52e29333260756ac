# init writes a clinic that checks clean; each kind of mistake in each kind of file is told with file, line and cure.
. "$(dirname "$0")/journey.bash"
"$codman" init "$work/clinic" > /dev/null
diff -r clinic "$work/clinic" || fail "the template differs from clinic/"
"$codman" check --clinic "$work/clinic" > /dev/null || fail "the template does not check clean"

# file | sed expression that breaks it | text that the message must hold
while IFS='|' read -r file break want; do
  rm -rf "$work/broken"; cp -r clinic "$work/broken"
  sed -i "$break" "$work/broken/$file"
  status=0; "$codman" check --clinic "$work/broken" > "$work/out" 2>&1 || status=$?
  equal 2 "$status" "exit code of a broken $file ($break)"
  grep -qE "$file:[0-9]+: .*$want" "$work/out" || fail "$file after $break: $(cat "$work/out")"
done <<'TABLE'
concepts/vital_signs.yaml|s/range: \[10, 350\]/range: [350, 10]/|lower one first
concepts/vital_signs.yaml|s/worst: low}/worst: sideways}/|must be high or low
concepts/vital_signs.yaml|s/label: SpO2/lable: SpO2/|did you mean 'label'
concepts/laboratory.yaml|s/name: lactate/name: glucose/|already declared
sources/physionet2019.yaml|s/concept: heart_rate/concept: heart_rat/|did you mean 'heart_rate'
sources/physionet2019.yaml|s/unit: Cel/unit: Kelvin/|is known in
sources/physionet2019.yaml|s/format: psv/format: xls/|csv, psv or ndjson
sources/physionet2019.yaml|s/anchor: .*Z"/anchor: "2000-01-01T00:00"/|with a zone
sources/eicu_demo.yaml|s/query: eicu_demo.sql/query: eicu.sql/|no eicu.sql beside
sources/eicu_demo.yaml|s/query: eicu_demo.sql/query: select random()/|random is not allowed
sources/eicu_demo.yaml|s/patient: patient.csv/patient: ..\/patient.csv/|below the folder
sources/mimiciv_demo.yaml|s/concept: fio2, unit: "%"/concept: fio2, unit: "mL"/|is known in
features/sepsis_42.yaml|s/concept: spo2}/concept: spo3}/|spo2
features/sepsis_42.yaml|s#heart_rate / sbp#heart_rate / sdp#|sdp
features/sepsis_42.yaml|s/min_6h/minn_6h/|minn
tasks/sepsis.yaml|s/horizon: 6h/horizon: six/|duration
tasks/sepsis.yaml|s/learner: gbdt/learner: gdbt/|gbdt
tasks/sepsis.yaml|s/concept: sepsis_label/concept: heart_rate/|outcome: true
tasks/sepsis.yaml|s/train: 0.6/train: 0.9/|sum to 1
tasks/sepsis.yaml|s/live: process/live: signal/|not declared
tasks/sepsis.yaml|s/from: unit1 = 1/from: unit7 = 1/|"unit7" not found
tasks/mortality.yaml|s/column: hospdead/column: hospded/|did you mean 'hospdead'
tasks/mortality.yaml|s/{race: race}/{race: rase}/|subgroup 'race' does not fit gold.support2_patients
tasks/adverse_event.yaml|s/column: deterioration_24h/column: deterioration/|did you mean 'deterioration_24h'
features/mortality_support2.yaml|s/column: dementia/column: demensia/|did you mean 'dementia'
gold/icu_stays.sql|s/source, icu_admission_time/source, icu_admision_time/|"icu_admision_time" not found
gold/icu_stays.sql|s/check: range hours/check: range hour/|check 'range hour 0 8784' does not fit
gold/icu_stays.sql|s/key: subject_id, encounter_ref/key: subject_id, encounter/|key names the column encounter
silver/encounters.sql|s/max(event_time)/maxx(event_time)/|maxx
TABLE
printf 'a: 1\na: 2\n' > "$work/broken/tasks/twice.yaml"
"$codman" check --clinic "$work/broken" > "$work/out" 2>&1 || true
grep -q 'twice.yaml:2: .*twice' "$work/out" || fail "a key that stands twice: $(cat "$work/out")"
