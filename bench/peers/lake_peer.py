"""The peers of the lake bench, one thread: NDJSON files of the synthetic feed → one Parquet file (zstd).

lake_peer.py bare OUT FILE...                        DuckDB: one row per measurement as it stands in the file, nothing checked
lake_peer.py silver OUT CONCEPTS_JSON NOW FILE...    DuckDB: what silver holds: checked, converted, without duplicates, sorted
lake_peer.py polars|pandas OUT FILE...               as bare
Prints one JSON object: CPU seconds without the start of Python, and rows. Run with the python of the bench environment.
"""
from __future__ import annotations

import json
import pathlib
import sys
import time

COLUMNS = ("{record_id: 'varchar', patient_id: 'varchar', encounter_id: 'varchar', event_time: 'timestamp', "
           "stored_at: 'timestamp', status: 'varchar', measurements: 'struct(code varchar, value varchar, unit varchar)[]'}")
WRITE = "(format parquet, compression zstd, row_group_size 122880)"

# The rows that the normaliser bench checks, judged as lakehouse/judgement_internal.h says and laid out as silver.events.
SILVER = """
copy (
  with beside as (
    select *, lag(value) over key as previous_value, lag(status) over key as previous_status,
           lag(text) over key as previous_text, lag(known_time) over key as previous_known
    from checked where reason is null
    window key as (partition by patient_id, concept, source_code, record_id,
                   case when status = 'static' then encounter_id end order by known_time, place)
  ), judged as (
    select *, case when previous_status is null then 'stored'
                   when value is not distinct from previous_value and text is not distinct from previous_text then 'duplicate'
                   when known_time = previous_known then 'conflict' else 'stored' end as verdict
    from beside
  )
  select hash(patient_id) as subject_id, event_time, known_time, place as received_seq, concept, source_code,
         case when verdict = 'stored' then value end as value, case when verdict = 'stored' then text end as text, unit,
         case when verdict = 'stored' then status else 'conflict' end as status, 1.0::double as quality,
         encounter_id as encounter_ref, 'synthetic' as source, record_id as source_record_id, feed
  from judged where verdict <> 'duplicate' order by subject_id, known_time, received_seq
) to '{out}' {write}
"""


def bare(out: str, files: list[str]) -> int:
    """DuckDB: unnested, typed, not checked."""
    import duckdb
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    connection.execute(
        f"copy (select * exclude (measurements, m), m.code as code, m.value as value, m.unit as unit from (select *, "
        f"unnest(measurements) as m from read_json(?, format = 'newline_delimited', columns = {COLUMNS}))) to '{out}' {WRITE}", [files])
    return connection.execute(f"select count(*) from '{out}'").fetchone()[0]


def silver(out: str, concepts: str, now: str, files: list[str]) -> int:
    """DuckDB: the rows of silver."""
    import duckdb
    import normaliser_peer
    connection = duckdb.connect()
    normaliser_peer.prepare(connection, json.loads(pathlib.Path(concepts).read_text())["concepts"])
    connection.execute("create sequence places")
    connection.execute("alter table checked add column place bigint default nextval('places')")
    connection.execute("alter table checked add column feed varchar")
    for file in files:
        connection.execute(f"alter table checked alter column feed set default '{pathlib.Path(file).name.split('.')[0]}'")
        normaliser_peer.check(connection, file, now)
    connection.execute(SILVER.format(out=out, write=WRITE))
    return connection.execute(f"select count(*) from '{out}'").fetchone()[0]


def polars(out: str, files: list[str]) -> int:
    """polars: as bare."""
    import polars as pl
    measurement = pl.Struct({"code": pl.String, "value": pl.String, "unit": pl.String})
    schema = {name: pl.String for name in ("record_id", "patient_id", "encounter_id", "event_time", "stored_at", "status")}
    frame = pl.concat([pl.read_ndjson(file, schema=schema | {"measurements": pl.List(measurement)}) for file in files])
    frame = frame.with_columns(pl.col("event_time", "stored_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ"))
    frame = frame.explode("measurements").unnest("measurements")
    frame.write_parquet(out, compression="zstd")
    return frame.height


def pandas(out: str, files: list[str]) -> int:
    """pandas: as bare; DuckDB writes the frame, as pandas has no Parquet writer of its own."""
    import duckdb
    import pandas as pd
    frame = pd.concat([pd.read_json(file, lines=True, dtype=False, convert_dates=["event_time", "stored_at"]) for file in files])
    frame = frame.explode("measurements", ignore_index=True)
    cells = pd.DataFrame(frame.pop("measurements").tolist(), columns=["code", "value", "unit"]).astype({"value": str})
    whole = pd.concat([frame, cells], axis=1)
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    connection.register("whole", whole)
    connection.execute(f"copy whole to '{out}' {WRITE}")
    return len(whole)


def main() -> None:
    """One mode, timed."""
    mode, out, rest = sys.argv[1], sys.argv[2], sys.argv[3:]
    if mode in ("bare", "silver"):
        import duckdb  # noqa: F401  the start is not part of the work
    elif mode == "polars":
        import polars as pl  # noqa: F401
    else:
        import duckdb  # noqa: F401
        import pandas as pd  # noqa: F401
    begin = time.process_time()
    flat = {"bare": bare, "polars": polars, "pandas": pandas}
    rows = silver(out, rest[0], rest[1], rest[2:]) if mode == "silver" else flat[mode](out, rest)
    print(json.dumps({"cpu_s": time.process_time() - begin, "rows": rows, "bytes": pathlib.Path(out).stat().st_size}))


if __name__ == "__main__":
    main()
