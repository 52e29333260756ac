#include "engine/delta_optimize.h"

#include <functional>
#include <thread>
#include <utility>

#include "engine/delta_fixture_internal.h"

// Expected values: the rows that the test wrote, compared by DuckDB's `except all`; the sizes of
// the files by hand; PROTOCOL.md for dataChange.
namespace codman::engine {
namespace {

using columns::Type;
using testing::HasSubstr;

class DeltaOptimizeTest : public DeltaFixture {
 protected:
  static columns::Schema WardSchema() {
    columns::Schema schema = kDeltaSchema;
    schema.push_back({"ward", Type::kString});
    return schema;
  }
  // A copy of the live rows, to compare with.
  void Keep(const DeltaTable& table, const std::string& name) {
    ASSERT_TRUE(engine_
                    ->Execute(format("create or replace table {} as {}", name,
                                     table.SelectAll(Must(table.Load()))))
                    .ok());
  }
};

TEST_F(DeltaOptimizeTest, RewritesSmallFilesOfEachPartition) {
  DeltaTable table(root_, WardSchema(), {"ward"});
  for (int i = 0; i < 9; ++i)
    Append(table, Rows(i * 10, i * 10 + 9), {{"ward", i < 6 ? "first floor" : "b"}});
  Append(table, Rows(100, 100), {{"ward", "alone"}});
  Keep(table, "before");
  auto read = Must(table.Load());
  auto report = Must(Optimize(engine_.get(), table, {.sort_columns = {"level", "id"}}));
  EXPECT_EQ(report.version, 10);
  EXPECT_EQ(report.files_before, 9);
  EXPECT_EQ(report.files_after, 2);
  auto now = Must(table.Load());
  EXPECT_EQ(now.files.size(), 3u) << "a file alone in its partition stays";
  EXPECT_EQ(now.num_rows(), read.num_rows());
  ExpectSameRows(table.SelectAll(now), "from before");
  ExpectDuckDbReadsTheSame(table);
  auto commit = Must(table.ReadCommit(10));
  for (const auto& file : commit.adds) EXPECT_FALSE(file.data_change);
  for (const auto& file : commit.removes) EXPECT_FALSE(file.data_change);
  EXPECT_EQ(commit.info["operation"].AsString(), "OPTIMIZE");
  EXPECT_EQ(Ids(table, Must(table.Load(3))).substr(0, 5), "0,1,2") << "the past stays readable";
  auto again = Must(Optimize(engine_.get(), table, {}));
  EXPECT_EQ(again.version, 10) << "nothing to do, no commit";
  EXPECT_EQ(again.files_before, 0);
}

TEST_F(DeltaOptimizeTest, FillsFilesUpToTheTarget) {
  DeltaTable table(root_, kDeltaSchema);
  for (int i = 0; i < 8; ++i) Append(table, Rows(i * 1000, i * 1000 + 999));
  int64_t one = Must(table.Load()).files[0].size_bytes;
  Keep(table, "before");
  // Three files fit below the target, so 8 become 3 + 3 + 2.
  auto report = Must(Optimize(engine_.get(), table, {.target_bytes = one * 7 / 2}));
  EXPECT_EQ(report.files_before, 8);
  EXPECT_EQ(report.files_after, 3);
  for (const auto& file : Must(table.Load()).files) EXPECT_LT(file.size_bytes, one * 4);
  ExpectSameRows(table.SelectAll(Must(table.Load())), "from before");
  // At 75 % of the target and above a file is large enough.
  EXPECT_EQ(Must(Optimize(engine_.get(), table, {.target_bytes = one})).files_before, 0);
}

TEST_F(DeltaOptimizeTest, SortsTheRowsOfAFile) {
  DeltaTable table(root_, kDeltaSchema);
  for (int id : {7, 3, 9, 1}) Append(table, Rows(id, id));
  Must(Optimize(engine_.get(), table, {.sort_columns = {"id"}}));
  auto rows =
      Must(engine_->QueryAll("select id from (" + table.SelectAll(Must(table.Load())) + ")"));
  EXPECT_THAT(rows.columns[0].ints, testing::ElementsAre(1, 3, 7, 9));
  auto wrong = Optimize(engine_.get(), table, {.sort_columns = {"nothing"}});
  EXPECT_THAT(wrong.error().message(), HasSubstr("no column 'nothing'"));
  EXPECT_FALSE(Optimize(engine_.get(), table, {.target_bytes = 0}).ok());
}

TEST_F(DeltaOptimizeTest, MakesEvolvedAndNullPartitionsWhole) {
  columns::Schema evolved = kDeltaSchema;
  evolved.push_back({"note", Type::kString});
  evolved.push_back({"ward", Type::kString});
  DeltaTable old(root_, WardSchema(), {"ward"}), now(root_, evolved, {"ward"});
  for (const char* ward : {"", "a=b/c"}) {
    Append(old, Rows(1, 3), {{"ward", ward}});
  }
  for (const char* ward : {"", "a=b/c"})
    Append(now, format("select *, 'n' as note from ({})", Rows(4, 5)), {{"ward", ward}});
  Keep(now, "before");
  auto report = Must(Optimize(engine_.get(), now, {}));
  EXPECT_EQ(report.files_after, 2);
  ExpectSameRows(now.SelectAll(Must(now.Load())), "from before");
  ExpectDuckDbReadsTheSame(now);
}

TEST_F(DeltaOptimizeTest, StandsBesideAppenders) {
  DeltaTable table(root_, kDeltaSchema);
  for (int i = 0; i < 5; ++i) Append(table, Rows(i, i));
  std::thread appender([&] {
    auto engine = SqlEngine::Open({.num_threads = 1}).value();
    for (int i = 100; i < 130; ++i) {
      auto files = table.WriteFile(engine.get(), Rows(i, i));
      EXPECT_TRUE(table.Commit(Must(table.Load()), {.adds = *files}).ok());
    }
  });
  for (int i = 0; i < 10; ++i) Must(Optimize(engine_.get(), table, {}));
  appender.join();
  EXPECT_EQ(Must(table.Load()).num_rows(), 35);
  EXPECT_EQ(Must(engine_->QueryInt("select count(distinct id) from (" +
                                   table.SelectAll(Must(table.Load())) + ")")),
            35);
}

// Lets something happen to the table when the first file is written.
class Interrupted : public SqlEngine {
 public:
  Interrupted(SqlEngine* engine, std::function<void()> meanwhile)
      : engine_(engine), meanwhile_(std::move(meanwhile)) {}
  Result<> Execute(const std::string& sql) override {
    if (sql.starts_with("copy ") && meanwhile_) std::exchange(meanwhile_, nullptr)();
    return engine_->Execute(sql);
  }
  Result<> Query(const std::string& sql,
                 const std::function<Result<>(const columns::Table&)>& sink) override {
    return engine_->Query(sql, sink);
  }
  Result<columns::Schema> Describe(const std::string& sql) override {
    return engine_->Describe(sql);
  }
  Result<> Append(const std::string& table, const columns::Table& rows) override {
    return engine_->Append(table, rows);
  }
  Result<> LoadDelta() override { return engine_->LoadDelta(); }

 private:
  SqlEngine* engine_;
  std::function<void()> meanwhile_;
};

TEST_F(DeltaOptimizeTest, TakesItsFilesAwayOnAConflict) {
  DeltaTable table(root_, kDeltaSchema);
  for (int i = 0; i < 4; ++i) Append(table, Rows(i, i));
  auto files_before = Must(base::ListTree(root_)).size();
  Interrupted engine(engine_.get(), [&] {
    auto read = Must(table.Load());
    Must(table.Commit(read, {.removes = {read.files[0].path}}));
  });
  auto report = Optimize(&engine, table, {});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(Must(base::ListTree(root_)).size(), files_before + 1) << "only the other's commit";
  EXPECT_EQ(Ids(table), "1,2,3");
}

}  // namespace
}  // namespace codman::engine
