"""The peers of the forest bench: makes models and rows, and times LightGBM, XGBoost, lleaves and ydf on them.

make FOLDER                  trains the models (fixed seeds) and writes rows.f64, 10,000 x 42 doubles
lightgbm|xgboost|lleaves|ydf FOLDER MODEL [contributions]
                             prints one JSON object: CPU microseconds per row, the least of several passes
Run with the python of the bench environment. One thread throughout.
"""
from __future__ import annotations

import ctypes
import json
import pathlib
import re
import sys
import time
from collections.abc import Callable

import numpy as np

FEATURES, ROWS, ROWS_ONE_BY_ONE = 42, 10_000, 400
LIGHTGBM = {
    "100x31": ({"num_leaves": 31}, 100),
    "500xd8": ({"num_leaves": 255, "max_depth": 8, "min_data_in_leaf": 10, "learning_rate": 0.05}, 500),
    "rf300x2000": ({"boosting": "rf", "num_leaves": 2000, "max_depth": 30, "min_data_in_leaf": 3,
                    "bagging_freq": 1, "bagging_fraction": 0.632, "feature_fraction": 0.4}, 300),
}
XGBOOST = {
    "100x31": ({"grow_policy": "lossguide", "max_leaves": 31, "max_depth": 0}, 100),
    "500xd8": ({"max_depth": 8, "eta": 0.05, "min_child_weight": 0.5}, 500),
}


def data(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows with 5 % missing values, and labels that need interactions."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, FEATURES))
    logit = x[:, 0] * x[:, 1] + np.sin(2 * x[:, 2]) + np.abs(x[:, 3]) * (x[:, 4] > 0) + 0.3 * x[:, 5:].sum(axis=1) / 6
    y = (random.random(rows) < 1 / (1 + np.exp(-2 * logit))).astype(float)
    x[random.random(x.shape) < 0.05] = np.nan
    return x, y


def make(folder: pathlib.Path) -> None:
    """Everything the contestants read."""
    import lightgbm
    import xgboost

    folder.mkdir(parents=True, exist_ok=True)
    x, y = data(30_000, 1)
    data(ROWS, 2)[0].tofile(folder / "rows.f64")
    for name, (settings, trees) in LIGHTGBM.items():
        fixed = {"objective": "binary", "verbose": -1, "num_threads": 2, "seed": 7, "deterministic": True, "force_row_wise": True}
        model = lightgbm.train({**fixed, **settings}, lightgbm.Dataset(x, y), trees)
        model.save_model(folder / f"{name}.lightgbm.txt")
    for name, (settings, trees) in XGBOOST.items():
        fixed = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 2, "seed": 7}
        xgboost.train({**fixed, **settings}, xgboost.DMatrix(x, y), trees).save_model(folder / f"{name}.xgboost.json")


def cpu_us_per_row(work: Callable[[], object], rows: int, passes: int = 3) -> float:
    """CPU time of the whole process, the least of some passes."""
    least = float("inf")
    for _ in range(passes):
        begin = time.process_time()
        work()
        least = min(least, time.process_time() - begin)
    return least / rows * 1e6


def single_row_fast(model: object, rows: np.ndarray) -> Callable[[], np.ndarray]:
    """LightGBM's C API for one row at a time with everything prepared."""
    from lightgbm.basic import _LIB as library

    def check(status: int) -> None:
        if status != 0:
            sys.exit("LightGBM's C API failed")

    config = ctypes.c_void_p()
    raw_score, float64 = 1, 1
    check(library.LGBM_BoosterPredictForMatSingleRowFastInit(
        model._handle, ctypes.c_int(raw_score), ctypes.c_int(0), ctypes.c_int(-1), ctypes.c_int(float64),
        ctypes.c_int32(rows.shape[1]), ctypes.c_char_p(b"num_threads=1"), ctypes.byref(config)))
    length, result = ctypes.c_int64(), ctypes.c_double()
    call, out_length, out = library.LGBM_BoosterPredictForMatSingleRowFast, ctypes.byref(length), ctypes.byref(result)
    pointers = [ctypes.c_void_p(row.ctypes.data) for row in rows]

    def run() -> np.ndarray:
        margins = np.empty(len(rows))
        for at, pointer in enumerate(pointers):
            call(config, pointer, out_length, out)
            margins[at] = result.value
        return margins

    return run


def call_cost_us() -> float:
    """What a foreign call costs Python by itself; taken off the single-row times in the peers' favour."""
    library = ctypes.CDLL(None)
    function, value = library.labs, ctypes.c_void_p(5)
    reference = ctypes.byref(ctypes.c_int64())

    def run() -> None:
        for _ in range(20_000):
            function(value, value, reference, reference)

    return cpu_us_per_row(run, 20_000, 5)


