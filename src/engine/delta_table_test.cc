#include "engine/delta_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <set>
#include <thread>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

// Expected values: the rows that the test wrote; the Delta protocol text (PROTOCOL.md of
// delta-io/delta); DuckDB's own Delta reader as an independent judge.
namespace codman::engine {
namespace {

using columns::Type;
using testing::ElementsAre;
using testing::HasSubstr;

const columns::Schema kSchema = {{"id", Type::kInt64},
                                 {"level", Type::kDouble},
                                 {"name", Type::kString},
                                 {"flag", Type::kBool},
                                 {"at", Type::kTimestamp}};

class DeltaTableTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(root_).ok());
    engine_ = SqlEngine::Open({.num_threads = 2}).value();
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(root_).ok()); }

  // The Delta reader must lie beside the program.
  Result<> LoadDelta() {
    char program[4096] = {};
    EXPECT_GT(readlink("/proc/self/exe", program, sizeof program - 1), 0);
    std::string beside = std::string(program);
    beside = beside.substr(0, beside.rfind('/')) + "/delta.duckdb_extension";
    std::string source = std::string(CODMAN_SOURCE_DIR) + "/.deps/duckdb/delta.duckdb_extension";
    if (!base::FileExists(beside)) {
      EXPECT_EQ(symlink(source.c_str(), beside.c_str()), 0);
    }
    return engine_->LoadDelta();
  }
  // Rows id = first … last.
  static std::string Rows(int first, int last) {
    return format(
        "select i::bigint as id, i / 4.0::double as level, 'n' || i as name, i % 2 = 0 as flag, "
        "make_timestamptz(i * 1000001) as at from range({}, {}) t(i)",
        first, last + 1);
  }
  int64_t Commit(const DeltaTable& table, const std::string& select) {
    auto read = table.Load().value();
    return table.Commit(read, {.adds = table.WriteFile(engine_.get(), select).value()}).value();
  }
  std::string Ids(const DeltaTable& table, const DeltaSnapshot& snapshot) {
    auto ids = engine_->QueryAll("select coalesce(string_agg(id, ',' order by id), '') from (" +
                                 table.SelectAll(snapshot) + ")");
    EXPECT_TRUE(ids.ok()) << ids.error().ToString();
    return ids.ok() ? std::string(ids->columns[0].strings[0]) : "";
  }
  std::string root_ = format("{}codman_delta_{}", testing::TempDir(), getpid());
  std::unique_ptr<SqlEngine> engine_;
};

TEST_F(DeltaTableTest, CommitsAndTravelsInTime) {
  DeltaTable table(root_, kSchema);
  EXPECT_EQ(table.Load()->version, -1);
  EXPECT_EQ(Ids(table, *table.Load()), "");
  EXPECT_EQ(Commit(table, Rows(1, 2)), 0);
  EXPECT_EQ(Commit(table, Rows(3, 3)), 1);
  EXPECT_EQ(Commit(table, Rows(4, 5)), 2);
  EXPECT_EQ(Ids(table, *table.Load()), "1,2,3,4,5");
  EXPECT_EQ(Ids(table, *table.Load(0)), "1,2");
  EXPECT_EQ(Ids(table, *table.Load(1)), "1,2,3");
  EXPECT_EQ(table.Load()->num_rows(), 5);
  EXPECT_EQ(table.Load()->schema, kSchema);
  EXPECT_EQ(table.Load(3).error().kind(), ErrorKind::kNotFound);
}

TEST_F(DeltaTableTest, RemovesFilesAndRefusesToRemoveThemTwice) {
  DeltaTable table(root_, kSchema);
  Commit(table, Rows(1, 2));
  Commit(table, Rows(3, 4));
  auto read = *table.Load();
  std::string first = read.files[0].path;
  DeltaChange change{.operation = "OPTIMIZE",
                     .adds = table.WriteFile(engine_.get(), Rows(7, 7)).value(),
                     .removes = {first}};
  ASSERT_TRUE(table.Commit(read, change).ok());
  EXPECT_EQ(Ids(table, *table.Load()), "3,4,7");
  EXPECT_EQ(Ids(table, *table.Load(1)), "1,2,3,4") << "the past stays readable";
  EXPECT_EQ(table.Commit(read, {.removes = {read.files[1].path}}).error().kind(),
            ErrorKind::kConflict)
      << "another commit came between";
  EXPECT_EQ(table.Commit(*table.Load(), {.removes = {first}}).error().kind(), ErrorKind::kConflict);
}

