"""All six clinical questions from their files to registered models on this machine's cores, each in a home of its own.

The real data sets where there are any (CODMAN_DATA), hand-made fixtures for Alzheimer's. Everything counts: reading the
files, the lake, the features, every variant that takes the source, its baselines, audits, report and second fit.
The sum must stay under 15 minutes.
"""
from __future__ import annotations

import os
import pathlib
import sys
import tempfile

from harness import PROGRAM, ROOT, gate, machine, run, table

DATA = pathlib.Path(os.environ.get("CODMAN_DATA", ROOT / "../shared/data"))
AT_MOST_S = 15 * 60
QUESTIONS = [("sepsis", "physionet2019", DATA / "physionet2019-sepsis/setA_dev.tar.gz"),
             ("adverse-event", "physionet2019", DATA / "physionet2019-sepsis/setA_dev.tar.gz"),
             ("mortality", "support2", DATA / "support2/support2_dev.csv.gz"),
             ("readmission", "diabetes130", DATA / "diabetes130/diabetic_data_dev.csv.gz"),
             ("cost", "insurance", DATA / "insurance/insurance.csv"),
             ("alzheimers", "oasis_longitudinal", ROOT / "tests/data/alzheimers/oasis_longitudinal.csv")]


def main() -> None:
    """One row per question, and their sum."""
    missing = [str(path) for _, _, path in QUESTIONS if not path.exists()]
    if missing:
        print(f"skipped: {', '.join(missing)} not there; set CODMAN_DATA")
        return
    rows, wall, cpu = [], 0.0, 0.0
    for task, source, path in QUESTIONS:
        with tempfile.TemporaryDirectory(prefix="codman-questions-") as home:
            usage = run([str(PROGRAM), "train", task, "--source", source, "--input", str(path), "--home", home, "--clinic", str(ROOT / "clinic")],
                        threads=os.cpu_count() or 1)
            made = sorted(folder.name for folder in pathlib.Path(home, "models", task).glob("*/*"))
        gate(bool(made), f"{task} has no model")
        rows.append([f"{task}, {source}", " ".join(made), usage.wall_s, usage.cpu_s, usage.peak_rss_mb])
        wall, cpu = wall + usage.wall_s, cpu + usage.cpu_s
    rows.append(["all six", "", wall, cpu, max(row[-1] for row in rows)])
    table("Six questions, from files to registered models", ["", "models", "wall s", "CPU s", "peak RSS MB"], rows, f"{machine()}.")
    if wall > AT_MOST_S:
        sys.exit(f"bench: {wall:.0f} s for all six, more than {AT_MOST_S}")


if __name__ == "__main__":
    main()
