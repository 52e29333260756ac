# Death after the first day in intensive care, on the synthetic hospital: simulated, read, trained, registered, and asked through the API by its 65 features beside the model of SUPPORT2.
. "$(dirname "$0")/journey.bash"
"$codman" simulate --patients 600 --hours 48 --seed 5 --out "$work/feed" > /dev/null 2>&1
"$codman" train mortality --source synthetic --input "$work/feed" --variant icu_24h --activate --reason journey > "$work/train.log" 2>&1 || fail "training icu_24h: $(tail -3 "$work/train.log")"
"$codman" train mortality --source support2 --input tests/data/questions/support2_sample.csv.gz --activate --reason journey > "$work/support2.log" 2>&1 || fail "training support2: $(tail -3 "$work/support2.log")"
# The card says what the data is, and the table holds what a reader of the files finds: stays beyond the first day, and who of them died.
grep -rqi 'synthetic data: this proves the plumbing' "$CODMAN_HOME/models/mortality/icu_24h" || fail "the card does not say that the data is synthetic"
"$codman" sql --json "select count(*) as stays, sum(died_in_hospital) as died from gold.icu_day_one" > "$work/stays.json"
expected="$(python3 - "$work/feed" <<'PY'
import datetime, json, sys
told = {}
for feed in ("admissions", "adverse-events"):
    for line in open(f"{sys.argv[1]}/{feed}.ndjson"):
        record = json.loads(line)
        for entry in record["measurements"]:
            told.setdefault(entry["code"], {})[record["patient_id"]] = datetime.datetime.fromisoformat(record["event_time"].rstrip("Z"))
day = datetime.timedelta(hours=24)
stays = {p for p, t in told["icu_admission"].items() if told["icu_discharge"][p] > t + day}
print(len(stays), len(stays & told["hospital_death"].keys()))
PY
)"
equal "$expected" "$(json "$work/stays.json" "d['rows'][0]['stays'], d['rows'][0]['died']" | tr -d '(),')" "stays and deaths after the first day"

start_server
features='"heart_rate":124,"sbp":82,"dbp":45,"map":57,"resp_rate":31,"spo2":89,"fio2":0.6,"temperature":38.9,"ph":7.24,"paco2":52,"pao2":61,"base_excess":-8,"methemoglobin":1,"lactate":5.2,"sodium":133,"potassium":5.1,"chloride":101,"bicarbonate":16,"calcium":7.9,"calcium_ionised":1.02,"magnesium":1.8,"phosphate":5,"bun":48,"creatinine":3.1,"albumin":2.4,"alp":120,"alt":140,"ast":210,"bilirubin_total":2.6,"bilirubin_direct":1.1,"glucose":210,"crp":180,"ck":700,"ck_mb":9,"troponin_t":0.3,"hemoglobin":8.4,"mch":30,"mchc":33,"mcv":91,"wbc":21,"neutrophils_pct":90,"lymphocytes_pct":5,"bands_pct":18,"platelets":70,"inr":1.9,"aptt":52,"fibrinogen":180,"urine_output":300,"age":81,"sex":1,"height":172,"weight":70,"gcs_min":7,"sofa_resp":3,"sofa_coag":2,"sofa_liver":2,"sofa_cardio":4,"sofa_cns":3,"sofa_renal":3,"sofa_total":17,"norepi_equiv_max":0.3,"mech_vent":1,"admission_type":1,"charlson_prior":4,"shock_index_max":1.51'
predict() { ask "$url/api/v1/predict/mortality" -d "{\"variant\": \"$1\", \"features\": {$2}}"; }
predict icu_24h "$features" > "$work/ill.json"
predict icu_24h '"heart_rate":75,"map":90,"age":45,"gcs_min":15,"lactate":1,"mech_vent":0' > "$work/well.json"
predict support2 '"age":70,"meanbp":60' > "$work/support2.json"
equal "65" "$(python3 -c "import json; print(len(json.loads('{$features}')))")" "features of the form"
equal "mortality_65 True []" "$(json "$work/ill.json" "d['feature_set'], d['model']['synthetic'], d['missing']" | tr -d "(),'")" "the answer of icu_24h"
equal "mortality_support2 False" "$(json "$work/support2.json" "d['feature_set'], d['model']['synthetic']" | tr -d "(),'")" "the answer of support2"
python3 -c "import json,sys; ill, well = (json.load(open(f))['risk'] for f in sys.argv[1:]); print(f'risk {ill:.3f} of the ill, {well:.3f} of the well'); sys.exit(not ill > well)" "$work/ill.json" "$work/well.json" || fail "the ill are not above the well"
