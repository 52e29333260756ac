"""From NDJSON files to committed silver: CPU time of the log with bronze, and of silver; beside what writes Parquet of the same files.

Ours keeps every record durably (log, then bronze), checks, converts, judges and sorts. DuckDB does the same to make one Parquet file
of what silver holds ("same silver": both must hold the same number of rows, and the same count and sum per concept and status, else
exit 1), and, as the floor, only puts one row per measurement into Parquet ("bare", as polars and pandas do): unequal work, whose rows
are only counted. One thread each.
"""
from __future__ import annotations

import datetime
import pathlib

import normaliser
from harness import PEER_PYTHON, ROOT, Usage, best, gate, interleave, program, rounds, run, table

FOLDER = ROOT / "build/bench/lake"
PEER = str(ROOT / "bench/peers/lake_peer.py")
ROUNDS = rounds(5)
SUMS = """
import duckdb, json, sys
print(json.dumps({"sums": [list(map(str, row[:2])) + list(row[2:]) for row in duckdb.sql(
    "select coalesce(concept, source_code), status, count(*), coalesce(sum(value), 0) from read_parquet('" + sys.argv[1] +
    "', hive_partitioning = false) group by all order by all").fetchall()]}))
"""


def sums(files: str) -> list[list]:
    """Count and sum per concept and status of Parquet files."""
    return run([str(PEER_PYTHON), "-c", SUMS, files]).lines()[0]["sums"]


def agree(ours: list[list], theirs: list[list]) -> None:
    """Ends the bench where the two hold other rows."""
    gate([row[:3] for row in ours] == [row[:3] for row in theirs], "concepts, statuses and counts of silver")
    for row, other in zip(ours, theirs, strict=True):
        gate(abs(row[3] - other[3]) <= 1e-9 * max(1.0, abs(row[3])), f"sum of {row[0]} {row[1]}: {row[3]} and {other[3]}")


def ours(files: list[str], home: pathlib.Path) -> list[str]:
    """The command that is measured as ours."""
    return [program("lake"), normaliser.CLINIC, "synthetic", str(pathlib.Path(files[0]).parent), str(home)]


def main() -> None:
    """Runs, gates, prints."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    normaliser.FOLDER.mkdir(parents=True, exist_ok=True)
    files = normaliser.simulate()
    concepts = FOLDER / "concepts.json"
    concepts.write_text(run([program("normaliser"), "concepts", normaliser.CLINIC]).output)
    soon = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M:%S")
    home = FOLDER / "home"

    def peer(mode: str, *before: str) -> Usage:
        return run([str(PEER_PYTHON), PEER, mode, str(FOLDER / f"{mode}.parquet"), *before, *files])

    contestants = {
        "ours": lambda: run(ours(files, home)),
        "DuckDB, same silver": lambda: peer("silver", str(concepts), soon),
        "DuckDB, bare": lambda: peer("bare"),
        "polars, bare": lambda: peer("polars"),
        "pandas and DuckDB's writer, bare": lambda: peer("pandas"),
    }
    results = interleave(contestants, ROUNDS)
    lines = {name: [usage.lines()[0] for usage in usages] for name, usages in results.items()}
    agree(sums(str(home / "lake/silver/events/*/*.parquet")), sums(str(FOLDER / "silver.parquet")))
    bare = {name: entries[0]["rows"] for name, entries in lines.items() if name.endswith("bare")}
    gate(len(set(bare.values())) == 1, f"rows of the bare files: {bare}")
    floor = min(line["cpu_s"] for line in lines["DuckDB, bare"])

    def row(name: str, key: str, label: str) -> list[object]:
        cpu_s = min(line[key] for line in lines[name])
        return [label, cpu_s, cpu_s / floor, best(results[name]).peak_rss_mb if key == "cpu_s" else ""]

    rows = [row("ours", "ingest_cpu_s", "ours: log and bronze"), row("ours", "silver_cpu_s", "ours: silver"),
            row("ours", "cpu_s", "ours: file to committed silver")]
    rows += [row(name, "cpu_s", name) for name in contestants if name != "ours"]
    megabytes = sum(pathlib.Path(file).stat().st_size for file in files) / 1e6
    table(f"Lake: {megabytes:.0f} MB of NDJSON, {lines['ours'][0]['measurements']:,} measurements of {normaliser.PATIENTS:,} patients",
          ["", "CPU s", "DuckDB bare = 1", "peak RSS MB"], rows,
          f"One thread; CPU time without the start of the programs; the least of {ROUNDS} interleaved rounds. Ours fsyncs the log and "
          "every committed file; the peers write one file without fsync.")


if __name__ == "__main__":
    main()
