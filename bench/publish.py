"""Runs benches and keeps what they printed in bench/README.md, each below its own heading with machine and date."""
from __future__ import annotations

import pathlib
import re
import subprocess
import sys

from harness import ROOT, machine

README = ROOT / "bench/README.md"
NOT_BENCHES = {"harness", "publish"}


def names() -> list[str]:
    """Every script here that is a bench."""
    return sorted(path.stem for path in (ROOT / "bench").glob("*.py") if path.stem not in NOT_BENCHES)


def keep(name: str, text: str) -> None:
    """Replaces the part of the page that belongs to a bench."""
    page = README.read_text()
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    part = f"{begin}\n`tools/bench {name}` on {machine()}\n{text.rstrip()}\n{end}"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.S)
    page = pattern.sub(lambda _: part, page) if pattern.search(page) else page.rstrip() + f"\n\n{part}\n"
    README.write_text(page)


def main() -> None:
    """Runs the benches named, or all; a failing one does not stop the others."""
    failed = []
    for name in sys.argv[1:] or names():
        script: pathlib.Path = ROOT / "bench" / f"{name}.py"
        if not script.exists():
            sys.exit(f"bench: there is no bench '{name}'; known are {', '.join(names())}")
        print(f"== {name}", flush=True)
        done = subprocess.run([sys.executable, str(script)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        print(done.stdout, flush=True)
        if done.returncode == 0:
            keep(name, done.stdout)
        else:
            failed.append(name)
    if failed:
        sys.exit(f"bench: failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
