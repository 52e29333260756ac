"""Ten million measurements from feed to gold in bounded memory."""
import json
import os
import shutil
import sys
import time

from slow import CODMAN, Home, equal, fail, scratch

PATIENTS = 41000
MOST_MB = 2000


def peak(home: Home, *arguments: str) -> tuple[float, float, str]:
    """Wall seconds, peak memory in MB and standard output of a command."""
    begin = time.monotonic()
    child = home.start(*arguments, stdout=open(home.path.parent / "out", "w"), stderr=open(home.path.parent / "err", "w"))
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        fail(f"codman {arguments[0]}: {(home.path.parent / 'err').read_text()[-500:]}")
    return time.monotonic() - begin, usage.ru_maxrss / 1024, (home.path.parent / "out").read_text()


def main() -> None:
    with scratch() as folder:
        if shutil.disk_usage(folder).free < 12 << 30:
            print("skipped: needs 12 GB of scratch space")
            sys.exit(77)
        home = Home(folder / "home")
        feed = str(folder / "feed")
        steps = []
        for arguments in (("simulate", "--patients", str(PATIENTS), "--seed", "5", "--out", feed),
                          ("ingest", "synthetic", "--input", feed), ("build",)):
            wall, memory, _ = peak(home, *arguments)
            steps.append(f"{arguments[0]} {wall:.0f} s {memory:.0f} MB")
            if memory > MOST_MB:
                fail(f"{CODMAN} {arguments[0]} took {memory:.0f} MB")
        manifest = json.loads((folder / "feed/manifest.json").read_text())
        status = json.loads(home.run("status", "--json")[0])
        measurements = status["data"]["measurements"]
        equal(manifest["expected"]["measurements"], measurements, "measurements booked")
        if measurements < 10_000_000:
            fail(f"only {measurements} measurements")
        print(f"{measurements} measurements: {', '.join(steps)}")


if __name__ == "__main__":
    main()