TEST_F(DeltaTableTest, ATransactionIdCommitsOnce) {
  DeltaTable table(root_, kSchema);
  auto read = *table.Load();
  auto adds = [&](int id) { return table.WriteFile(engine_.get(), Rows(id, id)).value(); };
  ASSERT_TRUE(table.Commit(read, {.adds = adds(1), .txns = {{"ingest", 1}}}).ok());
  EXPECT_EQ(table.Load()->txns.at("ingest"), 1);
  EXPECT_EQ(table.Commit(read, {.adds = adds(2), .txns = {{"ingest", 1}}}).error().kind(),
            ErrorKind::kConflict);
  ASSERT_TRUE(table.Commit(read, {.adds = adds(3), .txns = {{"other", 1}}}).ok())
      << "another application's number does not matter";
  ASSERT_TRUE(table.Commit(*table.Load(), {.adds = adds(4), .txns = {{"ingest", 2}}}).ok());
  EXPECT_EQ(Ids(table, *table.Load()), "1,3,4");
}

TEST_F(DeltaTableTest, FourThreadsOfTenCommitsLoseNone) {
  DeltaTable table(root_, kSchema);
  std::vector<std::thread> threads;
  std::array<std::set<int64_t>, 4> versions;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        auto read = table.Load();
        ASSERT_TRUE(read.ok()) << read.error().ToString();
        int id = t * 10 + i;
        auto version =
            table.Commit(*read, {.adds = table.WriteFile(engine_.get(), Rows(id, id)).value()});
        ASSERT_TRUE(version.ok()) << version.error().ToString();
        versions[static_cast<size_t>(t)].insert(*version);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  auto newest = *table.Load();
  EXPECT_EQ(newest.version, 39);
  EXPECT_EQ(newest.files.size(), 40u);
  std::set<int64_t> all;
  for (const auto& of_thread : versions) all.insert(of_thread.begin(), of_thread.end());
  EXPECT_EQ(all.size(), 40u);
  EXPECT_EQ(
      engine_->QueryInt("select count(distinct id) from (" + table.SelectAll(newest) + ")").value(),
      40);
}

