"""The 485 inputs of sepsis_42 (signals and process) for PhysioNet 2019 files, in pandas and numpy.

features_peer.py rolling ARCHIVE OUT.npy   groupby(...).rolling(n) for extremes, means, counts: as in the pandas manual
features_peer.py shifted ARCHIVE OUT.npy   the same by whole-array shifts over padded stays: the fastest numpy known to us
features_peer.py compare OUT.npy OURS      OURS: Parquet or, as .f64, plain doubles; prints the largest difference of all
                                           columns, relative to 1 or the value: {"rows", "columns", "worst", "where"}
features_peer.py subset ARCHIVE STAYS OUT  the first STAYS stays of an archive as a plain tar

Both parse the whole archive with one read_csv (C engine), keep one float64 matrix, fill forward per group with a limit,
and write a plain .npy (no compression), which is less work than the Parquet of ours. sd and slope come from six shifted
arrays in both, since rolling().std() drifts by more than the gate allows. Run with the python of the bench environment.
"""
from __future__ import annotations

import io
import json
import sys
import tarfile
from collections.abc import Iterator

import numpy as np
import pandas as pd

# Column of the file, feature, lowest and highest plausible value (clinic/concepts).
MEASURED = [
    ("HR", "heart_rate", 10, 350), ("O2Sat", "spo2", 20, 100), ("Temp", "temperature", 26, 45), ("SBP", "sbp", 20, 375),
    ("MAP", "map", 14, 330), ("DBP", "dbp", 5, 375), ("Resp", "resp_rate", 1, 100), ("EtCO2", "etco2", 0, 150),
    ("BaseExcess", "base_excess", -40, 40), ("HCO3", "bicarbonate", 5, 50), ("FiO2", "fio2", 0.21, 1), ("pH", "ph", 6.3, 8.4),
    ("PaCO2", "paco2", 5, 200), ("SaO2", "sao2", 20, 100), ("AST", "ast", 6, 20000), ("BUN", "bun", 0, 250),
    ("Alkalinephos", "alp", 20, 3625), ("Calcium", "calcium", 2, 20), ("Chloride", "chloride", 50, 175),
    ("Creatinine", "creatinine", 0.1, 60), ("Bilirubin_direct", "bilirubin_direct", 0, 50), ("Glucose", "glucose", 10, 2000),
    ("Lactate", "lactate", 0.1, 30), ("Magnesium", "magnesium", 0, 20), ("Phosphate", "phosphate", 0.5, 20),
    ("Potassium", "potassium", 0.5, 12), ("Bilirubin_total", "bilirubin_total", 0.1, 60), ("TroponinI", "troponin_i", 0, 1000),
    ("Hct", "hematocrit", 5, 75), ("Hgb", "hemoglobin", 1, 25), ("PTT", "aptt", 10, 200), ("WBC", "wbc", 0, 1000),
    ("Fibrinogen", "fibrinogen", 20, 1500), ("Platelets", "platelets", 0, 2000),
]
NAMES = [name for _, name, _, _ in MEASURED]
DERIVED = ["shock_index", "bun_creatinine_ratio", "spo2_fio2_ratio", "partial_sofa", "sirs_count", "news_partial"]
SIGNALS = ["is_missing_6h", "min_6h", "max_6h", "mean_6h", "sd_6h", "slope_6h", "change_6h"]
PROCESS = ["hours_since", "count_24h", "count", "min_24h", "max_24h", "mean_24h"]
LONGEST = 24


def read(archive: str) -> pd.DataFrame:
    """All stays in one frame: columns of the files and `subject`, in order of name."""
    bodies, names = [], []
    with tarfile.open(archive) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar if member.name.endswith(".psv")}
    for name in sorted(members):
        header, body = members[name].split(b"\n", 1)
        bodies.append(body if body.endswith(b"\n") else body + b"\n")
        names.append(name.rsplit("/", 1)[1][:-4])
    lengths = [body.count(b"\n") for body in bodies]
    frame = pd.read_csv(io.BytesIO(b"".join(bodies)), sep="|", names=header.decode().strip().split("|"), dtype=np.float64, engine="c")
    frame["subject"] = pd.Categorical.from_codes(np.repeat(np.arange(len(names)), lengths), names)
    return frame


