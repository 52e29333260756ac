"""Rows to learn from, and LightGBM's own Python package learning from them.

learning_peer.py make FOLDER                  rows.f64 (50,000 × 280, 60 % missing) and labels.f64 (2 % events), of a fixed seed
learning_peer.py learn PARAMETERS_JSON FOLDER prints CPU and wall seconds of Dataset and train; writes lightgbm.f64, the margins
"""
from __future__ import annotations

import json
import pathlib
import sys
import time

import lightgbm
import numpy as np

ROWS, COLUMNS = 50_000, 280


def make(folder: pathlib.Path) -> None:
    """Values with two decimals, as measurements have; a risk that a few columns make."""
    random = np.random.default_rng(20191)
    rows = np.round(random.normal(size=(ROWS, COLUMNS)), 2)
    risk = rows[:, 0] + 0.5 * rows[:, 1] * (rows[:, 2] > 0) + random.logistic(size=ROWS)
    rows[random.random(rows.shape) < 0.6] = np.nan
    rows.tofile(folder / "rows.f64")
    (risk > np.quantile(risk, 0.98)).astype(float).tofile(folder / "labels.f64")


def learn(parameters: dict, folder: pathlib.Path) -> None:
    """The fit alone is timed; reading and predicting are not."""
    labels = np.fromfile(folder / "labels.f64")
    rows = np.fromfile(folder / "rows.f64").reshape(len(labels), -1)
    trees = parameters.pop("num_trees")
    wall, cpu = time.perf_counter(), time.process_time()
    model = lightgbm.train(parameters, lightgbm.Dataset(rows, labels, params=parameters), trees)
    print(json.dumps({"learn_cpu_s": time.process_time() - cpu, "learn_wall_s": time.perf_counter() - wall}))
    model.predict(rows, raw_score=True).tofile(folder / "lightgbm.f64")


def main() -> None:
    """Runs one of the modes above."""
    if sys.argv[1] == "make":
        make(pathlib.Path(sys.argv[2]))
    else:
        learn(json.loads(sys.argv[2]), pathlib.Path(sys.argv[3]))


if __name__ == "__main__":
    main()
