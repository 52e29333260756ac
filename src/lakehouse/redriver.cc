#include "lakehouse/redriver.h"

#include "base/clock.h"
#include "base/text.h"
#include "lakehouse/lineage.h"
#include "lakehouse/redrive_feed_internal.h"

namespace codman::lakehouse {

Json RedriveReport::ToJson() const {
  return Json::Object(
      {{"looked_at", looked_at}, {"accepted", accepted}, {"still_refused", still_refused}});
}

Redriver::Redriver(Lake lake, engine::SqlEngine* engine, governance::Identity* identity,
                   const events::Concepts* concepts,
                   const std::vector<events::SourceMapping>* sources, storage::Database* database)
    : steps_(std::make_unique<SilverSteps>(std::move(lake), engine, identity, concepts, sources)),
      database_(database) {}

Redriver::~Redriver() = default;

Result<RedriveReport> Redriver::Redrive() {
  RedriveReport total;
  int64_t began_us = base::NowUs();
  std::map<std::string, int64_t> changed;  // feeds and their bronze versions
  for (const auto& feed : TRY(steps_->lake().Feeds())) {
    FeedRedrive redrive(steps_.get(), feed);
    auto run = [&]() -> Result<> {
      if (!TRY(redrive.Begin())) return {};
      if (!TRY(redrive.Judge())) return {};
      TRY(redrive.Commit());
      changed[feed] = TRY(steps_->lake().Bronze(feed).Load()).version;
      return {};
    };
    auto done = run();
    TRY(redrive.DropScratch());
    TRY(std::move(done).While("re-driving the quarantine of " + feed));
    total.looked_at += redrive.report().looked_at;
    total.accepted += redrive.report().accepted;
    total.still_refused += redrive.report().still_refused;
  }
  if (database_ != nullptr && !changed.empty())
    TRY(RecordSilverRun(steps_->lake(), database_, "re-drive quarantine", changed, began_us));
  return total;
}

}  // namespace codman::lakehouse
