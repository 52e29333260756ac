"""The durable log: records per second and CPU time per record with 1, 8 and 64 writers that wait for the disk.

Beside it SQLite (WAL, synchronous=FULL, one commit per record) and the floor: bare write and fdatasync of the payload.
All that a contestant wrote must be read back by it and have the digest that Python computes of what it was to write,
else exit 1. The disk's own fdatasync time stands in each row: on another disk the rates are other.
"""
from __future__ import annotations

import hashlib

from harness import PEER_PYTHON, ROOT, Usage, gate, interleave, program, rounds, run, table

FOLDER = str(ROOT / "build/bench/durable_log")
PEER = str(ROOT / "bench/peers/durable_log_peer.py")
ROUNDS = rounds(5)
PAYLOAD_BYTES = 300
RECORDS = {1: 1000, 8: 4000, 64: 16000}


def expected(records: int) -> str:
    """The digest of all payloads in order."""
    text = "".join(f"{i:08d}".ljust(PAYLOAD_BYTES, "x") for i in range(records))
    return hashlib.sha256(text.encode()).hexdigest()


def ours(kind: str, writers: int) -> Usage:
    return run([program("durable_log"), FOLDER, str(writers), str(RECORDS[writers]), str(PAYLOAD_BYTES), kind])


def peer() -> Usage:
    return run([str(PEER_PYTHON), PEER, FOLDER, str(RECORDS[1]), str(PAYLOAD_BYTES)])


def row(name: str, usages: list[Usage]) -> list[object]:
    """Least CPU and memory over the rounds; rate and waits of the round with the highest rate, and the disk's in it."""
    lines = [usage.lines()[0] for usage in usages]
    fastest = max(lines, key=lambda line: line["records_per_s"])
    return [name, fastest["records_per_s"], min(line["cpu_us_per_record"] for line in lines), fastest["sync_us_median"],
            fastest["sync_us_p99"], fastest.get("fdatasync_us_median", ""), min(line["peak_rss_mb"] for line in lines)]


def main() -> None:
    """Runs, gates, prints."""
    contestants = {"bare write + fdatasync, 1 writer": lambda: ours("floor", 1), "SQLite, 1 writer": peer}
    digests = {"SQLite, 1 writer": expected(RECORDS[1])}
    for writers, records in RECORDS.items():
        for kind in ("plain", "chained"):
            name = f"ours, {kind}, {writers} writer{'s' if writers > 1 else ''}"
            contestants[name] = lambda kind=kind, writers=writers: ours(kind, writers)
            digests[name] = expected(records)
    results = interleave(contestants, ROUNDS)
    for name, digest in digests.items():
        for usage in results[name]:
            gate(usage.lines()[0]["digest"] == digest, f"{name} did not read back what it wrote")
    table(f"Durable records of {PAYLOAD_BYTES} bytes",
          ["", "records/s", "CPU-µs/record", "wait, median µs", "wait, p99 µs", "fdatasync, median µs", "peak RSS MB"],
          [row(name, usages) for name, usages in results.items()],
          f"Least CPU and memory of {ROUNDS} interleaved rounds; the other figures are of the round with the highest rate. "
          "The fdatasync figure is the disk's own just before: 100 writes of the bare payload.")


if __name__ == "__main__":
    main()
