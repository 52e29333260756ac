"""The running API against its own OpenAPI document, by schemathesis: every check, no finding."""
from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODMAN = str(ROOT / os.environ.get("CODMAN_BUILD", "build/release") / "codman")
CHECKER = str(ROOT / ".deps/interop/bin/st")
EXAMPLES = os.environ.get("CODMAN_EXAMPLES", "100")
QUESTIONS = [("cost", "insurance", "insurance.csv"), ("readmission", "diabetes130", "diabetes130_sample.csv.gz")]
SEED = os.environ.get("CODMAN_SEED")  # without it each run draws its own


def main() -> None:
    """Makes a home, serves it, lets schemathesis ask."""
    with tempfile.TemporaryDirectory(prefix="codman-contract-") as folder:
        home = pathlib.Path(folder) / "home"
        environment = dict(os.environ, CODMAN_HOME=str(home), CODMAN_CLINIC=str(ROOT / "clinic"))
        subprocess.run([CODMAN, "demo", "--no-serve"], env=environment, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        # An amount, and values with named levels: few rows cannot pass every audit.
        for task, source, sample in QUESTIONS:
            subprocess.run([CODMAN, "train", task, "--source", source, "--input", str(ROOT / "tests/data/questions" / sample),
                            "--activate", "--reason", "contract", "--override-leakage", "few rows"], env=environment,
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = subprocess.Popen([CODMAN, "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)
        try:
            assert server.stdout is not None
            address = next(line.split()[-1] for line in server.stdout if line.startswith("Codman serves "))
            header = (home / "secrets/auth_header").read_text().strip()
            seed = [] if SEED is None else ["--seed", SEED]
            done = subprocess.run([CHECKER, "run", f"{address}/openapi.json", "-H", header, "--checks", "all",
                                   "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES,
                                   "--continue-on-failure", "--workers", "2", *seed], cwd=folder, check=False)
        finally:
            server.terminate()
            server.wait()
        if done.returncode != 0:
            sys.exit("api_contract: schemathesis found something; see above")
    print(f"interop: schemathesis found nothing in the running API ({EXAMPLES} examples per operation)")


if __name__ == "__main__":
    main()
