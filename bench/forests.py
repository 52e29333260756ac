"""Scoring and exact explanation of tree ensembles beside LightGBM, XGBoost, lleaves and ydf.

One thread each, CPU time, 10,000 rows of 42 features with 5 % missing, models of fixed seeds (bench/peers/forests_peer.py).
Contributions and margins must equal LightGBM's to 1e-9 (XGBoost computes in float32: 2e-4), else exit 1. ydf reads no
foreign model and is shown with one of its own of the same size.
"""
from __future__ import annotations

import array
import sys

from harness import PEER_PYTHON, ROOT, Usage, gate, interleave, machine, program, rounds, run, table

FOLDER = ROOT / "build/bench/forests"
PEER = str(ROOT / "bench/peers/forests_peer.py")
ROUNDS = rounds(3)
DOUBLE, FLOAT = 1e-9, 2e-4


def doubles(name: str) -> array.array:
    """A file of doubles."""
    values = array.array("d")
    values.frombytes((FOLDER / name).read_bytes())
    return values


def gate_equal(ours: str, theirs: str, tolerance: float) -> None:
    """Compares as many numbers as both have; differences count relative to 1 or the value, whichever is larger."""
    mine, other = doubles(ours), doubles(theirs)
    worst = max(abs(a - b) / max(1.0, abs(b)) for a, b in zip(mine, other, strict=False))
    gate(min(len(mine), len(other)) > 0 and worst <= tolerance, f"{ours} and {theirs} by {worst:.2g} (at most {tolerance:g})")


def ours(model: str) -> Usage:
    return run([program("forests"), str(FOLDER / model), str(FOLDER / "rows.f64"), str(FOLDER / f"{model}.ours")])


def peer(*arguments: str) -> Usage:
    return run([str(PEER_PYTHON), PEER, arguments[0], str(FOLDER), *arguments[1:]])


def least(usages: list[Usage], key: str) -> float | None:
    """The least figure over the rounds; each is itself the least of several passes inside a process."""
    found = [line[key] for usage in usages for line in usage.lines() if key in line]
    return min(found) if found else None


def bench(name: str, peers: list[str], with_xgboost: bool) -> None:
    """One size of model: runs, gates, two tables."""
    lightgbm = f"{name}.lightgbm.txt"
    contestants = {"ours": lambda: ours(lightgbm),
                   "LightGBM": lambda: peer("lightgbm", name),
                   "LightGBM contributions": lambda: peer("lightgbm", name, "contributions")}
    for other in peers:
        contestants[other] = lambda other=other: peer(other, name)
    if with_xgboost:
        contestants["ours, XGBoost's trees"] = lambda: ours(f"{name}.xgboost.json")
        contestants["XGBoost"] = lambda: peer("xgboost", name)
        contestants["XGBoost contributions"] = lambda: peer("xgboost", name, "contributions")
    results = interleave(contestants, ROUNDS)

    gate_equal(f"{lightgbm}.ours.margins.f64", f"{name}.raw_score.f64", DOUBLE)
    gate_equal(f"{lightgbm}.ours.contributions.f64", f"{name}.pred_contrib.f64", DOUBLE)
    for usage in results["ours"]:
        gate(usage.lines()[0]["equal_bits"], "one row and many rows of ours")
    if "lleaves" in peers:
        gate_equal(f"{lightgbm}.ours.margins.f64", f"{name}.lleaves.f64", DOUBLE)
    if with_xgboost:
        gate_equal(f"{name}.xgboost.json.ours.margins.f64", f"{name}.xgboost.raw_score.f64", FLOAT)
        gate_equal(f"{name}.xgboost.json.ours.contributions.f64", f"{name}.xgboost.pred_contrib.f64", FLOAT)
    show(name, results)


def show(name: str, results: dict[str, list[Usage]]) -> None:
    """CPU microseconds per row; behind each peer's figure how many times ours fits into it."""
    rows = []
    for who, usages in results.items():
        is_ours = who.startswith("ours")
        contributions = who.endswith("contributions")
        mine = results["ours, XGBoost's trees"] if who.startswith("XGBoost") else results["ours"]
        cells: list[object] = []
        for kind, ending in (("score", "one_us"), ("score", "batch_us"), ("explain", "one_us"), ("explain", "batch_us")):
            key = f"{kind}_{ending}" if is_ours else ending
            value = least(usages, key) if is_ours or contributions == (kind == "explain") else None
            reference = least(mine, f"{kind}_{ending}")
            cells.append("" if value is None else f"{value:.4g}" if is_ours else f"{value:.4g} ({value / reference:.1f} ×)")
        load = least(usages, "load_ms")
        cells.append("" if load is None else f"{load:.1f}")
        cells.append(float(min(usage.peak_rss_mb for usage in usages)))
        cells.append(float(min(usage.wall_s for usage in usages)))
        rows.append([who, *cells])
    table(f"Forest {name}", ["CPU µs per row", "score one row", "score 10,000", "explain one row", "explain 10,000",
                             "load ms", "peak RSS MB", "whole process s (wall)"], rows)


def main() -> None:
    """Trains once, then measures each size."""
    if not (FOLDER / "rf300x2000.lightgbm.txt").exists():
        run([str(PEER_PYTHON), PEER, "make", str(FOLDER)], threads=2)
    chosen = sys.argv[1:] or ["100x31", "500xd8", "rf300x2000"]
    for name in chosen:
        small = not name.startswith("rf")
        bench(name, ["lleaves", "ydf"] if name == "100x31" else ["ydf"] if small else [], small)
    print(f"\nOne thread, least CPU time of {ROUNDS} interleaved rounds and of several passes in each; {machine()}. "
          "LightGBM's one row is its C API's LGBM_BoosterPredictForMatSingleRowFast less the cost of a call from Python; "
          "its contributions have no faster way for one row, so the batch figure stands for both. "
          "lleaves compiles to machine code, for many minutes beyond the smallest forest, so it is shown there. "
          "(×): how many times our time on the same trees, for ydf on LightGBM's of the same size.")


if __name__ == "__main__":
    main()
