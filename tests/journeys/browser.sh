# The pages in Chromium against the real program, with a model of every clinical question.
. "$(dirname "$0")/journey.bash"
[ -x /usr/bin/chromium ] || fail "chromium is missing: run tools/setup test"
"$codman" demo --no-serve > "$work/demo.log" 2>&1 || fail "$(tail -5 "$work/demo.log")"
# A version that waits: to approve, to run in shadow, to compare.
"$codman" train sepsis --source synthetic --variant signals --learner logistic > "$work/train.log" 2>&1 || fail "$(tail -5 "$work/train.log")"
# Few rows cannot pass every audit, so a named reason gets past it. One question is searched for its settings.
samples=tests/data/questions
cp -r clinic "$work/clinic"; export CODMAN_CLINIC="$work/clinic"
sed -i 's/^    settings: {trees: 400, leaves: 24/    search: {leaves: [12, 24]}\n&/' "$work/clinic/tasks/cost.yaml"
grep -q 'search: {leaves' "$work/clinic/tasks/cost.yaml" || fail "the search did not get into cost.yaml"
train() { "$codman" train "$@" --override-leakage "a journey on few rows" > "$work/train.log" 2>&1 || fail "train $1: $(tail -5 "$work/train.log")"; }
train cost --source insurance --input "$samples/insurance.csv" --activate --reason journey
train readmission --source diabetes130 --input "$samples/diabetes130_sample.csv.gz" --activate --reason journey
train alzheimers --source adni --input tests/data/alzheimers/adni.csv --variant adni
train adverse-event --source physionet2019 --input "$sample" --variant physionet_proxy --activate --reason journey
"$codman" evaluate cost --source insurance --folds 3 --ablation --learning-curve > "$work/folds.log" 2>&1 || fail "evaluate cost: $(tail -5 "$work/folds.log")"
start_server
export CODMAN_URL="$url" CODMAN_SIGN_IN="$(sed -n 's/^ *\(http.*#code=.*\)$/\1/p' "$work/serve.log")"
tools/npm --prefix web run --silent test:browser
