# codman explain on foreign models: equal to Shapley values by exhaustive enumeration, and each row sums to its margin.
. "$(dirname "$0")/journey.bash"
for case in lightgbm_regression:txt:1e-9 lightgbm_small_tree:txt:1e-9 xgboost_gbtree_regression:json:1e-4 xgboost_gbtree_binary_logistic:json:1e-4; do
  IFS=: read -r name suffix tolerance <<< "$case"
  reference="tests/data/gbm-reference/$name"
  python3 - "$reference.input.json" "$work/rows.csv" <<'PY'
import json, sys
d = json.load(open(sys.argv[1]))
if isinstance(d, dict) and "features" in d:
    width, flat = d["num_features"], d["features"]
    rows = flat if isinstance(flat[0], list) else [flat[i:i + width] for i in range(0, len(flat), width)]
else:
    rows = d if isinstance(d, list) else d["data"]
with open(sys.argv[2], "w") as out:
    out.write(",".join(f"f{i}" for i in range(len(rows[0]))) + "\n")
    for row in rows:
        out.write(",".join("" if v is None or v != v else repr(float(v)) for v in row) + "\n")
PY
  "$codman" explain "$reference.model.$suffix" --input "$work/rows.csv" --output "$work/out.csv" > /dev/null
  python3 - "$reference.shap.json" "$work/out.csv" "$tolerance" <<'PY'
import csv, json, sys
expected = json.load(open(sys.argv[1]))["contrib"]; tolerance = float(sys.argv[3])
found = [[float(v) for v in row] for row in list(csv.reader(open(sys.argv[2])))[1:]]
assert len(found) >= len(expected) > 0, (len(found), len(expected))
for want, got in zip(expected, found):
    base, *contributions, margin = got
    assert abs(base + sum(contributions) - margin) < 1e-9
    for w, g in zip(want, contributions + [base]):
        assert abs(w - g) <= tolerance * max(1, abs(w)), (w, g)
PY
done
printf 'not a model' > "$work/nonsense.txt"
status=0; "$codman" explain "$work/nonsense.txt" --input "$work/rows.csv" --output "$work/x.csv" 2> /dev/null || status=$?
equal 2 "$status" "exit code for what is no model"
[ ! -e "$work/x.csv" ] || fail "an output was written for what is no model"
