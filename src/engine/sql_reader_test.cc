#include "engine/sql_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/delta_table.h"

// Expected values: the rows that the test wrote; what DuckDB's documentation ("Securing DuckDB")
// says must be refused.
namespace codman::engine {
namespace {

using columns::Type;
using testing::HasSubstr;

class SqlReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(home_).ok());
    ASSERT_TRUE(base::MakeFolders(lake_).ok());
    ASSERT_TRUE(base::WriteFileAtomically(secret_, "user:secret\n").ok());
    auto engine = SqlEngine::Open({.num_threads = 1}).value();
    DeltaTable stays(lake_ + "/gold/stays", {{"id", Type::kInt64}, {"ward", Type::kString}});
    auto files =
        stays.WriteFile(engine.get(), "select i as id, 'w' || i % 2 as ward from range(10) t(i)");
    ASSERT_TRUE(stays.Commit(*stays.Load(), {.adds = files.value()}).ok());
    views_ = {{"gold", "stays", stays.SelectAll(*stays.Load())}};
    Open({});
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(home_).ok()); }
  void Open(ReaderOptions options) {
    options.engine.num_threads = 2;
    auto opened = OpenReader(lake_, views_, options);
    ASSERT_TRUE(opened.ok()) << opened.error().ToString();
    reader_ = std::move(*opened);
  }

  std::string home_ = format("{}codman_reader_{}", testing::TempDir(), getpid());
  std::string lake_ = home_ + "/lake";
  std::string secret_ = home_ + "/secret.csv";  // beside the lake
  std::vector<ReaderView> views_;
  std::unique_ptr<SqlEngine> reader_;
};

TEST_F(SqlReaderTest, ReadsTheViews) {
  for (const char* sql : {"select count(*) from gold.stays",
                          "with a as (select * from gold.stays) select count(*) from a",
                          "from gold.stays select count(*)", "select count(*) from gold.stays;",
                          "select count(*)::decimal(9, 2) from gold.stays  -- all of them",
                          "select count(*) from gold.stays;  \n"}) {
    auto count = reader_->QueryInt(sql);
    ASSERT_TRUE(count.ok()) << sql << "\n" << count.error().ToString();
    EXPECT_EQ(*count, 10) << sql;
  }
  EXPECT_EQ(reader_->QueryAll("describe gold.stays")->num_rows(), 2);
  EXPECT_EQ(reader_->QueryAll("summarize gold.stays")->num_rows(), 2);
  EXPECT_GT(reader_->QueryAll("explain select * from gold.stays")->num_rows(), 0);
  EXPECT_GT(reader_->QueryAll("Explain  ANALYZE select * from gold.stays")->num_rows(), 0);
  EXPECT_EQ(reader_->QueryAll("values (1), (2)")->num_rows(), 2);
  EXPECT_EQ(reader_->Describe("select id from gold.stays")->front().name, "id");
  auto file = format("select count(*) from read_text('{}/gold/stays/_delta_log/*.json')", lake_);
  EXPECT_EQ(reader_->QueryInt(file).value(), 1) << "files of the lake may be read";
}

