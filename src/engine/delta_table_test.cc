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
#include "engine/delta_fixture_internal.h"

// Expected values: the rows that the test wrote; the Delta protocol text (PROTOCOL.md of
// delta-io/delta); DuckDB's own Delta reader as an independent judge.
namespace codman::engine {
namespace {

using columns::Type;
using testing::ElementsAre;
using testing::HasSubstr;

const columns::Schema& kSchema = kDeltaSchema;

class DeltaTableTest : public DeltaFixture {};

TEST_F(DeltaTableTest, CommitsAndTravelsInTime) {
  DeltaTable table(root_, kSchema);
  EXPECT_EQ(table.Load()->version, -1);
  EXPECT_EQ(Ids(table), "");
  EXPECT_EQ(Append(table, Rows(1, 2)), 0);
  EXPECT_EQ(Append(table, Rows(3, 3)), 1);
  EXPECT_EQ(Append(table, Rows(4, 5)), 2);
  EXPECT_EQ(Ids(table), "1,2,3,4,5");
  EXPECT_EQ(Ids(table, *table.Load(0)), "1,2");
  EXPECT_EQ(Ids(table, *table.Load(1)), "1,2,3");
  EXPECT_EQ(table.Load()->num_rows(), 5);
  EXPECT_EQ(table.Load()->schema, kSchema);
  EXPECT_EQ(table.Load(3).error().kind(), ErrorKind::kNotFound);
}

// PROTOCOL.md: without in-commit timestamps the time of a commit is that of its log file.
TEST_F(DeltaTableTest, TravelsToAPointInTime) {
  DeltaTable table(root_, kSchema);
  constexpr int64_t kMs = 1000;
  const int64_t kBegin = 1'700'000'000'000'000;
  const std::vector<int64_t> kTimes = {kBegin, kBegin + 10 * kMs, kBegin + 5 * kMs,
                                       kBegin + 30 * kMs};
  for (size_t i = 0; i < kTimes.size(); ++i) {
    Append(table, Rows(int64_t(i), int64_t(i)));
    SetModified(LogName(int64_t(i)), kTimes[i]);
  }
  struct Case {
    int64_t time_us;
    int64_t version;
  };
  for (auto [time_us, version] : {Case{kBegin, 0},
                                  {kBegin + 9 * kMs + 999, 0},
                                  {kBegin + 10 * kMs, 1},
                                  // Version 2 claims an earlier time than version 1: it counts as
                                  // one millisecond later.
                                  {kBegin + 10 * kMs + 999, 1},
                                  {kBegin + 11 * kMs, 2},
                                  {kBegin + 29 * kMs, 2},
                                  {kBegin + 30 * kMs, 3},
                                  {kBegin + base::kDayUs, 3}}) {
    EXPECT_EQ(Must(table.LoadAt(time_us)).version, version) << time_us - kBegin;
  }
  auto before = table.LoadAt(kBegin - 1);
  EXPECT_EQ(before.error().kind(), ErrorKind::kNotFound);
  EXPECT_THAT(before.error().message(), HasSubstr("2023-11-14T22:13:19.999999Z"));
}

TEST_F(DeltaTableTest, RemovesFilesAndRefusesToRemoveThemTwice) {
  DeltaTable table(root_, kSchema);
  Append(table, Rows(1, 2));
  Append(table, Rows(3, 4));
  auto read = *table.Load();
  std::string first = read.files[0].path;
  DeltaChange change{.operation = "OPTIMIZE",
                     .adds = table.WriteFile(engine_.get(), Rows(7, 7)).value(),
                     .removes = {first}};
  ASSERT_TRUE(table.Commit(read, change).ok());
  EXPECT_EQ(Ids(table), "3,4,7");
  EXPECT_EQ(Ids(table, *table.Load(1)), "1,2,3,4") << "the past stays readable";
  EXPECT_EQ(table.Commit(read, {.removes = {read.files[1].path}}).error().kind(),
            ErrorKind::kConflict)
      << "another commit came between";
  EXPECT_EQ(table.Commit(*table.Load(), {.removes = {first}}).error().kind(), ErrorKind::kConflict);
}

TEST_F(DeltaTableTest, AnEnumIsWrittenAsTheTextThatItMeans) {
  columns::Schema schema = {{"id", Type::kInt64}, {"name", Type::kString}};
  DeltaTable table(root_, schema);
  columns::Column names{.field = schema[1]};
  for (const char* text : {"b", "a'b", "b"}) names.AppendString(text);
  names.AppendNull();
  EXPECT_EQ(EnumOf(names), "ENUM('a''b', 'b')");
  std::string coded = format(
      "select id::bigint as id, name::{} as name from (values (1, 'b'), (2, null), (3, 'a''b')) "
      "t(id, name)",
      EnumOf(names));
  Append(table, coded);
  Append(table, "select 4 as id, " + EnumLiteral("q'") + " as name");
  Append(table, "select 5 as id, 'text' as name");
  Append(table, "select 6 as id, null::" + EnumOf(columns::Column{}) + " as name");
  auto snapshot = *table.Load();
  EXPECT_THAT(snapshot.files[0].stats, HasSubstr(R"("nullCount":{"id":0,"name":1})"));
  ASSERT_TRUE(LoadDelta().ok());
  for (const auto& from : {table.SelectAll(snapshot), format("from delta_scan('{}')", root_)}) {
    auto rows =
        engine_->QueryAll(format("select id, typeof(name), name from ({}) order by id", from));
    ASSERT_TRUE(rows.ok()) << rows.error().ToString();
    ASSERT_EQ(rows->num_rows(), 6);
    const auto& read = rows->columns[2];
    for (size_t i = 0; i < 6; ++i) EXPECT_EQ(rows->columns[1].strings[i], "VARCHAR");
    EXPECT_EQ(read.strings[0], "b");
    EXPECT_EQ(read.valid[1], 0);
    EXPECT_EQ(read.strings[2], "a'b");
    EXPECT_EQ(read.strings[3], "q'");
    EXPECT_EQ(read.strings[4], "text");
    EXPECT_EQ(read.valid[5], 0);
  }
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
  EXPECT_EQ(Ids(table), "1,3,4");
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

TEST_F(DeltaTableTest, DuckDbsDeltaReaderSeesTheSameRows) {
  auto loaded = LoadDelta();
  ASSERT_TRUE(loaded.ok()) << loaded.error().ToString();
  DeltaTable table(root_, kSchema);
  for (int i = 0; i < 4; ++i) Append(table, Rows(i * 10, i * 10 + 9));
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

// Other makers may lay files out as they like: the log's values count, not the folders.
TEST_F(DeltaTableTest, PartitionValuesComeFromTheLog) {
  columns::Schema schema = kSchema;
  schema.push_back({"source", Type::kString});
  DeltaTable table(root_, schema, {"source"});
  DeltaChange change;
  for (const char* value : {"a", "b c", ""}) {
    auto file = Write(table, Rows(1, 2), {{"source", value}}).front();
    std::string moved = "anywhere/" + std::to_string(change.adds.size()) + ".parquet";
    ASSERT_TRUE(base::MakeFolders(root_ + "/anywhere").ok());
    ASSERT_EQ(rename((root_ + "/" + file.path).c_str(), (root_ + "/" + moved).c_str()), 0);
    file.path = moved;
    change.adds.push_back(file);
  }
  ASSERT_TRUE(table.Commit(*table.Load(), change).ok());
  auto rows = Must(engine_->QueryAll("select coalesce(source, '<null>'), count(*) from (" +
                                     table.SelectAll(*table.Load()) + ") group by 1 order by 1"));
  ASSERT_EQ(rows.num_rows(), 3);
  EXPECT_EQ(rows.columns[0].strings[0], "<null>") << "an empty partition value is null";
  EXPECT_EQ(rows.columns[0].strings[1], "a");
  EXPECT_EQ(rows.columns[0].strings[2], "b c");
  EXPECT_THAT(rows.columns[1].ints, ElementsAre(2, 2, 2));
  ExpectDuckDbReadsTheSame(table);
}

TEST_F(DeltaTableTest, ANullPartitionIsWrittenAndRead) {
  columns::Schema schema = kSchema;
  schema.push_back({"source", Type::kString});
  DeltaTable table(root_, schema, {"source"});
  auto files = Write(table, Rows(1, 2), {{"source", ""}});
  EXPECT_THAT(files.front().path, testing::StartsWith("source=__HIVE_DEFAULT_PARTITION__/"));
  ASSERT_TRUE(table.Commit(*table.Load(), {.adds = files}).ok());
  EXPECT_EQ(Must(engine_->QueryInt("select count(*) from (" + table.SelectAll(*table.Load()) +
                                   ") where source is null")),
            2);
  ExpectDuckDbReadsTheSame(table);
}

// Spark takes a file's types as they are: they must be those of the table's schema.
TEST_F(DeltaTableTest, FilesHaveTheDeclaredTypes) {
  DeltaTable table(root_, kSchema);
  auto files = Write(
      table, "select true as flag, 1 as id, 0.5 as level, 7 as name, date '2026-11-21' as \"at\"");
  auto types = Must(engine_->QueryAll(
      format("select name, type, coalesce(converted_type, '') from parquet_schema('{}/{}') where "
             "num_children is null",
             root_, files.front().path)));
  std::string text;
  for (size_t i = 0; i < size_t(types.num_rows()); ++i) {
    for (const auto& column : types.columns) text += std::string(column.strings[i]) + " ";
  }
  // PROTOCOL.md and the Parquet format: long INT64, string BYTE_ARRAY (UTF8), timestamp INT64
  // (TIMESTAMP_MICROS).
  EXPECT_EQ(text,
            "id INT64 INT_64 level DOUBLE  name BYTE_ARRAY UTF8 flag BOOLEAN  at INT64 "
            "TIMESTAMP_MICROS ");
}

TEST_F(DeltaTableTest, FilesThatNoCommitNamesAreIgnored) {
  DeltaTable table(root_, kSchema);
  Append(table, Rows(1, 2));
  ASSERT_TRUE(table.WriteFile(engine_.get(), Rows(8, 9)).ok());
  ASSERT_TRUE(base::WriteFileAtomically(root_ + "/_delta_log/00000000000000000001.json.partial-1",
                                        "{\"add\":")
                  .ok());
  EXPECT_EQ(Ids(table), "1,2");
  EXPECT_EQ(Append(table, Rows(3, 3)), 1);
  EXPECT_EQ(Ids(table), "1,2,3");
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