def time_lightgbm(folder: pathlib.Path, name: str, rows: np.ndarray, contributions: bool) -> dict[str, float]:
    import lightgbm

    model = lightgbm.Booster(model_file=folder / f"{name}.lightgbm.txt")
    divisor = model.num_trees() if name.startswith("rf") else 1
    kind = "pred_contrib" if contributions else "raw_score"
    cost = cpu_us_per_row(lambda: model.predict(rows[:200], num_threads=1, **{kind: True}), 200, 1)
    used = rows if cost < 150 else rows[: max(20, int(1.5e6 / cost))]
    batch = cpu_us_per_row(lambda: model.predict(used, num_threads=1, **{kind: True}), len(used))
    np.asarray(model.predict(used[:200], num_threads=1, **{kind: True}) / divisor).tofile(folder / f"{name}.{kind}.f64")
    if contributions:
        return {"batch_us": batch, "one_us": batch}
    few = rows[:ROWS_ONE_BY_ONE * 5]
    return {"batch_us": batch, "one_us": cpu_us_per_row(single_row_fast(model, few), len(few), 5) - call_cost_us()}


def time_xgboost(folder: pathlib.Path, name: str, rows: np.ndarray, contributions: bool) -> dict[str, float]:
    import xgboost

    model = xgboost.Booster({"nthread": 1}, model_file=folder / f"{name}.xgboost.json")
    matrix = xgboost.DMatrix(rows[:2000], nthread=1)
    kind = "pred_contrib" if contributions else "raw_score"
    how = {"pred_contribs": True} if contributions else {"output_margin": True}
    out = model.predict(xgboost.DMatrix(rows[:200], nthread=1), **how)
    np.asarray(out, dtype=float).tofile(folder / f"{name}.xgboost.{kind}.f64")
    if contributions:
        return {"batch_us": cpu_us_per_row(lambda: model.predict(matrix, **how), matrix.num_row())}
    # predict keeps the margins of a matrix it has seen; inplace_predict computes them every time.
    return {"batch_us": cpu_us_per_row(lambda: model.inplace_predict(rows, predict_type="margin"), len(rows))}


def time_lleaves(folder: pathlib.Path, name: str, rows: np.ndarray, _: bool) -> dict[str, float]:
    import lleaves

    model = lleaves.Model(model_file=str(folder / f"{name}.lightgbm.txt"))
    model.compile(cache=str(folder / f"{name}.lleaves.bin"), raw_score=True)
    model.predict(rows, n_jobs=1).tofile(folder / f"{name}.lleaves.f64")
    return {"batch_us": cpu_us_per_row(lambda: model.predict(rows, n_jobs=1), len(rows), 5)}


def time_ydf(folder: pathlib.Path, name: str, rows: np.ndarray, _: bool) -> dict[str, float]:
    """ydf reads no LightGBM model: it trains one of the same size. Counted is the better of its own benchmark of the bare
    engine (wall time) and of predict with all that belongs to it."""
    import ydf

    path = folder / f"{name}.ydf"
    if not path.exists():
        x, y = data(30_000, 1)
        shape = ({"growing_strategy": "BEST_FIRST_GLOBAL", "max_num_nodes": 61, "max_depth": -1} if name == "100x31"
                 else {"max_depth": 9, "min_examples": 10})
        learner = ydf.GradientBoostedTreesLearner(
            label="y", num_trees=LIGHTGBM[name][1], early_stopping="NONE", validation_ratio=0.0, random_seed=7,
            num_threads=2, **shape)
        learner.train({"x": x.astype(np.float32), "y": y.astype(int)}, verbose=0).save(str(path))
    model = ydf.load_model(str(path))
    x = {"x": rows.astype(np.float32), "y": np.zeros(len(rows), int)}
    engine = min(float(re.search(r"inference time per example: ([0-9.]+) us", str(found)).group(1))
                 for found in (model.benchmark(x, benchmark_duration=0.5, batch_size=1000, num_threads=1) for _ in range(5)))
    whole = cpu_us_per_row(lambda: model.predict(x, num_threads=1), len(rows))
    return {"batch_us": min(engine, whole)}


def main() -> None:
    """See the top of the file."""
    command, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if command == "make":
        make(folder)
        return
    peers = {"lightgbm": time_lightgbm, "xgboost": time_xgboost, "lleaves": time_lleaves, "ydf": time_ydf}
    rows = np.fromfile(folder / "rows.f64").reshape(-1, FEATURES)
    print(json.dumps(peers[command](folder, sys.argv[3], rows, "contributions" in sys.argv)))


if __name__ == "__main__":
    main()
