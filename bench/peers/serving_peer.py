"""The peer of bench/serving.py: the same model behind FastAPI, tuned as well as its parts allow.

One uvicorn worker with uvloop and httptools, a pydantic model of the 42 fields, the input row reused, LightGBM with one
thread on the booster directly, the answer written by orjson past FastAPI's encoder. It keeps no journal and no audit
record and checks no key: it does less than the program it is compared with.
"""
from __future__ import annotations

import json
import os
import sys
import time
from typing import Annotated

import lightgbm
import numpy
import orjson
import uvicorn
from fastapi import FastAPI, Response
from pydantic import ConfigDict, Field, create_model

SPEC = json.loads(open(sys.argv[1], encoding="utf-8").read())
BOOSTER = lightgbm.Booster(model_file=SPEC["weights"])
COLUMNS = BOOSTER.feature_name()
NAMES: list[str] = [field["id"] for field in SPEC["fields"]]
PLACES = numpy.array([COLUMNS.index(name) for name in NAMES])
ROW = numpy.full((1, len(COLUMNS)), numpy.nan)
VALUES = numpy.empty(len(NAMES))
SLOPE, INTERCEPT, THRESHOLD = SPEC["slope"], SPEC["intercept"], SPEC["threshold"]

# Bounds as the declaration has them, so that both sides refuse the same values.
Features = create_model("Features", __config__=ConfigDict(extra="forbid"), **{
    field["id"]: (Annotated[float | None, Field(ge=field["low"], le=field["high"])], None) for field in SPEC["fields"]})
Request = create_model("Request", __config__=ConfigDict(extra="forbid"), features=(Features, ...))

app = FastAPI(openapi_url=None)


def band_of(risk: float) -> str:
    if risk >= 2.5 * THRESHOLD:
        return "critical"
    if risk >= THRESHOLD:
        return "high"
    return "moderate" if risk >= 0.5 * THRESHOLD else "low"


@app.post("/api/v1/predict/sepsis")
async def predict(request: Request, explain: str = "top10") -> Response:  # type: ignore[valid-type]
    features = request.features.__dict__  # type: ignore[attr-defined]
    for i, name in enumerate(NAMES):
        value = features[name]
        VALUES[i] = numpy.nan if value is None else value
    ROW[0, PLACES] = VALUES
    if explain == "none":
        contributions = None
        margin = float(BOOSTER.predict(ROW, raw_score=True, num_threads=1)[0])
    else:
        contributions = BOOSTER.predict(ROW, pred_contrib=True, num_threads=1)[0]
        margin = float(contributions.sum())
    risk = float(1 / (1 + numpy.exp(-(SLOPE * margin + INTERCEPT))))
    answer = {"task": "sepsis", "variant": SPEC["variant"], "risk": risk, "margin": margin, "band": band_of(risk),
              "threshold": THRESHOLD, "alert": risk >= THRESHOLD, "model": SPEC["model"],
              "missing": [name for name in NAMES if features[name] is None],
              "predicted_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    if contributions is not None:
        largest = numpy.argsort(-numpy.abs(contributions[:-1]), kind="stable")[:10]
        shown = [{"feature": COLUMNS[k], "value": None if numpy.isnan(ROW[0, k]) else float(ROW[0, k]),
                  "contribution": float(contributions[k])} for k in largest]
        answer["explanation"] = {"method": "lightgbm_pred_contrib", "base": float(contributions[-1]),
                                 "contributions": shown,
                                 "rest": margin - float(contributions[-1]) - float(contributions[largest].sum())}
        if explain == "all":
            answer["explanation"]["by_column"] = contributions.tolist()
    return Response(orjson.dumps(answer), media_type="application/json")


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), loop="uvloop", http="httptools", log_level="warning",
                access_log=False, timeout_keep_alive=75)
