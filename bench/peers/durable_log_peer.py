"""SQLite as a log: WAL, synchronous=FULL, one commit per record, one writer.

durable_log_peer.py FOLDER RECORDS PAYLOAD_BYTES
"""
from __future__ import annotations

import hashlib
import json
import pathlib
import resource
import shutil
import sqlite3
import sys
import time


def cpu_seconds() -> float:
    """User and system time of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Writes, reads back, prints one JSON object like durable_log_bench."""
    folder, records, size = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database = sqlite3.connect(folder / "log.db", isolation_level=None)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = full")
    database.execute("create table log (seq integer primary key, time_us integer, payload blob)")
    payloads = [f"{i:08d}".ljust(size, "x").encode() for i in range(records)]
    waits = []
    cpu, begin = cpu_seconds(), time.monotonic()
    for payload in payloads:
        started = time.monotonic()
        database.execute("insert into log (time_us, payload) values (?, ?)", (time.time_ns() // 1000, payload))
        waits.append(1e6 * (time.monotonic() - started))
    seconds, spent = time.monotonic() - begin, cpu_seconds() - cpu
    status = pathlib.Path("/proc/self/status").read_text()
    peak = next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:"))
    read = sorted(row[0] for row in database.execute("select payload from log"))
    database.close()
    waits.sort()
    print(json.dumps({"writers": 1, "records_per_s": records / seconds, "cpu_us_per_record": 1e6 * spent / records,
                      "sync_us_median": waits[len(waits) // 2], "sync_us_p99": waits[int(0.99 * (len(waits) - 1))],
                      "peak_rss_mb": peak,
                      "digest": hashlib.sha256(b"".join(read)).hexdigest()}))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
