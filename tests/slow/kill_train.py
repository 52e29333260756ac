"""kill -9 at random points of training: every registered model stays whole, and the next run learns the same bytes."""
import hashlib
import json
import pathlib
import re
import shutil

from slow import ROOT, SAMPLE, Home, equal, fail, holds, scratch, timed

KILLS = 50
TRAIN = ("train", "sepsis", "--source", "physionet2019", "--override-leakage", "five trees know little; kills are looked at here")


def small_clinic(folder: pathlib.Path) -> pathlib.Path:
    """The clinic with few trees: kills, not models, are looked at."""
    shutil.copytree(ROOT / "clinic", folder)
    task = folder / "tasks/sepsis.yaml"
    changed, count = re.subn(r"trees: \d+", "trees: 5", task.read_text())
    if count == 0:
        fail("clinic/tasks/sepsis.yaml no longer says how many trees")
    task.write_text(changed)
    return folder


def models(home: Home) -> list[dict]:
    """Registered versions, each shown (which verifies its folder)."""
    listed = json.loads(home.run("models", "list", "--json")[0])
    for model in listed:
        home.run("models", "show", model["task"], model["version"])
    return listed


def weights(home: Home, model: dict) -> str:
    """Digest of the weights file of a version."""
    folder = home.path / "models" / model["task"] / model["variant"] / model["version"]
    return hashlib.sha256(next(folder.glob("weights*")).read_bytes()).hexdigest()


def main() -> None:
    with scratch() as folder:
        calm = Home(folder / "calm", small_clinic(folder / "clinic"))
        calm.run("ingest", "physionet2019", "--input", SAMPLE)
        calm.run("build")
        start = calm.copy(folder / "home")
        train_s = timed(calm, *TRAIN)
        learnt = {model["variant"]: weights(calm, model) for model in models(calm)}
        landed = 0
        for _ in range(KILLS):
            landed += start.kill_during(*TRAIN, within_s=train_s)
            models(start)
            holds(start)
        start.run(*TRAIN)
        newest: dict[str, dict] = {}
        for model in models(start):
            newest.setdefault(model["variant"], model)
        equal(learnt, {variant: weights(start, model) for variant, model in newest.items()}, "bytes of the models learnt after the kills")
        print(f"{KILLS} kills, {landed} of them while it trained; models equal to an undisturbed run's")


if __name__ == "__main__":
    main()
