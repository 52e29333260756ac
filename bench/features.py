"""The inputs of sepsis_42 (signals and process: 485 columns, hourly) for PhysioNet 2019 files, beside pandas and numpy.

features.py [ARCHIVE [STAYS]]   default: set A of the data folder (CODMAN_DATA), else the sample in tests/data, and of it the
                                first 1,000 stays: the peers hold the matrix several times over

The peers (bench/peers/features_peer.py) parse, compute and write plain doubles. Ours appears twice: features_bench does that
same work on our kernel; the whole command `codman features` also takes every cell into a lake with its provenance and
writes Parquet. Every value of all must agree to 1e-9, relative to 1 or the value, else exit 1.
"""
from __future__ import annotations

import json
import os
import pathlib
import shutil
import sys

from harness import PEER_PYTHON, PROGRAM, ROOT, Usage, best, gate, interleave, machine, program, rounds, run, table

FOLDER = ROOT / "build/bench/features"
PEER = str(ROOT / "bench/peers/features_peer.py")
CODMAN = os.environ.get("CODMAN_PROGRAM", str(PROGRAM))
KERNEL = os.environ.get("CODMAN_FEATURES_BENCH", program("features"))
WHOLE, SAME = "ours, whole command", "ours, same work"
TOLERANCE = 1e-9
ROUNDS = rounds(3)
PEERS = {"pandas, groupby rolling": "rolling", "numpy, shifted arrays": "shifted"}


def ours(archive: str) -> Usage:
    """`codman features` in an empty home: nothing is reused from an earlier round."""
    home = FOLDER / "home"
    shutil.rmtree(home, ignore_errors=True)
    return run([CODMAN, "features", "sepsis", "--home", str(home), "--source", "physionet2019", "--variant", "process",
                "--input", archive, "--output", str(FOLDER / "ours.parquet")], threads=2)


def peer(*arguments: str) -> Usage:
    return run([str(PEER_PYTHON), PEER, *arguments])


def choose() -> str:
    """The archive of the command line, of the data folder, or of the repository."""
    data = pathlib.Path(os.environ.get("CODMAN_DATA", ROOT.parent / "shared/data"))
    known = [data / "physionet2019-sepsis/setA_dev.tar.gz", ROOT / "tests/data/physionet2019/setA_sample.tar.gz"]
    archive = sys.argv[1] if len(sys.argv) > 1 else next(str(path) for path in known if path.exists())
    cut = str(FOLDER / "stays.tar")
    peer("subset", archive, sys.argv[2] if len(sys.argv) > 2 else "1000", cut)
    return cut


def main() -> None:
    """Runs, compares, prints the table."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    archive = choose()
    contestants = {SAME: lambda: run([KERNEL, archive, str(FOLDER / "ours.f64")]), WHOLE: lambda: ours(archive)}
    for name, idiom in PEERS.items():
        contestants[name] = lambda idiom=idiom: peer(idiom, archive, str(FOLDER / f"{idiom}.npy"))
    results = interleave(contestants, ROUNDS)
    compared = []
    for name, idiom in PEERS.items():
        for file in ("ours.f64", "ours.parquet"):
            compared.append(json.loads(peer("compare", str(FOLDER / f"{idiom}.npy"), str(FOLDER / file)).output))
            gate(compared[-1]["worst"] <= TOLERANCE, f"{file} and {name} in {compared[-1]['where']} by {compared[-1]['worst']:.2g}")
    rows = []
    for name, usages in results.items():
        cpu = best(usages).cpu_s
        rows.append([name, f"{cpu:.2f}", *(f"{cpu / best(results[mine]).cpu_s:.2f} ×" for mine in (SAME, WHOLE)),
                     f"{min(usage.wall_s for usage in usages):.2f}", f"{min(usage.peak_rss_mb for usage in usages):.0f}"])
    table(f"Features: {compared[0]['rows']:,} rows × {compared[0]['columns']} columns",
          ["", "CPU s", "of ours, same work", "of ours, whole", "wall s", "peak RSS MB"], rows)
    print(f"\nLargest difference {max(each['worst'] for each in compared):.1g}. Least CPU time of {ROUNDS} interleaved rounds, user and "
          f"system, whole processes; the whole command may use 2 threads, all others one; {machine()}.")


if __name__ == "__main__":
    main()
