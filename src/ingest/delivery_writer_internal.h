// Rows on their way into the ingest log, whatever they were read from. Private to ingest.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "events/source_mapping.h"
#include "ingest/ingest.h"
#include "lakehouse/bronze_writer.h"
#include "lakehouse/delivery.h"
#include "storage/durable_log.h"

namespace codman::ingest {

// Appends to the log and bounds what waits: in memory for an fsync, and in the log for bronze.
class LogAppender {
 public:
  LogAppender(storage::DurableLog* log, lakehouse::BronzeWriter* bronze)
      : log_(log), bronze_(bronze) {}

  // `rows`: those of the delivery, encoded.
  Result<> Append(const lakehouse::Delivery& delivery, std::string_view rows = {});

 private:
  storage::DurableLog* log_;
  lakehouse::BronzeWriter* bronze_;
  int64_t unsynced_ = 0, unflushed_ = 0;
};

// The rows of one member. Those that an earlier run has taken are passed over.
class MemberWriter {
 public:
  MemberWriter(const events::SourceMapping& source, LogAppender* log, lakehouse::Delivery head,
               int64_t already_taken)
      : source_(source), log_(log), delivery_(std::move(head)), already_taken_(already_taken) {}

  // The first line of a tabular file. Errors name the column.
  Result<> Header(std::string_view line, IngestReport* report);
  Result<> Row(std::string_view row);
  // What is pending.
  Result<> Send();

  int64_t file_rows() const { return delivery_.file_rows; }
  int64_t rows_taken() const { return rows_taken_; }

 private:
  const events::SourceMapping& source_;
  LogAppender* log_;
  lakehouse::Delivery delivery_;
  int64_t already_taken_, rows_seen_ = 0, rows_taken_ = 0;
  std::string pending_;  // encoded rows
  int64_t num_pending_ = 0;
};

}  // namespace codman::ingest
