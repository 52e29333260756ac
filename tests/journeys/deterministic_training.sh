# Equal inputs give equal model bytes, on two installations with different secret keys.
. "$(dirname "$0")/journey.bash"
for home in a b; do
  export CODMAN_HOME="$work/$home"
  "$codman" train sepsis --source physionet2019 --input "$sample" --variant signals --override-leakage "a test on few patients" > "$work/$home.log" 2>&1 || fail "$(tail -3 "$work/$home.log")"
done
for file in weights.lgbm.txt calibration.json features.yaml; do
  [ -e "$work/a/models/sepsis/signals/signals-1/$file" ] || fail "$(ls "$work/a/models/sepsis/signals/signals-1")"
  cmp "$work/a/models/sepsis/signals/signals-1/$file" "$work/b/models/sepsis/signals/signals-1/$file" || fail "$file differs"
done
! cmp -s "$work/a/secrets/subject_key" "$work/b/secrets/subject_key" || fail "two installations share a key"
