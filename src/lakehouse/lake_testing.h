// A small installation in a temporary folder for tests of the lake: log, bronze, silver, tables.
// Only tests include it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"
#include "events/source_mapping.h"
#include "governance/identity.h"
#include "governance/secrets.h"
#include "lakehouse/bronze_writer.h"
#include "lakehouse/delivery.h"
#include "lakehouse/silver_builder.h"
#include "lakehouse/table_builder.h"
#include "storage/database.h"
#include "storage/durable_log.h"

namespace codman::lakehouse {

// The value of a result, or the end of the test program with the reason.
template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", result.error().ToString().c_str());
    std::abort();
  }
  return std::move(result).value();
}
inline void Must(Result<> result) {
  if (result.ok()) return;
  std::fprintf(stderr, "%s\n", result.error().ToString().c_str());
  std::abort();
}

// Concepts and sources are those of the repository's clinic.
class TestLake {
 public:
  TestLake()
      : home((std::filesystem::temp_directory_path() /
              ("codman-lake-" + base::ToHex(base::RandomBytes(8))))
                 .string()),
        lake(home + "/lake") {
    Must(base::MakeFolders(home));
    concepts = Must(events::Concepts::Load(clinic + "/concepts"));
    sources = Must(events::LoadSources(clinic + "/sources", concepts));
    auto secrets = Must(governance::Secrets::Open(home + "/secrets"));
    database = Must(storage::OpenSqlite(home + "/codman.db"));
    identity = std::make_unique<governance::Identity>(
        Must(governance::Identity::Open(database.get(), secrets)));
    log = Must(storage::DurableLog::Open(home + "/lake/ingest-log"));
    engine = Must(engine::SqlEngine::Open({.temp_folder = home + "/tmp", .num_threads = 2}));
  }
  ~TestLake() { (void)base::RemoveTree(home).ok(); }

  const events::SourceMapping& Source(const std::string& name) const {
    for (const auto& source : sources) {
      if (source.name == name) return source;
    }
    std::abort();
  }

  // One delivery of NDJSON records of the synthetic source, into bronze.
  void TakeRecords(const std::string& feed, const std::vector<std::string>& records) {
    std::string sha256 = base::Sha256Hex(base::RandomBytes(16));
    Delivery delivery{.source = "synthetic",
                      .feed = feed,
                      .file_sha256 = sha256,
                      .member = feed + ".ndjson",
                      .file_rows = static_cast<int64_t>(records.size()),
                      .ends_file = true,
                      .content_type = "application/json"};
    delivery.rows.assign(records.begin(), records.end());
    auto seq = Must(log->Append(EncodeDelivery(delivery), base::NowUs()));
    Must(log->Sync(seq));
    Must(BronzeWriter(lake, engine.get(), log.get()).Flush());
  }

  SilverCounts BuildSilver() {
    return Must(SilverBuilder(lake, engine.get(), identity.get(), &concepts, &sources).Build());
  }
  Result<BuildReport> BuildTables(const std::string& clinic_folder,
                                  const std::vector<std::string>& only = {}) {
    return TableBuilder(lake, engine.get(), database.get()).Build(clinic_folder, only);
  }

  // Every row as one line, cells joined by '|'; views over the newest versions are made first.
  std::vector<std::string> Rows(const std::string& sql) {
    Must(lake.RegisterViews(engine.get(), Must(lake.GoldTables())));
    auto names = Must(engine->Describe(sql));
    std::string cells;
    for (const auto& field : names) {
      cells += format("{}coalesce(cast({} as varchar), '-')", cells.empty() ? "" : " || '|' || ",
                      engine::QuoteName(field.name));
    }
    auto table = Must(engine->QueryAll(format("select {} from ({})", cells, sql)));
    std::vector<std::string> rows;
    for (size_t i = 0; i < static_cast<size_t>(table.num_rows()); ++i)
      rows.emplace_back(table.columns[0].strings[i]);
    return rows;
  }

  // The state that a kill before this commit leaves.
  void ForgetNewestCommit(const std::string& table) {
    auto version = Must(lake.Newest(table)).version;
    std::filesystem::remove(format("{}/_delta_log/{:020}.json", lake.RootOf(table), version));
  }

  const std::string clinic = std::string(CODMAN_SOURCE_DIR) + "/clinic";
  const std::string home;
  Lake lake;
  events::Concepts concepts;
  std::vector<events::SourceMapping> sources;
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<governance::Identity> identity;
  std::unique_ptr<storage::DurableLog> log;
  std::unique_ptr<engine::SqlEngine> engine;
};

// One NDJSON record of the synthetic source with one measurement. Times are of 2026-03-01.
inline std::string Record(const std::string& id, const std::string& code, const std::string& value,
                          const std::string& event, const std::string& stored,
                          const std::string& status = "final", const std::string& unit = "/min") {
  std::string time = event.empty() ? "" : format(R"("event_time":"2026-03-01T{}Z",)", event);
  return format(R"({{"record_id":"{}","patient_id":"P1","encounter_id":"E1",{})"
                R"("stored_at":"2026-03-01T{}Z","status":"{}",)"
                R"("measurements":[{{"code":"{}","value":{},"unit":"{}"}}]}})",
                id, time, stored, status, code, value, unit);
}

}  // namespace codman::lakehouse
