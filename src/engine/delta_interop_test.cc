#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>

#include "base/crypto.h"
#include "engine/delta_fixture_internal.h"
#include "engine/delta_optimize.h"
#include "engine/delta_vacuum.h"

// A lake with every shape of table that we write, and a description of it: row count, schema and an
// order-free checksum per column. Here DuckDB's Delta reader judges it; tests/interop runs this
// program with CODMAN_INTEROP set and lets delta-rs, DuckDB and Spark read the same lake, each
// computing the checksums on its own.
//
//   CODMAN_INTEROP="write <lake>"           the lake and its description (manifest.json)
//   CODMAN_INTEROP="describe <lake> <file>" every table below a folder, as we read it
//   CODMAN_INTEROP="append <table>"         one row of the table's own schema, and a checkpoint
namespace codman::engine {
namespace {

using columns::Type;

constexpr char kVariable[] = "CODMAN_INTEROP";

// Null counts apart: the sum, modulo 2^64, of the first eight bytes (little endian) of the SHA-256
// of each value as text: numbers in decimal, doubles as the 16 hex digits of their bits, times as
// microseconds.
std::string ValueText(const columns::Column& column, size_t i) {
  switch (column.field.type) {
    case Type::kBool:
      return column.ints[i] != 0 ? "true" : "false";
    case Type::kDouble: {
      uint64_t bits = 0;
      std::memcpy(&bits, &column.doubles[i], sizeof bits);
      return std::isnan(column.doubles[i]) ? "nan" : format("{:016x}", bits);
    }
    case Type::kString:
      return std::string(column.strings[i]);
    default:
      return std::to_string(column.ints[i]);
  }
}

const char* ManifestType(Type type) {
  constexpr const char* kNames[] = {"boolean", "long", "double", "string", "timestamp"};
  return kNames[static_cast<int>(type)];
}

Result<Json> DescribeVersion(SqlEngine* engine, const std::string& root, const std::string& name,
                             int64_t version) {
  DeltaTable loader(root + "/" + name, {});
  DeltaSnapshot snapshot = TRY(loader.Load(version));
  std::vector<uint64_t> sums(snapshot.schema.size());
  std::vector<int64_t> nulls(snapshot.schema.size());
  int64_t rows = 0;
  TRY(engine->Query(loader.SelectAll(snapshot), [&](const columns::Table& chunk) -> Result<> {
    rows += chunk.num_rows();
    for (size_t c = 0; c < chunk.columns.size(); ++c) {
      for (size_t i = 0; i < chunk.columns[c].valid.size(); ++i) {
        if (chunk.columns[c].valid[i] == 0)
          ++nulls[c];
        else
          sums[c] += base::LowBits(base::Sha256Of(ValueText(chunk.columns[c], i)));
      }
    }
    return {};
  }));
  Json fields = Json::Array();
  for (size_t c = 0; c < sums.size(); ++c) {
    fields.Add(Json::Object({{"name", snapshot.schema[c].name},
                             {"type", ManifestType(snapshot.schema[c].type)},
                             {"nulls", nulls[c]},
                             {"checksum", format("{:016x}", sums[c])}}));
  }
  return Json::Object({{"table", name},
                       {"version", snapshot.version},
                       {"newest", version < 0},
                       {"rows", rows},
                       {"columns", fields}});
}

// The newest version of every table below `root`.
Result<Json> Describe(SqlEngine* engine, const std::string& root) {
  Json tables = Json::Array();
  constexpr std::string_view kLog = "/_delta_log/";
  std::string last;
  for (const auto& path : TRY(base::ListTree(root))) {
    size_t at = path.find(kLog);
    if (at == std::string::npos || path.substr(0, at) == last) continue;
    last = path.substr(0, at);
    tables.Add(TRY(DescribeVersion(engine, root, last, -1).While("describing " + last)));
  }
  return tables;
}

class InteropLake {
 public:
  InteropLake(SqlEngine* engine, std::string root) : engine_(engine), root_(std::move(root)) {}

