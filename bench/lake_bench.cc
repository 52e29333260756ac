// Times a folder of NDJSON files on its way into committed silver, in one thread of SQL: the log
// and bronze (ingest), then silver. Prints one JSON object: CPU seconds of each part, rows, peak
// memory.
//
// lake_bench CLINIC SOURCE FILE_OR_FOLDER HOME     HOME is made anew
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "cpu_clock.h"
#include "engine/sql_engine.h"
#include "governance/identity.h"
#include "governance/secrets.h"
#include "ingest/ingest.h"
#include "lakehouse/silver_builder.h"
#include "storage/database.h"
#include "storage/durable_log.h"

namespace {

using codman::Json;
using codman::Result;

constexpr int64_t kEngineBytes = 1LL << 30;

double PeakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Result<Json> Run(const std::string& clinic, const std::string& name, const std::string& input,
                 const std::string& home) {
  std::error_code code;
  std::filesystem::remove_all(home, code);
  TRY(codman::base::MakeFolders(home));
  auto concepts = TRY(codman::events::Concepts::Load(clinic + "/concepts"));
  std::vector<codman::events::SourceMapping> sources = {TRY(codman::events::SourceMapping::Load(
      codman::format("{}/sources/{}.yaml", clinic, name), concepts))};
  auto secrets = TRY(codman::governance::Secrets::Open(home + "/secrets"));
  auto database = TRY(codman::storage::OpenSqlite(home + "/codman.db"));
  auto identity = TRY(codman::governance::Identity::Open(database.get(), secrets));
  codman::lakehouse::Lake lake(home + "/lake");
  auto log = TRY(codman::storage::DurableLog::Open(lake.root() + "/ingest-log"));
  auto engine = TRY(codman::engine::SqlEngine::Open(
      {.temp_folder = home + "/tmp", .memory_limit_bytes = kEngineBytes, .num_threads = 1}));
  double begin = CpuSeconds();
  auto report =
      TRY(codman::ingest::Ingestor(lake, engine.get(), log.get()).Ingest(sources[0], input));
  double ingested = CpuSeconds();
  auto counts = TRY(codman::lakehouse::SilverBuilder(lake, engine.get(), &identity, &concepts,
                                                     &sources, database.get())
                        .Build());
  double built = CpuSeconds();
  return Json::Object({{"rows", report.rows},
                       {"ingest_cpu_s", ingested - begin},
                       {"silver_cpu_s", built - ingested},
                       {"cpu_s", built - begin},
                       {"measurements", counts.measurements},
                       {"stored", counts.stored},
                       {"duplicates", counts.duplicates},
                       {"quarantined", counts.quarantined},
                       {"peak_rss_mb", PeakMegabytes()}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr, "usage: lake_bench CLINIC SOURCE FILE_OR_FOLDER HOME\n");
    return 1;
  }
  auto result = Run(argv[1], argv[2], argv[3], argv[4]);
  if (!result.ok()) {
    fmt::print(stderr, "lake_bench: {}\n", result.error().ToString());
    return 1;
  }
  fmt::print("{}\n", result->ToString());
  return 0;
}
