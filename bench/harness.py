"""What every bench shares: running a command with its CPU time and peak memory, interleaving rounds, one table.

A bench is a script here; `tools/bench NAME` runs it. It first checks that all contestants give the same output, then
runs them in turns, and prints CPU time (what a busy machine distorts least) with wall time and peak memory beside it.
"""
from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/codman"
PEER_PYTHON = pathlib.Path(os.environ.get("CODMAN_BENCH_PYTHON", ROOT / ".deps/bench/bin/python"))


def rounds(usual: int) -> int:
    """How often each contestant runs: BENCH_ROUNDS, or what the bench usually takes."""
    return int(os.environ.get("BENCH_ROUNDS", str(usual)))


def program(name: str) -> str:
    """The path of a bench program of ours."""
    return str(ROOT / "build/release/bench" / f"{name}_bench")


@dataclasses.dataclass(frozen=True)
class Usage:
    """What one run of a command cost."""

    wall_s: float
    cpu_s: float
    peak_rss_mb: float
    output: str

    def lines(self) -> list[dict]:
        """The JSON objects that the command printed, one per line."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]


def run(command: Sequence[str], *, threads: int = 1, cwd: pathlib.Path = ROOT, timeout_s: float = 1800) -> Usage:
    """Runs a command to its end; its failure ends the bench and shows what it said."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OMP_WAIT_POLICY="passive", OPENBLAS_NUM_THREADS=str(threads))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.monotonic()
        child = subprocess.Popen(list(command), stdout=out, stderr=err, cwd=cwd, env=environment)
        deadline = begin + timeout_s
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                child.kill()
                sys.exit(f"bench: {' '.join(command)} did not end within {timeout_s:.0f} s")
            time.sleep(0.005)
        wall = time.monotonic() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text = out.read().decode()
        if child.returncode != 0:
            sys.exit(f"bench: {' '.join(command)} failed with {child.returncode}:\n{err.read().decode()[-4000:]}\n{text[-2000:]}")
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def interleave(contestants: dict[str, Callable[[], Usage]], rounds: int) -> dict[str, list[Usage]]:
    """Runs everyone once per round, so that a slow minute of the machine falls on all of them."""
    results: dict[str, list[Usage]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            results[name].append(contestant())
    return results


def best(usages: Sequence[Usage]) -> Usage:
    """The run with the least CPU time."""
    return min(usages, key=lambda usage: usage.cpu_s)


def gate(condition: bool, what: str) -> None:
    """Ends the bench where contestants do not compute the same."""
    if not condition:
        sys.exit(f"bench: outputs differ: {what}; times of unequal work are not compared")


def number(value: float) -> str:
    """Three significant digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]], note: str = "") -> None:
    """Prints one markdown table, numbers with three digits."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(number(cell) if isinstance(cell, float) else str(cell) for cell in row) + " |")
    if note:
        print(f"\n{note}")


def machine() -> str:
    """One line about where the figures were taken."""
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.processor())
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}, load average {load:.1f}"