  Result<Json> Write() {
    TRY(Checkpointed());
    TRY(Evolved());
    TRY(Partitioned());
    TRY(Removed());
    TRY(Optimized());
    TRY(Cleaned());
    TRY(Edges());
    TRY(Enums());
    Json tables = TRY(Describe(engine_, root_));
    for (const auto& [table, version] : {std::pair("checkpointed", 3),
                                         {"checkpointed", 10},
                                         {"checkpointed", 17},
                                         {"evolved", 0},
                                         {"evolved", 12},
                                         {"removed", 2},
                                         {"optimized", 5}}) {
      tables.Add(TRY(DescribeVersion(engine_, root_, table, version)));
    }
    return tables;
  }

 private:
  static columns::Schema With(std::initializer_list<columns::Field> more) {
    columns::Schema schema = kDeltaSchema;
    schema.insert(schema.end(), more);
    return schema;
  }
  static std::string Rows(int64_t first, int64_t last) {
    return format(
        "select i::bigint as id, case when i % 7 = 0 then null else i / 3.0 end::double as level, "
        "case when i % 5 = 0 then null else 'näme ' || i end as name, case when i % 3 = 0 then "
        "null else i % 2 = 0 end as flag, make_timestamptz(1700000000000000 + i * 1000001) as at "
        "from range({}, {}) t(i)",
        first, last + 1);
  }
  Result<> Append(const DeltaTable& table, const std::string& select, PartitionValues part = {},
                  std::vector<std::string> removes = {}) {
    DeltaChange change{.adds = TRY(table.WriteFile(engine_, select, std::move(part))),
                       .removes = std::move(removes),
                       .txns = {{"interop", ++step_}}};
    TRY(table.Commit(TRY(table.Load()), change));
    return {};
  }

