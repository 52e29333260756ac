// What searches ask about predictions, as a table of the relational store. It is made from the
// journal's log and never trusted beyond it: it may lag behind, it is brought up to the last
// durable record before it answers, and where its newest row is not in the log it is made anew.
//
// New predictions are remembered in memory, a bounded number of them, so that following the log
// seldom means reading it. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "governance/audit.h"
#include "storage/database.h"

namespace codman::serving {

struct PredictionRow {
  uint64_t seq = 0;  // its place in the log
  std::string id;
  int64_t time_us = 0;
  std::string task, variant, version, band;
  bool alert = false;
  double risk = 0;
};

// Which predictions a search wants; empty members want any.
struct PredictionFilter {
  std::string task, variant, version, band;
  std::optional<bool> alert;
  int64_t from_us = 0, until_us = INT64_MAX;  // predicted in [from, until)
  std::string id_prefix;
  std::string before_id;  // older than this one
  size_t limit = 50;
};

class JournalIndex {
 public:
  // Borrows both.
  static Result<std::unique_ptr<JournalIndex>> Open(governance::Audit* audit,
                                                    storage::Database* database);

  // A prediction was appended; in order of seq.
  void Remember(PredictionRow row);
  // Every record up to `seq` is durable.
  void MarkDurable(uint64_t seq);

  Result<std::vector<PredictionRow>> Search(const PredictionFilter& filter);
  Result<PredictionRow> Find(const std::string& id);
  Result<int64_t> Count(int64_t since_us);
  // Makes it anew from the log at the next question.
  Result<> Forget();

 private:
  JournalIndex(governance::Audit* audit, storage::Database* database)
      : audit_(audit), database_(database) {}
  Result<> CatchUp();
  Result<> CheckAgainstLog();
  Result<> ReadLog();
  Result<> TakeRemembered();
  Result<> Insert(const std::vector<PredictionRow>& rows);
  Result<uint64_t> SeqOf(const std::string& id);

  governance::Audit* audit_;
  storage::Database* database_;

  std::mutex following_;  // one question brings the table up to date, the others wait for it
  bool checked_ = false;
  uint64_t newest_seq_ = 0;    // of the table
  uint64_t followed_seq_ = 0;  // every prediction up to this record is in the table
  int64_t num_rows_ = 0;

  std::mutex mutex_;  // of what stands below
  std::deque<PredictionRow> remembered_;
  uint64_t dropped_seq_ = 0;  // the newest that was remembered and is not any more
  uint64_t durable_seq_ = 0;
};

}  // namespace codman::serving
