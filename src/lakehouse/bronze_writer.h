// Moves the ingest log into bronze, exactly once: every commit carries the log position and the
// file positions it reaches, and a flush starts where the newest commit of each feed ends.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "engine/sql_engine.h"
#include "lakehouse/lake.h"
#include "storage/durable_log.h"

namespace codman::lakehouse {

struct BronzeProgress {
  std::map<std::string, int64_t>
      file_rows;  // file sha256 → rows taken into bronze or waiting in the log
  std::map<std::string, bool> file_complete;
};

class BronzeWriter {
 public:
  BronzeWriter(Lake lake, engine::SqlEngine* engine, storage::DurableLog* log);

  // What bronze and the log's tail hold of each file: where reading resumes after a stop.
  Result<BronzeProgress> Progress() const;
  // Every durable record that is not yet in bronze, one Parquet file and commit per feed and about
  // 32 MB; then drops log segments that are no longer needed. Gives the number of rows moved.
  Result<int64_t> Flush();

 private:
  std::string LogTxn(const std::string& feed) const;
  Result<std::map<std::string, uint64_t>> NextSeqByFeed() const;

  Lake lake_;
  engine::SqlEngine* engine_;
  storage::DurableLog* log_;
};

}  // namespace codman::lakehouse
