# Three leaks that the literature is full of, planted one at a time: the audit refuses each by its name, and takes the honest task.
source "$(dirname "$0")/journey.bash"
samples="$PWD/tests/data/questions"

# refused NAME-IN-THE-REFUSAL… -- ARGUMENTS OF codman train; the clinic is $work/NAME with the leak in it.
refused() {
  local words=()
  while [ "$1" != -- ]; do words+=("$1"); shift; done
  shift
  local status=0
  "$codman" train "$@" > "$work/train.log" 2>&1 || status=$?
  equal 3 "$status" "exit code of training with a leak: $(tail -3 "$work/train.log")"
  for word in "${words[@]}"; do grep -q "$word" "$work/train.log" || fail "the refusal does not name $word: $(cat "$work/train.log")"; done
}
clinic_with_leak() { rm -rf "$work/clinic"; cp -r clinic "$work/clinic"; export CODMAN_CLINIC="$work/clinic"; }

# A column of the outcome among the inputs.
clinic_with_leak
sed -i 's/^features:/features:\n  - {id: hospital_charges, column: charges, label: Charges, unit: "1"}/' "$CODMAN_CLINIC/features/mortality_support2.yaml"
refused outcome_derived hospital_charges -- mortality --source support2 --input "$samples/support2_sample.csv.gz"

# Admissions of one patient on both sides of the split.
clinic_with_leak
sed -i 's/^split: {/split: {by: row, /' "$CODMAN_CLINIC/tasks/readmission.yaml"
refused subject_overlap 'split by subject, never by row' -- readmission --source diabetes130 --input "$samples/diabetes130_sample.csv.gz"

# The hour of the stay in a variant that is declared to know none.
clinic_with_leak
sed -i '/- name: signals/,/expand:/ s/    expand:/    features:\n      - {id: icu_hour, concept: icu_admission, aggregate: hours_since, window: ever, label: ICU hour, unit: h}\n    expand:/' "$CODMAN_CLINIC/features/sepsis_42.yaml"
refused clock_recovery "most of it from 'icu_hour'" -- sepsis --source physionet2019 --variant signals --input "$sample"
