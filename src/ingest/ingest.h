// Moves files into the ingest log and bronze, exactly once.
//
// A file is known by its SHA-256: reading it again changes nothing, and reading goes on where a
// killed run stopped. The answer is given when the rows are on stable storage.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/sql_engine.h"
#include "events/source_mapping.h"
#include "lakehouse/bronze_writer.h"
#include "lakehouse/lake.h"
#include "storage/durable_log.h"

namespace codman::ingest {

struct IngestReport {
  int64_t files = 0, files_unchanged = 0, members = 0;
  int64_t rows = 0;                          // appended now
  std::vector<std::string> ignored_members;  // no feed of the source matches their name
  std::vector<std::string> extra_columns;  // columns that the mapping does not know; kept in bronze
};

class Ingestor {
 public:
  Ingestor(lakehouse::Lake lake, engine::SqlEngine* engine, storage::DurableLog* log);

  // `path`: a file, an archive, or a folder of them. `progress(done)` in [0, 1].
  Result<IngestReport> Ingest(const events::SourceMapping& source, const std::string& path,
                              const std::function<void(double)>& progress = {});

 private:
  Result<> IngestFile(const events::SourceMapping& source, const std::string& path,
                      lakehouse::BronzeProgress* known, const std::function<void(double)>& progress,
                      IngestReport* report);

  lakehouse::Lake lake_;
  storage::DurableLog* log_;
  lakehouse::BronzeWriter bronze_;
};

}  // namespace codman::ingest
