# The demonstration, its server, wrong requests, kill -9 after an answer, replay, activation and rollback.
. "$(dirname "$0")/journey.bash"
"$codman" demo --no-serve > "$work/demo.log" 2>&1 || fail "$(tail -5 "$work/demo.log")"
# The manifest states the injected faults; the lake must find exactly them.
"$codman" build --json > "$work/build.json" 2> /dev/null
"$codman" status --json > "$work/status.json"
manifest="$CODMAN_HOME/synthetic-feed/manifest.json"
for what in measurements duplicates quarantined; do
  found="$(json "$work/status.json" "int(d['data']['$what'])")"
  equal "$(json "$manifest" "(lambda v: sum(v.values()) if isinstance(v, dict) else v)(d['expected']['$what'])")" "$found" "$what of the manifest"
done

start_server
equal 401 "$(curl -s -o /dev/null -w '%{http_code}' "$url/api/v1/tasks")" "without a key"
good='{"features":{"heart_rate":118,"resp_rate":28,"temperature":39.1,"map":58,"lactate":{"value":31,"unit":"mg/dL"}}}'
ask -d "$good" "$url/api/v1/predict/sepsis?explain=all" > "$work/answer.json"
python3 - "$work/answer.json" <<'PY'
import json, math, sys
a = json.load(open(sys.argv[1])); e = a["explanation"]
total = e["base"] + sum(c["contribution"] for c in e["contributions"]) + e["rest"]
assert abs(total - a["margin"]) < 1e-9, (total, a["margin"])
p = e["probability"]
risk = p["base"] + sum(b["change"] for b in p["bars"]) + p["rest"] + p["calibration"]
assert abs(risk - a["risk"]) < 1e-12 and a["model"]["synthetic"] is True
lactate = next(c["value"] for c in e["contributions"] if c["feature"] == "lactate")
assert abs(lactate - 31 / 9.01) < 1e-12, lactate
PY
status_of() { ask -o "$work/o" -w '%{http_code}' "$@"; }
while IFS='|' read -r want body; do
  equal "$want" "$(status_of -d "$body" "$url/api/v1/predict/sepsis")" "status of $body"
done <<'TABLE'
422|{"features":{"heart_rat":80}}
422|{"features":{"heart_rate":9999}}
422|{"features":{"heart_rate":"NaN"}}
422|{"features":{"heart_rate":[1]}}
422|{"features":{"lactate":{"value":1,"unit":"kg"}}}
422|{"features":{"temperature":98.6}}
422|{"feature":{}}
400|{"features":{"heart_rate":NaN}}
400|{"features":
400|[]
404|{"variant":"nothing","features":{}}
TABLE
equal 404 "$(status_of -d "$good" "$url/api/v1/predict/nothing")" "an unknown task"
equal 405 "$(status_of -X DELETE "$url/api/v1/models")" "a wrong method"
equal 415 "$(curl -s -H "@$CODMAN_HOME/secrets/auth_header" -H 'Content-Type: text/plain' -o /dev/null -w '%{http_code}' -d x "$url/api/v1/predict/sepsis")" "a wrong content type"
equal 413 "$(head -c 3000000 /dev/zero | ask -o /dev/null -w '%{http_code}' --data-binary @- "$url/api/v1/predict/sepsis")" "3 MB"
equal 431 "$(ask -H "X-Long: $(head -c 70000 /dev/zero | tr '\0' a)" -o /dev/null -w '%{http_code}' "$url/health")" "a 70 kB header"

# An answer that was given survives kill -9.
id="$(json "$work/answer.json" "d['id']")"
kill -9 "$server"; wait "$server" 2> /dev/null || true
start_server
for path in /health /health/live /health/ready /metrics /openapi.json /api/v1/tasks /api/v1/tasks/sepsis /api/v1/status /api/v1/models /api/v1/models/sepsis /api/v1/models/sepsis/process-1 /api/v1/models/sepsis/process-1/report /api/v1/predictions / /app.js /app.css /icon.svg; do
  equal 200 "$(status_of "$url$path")" "$path"
done
ask "$url/api/v1/predictions/$id" > "$work/found.json"
equal "$(json "$work/answer.json" "d['risk']")" "$(json "$work/found.json" "d['risk']")" "the journalled answer"
ask "$url/api/v1/predictions/$id/replay" > "$work/replay.json"
equal True "$(json "$work/replay.json" "d['equal']")" "replay"

equal 422 "$(status_of -d '{"reason":" "}' "$url/api/v1/models/sepsis/process-1/activate")" "activation without a reason"
kill -TERM "$server"; wait "$server" || fail "SIGTERM did not end the server cleanly"
server=
"$codman" train sepsis --source synthetic --variant process --activate --reason "journey" > /dev/null 2>&1
"$codman" models rollback sepsis process --reason "journey" --json > "$work/rollback.json"
equal process-1 "$(json "$work/rollback.json" "d['live']")" "rollback"
# In shadow a model of the same data and settings tells what the champion told, on every journalled answer.
"$codman" models shadow sepsis > "$work/shadow.log" 2>&1 && fail "there was no challenger"
grep -q "codman models challenge" "$work/shadow.log" || fail "$(cat "$work/shadow.log")"
"$codman" models challenge sepsis process-2 --reason "journey" > /dev/null
"$codman" models shadow sepsis --json > "$work/shadow.json"
equal process-2 "$(json "$work/shadow.json" "d['challenger']")" "the challenger"
equal 1 "$(json "$work/shadow.json" "d['predictions']")" "answers in shadow"
equal 0 "$(json "$work/shadow.json" "int(d['difference']['mean_absolute'] * 1e12)")" "difference of equal models"
# What stands in the registry is told: the card, the moves, two versions and two runs compared, where an answer came from.
tells() { local out; out="$("$codman" "${@:2}" 2>&1)" || fail "${*:2}: $out"; grep -qF -- "$1" <<< "$out" || fail "${*:2} does not tell '$1': $out"; }
tells "process-2" models list sepsis
tells "predicts: Sepsis within 6 hours" models show sepsis process-1
tells "challenger by $(id -un): journey" models history sepsis
tells "data: the same rows" models diff sepsis process-1 process-2
tells "process-1  AUROC" runs list
run="$("$codman" runs list --json | python3 -c 'import json,sys; print(max(r["id"] for r in json.load(sys.stdin)))')"
tells "process-2" runs show "$run"
tells "auroc" runs compare 1 "$run"
tells "model sepsis/process-1" lineage show "$id"
tells "process    AUROC" evaluate sepsis
"$codman" models retire sepsis process-2 --reason journey > /dev/null
tells "retired" models list sepsis
"$codman" audit verify > /dev/null || fail "the audit chain"
if grep -rqE '118|39\.1' "$work/serve.err"; then fail "a patient's value is in the log"; fi
