"""A disk that fills up, a disk that turns read-only, a clock that jumps back: clear errors, nothing corrupted."""
import os
import pathlib
import shutil
import subprocess
import sys

from slow import SAMPLE, Home, equal, fail, holds, scratch

SIZES_KB = (300, 700, 1200, 2000, 3000, 4500)


def mount(folder: pathlib.Path, options: str) -> None:
    """A small disk of its own."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)


def says(err: str, *words: str) -> None:
    """The error that a person reads holds one of the words."""
    if not any(word in err for word in words):
        fail(f"the error does not say what is wrong ({', '.join(words)}): {err[-400:]}")


def fill(disk: pathlib.Path, size_kb: int, undisturbed: dict[str, int]) -> bool:
    """Ingest and build on a disk of that size, then again when it has room."""
    mount(disk, f"size={size_kb}k")
    try:
        home = Home(disk / "home")
        refused = False
        for command in (("ingest", "physionet2019", "--input", SAMPLE), ("build",)):
            _, err = home.run(*command, code=None)
            if "codman:" in err:
                says(err, "space", "disk")
                refused = True
                break
        subprocess.run(["mount", "-o", "remount,size=500m", str(disk)], check=True)
        home.run("ingest", "physionet2019", "--input", SAMPLE)
        home.run("build")
        equal(undisturbed, home.counts(), f"tables after a disk of {size_kb} kB was full")
        holds(home)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        _, err = home.run("build", code=1)
        says(err, "read-only", "rights", "written", "write")
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        equal(undisturbed, home.counts(), "tables after the disk was read-only")
        return refused
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def clock_back(folder: pathlib.Path) -> None:
    """Yesterday's clock after today's: nothing is lost, the chain holds, the feed goes on."""
    home = Home(folder / "clock")
    home.run("simulate", "--patients", "10", "--hours", "24", "--seed", "1", "--out", str(folder / "one"))
    home.run("simulate", "--patients", "10", "--hours", "24", "--seed", "2", "--out", str(folder / "two"))
    home.run("ingest", "synthetic", "--input", str(folder / "one"))
    home.run("build")
    before = home.counts()["silver.events"]
    subprocess.run(["faketime", "-f", "-1d", shutil.which("true") or "true"], check=True)
    library = next(pathlib.Path("/usr/lib").rglob("libfaketime.so.1"), None)
    if library is None:
        fail("faketime is not installed: run tools/setup test")
    home.environment.update(LD_PRELOAD=str(library), FAKETIME="-1d")
    home.run("ingest", "synthetic", "--input", str(folder / "two"))
    home.run("build")
    for name in ("LD_PRELOAD", "FAKETIME"):
        del home.environment[name]
    after = home.counts()["silver.events"]
    if after <= before:
        fail(f"{after} events after the second feed, {before} before it")
    holds(home)


def main() -> None:
    with scratch() as folder:
        clock_back(folder)
        if os.geteuid() != 0:
            print("skipped: small disks need root; the clock that jumps back was tried")
            sys.exit(77)
        calm = Home(folder / "calm")
        calm.run("ingest", "physionet2019", "--input", SAMPLE)
        calm.run("build")
        undisturbed = calm.counts()
        disk = folder / "disk"
        disk.mkdir()
        refused = sum(fill(disk, size, undisturbed) for size in SIZES_KB)
        if refused == 0:
            fail("no disk was small enough to fill up")
        print(f"{len(SIZES_KB)} small disks, {refused} of them full: clear errors, tables equal afterwards; read-only and clock back likewise")


if __name__ == "__main__":
    main()