TEST_F(SqlReaderTest, RefusesWhatIsNotOneQuery) {
  std::string out = lake_ + "/out.csv";
  for (const auto& sql : std::vector<std::string>{
           "",
           "select 1; select 2",
           "select 1; drop view gold.stays",
           "create table t (i int)",
           "drop view gold.stays",
           "insert into gold.stays values (1, 'a')",
           "update x set a = 1",
           format("copy (select 1) to '{}'", out),
           format("copy gold.stays to '{}'", out),
           format("explain analyze copy (select 1) to '{}'", out),
           format("explain analyze explain analyze copy (select 1) to '{}'", out),
           format("/* x */ explain analyze copy (select 1) to '{}'", out),
           format("explain (format json) copy (select 1) to '{}'", out),
           format("export database '{}/all'", lake_),
           format("attach '{}/x.db' as x", lake_),
           format("attach '{}/x.db'", home_),
           "install httpfs",
           "load httpfs",
           "load json",
           "set threads = 1",
           "set enable_external_access = true",
           "set lock_configuration = false",
           "reset allowed_directories",
           "set allowed_directories = ['/']",
           "pragma enable_external_access",
           "pragma database_list",
           "set variable x = 1",
           "prepare p as select 1",
           "begin",
           "call pragma_version()",
           "use memory",
           "checkpoint",
           "vacuum",
           "create macro f() as 1",
           "create secret (type s3)"}) {
    auto rows = reader_->QueryAll(sql);
    EXPECT_FALSE(rows.ok()) << sql;
    EXPECT_FALSE(reader_->Execute(sql).ok()) << sql;
    EXPECT_FALSE(base::FileExists(out)) << sql;
  }
  EXPECT_EQ(reader_->QueryAll("create table t (i int)").error().kind(), ErrorKind::kForbidden);
  EXPECT_EQ(reader_->Execute("install httpfs").error().kind(), ErrorKind::kForbidden);
  EXPECT_EQ(reader_->Append("t", {}).error().kind(), ErrorKind::kForbidden);
  EXPECT_EQ(reader_->LoadDelta().error().kind(), ErrorKind::kForbidden);
  EXPECT_FALSE(base::FileExists(lake_ + "/x.db"));
  EXPECT_EQ(reader_->QueryInt("select count(*) from gold.stays").value(), 10) << "still there";
}

TEST_F(SqlReaderTest, RefusesFilesBesideTheLake) {
  std::string up = lake_ + "/../secret.csv";
  std::string link = lake_ + "/gold/../../secret.csv";
  for (const auto& path :
       {std::string("/etc/passwd"), secret_, up, link, "file://" + secret_, home_ + "/*.csv",
        lake_ + "x/../secret.csv", std::string("/proc/self/environ"),
        std::string("http://127.0.0.1:1/x.csv")}) {
    for (const char* read :
         {"select * from read_csv('{}')", "select * from read_csv('{}', header = false)",
          "select * from read_text('{}')", "select * from read_blob('{}')",
          "select * from sniff_csv('{}')", "select * from read_json('{}')",
          "select * from read_parquet('{}')", "select * from parquet_metadata('{}')",
          "select * from parquet_schema('{}')", "select * from '{}'",
          "explain analyze select * from read_text('{}')",
          "summarize select * from read_text('{}')", "describe select * from read_text('{}')"}) {
      std::string sql = base::ReplaceAll(read, "{}", path);
      auto rows = reader_->QueryAll(sql);
      ASSERT_FALSE(rows.ok()) << sql;
      EXPECT_THAT(rows.error().ToString(), testing::Not(HasSubstr("user:"))) << sql;
    }
  }
  auto globbed = reader_->QueryAll(format("select * from glob('{}/*')", home_));
  EXPECT_TRUE(!globbed.ok() || globbed->num_rows() == 0) << "glob tells of files beside the lake";
  auto root = reader_->QueryAll("select * from glob('/etc/pass*')");
  EXPECT_TRUE(!root.ok() || root->num_rows() == 0);
}

TEST_F(SqlReaderTest, RefusesFunctionsThatDoMoreThanGiveRows) {
  auto before = base::ListTree(lake_).value();
  for (const auto& sql : std::vector<std::string>{
           format("select * from enable_logging('QueryLog', storage = 'file', storage_path = '{}')",
                  lake_),
           format("describe select * from enable_logging('QueryLog', storage = 'file', "
                  "storage_path = '{}')",
                  lake_),
           "with a as (from system.main.\"Enable_Logging\"()) select * from a",
           "select (select count(*) from enable_logging())",
           "explain analyze from enable_logging()",
           format("from enable_profiling(save_location = '{}/profile')", lake_),
           "from query('select 1')", "from json_execute_serialized_sql('{}')",
           "from arrow_scan(1::pointer, 2::pointer, 3::pointer)", "from checkpoint()",
           "from duckdb_secrets()", "from duckdb_settings()", "select sleep_ms(100000)",
           "select write_log('x')", format("from read_duckdb('{}/x.db')", lake_)}) {
    auto called = reader_->QueryAll(sql);
    ASSERT_FALSE(called.ok()) << sql;
    EXPECT_EQ(called.error().kind(), ErrorKind::kForbidden) << called.error().ToString();
    ASSERT_TRUE(reader_->QueryAll("select 1").ok());
    EXPECT_EQ(base::ListTree(lake_).value(), before) << sql;
  }
  EXPECT_EQ(
      reader_->QueryInt("select count(*) from range(3) where 'enable_logging()' <> ''").value(), 3)
      << "a text is not a call";
  EXPECT_EQ(reader_->QueryAll("selec 1").error().kind(), ErrorKind::kInvalidInput);
  EXPECT_THAT(reader_->QueryAll("selec 1").error().message(), HasSubstr("selec"));
}