  // Texts come as an enum in one file and as texts in the next.
  Result<> Enums() {
    DeltaTable table(root_ + "/enums", kDeltaSchema);
    for (int i = 0; i < 4; ++i) {
      std::string name = format("(['ä', 'b', 'c'])[1 + (id + {}) % 3]", i);
      if (i % 2 == 0) name += "::ENUM('ä', 'b', 'c', 'unused')";
      TRY(Append(table, format("select * replace (case when id % 5 > 0 then {} end as name) from "
                               "({})",
                               name, Rows(i * 100, i * 100 + 99))));
    }
    return {};
  }
  Result<> Checkpointed() {
    DeltaTable table(root_ + "/checkpointed", kDeltaSchema);
    for (int i = 0; i < 23; ++i) TRY(Append(table, Rows(i * 100, i * 100 + 99)));
    return {};
  }
  // One column more, then another; across a checkpoint and over partitions.
  Result<> Evolved() {
    DeltaTable one(root_ + "/evolved", With({{"ward", Type::kString}}), {"ward"});
    DeltaTable two(root_ + "/evolved", With({{"note", Type::kString}, {"ward", Type::kString}}),
                   {"ward"});
    DeltaTable three(
        root_ + "/evolved",
        With({{"note", Type::kString}, {"seen", Type::kTimestamp}, {"ward", Type::kString}}),
        {"ward"});
    for (int i = 0; i < 15; ++i) {
      PartitionValues ward = {{"ward", i % 2 == 0 ? "first floor" : "b"}};
      std::string rows = Rows(i * 10, i * 10 + 9);
      std::string noted = format("select *, 'note' || id as note from ({})", rows);
      if (i < 5)
        TRY(Append(one, rows, ward));
      else if (i < 9)
        TRY(Append(two, noted, ward));
      else
        TRY(Append(three, format("select *, \"at\" as seen from ({})", noted), ward));
    }
    return {};
  }
  Result<> Partitioned() {
    DeltaTable table(root_ + "/partitioned",
                     With({{"date", Type::kString}, {"source", Type::kString}}),
                     {"date", "source"});
    int64_t id = 0;
    for (const char* value : {"plain", "with space", "per%20cent", "a=b", "007", "sla/sh", "../up",
                              "Köln", "q'uote", "+1", "colon: x", "#?&", "", "back\\slash"}) {
      TRY(Append(table, Rows(id, id + 4), {{"date", "2026-11-21"}, {"source", value}}));
      id += 5;
    }
    return {};
  }
  Result<> Removed() {
    DeltaTable table(root_ + "/removed", kDeltaSchema);
    for (int i = 0; i < 4; ++i) TRY(Append(table, Rows(i * 10, i * 10 + 9)));
    auto files = TRY(table.Load()).files;
    // Literals of narrower types than the declared ones.
    TRY(Append(table, "select 900 as id, 1 as level, 'x' as name, true as flag, now() as \"at\"",
               {}, {files[0].path, files[2].path}));
    for (int i = 5; i < 12; ++i) TRY(Append(table, Rows(i * 10, i * 10 + 9)));
    files = TRY(table.Load()).files;
    return Append(table, Rows(1, 3), {}, {files[0].path});
  }
  Result<> Optimized() {
    DeltaTable table(root_ + "/optimized", With({{"ward", Type::kString}}), {"ward"});
    for (int i = 0; i < 12; ++i)
      TRY(Append(table, Rows(i * 10, i * 10 + 9), {{"ward", i % 3 == 0 ? "x y" : "z"}}));
    TRY(Optimize(engine_, table, {.sort_columns = {"id"}}));
    return Append(table, Rows(500, 510), {{"ward", "z"}});
  }
  // Its first commits are only in the checkpoint any more.
  Result<> Cleaned() {
    DeltaTable table(root_ + "/cleaned", With({{"ward", Type::kString}}), {"ward"});
    for (int i = 0; i < 13; ++i)
      TRY(Append(table, Rows(i * 10, i * 10 + 9), {{"ward", i % 2 == 0 ? "x y" : "z"}}));
    auto report = TRY(Vacuum(table, {.now_us = base::NowUs() + 40 * base::kDayUs}));
    CHECK(report.log_files.size() == 10 && report.data_files.empty());
    return {};
  }
  // What has no bound, or only a moved one, in the stats.
  Result<> Edges() {
    DeltaTable table(root_ + "/edges", kDeltaSchema);
    return Append(
        table,
        "select * from (values (9223372036854775807, 'nan'::double, repeat('z', 40), true, "
        "make_timestamptz(-1)), (-9223372036854775808, 'infinity', repeat('😀', 40), false, "
        "make_timestamptz(1500)), (0, '-infinity', 'quote '' \" \\ ' || chr(10) || chr(1), null, "
        "'0001-01-01T00:00:00Z'::timestamptz), (1, -0.0, '', true, "
        "'9999-12-31T23:59:59.999999Z'::timestamptz), (null, null, null, null, null), (2, 5e-324, "
        "repeat('ö', 33), false, make_timestamptz(0))) t(id, level, name, flag, \"at\")");
  }

