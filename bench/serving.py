"""Predictions over HTTP beside FastAPI + uvicorn + LightGBM: CPU time per request of the whole server process.

Both serve the same model (200 trees of 31 leaves) to the same requests of 42 values. Ours checks a key, journals every
answer durably with its audit record before it is given, and converts to calibrated risk; the peer keeps no journal and
asks for no key. First 200 random patients must get equal risk and contributions, then wrk loads the servers in turns.
CPU is user + system time from /proc/PID/stat, divided by the requests; rounds are interleaved and the least counts.
"""
from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

from harness import PEER_PYTHON, PROGRAM, ROOT, gate, machine, rounds, table

FOLDER = ROOT / "build/bench/serving"
ROUNDS = rounds(3)
SECONDS = int(os.environ.get("BENCH_SECONDS", "4"))
OURS = pathlib.Path(os.environ.get("CODMAN_PROGRAM", PROGRAM))
ENVIRONMENT = dict(os.environ, CODMAN_HOME=str(FOLDER / "home"), CODMAN_CLINIC=str(FOLDER / "clinic"))
PATH = "/api/v1/predict/sepsis"
EQUAL = 1e-9


@dataclasses.dataclass
class Server:
    """A running server and how long it took to its first answer."""

    process: subprocess.Popen[str]
    url: str
    header: dict[str, str]
    first_answer_ms: float = 0.0

    def ask(self, body: str, query: str = "") -> dict:
        request = urllib.request.Request(self.url + PATH + query, body.encode(),
                                         {"Content-Type": "application/json", **self.header})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def cpu_s(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


@dataclasses.dataclass
class Load:
    """What one run of wrk saw and what it cost the server."""

    cpu_us: float
    per_second: float
    p99_ms: float
    errors: int


def make_home() -> None:
    """A demonstration hospital whose sepsis model has 200 trees."""
    if (FOLDER / "home/ready").exists():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    shutil.copytree(ROOT / "clinic", FOLDER / "clinic")
    task = FOLDER / "clinic/tasks/sepsis.yaml"
    task.write_text(re.sub(r"trees: \d+", "trees: 200", task.read_text()))
    subprocess.run([OURS, "demo", "--no-serve"], env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    (FOLDER / "home/ready").touch()


def first_answer(server: Server, began: float, body: str) -> None:
    """Asks until there is an answer."""
    host, port = server.url.removeprefix("http://").split(":")
    while True:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=5):
            break
        if server.process.poll() is not None:
            sys.exit("bench: a server did not start")
        time.sleep(0.0005)
    server.ask(body, "?explain=none")
    server.first_answer_ms = (time.monotonic() - began) * 1e3


def start_ours(body: str) -> Server:
    began = time.monotonic()
    process = subprocess.Popen([OURS, "serve", "--port", "0"], env=ENVIRONMENT, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    url = next(line.split()[-1] for line in process.stdout if line.startswith("Codman serves "))
    name, _, value = (FOLDER / "home/secrets/auth_header").read_text().strip().partition(": ")
    server = Server(process, url, {name: value})
    first_answer(server, began, body)
    return server


def start_peer(body: str, spec: dict) -> Server:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (FOLDER / "peer.json").write_text(json.dumps(spec))
    began = time.monotonic()
    process = subprocess.Popen([PEER_PYTHON, ROOT / "bench/peers/serving_peer.py", FOLDER / "peer.json", str(port)],
                               env=dict(os.environ, OMP_NUM_THREADS="1"), stdout=subprocess.DEVNULL, text=True)
    server = Server(process, f"http://127.0.0.1:{port}", {})
    first_answer(server, began, body)
    return server


@contextlib.contextmanager
def both(patients: list[str], spec: dict) -> Iterator[tuple[Server, Server]]:
    ours = start_ours(patients[0])
    try:
        peer = start_peer(patients[0], spec)
        try:
            yield ours, peer
        finally:
            peer.stop()
    finally:
        ours.stop()


def fields_of_form() -> list[dict]:
    """The fields that the task takes, with their bounds, as the server tells them."""
    server = start_ours('{"features": {}}')
    try:
        request = urllib.request.Request(server.url + "/api/v1/tasks/sepsis", headers=server.header)
        task = json.loads(urllib.request.urlopen(request, timeout=30).read())
    finally:
        server.stop()
    found: list[dict] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if "id" in node and "unit" in node:
                found.append(node)
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(task)
    return [field for field in found if field["id"] != "hours_since_admission"][:42]


def bounds(field: dict) -> tuple[float, float]:
    low, high = field.get("low"), field.get("high")
    return (0.0 if low is None else low), (1e6 if high is None else high)


def patient(fields: list[dict], chance: random.Random) -> str:
    """Values inside the plausible ranges, in the order of the form."""
    values = {}
    for field in fields:
        low, high = bounds(field)
        value = low + (min(high, low + 1e4) - low) * chance.betavariate(2, 4)
        values[field["id"]] = round(value, 2)
    values["temperature"] = round(chance.uniform(35, 41), 1)
    return json.dumps({"features": values})


def make_patients(fields: list[dict]) -> list[str]:
    """The bodies that are sent, kept where wrk reads them."""
    chance = random.Random(2019)
    patients = [patient(fields, chance) for _ in range(500)]
    (FOLDER / "bodies.txt").write_text("\n".join(patients) + "\n")
    return patients


def spec_of_peer(fields: list[dict]) -> dict:
    folder = FOLDER / "home/models/sepsis/process/process-1"
    calibration = json.loads((folder / "calibration.json").read_text())
    manifest = json.loads((folder / "manifest.json").read_text())
    return {"weights": str(folder / manifest["weights"]), "variant": "process", "threshold": manifest["threshold"],
            "slope": calibration["slope"], "intercept": calibration["intercept"], "model": {"version": "process-1"},
            "fields": [{"id": field["id"], "low": bounds(field)[0], "high": bounds(field)[1]} for field in fields]}


def gate_equal(ours: Server, peer: Server, patients: list[str]) -> None:
    """Risk, margin, and contributions summed by the field whose column they belong to."""
    compared = 0
    for body in patients[:200]:
        mine, other = ours.ask(body, "?explain=all"), peer.ask(body, "?explain=all")
        for name in ("risk", "margin"):
            gate(abs(mine[name] - other[name]) <= EQUAL * max(1, abs(other[name])), f"{name} {mine[name]} and {other[name]}")
        total = mine["explanation"]["base"] + sum(c["contribution"] for c in mine["explanation"]["contributions"])
        gate(abs(total - mine["margin"]) <= EQUAL, "ours do not sum to the margin")
        gate(abs(mine["explanation"]["base"] - other["explanation"]["base"]) <= EQUAL, "the bases")
        theirs = peer_by_field(other)
        for entry in mine["explanation"]["contributions"]:
            wanted = theirs.get(entry["feature"], 0.0)
            gate(abs(entry["contribution"] - wanted) <= EQUAL * max(1, abs(wanted)), f"the contribution of {entry['feature']}")
            compared += 1
    gate(compared > 0, "nothing was compared")


def peer_by_field(answer: dict) -> dict[str, float]:
    """The peer explains columns: those of one field are added, as the form's own column and its history's."""
    sums: dict[str, float] = {}
    for column, value in zip(PEER_COLUMNS, answer["explanation"]["by_column"], strict=False):
        sums[owner_of(column)] = sums.get(owner_of(column), 0.0) + value
    return sums


PEER_COLUMNS: list[str] = []
FIELDS: list[str] = []


def owner_of(column: str) -> str:
    """The longest field name that the column begins with."""
    fits = [name for name in FIELDS if column == name or column.startswith(name + "_")]
    return max(fits, key=len) if fits else column


def load(server: Server, query: str, connections: int, depth: int) -> Load:
    environment = dict(os.environ, BODIES=str(FOLDER / "bodies.txt"), TARGET=PATH + query, DEPTH=str(depth))
    if server.header:
        environment["AUTHORIZATION"] = server.header["Authorization"]
    command = ["taskset", "-c", "0,1", "wrk", "-t2", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "60s", "-s",
               str(ROOT / "bench/serving_load.lua"), server.url]
    before = server.cpu_s()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    cpu = server.cpu_s() - before
    seen = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    return Load(cpu / max(1, seen["requests"]) * 1e6, seen["requests"] / seen["duration_us"] * 1e6,
                seen["p99_us"] / 1e3, seen["errors"])


def at_rate(server: Server, per_second: int, seconds: int, patients: list[str]) -> tuple[float, float]:
    """Median and 99th percentile in ms of requests that are sent on time, whatever the answers do (open loop)."""
    import http.client
    import threading
    host = server.url.removeprefix("http://")
    headers = {"Content-Type": "application/json", **server.header}
    clients, latencies = 20, []
    begin = time.monotonic() + 0.2

    def client(number: int) -> None:
        connection = http.client.HTTPConnection(host, timeout=10)
        for i in range(number, per_second * seconds, clients):
            due = begin + i / per_second
            time.sleep(max(0.0, due - time.monotonic()))
            connection.request("POST", PATH + "?explain=none", patients[i % len(patients)], headers)
            connection.getresponse().read()
            latencies.append(time.monotonic() - due)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(latencies)
    return statistics.median(ordered) * 1e3, ordered[int(len(ordered) * 0.99)] * 1e3


def fsync_ms() -> float:
    """The median of 200 small appends with fdatasync where the journal lies."""
    path, times = FOLDER / "fsync", []
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for _ in range(200):
        begin = time.monotonic()
        os.write(descriptor, bytes(2000))
        os.fdatasync(descriptor)
        times.append(time.monotonic() - begin)
    os.close(descriptor)
    path.unlink()
    return statistics.median(times) * 1e3


CASES = tuple((f"{kind}, {connections} connections", query, connections, 1)
              for kind, query in (("score", "?explain=none"), ("explain", "")) for connections in (16, 64, 256)) + (
    ("score, 16 pipelined by 32", "?explain=none", 16, 32), ("explain, 16 pipelined by 32", "", 16, 32))


def measure(ours: Server, peer: Server) -> None:
    """Every case against the peer's of the same kind; the peer answers pipelined requests one by one."""
    rows = []
    for name, query, connections, depth in CASES:
        mine, other = [], []
        for _ in range(ROUNDS):
            mine.append(load(ours, query, connections, depth))
            other.append(load(peer, query, connections, 1))
        gate(sum(run.errors for run in mine + other) == 0, f"errors under load ({name})")
        best, theirs = min(mine, key=lambda run: run.cpu_us), min(other, key=lambda run: run.cpu_us)
        rows.append([name, best.cpu_us, theirs.cpu_us, f"{theirs.cpu_us / best.cpu_us:.1f} ×", best.per_second,
                     theirs.per_second, best.p99_ms if depth == 1 else "", theirs.p99_ms])
    table("Predictions over HTTP", ["", "ours CPU µs", "peer CPU µs", "ratio", "ours /s", "peer /s", "ours p99 ms",
                                    "peer p99 ms"], rows)


def main() -> None:
    """Home, equality, load."""
    make_home()
    fields = fields_of_form()
    FIELDS.extend(field["id"] for field in fields)
    patients = make_patients(fields)
    spec = spec_of_peer(fields)
    weights = pathlib.Path(spec["weights"]).read_text()
    PEER_COLUMNS.extend(re.search(r"^feature_names=(.*)$", weights, re.M)[1].split())  # type: ignore[index]
    FIELDS.append("hours_since_admission")
    with both(patients, spec) as (ours, peer):
        gate_equal(ours, peer, patients)
        measure(ours, peer)
        median, p99 = at_rate(ours, 1000, 5, patients)
        table("One process each", ["", "ours", "peer"], [
            ["start to first answer, ms", ours.first_answer_ms, peer.first_answer_ms],
            ["resident memory after the load, MB", ours.rss_mb(), peer.rss_mb()],
            ["1,000 requests/s open loop, median / p99 ms", f"{median:.2f} / {p99:.2f}", ""],
            ["append + fdatasync of this disk, ms", fsync_ms(), ""]])
    print(f"\nLeast CPU of {ROUNDS} interleaved rounds of {SECONDS} s; wrk's two threads share the machine's cores with "
          f"the server; ours journals and audits, the peer does not; {machine()}.")


if __name__ == "__main__":
    main()