TEST_F(SqlReaderTest, EndsWhatGivesTooManyRows) {
  Open({.max_rows = 10});
  EXPECT_EQ(reader_->QueryAll("select * from gold.stays")->num_rows(), 10);
  auto rows = reader_->QueryAll("select * from range(11)");
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().kind(), ErrorKind::kInvalidInput);
  EXPECT_THAT(rows.error().message(), HasSubstr("more than 10 rows"));
  EXPECT_EQ(reader_->QueryAll("select * from range(10)")->num_rows(), 10);
}

TEST_F(SqlReaderTest, EndsWhatTakesTooLong) {
  Open({.max_time_ms = 200});
  for (const char* sql :
       {"select count(*) from range(1000000000000) a where a.range % 7 = 3",
        "select sum(a.range * b.range) from range(10000000) a, range(10000000) b",
        "explain analyze select count(*) from range(1000000000000) a where a.range % 7 = 3"}) {
    int64_t begin = base::MonotonicUs();
    auto rows = reader_->QueryAll(sql);
    int64_t took_ms = (base::MonotonicUs() - begin) / 1000;
    ASSERT_FALSE(rows.ok()) << sql;
    EXPECT_THAT(rows.error().message(), HasSubstr("longer than 0.2 s"));
    EXPECT_LT(took_ms, 5000) << sql;
  }
  EXPECT_EQ(reader_->QueryInt("select count(*) from gold.stays").value(), 10)
      << "the next query is not ended";
}

TEST_F(SqlReaderTest, ADeadlineEndsItsOwnQueryOnly) {
  Open({.max_time_ms = 400});
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i)
        answered += reader_->QueryInt("select count(*) from gold.stays").value() == 10;
    });
  }
  EXPECT_FALSE(
      reader_->QueryAll("select count(*) from range(1000000000000) a where a.range % 7 = 3").ok());
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, 15);
}

TEST_F(SqlReaderTest, NamesAViewThatCannotBeMade) {
  auto opened = OpenReader(lake_, {{"gold", "bad", "select * from nowhere"}});
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().ToString(), HasSubstr("making the view gold.bad"));
  EXPECT_FALSE(OpenReader(lake_, {}, {.max_rows = 0}).ok());
}

TEST_F(SqlReaderTest, AReaderOfFilesOpensNoOthers) {
  std::string inside = lake_ + "/a.csv";
  ASSERT_TRUE(base::WriteFileAtomically(inside, "n,m\n007,x\n").ok());
  views_ = {{"main", "a", SelectFromFiles({inside}).value()}};
  Open({.repeatable = true, .only_files = {inside}});
  auto rows = reader_->QueryAll("select n || m from a");
  ASSERT_TRUE(rows.ok()) << rows.error().ToString();
  EXPECT_EQ(rows->columns[0].strings[0], "007x") << "cells are texts, as the file has them";
  EXPECT_FALSE(reader_->QueryAll(format("from read_csv('{}')", secret_)).ok());
  EXPECT_FALSE(reader_->QueryAll(format("from glob('{}/*')", lake_)).ok());
  EXPECT_FALSE(SelectFromFiles({inside, lake_ + "/b.parquet"}).ok());
}

TEST(CheckRepeatable, TellsWhatARepeatableReaderRefuses) {
  EXPECT_TRUE(CheckRepeatable("select a, sum(b) from nowhere group by a").ok());
  for (const char* sql : {"selec 1", "select random()", "select now()", "select 1; select 2",
                          "create table t(a int)", "copy t to 'x'"}) {
    EXPECT_FALSE(CheckRepeatable(sql).ok()) << sql;
  }
}

}  // namespace
}  // namespace codman::engine