  SqlEngine* engine_;
  std::string root_;
  int64_t step_ = 0;
};

Result<> AppendOneRow(SqlEngine* engine, const std::string& root) {
  DeltaSnapshot read = TRY(DeltaTable(root, {}).Load());
  DeltaTable table(root, read.schema, read.partition_columns);
  std::string fields;
  PartitionValues part;
  for (const auto& field : read.schema) {
    const auto& parted = read.partition_columns;
    if (std::find(parted.begin(), parted.end(), field.name) != parted.end()) {
      part.emplace_back(field.name, "appended by us");
      continue;
    }
    const char* value = field.type == Type::kTimestamp ? "make_timestamptz(77)" : "'1'";
    fields += format("{}{}::{} as {}", fields.empty() ? "" : ", ", value, SqlTypeOf(field.type),
                     QuoteName(field.name));
  }
  TRY(table.Commit(read, {.adds = TRY(table.WriteFile(engine, "select " + fields, part))}));
  TRY(table.Checkpoint());
  return {};
}

Result<> RunCommand(const std::string& command) {
  auto words = base::Split(command, ' ');
  auto engine = TRY(SqlEngine::Open({.num_threads = 2}));
  std::string place(words.size() > 1 ? words[1] : "");
  if (words[0] == "write") {
    Json tables = TRY(InteropLake(engine.get(), place).Write());
    return base::WriteFileAtomically(place + "/manifest.json", tables.ToPrettyString());
  }
  if (words[0] == "describe" && words.size() == 3) {
    Json tables = TRY(Describe(engine.get(), place));
    return base::WriteFileAtomically(std::string(words[2]), tables.ToPrettyString());
  }
  if (words[0] == "append") return AppendOneRow(engine.get(), place);
  return base::InvalidInput("unknown interop command: " + command);
}

class InteropProcess : public testing::Environment {
 public:
  void SetUp() override {
    const char* command = std::getenv(kVariable);
    if (command == nullptr) return;
    auto done = RunCommand(command);
    if (!done.ok()) std::fprintf(stderr, "interop: %s\n", done.error().ToString().c_str());
    _exit(done.ok() ? 0 : 1);
  }
};
[[maybe_unused]] const auto* const kInteropProcess =
    testing::AddGlobalTestEnvironment(new InteropProcess);

class DeltaInteropTest : public DeltaFixture {};

TEST_F(DeltaInteropTest, DuckDbReadsEveryShapeOfTable) {
  auto written = InteropLake(engine_.get(), root_).Write();
  ASSERT_TRUE(written.ok()) << written.error().ToString();
  ASSERT_TRUE(LoadDelta().ok());
  // Rows by hand from the loops above.
  const std::map<std::string, int64_t> kRows = {
      {"checkpointed", 2300}, {"evolved", 150}, {"partitioned", 70}, {"removed", 84},
      {"optimized", 131},     {"cleaned", 130}, {"edges", 6},        {"enums", 400}};
  size_t newest = 0;
  for (const auto& table : written->items()) {
    std::string name = table["table"].AsString();
    if (!table["newest"].AsBool()) continue;
    ++newest;
    EXPECT_EQ(table["rows"].AsInt(), kRows.at(name)) << name;
    ExpectDuckDbReadsTheSame(DeltaTable(root_ + "/" + name, {}));
  }
  EXPECT_EQ(newest, kRows.size());
}

TEST_F(DeltaInteropTest, TheChecksumIsTheSha256Sum) {
  // printf '1' | sha256sum: 6b86b273ff34fce1…; printf 'a': ca978112ca1bbdca….
  DeltaTable table(root_ + "/t", {{"id", Type::kInt64}, {"name", Type::kString}});
  Append(table, "select * from (values (1, 'a'), (null, 'a')) t(id, name)");
  auto described = Must(Describe(engine_.get(), root_));
  const auto& columns = described.items().at(0)["columns"].items();
  EXPECT_EQ(columns[0]["checksum"].AsString(), "e1fc34ff73b2866b");
  EXPECT_EQ(columns[0]["nulls"].AsInt(), 1);
  // 2 × 0xcabd1bca128197ca modulo 2^64.
  EXPECT_EQ(columns[1]["checksum"].AsString(), "957a379425032f94");
}

TEST_F(DeltaInteropTest, AppendsOneRowOfTheTablesOwnSchema) {
  DeltaTable table(root_, kDeltaSchema);
  Append(table, Rows(5, 6));
  ASSERT_TRUE(RunCommand("append " + root_).ok());
  EXPECT_EQ(Ids(table), "1,5,6");
  EXPECT_EQ(table.Load()->checkpoint_version, 1);
  EXPECT_FALSE(RunCommand("nothing x").ok());
}

}  // namespace
}  // namespace codman::engine
