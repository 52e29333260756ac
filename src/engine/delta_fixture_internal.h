// A folder for one table and an engine, for the tests of the Delta files.
#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/delta_table.h"

namespace codman::engine {

inline const columns::Schema kDeltaSchema = {{"id", columns::Type::kInt64},
                                             {"level", columns::Type::kDouble},
                                             {"name", columns::Type::kString},
                                             {"flag", columns::Type::kBool},
                                             {"at", columns::Type::kTimestamp}};

class DeltaFixture : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(root_).ok());
    engine_ = SqlEngine::Open({.num_threads = 2}).value();
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(root_).ok()); }

  template <typename T>
  static T Must(Result<T> result) {
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().ToString());
    if (!result.ok()) return T{};
    return std::move(result).value();
  }
  // The Delta reader of DuckDB must lie beside the program.
  Result<> LoadDelta() {
    char program[4096] = {};
    EXPECT_GT(readlink("/proc/self/exe", program, sizeof program - 1), 0);
    std::string beside = std::string(program);
    beside = beside.substr(0, beside.rfind('/')) + "/delta.duckdb_extension";
    auto source =
        std::filesystem::absolute(CODMAN_SOURCE_DIR) / ".deps/duckdb/delta.duckdb_extension";
    if (!base::FileExists(beside)) {
      EXPECT_EQ(symlink(source.c_str(), beside.c_str()), 0);
    }
    return engine_->LoadDelta();
  }
  // Rows id = first … last.
  static std::string Rows(int64_t first, int64_t last) {
    return format(
        "select i::bigint as id, i / 4.0::double as level, 'n' || i as name, i % 2 = 0 as flag, "
        "make_timestamptz(i * 1000001) as at from range({}, {}) t(i)",
        first, last + 1);
  }
  std::vector<DataFile> Write(const DeltaTable& table, const std::string& select,
                              PartitionValues partition = {}) {
    return Must(table.WriteFile(engine_.get(), select, std::move(partition)));
  }
  int64_t Append(const DeltaTable& table, const std::string& select,
                 const PartitionValues& partition = {}) {
    auto read = Must(table.Load());
    return Must(table.Commit(read, {.adds = Write(table, select, partition)}));
  }
  std::string Ids(const DeltaTable& table, const DeltaSnapshot& snapshot) {
    auto ids = engine_->QueryAll("select coalesce(string_agg(id, ',' order by id), '') from (" +
                                 table.SelectAll(snapshot) + ")");
    EXPECT_TRUE(ids.ok()) << ids.error().ToString();
    return ids.ok() ? std::string(ids->columns[0].strings[0]) : "";
  }
  std::string Ids(const DeltaTable& table) { return Ids(table, Must(table.Load())); }
  // Two relations hold the same rows, however often each.
  void ExpectSameRows(const std::string& a, const std::string& b) {
    for (const auto& [left, right] : {std::pair(a, b), std::pair(b, a)}) {
      auto differing =
          engine_->QueryInt(format("select count(*) from ({} except all {})", left, right));
      EXPECT_EQ(Must(std::move(differing)), 0) << left;
    }
  }
  void ExpectDuckDbReadsTheSame(const DeltaTable& table) {
    ASSERT_TRUE(LoadDelta().ok());
    auto snapshot = Must(table.Load());
    std::string names;
    for (const auto& field : snapshot.schema)
      names += (names.empty() ? "" : ", ") + QuoteName(field.name);
    ExpectSameRows(format("select {} from ({})", names, table.SelectAll(snapshot)),
                   format("select {} from delta_scan({})", names, base::QuoteSql(table.root())));
  }
  std::string LogName(int64_t version, const char* ending = ".json") const {
    return format("{}/_delta_log/{:020}{}", root_, version, ending);
  }
  // The first action of this kind in a commit file.
  Json ActionIn(int64_t version, const std::string& kind) {
    auto text = Must(base::ReadFile(LogName(version)));
    for (auto line : base::Split(text, '\n')) {
      if (line.empty()) continue;
      Json action = Must(base::ParseJson(line));
      if (const Json* found = action.Find(kind)) return *found;
    }
    return {};
  }
  static void SetModified(const std::string& path, int64_t time_us) {
    timespec time{time_us / 1'000'000, time_us % 1'000'000 * 1000};
    timespec times[2] = {time, time};
    EXPECT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0) << path;
  }

  std::string root_ = format("{}codman_delta_{}", testing::TempDir(), getpid());
  std::unique_ptr<SqlEngine> engine_;
};

}  // namespace codman::engine