TEST_F(DeltaTableTest, StatsBoundEveryValue) {
  DeltaTable table(root_, kSchema);
  std::string longest(40, 'z');
  auto files = table.WriteFile(
      engine_.get(),
      "select * from (values (-3, 0.1, 'b', true, make_timestamptz(-1)), (5, null, 'a', null, "
      "make_timestamptz(1500)), (null, -7.5, null, false, null)) t(id, level, name, flag, \"at\")");
  ASSERT_TRUE(files.ok()) << files.error().ToString();
  const Json& stats = (*files)[0].stats;
  EXPECT_EQ(stats["numRecords"].AsInt(), 3);
  EXPECT_EQ(stats["minValues"]["id"].AsInt(), -3);
  EXPECT_EQ(stats["maxValues"]["id"].AsInt(), 5);
  EXPECT_EQ(stats["minValues"]["level"].AsDouble(), -7.5);
  EXPECT_EQ(stats["maxValues"]["level"].AsDouble(), 0.1);
  EXPECT_EQ(stats["minValues"]["name"].AsString(), "a");
  EXPECT_EQ(stats["maxValues"]["name"].AsString(), "b");
  // -1 µs lies in the millisecond that begins at -1 ms; 1500 µs is below 2 ms.
  EXPECT_EQ(stats["minValues"]["at"].AsString(), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(stats["maxValues"]["at"].AsString(), "1970-01-01T00:00:00.002Z");
  EXPECT_EQ(stats["nullCount"].ToString(), R"({"id":1,"level":1,"name":1,"flag":1,"at":1})");

  auto unknown = table.WriteFile(
      engine_.get(), format("select 1::bigint as id, 'nan'::double as level, '{}' as name, true as "
                            "flag, make_timestamptz(1000) as at",
                            longest));
  const Json& open = (*unknown)[0].stats;
  EXPECT_EQ(open["maxValues"].Find("level"), nullptr) << "no number bounds NaN";
  EXPECT_EQ(open["maxValues"].Find("name"), nullptr) << "a long text has no bound, not a cut one";
  EXPECT_EQ(open["minValues"]["at"].AsString(), "1970-01-01T00:00:00.001Z");
  EXPECT_EQ(open["maxValues"]["at"].AsString(), "1970-01-01T00:00:00.001Z");
  EXPECT_TRUE(table.WriteFile(engine_.get(), Rows(1, 0))->empty()) << "no rows, no file";
}

TEST_F(DeltaTableTest, DuckDbsDeltaReaderSeesTheSameRows) {
  auto loaded = LoadDelta();
  ASSERT_TRUE(loaded.ok()) << loaded.error().ToString();
  DeltaTable table(root_, kSchema);
  for (int i = 0; i < 4; ++i) Commit(table, Rows(i * 10, i * 10 + 9));
  auto read = *table.Load();
  ASSERT_TRUE(table.Commit(read, {.removes = {read.files[1].path}}).ok());
  std::string ours = table.SelectAll(*table.Load());
  std::string theirs = format("select * from delta_scan('{}')", root_);
  EXPECT_EQ(engine_->QueryInt(format("select count(*) from ({})", theirs)).value(), 30);
  for (auto [a, b] : {std::pair(ours, theirs), std::pair(theirs, ours)}) {
    EXPECT_EQ(engine_->QueryInt(format("select count(*) from ({} except all {})", a, b)).value(),
              0);
  }
  // Files are skipped by stats: a filter at each row's own time must find it.
  EXPECT_EQ(engine_
                ->QueryInt(format("select count(*) from ({0}) a where (select count(*) from "
                                  "delta_scan('{1}') b where b.at = a.at and b.id = a.id) = 1",
                                  ours, root_))
                .value(),
            30);
}

TEST_F(DeltaTableTest, PartitionValuesOfAnyTextComeBack) {
  columns::Schema schema = kSchema;
  schema.push_back({"source", Type::kString});
  DeltaTable table(root_, schema, {"source"});
  const std::vector<std::string> kValues = {"plain", "with space", "per%20cent", "a=b",
                                            "007",   "2026-11-21", "sla/sh",     "../up",
                                            "Köln",  "q'uote",     "+1"};
  DeltaChange change;
  for (size_t i = 0; i < kValues.size(); ++i) {
    auto files = table.WriteFile(engine_.get(), Rows(int(i), int(i)), {{"source", kValues[i]}});
    ASSERT_TRUE(files.ok()) << files.error().ToString();
    change.adds.push_back(files->front());
  }
  auto paths = base::ListTree(root_).value();
  for (const auto& path : paths) {
    EXPECT_EQ(std::count(path.begin(), path.end(), '/'), 1) << path;
    EXPECT_THAT(path, testing::StartsWith("source="));
  }
  ASSERT_TRUE(table.Commit(*table.Load(), change).ok());
  auto snapshot = *table.Load();
  auto rows =
      engine_->QueryAll("select id, source from (" + table.SelectAll(snapshot) + ") order by id");
  ASSERT_TRUE(rows.ok()) << rows.error().ToString();
  ASSERT_EQ(rows->num_rows(), int64_t(kValues.size()));
  for (size_t i = 0; i < kValues.size(); ++i) {
    EXPECT_EQ(rows->columns[1].strings[i], kValues[i]);
    EXPECT_EQ(snapshot.files[i].partition[0].second, kValues[i]);
    EXPECT_EQ(snapshot.files[i].path, change.adds[i].path);
  }
  ASSERT_TRUE(LoadDelta().ok());
  auto theirs =
      engine_->QueryAll(format("select id, source from delta_scan('{}') order by id", root_));
  ASSERT_TRUE(theirs.ok()) << theirs.error().ToString();
  for (size_t i = 0; i < kValues.size(); ++i) EXPECT_EQ(theirs->columns[1].strings[i], kValues[i]);
}

TEST_F(DeltaTableTest, FilesThatNoCommitNamesAreIgnored) {
  DeltaTable table(root_, kSchema);
  Commit(table, Rows(1, 2));
  ASSERT_TRUE(table.WriteFile(engine_.get(), Rows(8, 9)).ok());
  ASSERT_TRUE(base::WriteFileAtomically(root_ + "/_delta_log/00000000000000000001.json.partial-1",
                                        "{\"add\":")
                  .ok());
  EXPECT_EQ(Ids(table, *table.Load()), "1,2");
  EXPECT_EQ(Commit(table, Rows(3, 3)), 1);
  EXPECT_EQ(Ids(table, *table.Load()), "1,2,3");
}

TEST_F(DeltaTableTest, RefusesWhatItCannotRead) {
  struct Case {
    const char* text;
    const char* cause;
  };
  for (auto [text, cause] :
       {Case{R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":[]}})",
             "newer Delta reader"},
        {R"({"metaData":{"schemaString":"{\"fields\":[{\"name\":\"a\",\"type\":\"variant\"}]}"}})",
         "'variant' is not supported"},
        {"{\"add\":", "00000000000000000000.json"}}) {
    ASSERT_TRUE(base::MakeFolders(root_ + "/_delta_log").ok());
    ASSERT_TRUE(
        base::WriteFileAtomically(root_ + "/_delta_log/00000000000000000000.json", text).ok());
    auto loaded = DeltaTable(root_, kSchema).Load();
    ASSERT_FALSE(loaded.ok()) << text;
    EXPECT_THAT(loaded.error().ToString(), HasSubstr(cause));
    EXPECT_THAT(loaded.error().ToString(), HasSubstr("00000000000000000000.json"));
  }
}

}  // namespace
}  // namespace codman::engine
