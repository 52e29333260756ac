"""Reads Delta tables with delta-rs, DuckDB's delta extension and Spark, and compares them with us.

Row count, schema and an order-free checksum per column, each computed from what that reader gives;
what we say stands in a manifest that the program under test wrote (src/engine/delta_interop_test.cc).

    delta_tables.py shapes <folder>   a lake with every shape of table, then changes by the others
    delta_tables.py lake <lake>       every table of a lake that the real program made
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import deltalake
import duckdb
import pyarrow as pa
import pyarrow.compute as pc

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / os.environ.get("CODMAN_BUILD", "build/release")
JARS = ROOT / ".deps/interop/jars"
Reader = Callable[[str, int], pa.Table]
MASK = (1 << 64) - 1
NAN_ABOVE = 0x7FF0000000000000


def ours(*command: str) -> None:
    """Runs the program under test in one of its interop modes."""
    environment = {**os.environ, "CODMAN_INTEROP": " ".join(command)}
    subprocess.run([str(BUILD / "src/engine_test")], check=True, env=environment, stdout=subprocess.DEVNULL)


# --- What a reader gives, described as the manifest does it.


def type_name(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_int64(kind):
        return "long"
    if pa.types.is_float64(kind):
        return "double"
    if pa.types.is_timestamp(kind):
        return "timestamp" if kind.tz is not None else "timestamp_ntz"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return "string"
    return str(kind)


def texts_of(column: pa.ChunkedArray) -> tuple[list[bytes], list[int]]:
    """The distinct values as texts, and how often each occurs."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", tz=kind.tz)).cast(pa.int64())
    elif pa.types.is_float64(kind):
        column = pa.chunked_array([chunk.view(pa.uint64()) for chunk in column.chunks], pa.uint64())
    elif pa.types.is_string_view(kind):
        column = column.cast(pa.large_string())
    counted = pc.value_counts(column.drop_null().combine_chunks())
    values, counts = counted.field("values").to_pylist(), counted.field("counts").to_pylist()
    if pa.types.is_boolean(kind):
        return [b"true" if value else b"false" for value in values], counts
    if pa.types.is_float64(kind):
        return [b"nan" if value & (MASK >> 1) > NAN_ABOVE else b"%016x" % value for value in values], counts
    return [str(value).encode() for value in values], counts


def checksum(column: pa.ChunkedArray) -> str:
    total = 0
    texts, counts = texts_of(column)
    for text, count in zip(texts, counts, strict=True):
        total += int.from_bytes(hashlib.sha256(text).digest()[:8], "little") * count
    return f"{total & MASK:016x}"


def describe(table: pa.Table) -> dict[str, Any]:
    columns = [
        {"name": field.name, "type": type_name(field.type), "nulls": column.null_count, "checksum": checksum(column)}
        for field, column in zip(table.schema, table.columns, strict=True)
    ]
    return {"rows": table.num_rows, "columns": columns}


# --- The readers. Each reads a table at one version.


def read_with_delta_rs(path: str, version: int) -> pa.Table:
    table = deltalake.DeltaTable(path, version=version)
    return pa.table(deltalake.QueryBuilder().register("t", table).execute("select * from t"))


def read_with_delta_rs_and_arrow(path: str, version: int) -> pa.Table:
    return deltalake.DeltaTable(path, version=version).to_pyarrow_table()


class DuckDb:
    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"allow_unsigned_extensions": "false"})
        self.connection.execute(f"load '{ROOT / '.deps/duckdb/delta.duckdb_extension'}'")
        self.connection.execute("set timezone = 'UTC'")

    def read(self, path: str, version: int) -> pa.Table:
        return self.connection.execute(
            f"select * from delta_scan('{path}', version := {version})"
        ).to_arrow_table()


class Spark:
    def __init__(self) -> None:
        from pyspark.sql import SparkSession

        self.scratch = tempfile.TemporaryDirectory(prefix="codman-interop-")
        jars = ",".join(str(jar) for jar in sorted(JARS.glob("*.jar")))
        settings = {
            "spark.jars": jars,
            "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
            "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
            "spark.sql.session.timeZone": "UTC",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.ui.enabled": "false",
            # Times before 1582 in files that Spark did not write: as they stand, not an exception.
            "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
            "spark.sql.shuffle.partitions": "2",
            "spark.databricks.delta.snapshotPartitions": "2",
            "spark.sql.warehouse.dir": self.scratch.name,
        }
        builder = SparkSession.builder.master("local[2]").appName("codman interop")
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")

    def read(self, path: str, version: int) -> pa.Table:
        frame = self.session.read.format("delta").option("versionAsOf", version).load(path)
        from pyspark.sql.pandas.types import to_arrow_schema

        schema = to_arrow_schema(frame.schema)
        batches = frame._collect_as_arrow()
        return pa.Table.from_batches(batches, batches[0].schema if batches else schema)

    def append_row(self, path: str) -> None:
        """One more row like the first, and a checkpoint of Spark's own making."""
        table = self.session.read.format("delta").load(path)
        table.limit(1).write.format("delta").mode("append").save(path)

    def delete(self, path: str, where: str) -> None:
        self.session.sql(f"delete from delta.`{path}` where {where}")

    def optimize(self, path: str) -> None:
        self.session.sql(f"optimize delta.`{path}`")


# --- Comparing.


