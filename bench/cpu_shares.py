"""Where the CPU goes: shares of the kernel, the program and its libraries, by sampling with perf.

What is not reached in the other tables is bounded by something: this one tells by what. Skipped where perf may not
sample (a container without that right).
"""
from __future__ import annotations

import collections
import pathlib
import re
import shutil
import subprocess
import tempfile

import lake
import normaliser
import serving
from harness import PROGRAM, ROOT, machine, number, table

SAMPLES_PER_S = 1999
LIBRARIES = {"libcrypto": "OpenSSL", "libduckdb": "DuckDB", "libc.": "libc", "libstdc++": "libc", "libm.": "libc"}
COLUMNS = ["kernel", "program", "libc", "OpenSSL", "DuckDB", "other"]


def owner_of(name: str) -> str:
    """Whose code an object of perf's report is."""
    if name.startswith(("[", "vmlinux")):
        return "kernel"
    if name in (PROGRAM.name, "lake_bench"):
        return "program"
    return next((owner for prefix, owner in LIBRARIES.items() if name.startswith(prefix)), "other")


def shares_of(recorded: pathlib.Path) -> dict[str, float]:
    """Percent of the samples by owner."""
    text = subprocess.run(["perf", "report", "-i", recorded, "--stdio", "--no-children", "--sort", "dso"], capture_output=True,
                          text=True, check=True).stdout
    shares: dict[str, float] = collections.defaultdict(float)
    for percent, name in re.findall(r"^\s*([\d.]+)%\s+(\S+)", text, re.M):
        shares[owner_of(name)] += float(percent)
    return shares


def row(name: str, shares: dict[str, float], cpu_us: float | None = None) -> list[object]:
    return [name, "" if cpu_us is None else number(cpu_us)] + [f"{shares.get(column, 0):.0f} %" for column in COLUMNS]


def of_requests(folder: pathlib.Path) -> list[list[object]]:
    """A server under the load of 64 connections, one request at a time on each."""
    serving.make_home()
    patients = serving.make_patients(serving.fields_of_form())
    server, rows = serving.start_ours(patients[0]), []
    try:
        for name, query in (("score", "?explain=none"), ("explanation", "")):
            serving.load(server, query, 64, 1)
            recorded = folder / f"{name}.data"
            perf = subprocess.Popen(["perf", "record", "-q", "-F", str(SAMPLES_PER_S), "-p", str(server.process.pid), "-o", recorded,
                                     "sleep", str(serving.SECONDS)], stderr=subprocess.DEVNULL)
            loaded = serving.load(server, query, 64, 1)
            perf.wait()
            rows.append(row(f"{name}, 64 connections", shares_of(recorded), loaded.cpu_us))
    finally:
        server.stop()
    return rows


def of_command(folder: pathlib.Path, name: str, command: list[str]) -> list[object]:
    recorded = folder / "command.data"
    subprocess.run(["perf", "record", "-q", "-F", str(SAMPLES_PER_S), "-o", recorded, *command], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    return row(name, shares_of(recorded))


def may_sample() -> bool:
    with tempfile.NamedTemporaryFile() as nothing:
        command = ["perf", "record", "-q", "-o", nothing.name, "true"]
        return shutil.which("perf") is not None and subprocess.run(command, capture_output=True).returncode == 0


def main() -> None:
    """One row per piece of work."""
    if not may_sample():
        print("skipped: perf is not there or may not sample here")
        return
    with tempfile.TemporaryDirectory(prefix="codman-profile-") as scratch:
        folder = pathlib.Path(scratch)
        rows = of_requests(folder)
        normaliser.FOLDER.mkdir(parents=True, exist_ok=True)
        rows.append(of_command(folder, "NDJSON to silver", lake.ours(normaliser.simulate(), folder / "home")))
        table("Where the CPU goes", ["", "CPU µs", *COLUMNS], rows,
              f"Of the program's CPU time, by sampling {SAMPLES_PER_S} times a second; {machine()}.")


if __name__ == "__main__":
    main()
