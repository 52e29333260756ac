"""What every slow test shares: homes made by the real program, and what must hold in one after any mishap."""
from __future__ import annotations

import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODMAN = str(ROOT / os.environ.get("CODMAN_BUILD", "build/release") / "codman")
SAMPLE = str(ROOT / "tests/data/physionet2019/setA_sample.tar.gz")
TABLES = ("bronze.physionet2019", "silver.events", "silver.quarantine", "silver.subjects", "gold.hourly_vitals")


def fail(what: str) -> None:
    """Ends the test."""
    sys.exit(f"FAILED: {what}")


class Home:
    """One installation below a scratch folder."""

    def __init__(self, path: pathlib.Path, clinic: pathlib.Path = ROOT / "clinic") -> None:
        self.path = path
        self.environment = dict(os.environ, CODMAN_HOME=str(path), CODMAN_CLINIC=str(clinic))

    def start(self, *arguments: str, **options: object) -> subprocess.Popen[str]:
        """Starts a command."""
        return subprocess.Popen([CODMAN, *arguments], env=self.environment, text=True,
                                **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options})

    def run(self, *arguments: str, code: int | None = 0) -> tuple[str, str]:
        """Runs a command to its end; `code` is the exit code that it must have."""
        child = self.start(*arguments)
        out, err = child.communicate(timeout=600)
        if code is not None and child.returncode != code:
            fail(f"codman {' '.join(arguments)} ended with {child.returncode}, expected {code}: {err.strip()[-800:]}")
        return out, err

    def counts(self) -> dict[str, int]:
        """Rows of the tables, as the program tells them."""
        status = json.loads(self.run("status", "--json")[0])
        rows = {table["name"]: table["rows"] for table in status["tables"]}
        return {name: rows.get(name, 0) for name in TABLES}

    def kill_during(self, *arguments: str, within_s: float) -> bool:
        """Starts a command and kills it at a random moment; whether it was still running."""
        child = self.start(*arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0, within_s))
        running = child.poll() is None
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGKILL)
        child.wait()
        return running

    def copy(self, path: pathlib.Path) -> Home:
        """The same installation again, elsewhere."""
        shutil.copytree(self.path, path)
        return Home(path, pathlib.Path(self.environment["CODMAN_CLINIC"]))


@contextlib.contextmanager
def scratch() -> Iterator[pathlib.Path]:
    """A folder that is gone afterwards; the seed of the random moments is printed."""
    seed = int(os.environ.get("CODMAN_SEED", random.randrange(1 << 30)))
    random.seed(seed)
    print(f"seed {seed} (CODMAN_SEED repeats it)", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="codman-slow-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def timed(home: Home, *arguments: str) -> float:
    """Seconds that an undisturbed command takes."""
    begin = time.monotonic()
    home.run(*arguments)
    return time.monotonic() - begin


def equal(expected: object, found: object, what: str) -> None:
    """Ends the test where they differ."""
    if expected != found:
        fail(f"{what}: expected {expected}, found {found}")


def holds(home: Home) -> None:
    """The audit chain of a home."""
    home.run("audit", "verify")


__all__: Sequence[str] = ("CODMAN", "ROOT", "SAMPLE", "Home", "equal", "fail", "holds", "scratch", "timed")
