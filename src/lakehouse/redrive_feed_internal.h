// The re-drive of one feed: what its quarantine becomes under today's declarations, and the commits
// that say so. Private to redriver; used once per feed, in the order of the methods.
//
// Scratch tables: `redrive_refs` the quarantine's rows in question, `redrive_fresh` what is good
// now and was not, `redrive_keys` the hashes of its keys, `redrive_still` what is refused again,
// `redrive_judged` every good row with one of these keys and its verdict, `redrive_current` the
// rows of silver with them, `redrive_adds` and `redrive_removes` what silver lacks and has too
// much.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "engine/delta_table.h"
#include "lakehouse/judgement_internal.h"
#include "lakehouse/redriver.h"
#include "lakehouse/silver_steps_internal.h"

namespace codman::lakehouse {

class FeedRedrive {
 public:
  FeedRedrive(SilverSteps* steps, std::string feed)
      : steps_(steps), feed_(std::move(feed)), txn_("redrive:" + feed_) {}

  // Reads the tables and the quarantine. False where there is nothing to look at.
  Result<bool> Begin();
  // Normalises again and judges. False where everything is as it was.
  Result<bool> Judge();
  Result<> Commit();
  Result<> DropScratch();
  const RedriveReport& report() const { return report_; }

 private:
  Result<> MapFields();
  std::string BronzeRows(const engine::DataFile& file) const;
  Result<> TakeCandidates(const EventRows& rows, size_t file, const std::string& which);
  Result<> NormaliseRefused();
  Result<> FindFresh();
  Result<> TakeAllOfTheKeys();
  Result<> Replay();
  Result<> Compare();
  Result<SilverCounts> CountUnparsable();
  Result<SilverCounts> Differences();
  Result<> CommitEvents();
  Result<> CommitQuality(const SilverCounts& differences);
  Result<> CommitQuarantine();
  Result<> Run(const std::string& sql) { return steps_->engine()->Execute(sql); }
  Result<int64_t> Count(const std::string& from) {
    return steps_->engine()->QueryInt("select count(*) from " + from);
  }

  SilverSteps* steps_;
  std::string feed_, txn_;
  const events::SourceMapping* source_ = nullptr;
  engine::DeltaSnapshot bronze_, quarantine_, before_;  // before_: silver.events without this run
  bool resumes_ = false;                                // an earlier run was killed in its commits
  Judged judged_;                                       // of every good row with one of the keys
  RedriveReport report_;
};

}  // namespace codman::lakehouse