class Report:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.compared = 0
        self.differing = 0

    def compare(self, reader: str, expected: dict[str, Any], read: Callable[[], pa.Table]) -> None:
        what = f"{expected['table']} version {expected['version']}"
        self.compared += 1
        try:
            found = describe(read())
        except Exception as error:  # noqa: BLE001 a reader's own failure is a finding, whatever it raises
            self.differing += 1
            first = (str(error).splitlines() or [repr(error)])[0]
            self.lines.append(f"DIFFERS  {reader:18} {what}: cannot be read: {first}")
            return
        differences = []
        if found["rows"] != expected["rows"]:
            differences.append(f"{found['rows']} rows, ours {expected['rows']}")
        theirs = {column["name"]: column for column in found["columns"]}
        if [column["name"] for column in expected["columns"]] != list(theirs):
            differences.append(f"columns {list(theirs)}")
        for column in expected["columns"]:
            other = theirs.get(column["name"])
            if other is not None and other != column:
                differences.append(f"{column['name']}: {other}, ours {column}")
        if differences:
            self.differing += 1
            self.lines.append(f"DIFFERS  {reader:18} {what}: {'; '.join(differences)}")
        else:
            self.lines.append(f"equal    {reader:18} {what}: {found['rows']} rows, {len(theirs)} columns")


def readers_of(spark: Spark) -> dict[str, Reader]:
    return {
        "delta-rs": read_with_delta_rs,
        "delta-rs + pyarrow": read_with_delta_rs_and_arrow,
        "DuckDB delta": DuckDb().read,
        "Spark + Delta": spark.read,
    }


def compare_all(root: pathlib.Path, tables: list[dict[str, Any]], readers: dict[str, Reader], report: Report) -> None:
    for expected in tables:
        path, version = str(root / expected["table"]), expected["version"]
        for name, read in readers.items():
            report.compare(name, expected, lambda read=read, path=path, version=version: read(path, version))


def described(root: pathlib.Path) -> list[dict[str, Any]]:
    with tempfile.NamedTemporaryFile(suffix=".json") as manifest:
        ours("describe", str(root), manifest.name)
        return json.loads(pathlib.Path(manifest.name).read_text())


# --- What the others do to our tables, and we read again.


def append_with_delta_rs(path: str) -> None:
    rows = deltalake.DeltaTable(path).to_pyarrow_table().slice(0, 3)
    deltalake.write_deltalake(path, rows, mode="append")


def evolve_with_delta_rs(path: str) -> None:
    rows = deltalake.DeltaTable(path).to_pyarrow_table().slice(0, 2)
    rows = rows.append_column("added_elsewhere", pa.array([1.5, None], pa.float64()))
    deltalake.write_deltalake(path, rows, mode="append", schema_mode="merge")


def delete_with_delta_rs(path: str) -> None:
    deltalake.DeltaTable(path).delete("id % 2 = 0")


def compact_with_delta_rs(path: str) -> None:
    deltalake.DeltaTable(path).optimize.compact()


def checkpoint_with_delta_rs(path: str) -> None:
    deltalake.DeltaTable(path).create_checkpoint()


def append_ours(path: str) -> None:
    ours("append", path)


def changes_of(spark: Spark) -> list[tuple[str, str, Callable[[str], None]]]:
    """Table, name of the change, what to do; one after the other on the same lake."""
    return [
        ("checkpointed", "delta-rs appends", append_with_delta_rs),
        ("partitioned", "delta-rs appends", append_with_delta_rs),
        ("cleaned", "delta-rs appends", append_with_delta_rs),
        ("edges", "delta-rs appends", append_with_delta_rs),
        ("evolved", "delta-rs adds a column", evolve_with_delta_rs),
        ("removed", "delta-rs deletes rows", delete_with_delta_rs),
        ("optimized", "delta-rs compacts", compact_with_delta_rs),
        ("partitioned", "delta-rs writes a checkpoint", checkpoint_with_delta_rs),
        ("evolved", "delta-rs writes a checkpoint", checkpoint_with_delta_rs),
        ("partitioned", "Spark appends", spark.append_row),
        ("checkpointed", "Spark deletes rows", lambda path: spark.delete(path, "id < 1000 and flag")),
        ("optimized", "Spark appends", spark.append_row),
        ("optimized", "Spark compacts", spark.optimize),
        ("checkpointed", "we append and write a checkpoint", append_ours),
        ("partitioned", "we append and write a checkpoint", append_ours),
        ("evolved", "we append and write a checkpoint", append_ours),
        ("removed", "we append and write a checkpoint", append_ours),
        ("optimized", "we append and write a checkpoint", append_ours),
    ]


def check_shapes(folder: pathlib.Path, spark: Spark, report: Report) -> None:
    lake = folder / "shapes"
    shutil.rmtree(lake, ignore_errors=True)
    ours("write", str(lake))
    readers = readers_of(spark)
    compare_all(lake, json.loads((lake / "manifest.json").read_text()), readers, report)
    for table, name, change in changes_of(spark):
        before = deltalake.DeltaTable(str(lake / table)).version()
        change(str(lake / table))
        version = deltalake.DeltaTable(str(lake / table)).version()
        expected = [entry for entry in described(lake / table / "..") if entry["table"] == table]
        if version == before and "checkpoint" not in name:
            report.differing += 1
            report.lines.append(f"DIFFERS  {name} {table}: nothing was committed")
        expected[0]["table"] = table
        report.lines.append(f"         {name}: {table} is at version {version}")
        compare_all(lake, expected, readers, report)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["shapes", "lake"])
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    spark = Spark()
    report = Report()
    if arguments.what == "shapes":
        check_shapes(folder, spark, report)
    else:
        compare_all(folder, described(folder), readers_of(spark), report)
    print("\n".join(report.lines))
    print(f"interop: {report.compared} comparisons, {report.differing} differ")
    if report.compared == 0 or report.differing > 0:
        sys.exit(1)


if __name__ == "__main__":
    main()
