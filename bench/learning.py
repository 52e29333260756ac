"""Learning boosted trees beside LightGBM's own Python package, with the settings of the sepsis task.

The same 50,000 rows in memory, the same parameters and seed, one thread each. The margins of both must be equal to 1e-9,
else exit 1. The fit alone is timed (binning and growing); reading the rows and predicting are not.
"""
from __future__ import annotations

import array
import json

from harness import PEER_PYTHON, ROOT, Usage, gate, interleave, machine, program, rounds, run, table

FOLDER = ROOT / "build/bench/learning"
PEER = str(ROOT / "bench/peers/learning_peer.py")
ROUNDS = rounds(5)
# Ours, LightGBM's name, value: as in clinic/tasks/sepsis.yaml.
SETTINGS = [("trees", "num_trees", 200), ("learning_rate", "learning_rate", 0.03), ("leaves", "num_leaves", 31), ("max_depth", "max_depth", 64),
            ("min_rows_per_leaf", "min_data_in_leaf", 300), ("feature_fraction", "feature_fraction", 0.2), ("bagging_fraction", "bagging_fraction", 0.6),
            ("bagging_frequency", "bagging_freq", 1), ("l2", "lambda_l2", 30), ("max_bins", "max_bin", 63)]
FIXED = {"objective": "binary", "seed": 1, "deterministic": True, "force_col_wise": True, "num_threads": 1, "verbosity": -1}


def doubles(name: str) -> array.array:
    """A file of doubles."""
    values = array.array("d")
    values.frombytes((FOLDER / name).read_bytes())
    return values


def ours() -> Usage:
    settings = json.dumps({name: value for name, _, value in SETTINGS})
    return run([program("learning"), settings, *(str(FOLDER / name) for name in ("rows.f64", "labels.f64", "ours.f64"))])


def lightgbm() -> Usage:
    parameters = FIXED | {name: value for _, name, value in SETTINGS}
    return run([str(PEER_PYTHON), PEER, "learn", json.dumps(parameters), str(FOLDER)])


def main() -> None:
    """Makes the rows, runs in turns, compares, prints the table."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    run([str(PEER_PYTHON), PEER, "make", str(FOLDER)])
    results = interleave({"ours": ours, "LightGBM's Python package": lightgbm}, ROUNDS)
    worst = max(abs(a - b) for a, b in zip(doubles("ours.f64"), doubles("lightgbm.f64"), strict=True))
    gate(worst <= 1e-9, f"margins by {worst:.2g}")
    rows = []
    for name, usages in results.items():
        fits = [usage.lines()[0] for usage in usages]
        rows.append([name, min(fit["learn_cpu_s"] for fit in fits), min(fit["learn_wall_s"] for fit in fits),
                     float(min(usage.peak_rss_mb for usage in usages))])
    table("Learning: 50,000 rows × 280 columns, 200 trees of 31 leaves", ["", "fit, CPU s", "fit, wall s", "peak RSS MB"], rows,
          f"One thread, least of {ROUNDS} interleaved rounds; margins equal to {worst:.2g}; {machine()}.")


if __name__ == "__main__":
    main()
