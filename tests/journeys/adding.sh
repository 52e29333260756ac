# docs/how_to_add.md, walked through: one of each declared kind is added by the files it names, used, and taken away again.
. "$(dirname "$0")/journey.bash"
cp -r clinic "$work/clinic"
export CODMAN_CLINIC="$work/clinic"
checks() { "$codman" check > "$work/check.out" 2>&1 || fail "$1: $(cat "$work/check.out")"; }

# A concept: one entry.
printf '  - {name: pain_score, label: Pain score, group: Nursing, codes: [LOINC//LOCAL-PAIN], unit: "1", range: [0, 10]}\n' >> "$CODMAN_CLINIC/concepts/vital_signs.yaml"
checks "a new concept"
# A table: one file.
cat > "$CODMAN_CLINIC/gold/pain.sql" <<'SQL'
-- description: how often pain was scored in each stay
-- key: subject_id
-- grain: one patient whose pain was scored
select subject_id, count(*) as scores, max(value) as worst
from ref('silver.events') where concept = 'pain_score' group by subject_id
SQL
checks "a new table"
# A feature: one entry.
python3 - "$CODMAN_CLINIC/features/sepsis_42.yaml" <<'PY'
import sys
path = sys.argv[1]
text = open(path).read().replace("  - {id: sex,", "  - {id: pain_score, concept: pain_score}\n  - {id: sex,", 1)
open(path, "w").write(text)
PY
checks "a new feature"
# A source of a known kind: one file.
sed -e 's/^name: .*/name: other_hospital/' -e 's/^description: .*/description: the same feed from elsewhere/' "$CODMAN_CLINIC/sources/synthetic.yaml" > "$CODMAN_CLINIC/sources/other_hospital.yaml"
checks "a new source"
# A task: one file.
sed -e 's/^name: sepsis/name: sepsis_again/' "$CODMAN_CLINIC/tasks/sepsis.yaml" > "$CODMAN_CLINIC/tasks/sepsis_again.yaml"
checks "a new task"
# A cohort: the block that docs/how_to_add.md shows, word for word; a concept that does not exist is told with its line and cure.
{
  printf 'name: early_death\nquestion: Who dies soon after the first day?\nlabel: Death\nhorizon: 48h\nvariants:\n'
  printf '  - name: icu\n    feature_set: mortality_65\n    learner: logistic\n'
  sed -n '/^## A cohort/,/^## A source/{/^from:/,/^```/p}' docs/how_to_add.md | sed '/^```/d; s/^/    /'
} > "$CODMAN_CLINIC/tasks/early_death.yaml"
checks "a declared cohort"
sed -i 's/concept: map,/concept: mapp,/' "$CODMAN_CLINIC/tasks/early_death.yaml"
"$codman" check > "$work/check.out" 2>&1 && fail "a cohort of an unknown concept passed"
grep -q "early_death.yaml:14: the concept 'mapp' is not declared; did you mean 'map'?" "$work/check.out" || fail "the cure: $(cat "$work/check.out")"
rm "$CODMAN_CLINIC/tasks/early_death.yaml"

"$codman" simulate --patients 60 --hours 24 --seed 3 --out "$work/feed" > /dev/null 2>&1
"$codman" ingest other_hospital --input "$work/feed" > /dev/null 2>&1 || fail "reading through the new source"
"$codman" build > /dev/null 2> "$work/build.err" || fail "building the new table: $(tail -3 "$work/build.err")"
[ "$(rows_of gold.pain)" -gt 0 ] || fail "the new table holds nothing: the new concept was not found"
"$codman" codes unmapped | grep -q LOCAL-PAIN && fail "the new concept does not claim its code"
"$codman" features sepsis_again --variant process --source other_hospital --input "$work/feed" --output "$work/f.parquet" > "$work/features.out" 2>&1 || true
grep -qi 'other_hospital' "$work/features.out" || [ -e "$work/f.parquet" ] || fail "the new task: $(cat "$work/features.out")"

rm "$CODMAN_CLINIC/gold/pain.sql" "$CODMAN_CLINIC/tasks/sepsis_again.yaml" "$CODMAN_CLINIC/sources/other_hospital.yaml"
cp clinic/concepts/vital_signs.yaml "$CODMAN_CLINIC/concepts/"; cp clinic/features/sepsis_42.yaml "$CODMAN_CLINIC/features/"
diff -r clinic "$CODMAN_CLINIC" || fail "something is left behind"
checks "everything taken away again"
