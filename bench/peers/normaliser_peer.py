"""The peer of the normaliser bench: DuckDB's read_json and the same checks as SQL, one thread, into a table in memory.

normaliser_peer.py CONCEPTS_JSON NOW FILE...
CONCEPTS_JSON is what `normaliser_bench concepts` prints. Prints one JSON object as normaliser_bench does. The CPU time is that of
the statements over the files, without the start of Python and DuckDB. Run with the python of the bench environment.
"""
from __future__ import annotations

import json
import pathlib
import sys
import time

import duckdb

COLUMNS = ("{record_id: 'varchar', patient_id: 'varchar', encounter_id: 'varchar', event_time: 'varchar', stored_at: 'varchar', "
           "status: 'varchar', measurements: 'struct(code varchar, value varchar, unit varchar)[]'}")

# One row per measurement: `reason` is null where it was accepted.
SQL = """
insert into checked by name
with lines as (
  select patient_id, encounter_id, record_id, status, measurements,
         try_cast(event_time as timestamp) as event_time, try_cast(stored_at as timestamp) as stored_at
  from read_json(?, format = 'newline_delimited', columns = {columns})
), cells as (
  select * exclude (measurements, measurement), measurement.code as code, measurement.value as raw,
         try_cast(measurement.value as double) as number, measurement.unit as unit
  from (select *, unnest(measurements) as measurement from lines)
  where measurement.value is not null
), mapped as (
  select cells.*, concept, outcome, latency_us, low, high, top_code, factor, shift, ambiguous_low, ambiguous_high,
         number * factor + shift as canonical
  from cells left join concepts using (code) left join units using (concept, unit)
)
select patient_id, event_time, greatest(stored_at, event_time) as known_time, concept,
       case when concept is null then if(contains(code, '//'), code, 'LOINC//' || code) end as source_code,
       case when concept is null then number else least(canonical, top_code) end as value,
       case when concept is null and number is null then raw end as text,
       case when concept is null then unit end as unit,
       case when {fact} then 'static' when outcome then 'label' when status = 'corrected' then 'corrected' else 'final' end as status,
       encounter_id, record_id,
       case when patient_id is null then 'missing_subject' when event_time is null then 'missing_time'
            when event_time > ?::timestamp then 'future_time' when concept is null then null
            when number is null then 'type_mismatch' when factor is null then 'unknown_unit'
            when number between ambiguous_low and ambiguous_high then 'ambiguous_unit'
            when canonical < low or canonical > high then 'out_of_range' end as reason,
       not {fact} and not coalesce(outcome, false) as measured
from mapped
"""


def prepare(connection: duckdb.DuckDBPyConnection, concepts: list[dict]) -> None:
    connection.execute("set threads = 1")
    connection.execute("create table concepts (code varchar, concept varchar, outcome boolean, latency_us bigint, low double, "
                       "high double, top_code double)")
    connection.execute("create table units (concept varchar, unit varchar, factor double, shift double, ambiguous_low double, "
                       "ambiguous_high double)")
    for each in concepts:
        for code in each["codes"]:
            connection.execute("insert into concepts values (?, ?, ?, ?, ?, ?, ?)",
                               [code, each["name"], each["outcome"], each["latency_us"], each["low"], each["high"], each["top_code"]])
        for unit in each["units"]:
            connection.execute("insert into units values (?, ?, ?, ?, ?, ?)",
                               [each["name"], unit["unit"], unit["factor"], unit["offset"], unit["ambiguous_low"], unit["ambiguous_high"]])
    connection.execute("create table checked (patient_id varchar, event_time timestamp, known_time timestamp, concept varchar, "
                       "source_code varchar, value double, text varchar, unit varchar, status varchar, encounter_id varchar, "
                       "record_id varchar, reason varchar, measured boolean)")


def check(connection: duckdb.DuckDBPyConnection, file: str, now: str) -> None:
    """Adds the measurements of a file to the table `checked`."""
    fact = "true" if "admissions" in pathlib.Path(file).name else "false"
    connection.execute(SQL.format(columns=COLUMNS, fact=fact), [file, now])


def main() -> None:
    concepts = json.loads(pathlib.Path(sys.argv[1]).read_text())["concepts"]
    now, files = sys.argv[2], sys.argv[3:]
    connection = duckdb.connect()
    prepare(connection, concepts)
    begin = time.process_time()
    for file in files:
        check(connection, file, now)
    cpu_s = time.process_time() - begin
    records = sum(connection.execute(f"select count(*) from read_json(?, format = 'newline_delimited', columns = {COLUMNS})",
                                     [file]).fetchone()[0] for file in files)
    refused = dict(connection.execute("select reason, count(*) from checked where reason is not null group by reason").fetchall())
    accepted = {name: {"count": count, "sum": total} for name, count, total in connection.execute(
        "select coalesce(concept, ''), count(*), coalesce(sum(value), 0) from checked where reason is null group by 1").fetchall()}
    measurements = connection.execute("select count(*) from checked where measured").fetchone()[0]
    print(json.dumps({"records": records, "unparsable": 0, "measurements": measurements, "refused": refused,
                      "accepted": accepted, "cpu_s": cpu_s}))


if __name__ == "__main__":
    main()
