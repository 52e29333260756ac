#include "engine/sql_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <thread>

#include "base/file.h"
#include "base/text.h"

// Expected values: what the test appended; arithmetic by hand.
namespace codman::engine {
namespace {

using columns::Table;
using columns::Type;
using testing::HasSubstr;

class SqlEngineTest : public testing::Test {
 protected:
  void SetUp() override { engine_ = SqlEngine::Open({.num_threads = 2}).value(); }
  std::unique_ptr<SqlEngine> engine_;
};

const columns::Schema kAllTypes = {{"flag", Type::kBool},
                                   {"count", Type::kInt64},
                                   {"level", Type::kDouble},
                                   {"name \"x\"", Type::kString},
                                   {"at", Type::kTimestamp}};

// Row i is null in column i % 5, so that every column has nulls and values.
Table AllTypes(int64_t rows) {
  Table table(kAllTypes);
  for (int64_t i = 0; i < rows; ++i) {
    for (size_t c = 0; c < 5; ++c) {
      auto& column = table.columns[c];
      if (i % 5 == static_cast<int64_t>(c)) {
        column.AppendNull();
      } else if (column.field.type == Type::kDouble) {
        column.AppendDouble(double(i) / 3);
      } else if (column.field.type == Type::kString) {
        column.AppendString(format("text {}{}", i, std::string(static_cast<size_t>(i % 40), '\'')));
      } else {
        column.AppendInt(column.field.type == Type::kBool ? i % 2 : i * 1000003 - 5000000000);
      }
    }
  }
  return table;
}

void ExpectEqual(const Table& read, const Table& written) {
  ASSERT_EQ(read.schema(), written.schema());
  ASSERT_EQ(read.num_rows(), written.num_rows());
  for (size_t c = 0; c < read.columns.size(); ++c) {
    const auto &a = read.columns[c], &b = written.columns[c];
    SCOPED_TRACE(a.field.name);
    EXPECT_EQ(a.valid, b.valid);
    EXPECT_EQ(a.ints, b.ints) << "a null keeps a place of 0";
    EXPECT_EQ(a.doubles, b.doubles);
    ASSERT_EQ(a.strings.size(), b.strings.size());
    for (size_t i = 0; i < a.strings.size(); ++i) ASSERT_EQ(a.strings[i], b.strings[i]);
  }
}

TEST_F(SqlEngineTest, EveryTypeComesBackAsItWasAppended) {
  for (int64_t rows : {0, 1, 7, 2048, 2049, 10000}) {
    SCOPED_TRACE(rows);
    Table written = AllTypes(rows);
    ASSERT_TRUE(engine_->CreateTable("t", kAllTypes).ok());
    auto appended = engine_->Append("t", written);
    ASSERT_TRUE(appended.ok()) << appended.error().ToString();
    auto read = engine_->QueryAll("select * from t");
    ASSERT_TRUE(read.ok()) << read.error().ToString();
    ExpectEqual(*read, written);
  }
}

TEST_F(SqlEngineTest, StreamsInOrderAndStopsWithTheSinksError) {
  int64_t seen = 0, chunks = 0;
  ASSERT_TRUE(engine_
                  ->Query("select i from range(50000) t(i)",
                          [&](const Table& chunk) -> Result<> {
                            ++chunks;
                            for (int64_t value : chunk.columns[0].ints) EXPECT_EQ(value, seen++);
                            return {};
                          })
                  .ok());
  EXPECT_EQ(seen, 50000);
  EXPECT_GT(chunks, 5);
  auto stopped = engine_->Query("select i from range(50000) t(i)", [](const Table&) -> Result<> {
    return base::DataQuality("enough");
  });
  EXPECT_EQ(stopped.error().message(), "enough");
  EXPECT_EQ(engine_->QueryInt("select 42").value(), 42) << "the engine goes on after it";
}

TEST_F(SqlEngineTest, OtherTypesBecomeNumbersOrTexts) {
  auto row = engine_->QueryAll(
      "select 1::tinyint a, 7::hugeint b, 1.5::decimal(9,2) c, date '2026-11-21' d, [1,2] e, "
      "0.5::float f, timestamp '2000-01-01' g, 4000000000::uinteger h, sum(i) s from range(4) "
      "t(i)");
  ASSERT_TRUE(row.ok()) << row.error().ToString();
  EXPECT_EQ(row->Find("a")->ints[0], 1);
  EXPECT_EQ(row->Find("d")->strings[0], "2026-11-21");
  EXPECT_EQ(row->Find("e")->strings[0], "[1, 2]");
  EXPECT_EQ(row->Find("f")->doubles[0], 0.5);
  EXPECT_EQ(row->Find("g")->ints[0], 946684800000000);
  EXPECT_EQ(row->Find("h")->ints[0], 4000000000);
  EXPECT_EQ(row->Find("c")->doubles[0], 1.5);
  EXPECT_EQ(row->Find("s")->doubles[0], 6);
  EXPECT_EQ(row->Find("b")->doubles[0], 7);
}

TEST_F(SqlEngineTest, DescribesWithoutRunning) {
  auto schema = engine_->Describe(
      "select error('ran') as a, 1 as b, 1.5::double as c, now() as d from range(3)");
  ASSERT_TRUE(schema.ok()) << schema.error().ToString();
  ASSERT_EQ(schema->size(), 4u);
  EXPECT_EQ((*schema)[1], (columns::Field{"b", Type::kInt64}));
  EXPECT_EQ((*schema)[2], (columns::Field{"c", Type::kDouble}));
  EXPECT_EQ((*schema)[3], (columns::Field{"d", Type::kTimestamp}));
}

TEST_F(SqlEngineTest, TimesAreUtc) {
  EXPECT_EQ(engine_->QueryInt("select epoch_us(timestamptz '2026-11-21 08:00:00+01')").value(),
            1795244400000000);
  EXPECT_EQ(engine_->QueryAll("select timestamptz '2026-11-21 07:00:00'")->columns[0].ints[0],
            1795244400000000);
}

TEST_F(SqlEngineTest, AnEmptyResultStillTellsItsColumns) {
  auto empty = engine_->QueryAll("select 1 as a, 'x' as b where false");
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ(empty->num_rows(), 0);
  EXPECT_EQ(empty->columns.size(), 2u);
  EXPECT_EQ(engine_->QueryInt("select 1 where false").value(), 0);
  EXPECT_EQ(engine_->QueryInt("select null::bigint").value(), 0);
}

TEST_F(SqlEngineTest, ErrorsNameTheCauseButNoRowValue) {
  auto unknown = engine_->QueryAll("select nothing from nowhere");
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.error().message(), HasSubstr("nowhere"));
  EXPECT_FALSE(engine_->Execute("selekt").ok());
  ASSERT_TRUE(engine_->Execute("create table p (name varchar, mrn bigint unique)").ok());
  ASSERT_TRUE(engine_->Execute("insert into p values ('Doe' || 'Jane', 1000 + 234567)").ok());
  for (const char* sql : {"select name::integer from p", "select mrn::tinyint from p",
                          "insert into p select * from p", "select strptime(name, '%Y') from p"}) {
    auto failed = engine_->Execute(sql);
    ASSERT_FALSE(failed.ok()) << sql;
    EXPECT_THAT(failed.error().message(), HasSubstr(sql));
    EXPECT_THAT(failed.error().message(), Not(HasSubstr("DoeJane")));
    EXPECT_THAT(failed.error().message(), Not(HasSubstr("235567")));
  }
  auto streamed = engine_->QueryAll("select name::integer from p");
  ASSERT_FALSE(streamed.ok());
  EXPECT_THAT(streamed.error().message(), Not(HasSubstr("DoeJane")));
  EXPECT_EQ(engine_->QueryInt("select 1").value(), 1) << "the engine goes on after errors";
}

TEST_F(SqlEngineTest, NamesAreQuoted) {
  EXPECT_EQ(QuoteName("a\"b"), "\"a\"\"b\"");
  ASSERT_TRUE(engine_->CreateTable("odd \"name\"", {{"select", Type::kInt64}}).ok());
  EXPECT_EQ(engine_->QueryInt("select count(*) from \"odd \"\"name\"\"\"").value(), 0);
  EXPECT_FALSE(engine_->Append("absent", Table(kAllTypes)).ok());
}

TEST_F(SqlEngineTest, ThreadsMayShareIt) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(engine_->QueryInt(format("select {} + sum(i) from range(100) t(i)", t)).value(),
                  4950 + t);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(SqlEngineSpill, SortsMoreThanItsMemoryInTheTempFolder) {
  std::string folder = format("{}codman_spill_{}/deep", testing::TempDir(), getpid());
  auto engine =
      SqlEngine::Open({.temp_folder = folder, .memory_limit_bytes = 64 << 20, .num_threads = 2});
  ASSERT_TRUE(engine.ok()) << engine.error().ToString();
  EXPECT_TRUE(base::FileExists(folder));
  int64_t rows = 0, last = INT64_MIN;
  auto sorted = (*engine)->Query(
      "select (i * 7919) % 1500007 as k, repeat('x', 40) || i as pad from "
      "range(1500000) t(i) order by k",
      [&](const Table& chunk) -> Result<> {
        for (int64_t k : chunk.columns[0].ints) {
          EXPECT_LE(last, k);
          last = k;
        }
        rows += chunk.num_rows();
        return {};
      });
  ASSERT_TRUE(sorted.ok()) << sorted.error().ToString();
  EXPECT_EQ(rows, 1500000);
  engine->reset();
  ASSERT_TRUE(base::RemoveTree(folder).ok());
}

}  // namespace
}  // namespace codman::engine
