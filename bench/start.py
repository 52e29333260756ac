"""From exec to the first answered prediction, on a home that holds data, models and predictions."""
from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import tempfile
import time

from harness import PROGRAM, ROOT, gate, rounds, table

ROUNDS = rounds(20)
PORT = 18420
BODY = json.dumps({"features": {"heart_rate": 112, "lactate": 3.1}})


def first_answer(environment: dict[str, str], header: dict[str, str]) -> tuple[float, float]:
    """Milliseconds to the first 200, and resident memory in MB then."""
    begin = time.monotonic()
    server = subprocess.Popen([str(PROGRAM), "serve", "--port", str(PORT)], env=environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
                connection.request("POST", "/api/v1/predict/sepsis", BODY, header)
                answer = connection.getresponse()
                answer.read()
                break
            except ConnectionRefusedError:
                time.sleep(0.0005)
        took = (time.monotonic() - begin) * 1000
        gate(answer.status == 200, f"the first answer has status {answer.status}")
        status = (f"/proc/{server.pid}/status")
        resident = next(int(line.split()[1]) for line in open(status) if line.startswith("VmRSS"))
        return took, resident / 1024
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Makes a home, starts the program again and again."""
    with tempfile.TemporaryDirectory(prefix="codman-start-") as folder:
        environment = dict(os.environ, CODMAN_HOME=folder + "/home", CODMAN_CLINIC=str(ROOT / "clinic"))
        subprocess.run([str(PROGRAM), "demo", "--no-serve"], env=environment, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        server = subprocess.Popen([str(PROGRAM), "serve", "--port", str(PORT)], env=environment, stdout=subprocess.DEVNULL)
        time.sleep(1)
        server.terminate()
        server.wait()
        name, _, value = open(folder + "/home/secrets/auth_header").read().strip().partition(": ")
        runs = [first_answer(environment, {name: value, "Content-Type": "application/json"}) for _ in range(ROUNDS)]
    times = sorted(took for took, _ in runs)
    table("From exec to the first answered prediction (journalled, with reasons)",
          ["", "median ms", "least ms", "most ms", "resident MB"],
          [["codman serve", statistics.median(times), times[0], times[-1], statistics.median(rss for _, rss in runs)]],
          f"{ROUNDS} starts.")


if __name__ == "__main__":
    main()
