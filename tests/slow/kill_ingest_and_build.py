"""kill -9 at random points of ingest and build: the next run completes, with the tables of an undisturbed run."""
from slow import SAMPLE, Home, equal, holds, scratch, timed

KILLS = 50


def main() -> None:
    with scratch() as folder:
        calm = Home(folder / "calm")
        ingest_s = timed(calm, "ingest", "physionet2019", "--input", SAMPLE)
        ingested = calm.copy(folder / "ingested")
        build_s = timed(calm, "build")
        undisturbed = calm.counts()
        landed = {"ingest": 0, "build": 0}
        for kill in range(KILLS):
            home = Home(folder / f"ingest-{kill}")
            landed["ingest"] += home.kill_during("ingest", "physionet2019", "--input", SAMPLE, within_s=ingest_s)
            home.run("ingest", "physionet2019", "--input", SAMPLE)
            home.run("build")
            equal(undisturbed, home.counts(), f"tables after kill {kill} of ingest")
            holds(home)
        for kill in range(KILLS):
            home = ingested.copy(folder / f"build-{kill}")
            landed["build"] += home.kill_during("build", within_s=build_s)
            home.run("build")
            equal(undisturbed, home.counts(), f"tables after kill {kill} of build")
            holds(home)
        print(f"{KILLS} kills each; {landed['ingest']} hit ingest and {landed['build']} hit build while they ran; tables equal {undisturbed}")


if __name__ == "__main__":
    main()
