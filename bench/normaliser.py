"""The normaliser: NDJSON of the synthetic feed → checked, converted events in columns, beside DuckDB's read_json and SQL.

Lines that are no JSON are left out for both: beside a torn line read_json(ignore_errors = true) also loses whole ones (DuckDB
1.5.5: 9 of 181,136). Both must agree on records, unparsable records, refusals per reason, and count and sum of the accepted
values per concept, else exit 1. One thread each.
"""
from __future__ import annotations

import datetime
import json
import os
import pathlib

from harness import PEER_PYTHON, PROGRAM, ROOT, Usage, best, gate, interleave, program, rounds, run, table

FOLDER = ROOT / "build/bench/normaliser"
PEER = str(ROOT / "bench/peers/normaliser_peer.py")
CLINIC = str(ROOT / "clinic")
ROUNDS = rounds(5)
# What every hospital has; drugs, charting and bills come in classes of codes and levels, which the peers' SQL does not know.
FEEDS = {"admissions", "patient-vitals", "lab-results"}
PATIENTS = int(os.environ.get("BENCH_PATIENTS", "2000"))


def simulate() -> list[str]:
    """The files of the feed without torn lines, made once per number of patients."""
    folder = FOLDER / f"feed-{PATIENTS}"
    if not (folder / "manifest.json").exists():
        run([str(PROGRAM), "simulate", "--clinic", CLINIC, "--patients", str(PATIENTS), "--hours", "96", "--out", str(folder)])
        for path in folder.glob("*.ndjson"):
            if path.stem not in FEEDS:
                path.unlink()
                continue
            path.write_text("".join(line + "\n" for line in path.read_text().splitlines() if is_json(line)))
    return sorted(str(path) for path in folder.glob("*.ndjson"))


def is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def agree(ours: dict, theirs: dict) -> None:
    """Ends the bench where the two found different things."""
    for key in ("records", "unparsable", "measurements", "refused"):
        gate(ours[key] == theirs[key], f"{key}: {ours[key]} and {theirs[key]}")
    gate(ours["accepted"].keys() == theirs["accepted"].keys(), "concepts")
    for name, entry in ours["accepted"].items():
        other = theirs["accepted"][name]
        gate(entry["count"] == other["count"], f"count of {name}: {entry['count']} and {other['count']}")
        gate(abs(entry["sum"] - other["sum"]) <= 1e-9 * max(1.0, abs(entry["sum"])), f"sum of {name}: {entry['sum']} and {other['sum']}")


def main() -> None:
    """Runs, gates, prints."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    files = simulate()
    megabytes = sum(pathlib.Path(file).stat().st_size for file in files) / 1e6
    concepts = FOLDER / "concepts.json"
    concepts.write_text(run([program("normaliser"), "concepts", CLINIC]).output)
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)
    contestants = {
        "ours": lambda: run([program("normaliser"), CLINIC, "synthetic", *files]),
        "DuckDB read_json + SQL": lambda: run([str(PEER_PYTHON), PEER, str(concepts), soon.strftime("%Y-%m-%d %H:%M:%S"), *files]),
    }
    results = interleave(contestants, ROUNDS)
    lines = {name: [usage.lines()[0] for usage in usages] for name, usages in results.items()}
    agree(lines["ours"][0], lines["DuckDB read_json + SQL"][0])

    def row(name: str, usages: list[Usage]) -> list[object]:
        cpu_s = min(line["cpu_s"] for line in lines[name])
        ours = min(line["cpu_s"] for line in lines["ours"])
        return [name, cpu_s, megabytes / cpu_s, lines[name][0]["measurements"] / cpu_s / 1e6, cpu_s / ours, best(usages).peak_rss_mb]

    table(f"Normaliser: {megabytes:.0f} MB of NDJSON, {lines['ours'][0]['measurements']:,} measurements of {PATIENTS:,} patients",
          ["", "CPU s", "MB/s", "million measurements/s", "CPU, ours = 1", "peak RSS MB"],
          [row(name, usages) for name, usages in results.items()],
          f"One thread; CPU time of the work alone, without start and, for ours, without reading the file; the least of {ROUNDS} "
          "interleaved rounds (ours: of several passes each). Ours holds the input in memory.")


if __name__ == "__main__":
    main()