def plausible(frame: pd.DataFrame) -> np.ndarray:
    """The 34 measured columns; what lies outside its range is no value."""
    values = frame[[column for column, *_ in MEASURED]].to_numpy(copy=True)
    low, high = (np.array([entry[i] for entry in MEASURED], float) for i in (2, 3))
    values[~((values >= low) & (values <= high))] = np.nan
    return values


class Padded:
    """Stays one below the other with empty rows between, so that no window of 24 rows sees two of them."""

    def __init__(self, codes: np.ndarray, values: np.ndarray) -> None:
        self.rows = np.arange(len(codes)) + (codes + 1) * LONGEST
        self.values = np.full((self.rows[-1] + 1, values.shape[1]), np.nan)
        self.values[self.rows] = values

    def extreme(self, which: np.ufunc, steps: list[int], at: np.ndarray) -> np.ndarray:
        """fmin or fmax over a window that doubles with each step."""
        for step in steps:
            at = at.copy()
            at[step:] = which(at[step:], at[:-step].copy())
        return at

    def sums(self, count: int, at: np.ndarray) -> np.ndarray:
        """Sum over the last `count` rows, added in order: nothing to cancel."""
        total = at.copy()
        for step in range(1, count):
            total[step:] += at[:-step]
        return total


def moments(codes: np.ndarray, values: np.ndarray, window: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Count, mean, sd and slope per hour over `window` rows, in two passes."""
    padded = Padded(codes, values)
    data, rows = padded.values, padded.rows
    shifted = [data[rows - step] for step in range(window)]
    known = [~np.isnan(at) for at in shifted]
    count, total, hours, squares = (np.zeros(values.shape) for _ in range(4))
    for step, (at, is_known) in enumerate(zip(shifted, known, strict=True)):
        count += is_known
        total += np.where(is_known, at, 0)
        hours -= step * is_known
        squares += step * step * is_known
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, hour = total / count, hours / count
        spread, both = np.zeros(values.shape), np.zeros(values.shape)
        for step, (at, is_known) in enumerate(zip(shifted, known, strict=True)):
            away = np.where(is_known, at - mean, 0)
            spread += away * away
            both += away * (-step - hour)
        sd = np.sqrt(np.where(count > 1, spread, np.nan) / (count - 1))
        slope = np.where(count > 1, both, np.nan) / (squares - hours * hour)
    return count, mean, sd, slope


def points(value: np.ndarray, uppers: list[float], scores: list[int]) -> np.ndarray:
    """Score of the first band whose upper end is not below the value, NaN for NaN."""
    return np.where(np.isnan(value), np.nan, np.array(scores, float)[np.searchsorted(uppers, value, side="left").clip(0, len(uppers))])


def true(value: np.ndarray, met: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(value), np.nan, met.astype(float))


def present(parts: list[np.ndarray]) -> np.ndarray:
    """Sum of what is known, NaN where nothing is."""
    stacked = np.stack(parts)
    return np.where(np.isnan(stacked).all(0), np.nan, np.nansum(stacked, 0))


def derived(last: pd.DataFrame) -> list[np.ndarray]:
    """The six derived features of the newest values."""
    v = {name: last[name].to_numpy() for name in last.columns}

    def ratio(above: str, below: str) -> np.ndarray:
        return np.where(v[below] == 0, np.nan, v[above] / np.where(v[below] == 0, 1, v[below]))

    def below(value: np.ndarray, limits: list[float]) -> np.ndarray:
        return np.where(np.isnan(value), np.nan, sum((value < limit).astype(float) for limit in limits))

    def reached(value: np.ndarray, limits: list[float]) -> np.ndarray:
        return np.where(np.isnan(value), np.nan, sum((value >= limit).astype(float) for limit in limits))

    sofa = present([below(v["platelets"], [150, 100, 50, 20]), reached(v["bilirubin_total"], [1.2, 2, 6, 12]),
                    reached(v["creatinine"], [1.2, 2, 3.5, 5]), below(v["map"], [70])])
    breath = np.fmax(true(v["resp_rate"], v["resp_rate"] > 20), true(v["paco2"], v["paco2"] < 32))
    sirs = present([true(v["temperature"], (v["temperature"] > 38) | (v["temperature"] < 36)), true(v["heart_rate"], v["heart_rate"] > 90),
                    breath, true(v["wbc"], (v["wbc"] > 12) | (v["wbc"] < 4))])
    news = present([points(v["resp_rate"], [8, 11, 20, 24], [3, 1, 0, 2, 3]), points(v["spo2"], [91, 93, 95], [3, 2, 1, 0]),
                    true(v["fio2"], v["fio2"] > 0.21) * 2, points(v["sbp"], [90, 100, 110, 219], [3, 2, 1, 0, 3]),
                    points(v["heart_rate"], [40, 50, 90, 110, 130], [3, 1, 0, 1, 2, 3]),
                    points(v["temperature"], [35, 36, 38, 39], [3, 1, 0, 1, 2])])
    return [ratio("heart_rate", "sbp"), ratio("bun", "creatinine"), ratio("spo2", "fio2"), sofa, sirs, news]


def rolling(groups: pd.core.groupby.DataFrameGroupBy, fixed: pd.core.groupby.DataFrameGroupBy) -> dict[str, np.ndarray]:
    """Extremes and means as the manual does it."""
    six, day = groups.rolling(6, min_periods=1), groups.rolling(LONGEST, min_periods=1)
    return {"min_6h": six.min().to_numpy(), "max_6h": six.max().to_numpy(),
            "count_24h": day.count().to_numpy(), "min_24h": day.min().to_numpy(),
            "max_24h": day.max().to_numpy(),
            "mean_24h": fixed.rolling(LONGEST, min_periods=1).mean().to_numpy()}


def shifted(codes: np.ndarray, values: np.ndarray, fixed: np.ndarray) -> dict[str, np.ndarray]:
    """Extremes and means by whole-array shifts."""
    padded = Padded(codes, values)
    out = {}
    for name, which in (("min", np.fmin), ("max", np.fmax)):
        two = padded.extreme(which, [1], padded.values)
        out[f"{name}_6h"] = padded.extreme(which, [2], padded.extreme(which, [2], two))[padded.rows]
        out[f"{name}_24h"] = padded.extreme(which, [8], padded.extreme(which, [2, 4, 8], two))[padded.rows]
    known = ~np.isnan(padded.values)
    out["count_24h"] = padded.sums(LONGEST, known.astype(float))[padded.rows]
    padded.values[padded.rows] = fixed
    with np.errstate(invalid="ignore"):
        out["mean_24h"] = padded.sums(LONGEST, np.where(known, padded.values, 0))[padded.rows] / out["count_24h"]
    return out


def compute(frame: pd.DataFrame, idiom: str) -> np.ndarray:
    """The matrix, columns in the order of ours."""
    values, codes = plausible(frame), frame["subject"].cat.codes.to_numpy().astype(np.int64)
    hours = frame["ICULOS"].to_numpy()
    steps = np.diff(hours)[np.diff(codes) == 0]
    if not (steps == 1).all():
        sys.exit("rows of a stay must be one hour apart: windows are counted in rows")
    table = pd.DataFrame(values, columns=NAMES)
    groups = table.groupby(codes, sort=False)
    # What is summed counts in multiples of 2^-20 of its unit: the declared rounding (features/kernel.h).
    fixed = np.rint(values * 2.0**20) / 2.0**20
    if idiom == "shifted":
        columns = shifted(codes, values, fixed)
    else:
        columns = rolling(groups, pd.DataFrame(fixed, columns=NAMES).groupby(codes, sort=False))
    count, columns["mean_6h"], columns["sd_6h"], columns["slope_6h"] = moments(codes, fixed, 6)
    columns["is_missing_6h"] = (count == 0).astype(float)
    newest = groups.ffill(limit=5)
    columns["change_6h"] = (newest - newest.groupby(codes, sort=False).shift(6)).to_numpy()
    columns["count"] = table.notna().groupby(codes, sort=False).cumsum().to_numpy()
    charted = pd.DataFrame(np.where(np.isnan(values), np.nan, hours[:, None]), columns=NAMES)
    columns["hours_since"] = hours[:, None] - charted.groupby(codes, sort=False).ffill().to_numpy()
    last = groups.ffill(limit=LONGEST - 1)
    patient = [np.minimum(frame["Age"].to_numpy(), 90), frame["Gender"].to_numpy()]
    blocks = [last.to_numpy(), np.column_stack(patient), np.column_stack(derived(last))]
    blocks.append(np.stack([columns[name] for name in SIGNALS], axis=2).reshape(len(values), -1))
    blocks.append(hours[:, None])
    blocks.append(np.stack([columns[name] for name in PROCESS], axis=2).reshape(len(values), -1))
    return np.hstack(blocks)


def column_names() -> list[str]:
    return [*NAMES, "age", "sex", *DERIVED, *(f"{name}_{what}" for name in NAMES for what in SIGNALS),
            "hours_since_admission", *(f"{name}_{what}" for name in NAMES for what in PROCESS)]


def columns_of(ours: str, names: list[str]) -> Iterator[np.ndarray]:
    """The columns of ours, one after another, rows by stay and hour."""
    if ours.endswith(".f64"):
        yield from np.memmap(ours, np.float64, "r").reshape(-1, len(names)).T
        return
    import duckdb

    connection = duckdb.connect()
    found = [row[0] for row in connection.execute(f"describe select * from '{ours}'").fetchall()]
    if found[3:] != names:
        sys.exit(f"columns differ: {sorted(set(found[3:]) ^ set(names))[:5]}")
    for begin in range(0, len(names), 25):
        listed = ", ".join(f'"{name}"' for name in names[begin:begin + 25])
        data = connection.execute(f"select {listed} from '{ours}' order by subject, source_row").fetchnumpy()
        for name in names[begin:begin + 25]:
            yield np.ma.filled(data[name].astype(float), np.nan)


def compare(theirs: str, ours: str) -> None:
    """Same rows in the same order, and no value further apart than told."""
    matrix = np.load(theirs, mmap_mode="r")
    names = column_names()
    worst, where = 0.0, ""
    for name, mine, other in zip(names, columns_of(ours, names), matrix.T, strict=True):
        if len(mine) != len(other):
            sys.exit(f"{len(mine)} rows and {len(other)}")
        if (np.isnan(mine) != np.isnan(other)).any():
            sys.exit(f"{name}: nulls in other places, first in row {np.flatnonzero(np.isnan(mine) != np.isnan(other))[0]}")
        apart = float(np.nanmax(np.abs(mine - other) / np.maximum(1, np.abs(mine)), initial=0))
        if apart > worst:
            worst, where = apart, name
    print(json.dumps({"rows": matrix.shape[0], "columns": len(names), "worst": worst, "where": where}))


def subset(archive: str, stays: int, out: str) -> None:
    """Copies the first stays, uncompressed."""
    with tarfile.open(archive) as tar, tarfile.open(out, "w") as smaller:
        members = sorted((member for member in tar if member.name.endswith(".psv")), key=lambda member: member.name)
        for member in members[:stays]:
            smaller.addfile(member, tar.extractfile(member))


def main() -> None:
    """Runs one of the modes above."""
    mode, arguments = sys.argv[1], sys.argv[2:]
    if mode == "compare":
        compare(*arguments)
    elif mode == "subset":
        subset(arguments[0], int(arguments[1]), arguments[2])
    else:
        matrix = compute(read(arguments[0]), mode)
        np.save(arguments[1], matrix)
        print(json.dumps({"rows": matrix.shape[0], "columns": matrix.shape[1]}))


if __name__ == "__main__":
    main()
