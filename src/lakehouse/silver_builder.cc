#include "lakehouse/silver_builder.h"

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "lakehouse/judgement_internal.h"
#include "lakehouse/silver_steps_internal.h"

namespace codman::lakehouse {
namespace {

// Bounds memory: about 50 bytes each, and twice that while they are written.
constexpr double kEventsPerStep = 2'000'000;
constexpr double kEventsPerRow = 12;  // of a feed of which nothing is known yet

}  // namespace

SilverCounts& SilverCounts::operator+=(const SilverCounts& other) {
  records += other.records;
  unparsable_records += other.unparsable_records;
  measurements += other.measurements;
  markers += other.markers;
  stored += other.stored;
  duplicates += other.duplicates;
  quarantined += other.quarantined;
  voided += other.voided;
  return *this;
}

SilverBuilder::SilverBuilder(Lake lake, engine::SqlEngine* engine, governance::Identity* identity,
                             const events::Concepts* concepts,
                             const std::vector<events::SourceMapping>* sources,
                             storage::Database* database)
    : steps_(std::make_unique<SilverSteps>(lake, engine, identity, concepts, sources)),
      lake_(std::move(lake)),
      engine_(engine),
      database_(database) {}

SilverBuilder::~SilverBuilder() = default;

Result<SilverCounts> SilverBuilder::Build(const std::function<void(double)>& progress) {
  SilverCounts total;
  int64_t began_us = base::NowUs(), done_versions = 0, all_versions = 0;
  std::map<std::string, int64_t> reached;  // per feed, of those that have something new
  std::map<std::string, engine::DeltaSnapshot> bronze;
  auto quality = TRY(lake_.Quality().Load());
  for (const auto& feed : TRY(lake_.Feeds())) {
    auto newest = TRY(lake_.Bronze(feed).Load());
    int64_t version = VersionOf(quality, "bronze:" + feed);
    if (version == newest.version) continue;
    all_versions += newest.version - version;
    newest.files.clear();
    reached[feed] = version;
    bronze[feed] = std::move(newest);
  }
  for (auto& [feed, version] : reached) {
    while (version < bronze[feed].version) {
      Step step = TRY(NextStep(feed, version, bronze[feed]));
      total += TRY(BuildStep(step).While(
          format("building silver from {} version {}", feed, step.versions.back().version)));
      done_versions += step.versions.back().version - version;
      version = step.versions.back().version;
      if (progress)
        progress(static_cast<double>(done_versions) / static_cast<double>(all_versions));
    }
  }
  if (database_ != nullptr && !reached.empty())
    TRY(RecordSilverRun(lake_, database_, "build silver", reached, began_us));
  return total;
}

// As many versions of a feed as make about kEventsPerStep events, told by how many events a row of
// the feed made so far. Where a killed run committed some tables of a step, that step is taken
// again as it was.
Result<SilverBuilder::Step> SilverBuilder::NextStep(const std::string& feed, int64_t after,
                                                    const engine::DeltaSnapshot& shape) {
  Step step{.feed = feed, .txn = "bronze:" + feed};
  int64_t begun = std::max(VersionOf(TRY(lake_.Quarantine().Load()), step.txn),
                           VersionOf(TRY(lake_.Events().Load()), step.txn));
  begun = std::max(begun, VersionOf(TRY(lake_.Subjects().Load()), step.txn));
  auto table = lake_.Bronze(feed);
  double per_row = events_per_row_.try_emplace(feed, kEventsPerRow).first->second, events = 0;
  int64_t version = after + 1;
  do {
    engine::DeltaSnapshot added = shape;
    added.version = version;
    // Files that only put rows together anew (optimize) bring nothing.
    added.files = TRY(table.ReadCommit(version)).adds;
    std::erase_if(added.files, [](const auto& file) { return !file.data_change; });
    events += per_row * static_cast<double>(added.num_rows());
    if (version > after + 1 && begun <= after && events > kEventsPerStep) break;
    step.versions.push_back(std::move(added));
    ++version;
  } while (version <= (begun > after ? begun : shape.version));
  return step;
}

Result<SilverCounts> SilverBuilder::BuildStep(const Step& step) {
  const auto& [feed, txn, versions] = step;
  auto bronze = lake_.Bronze(feed);
  engine::DeltaSnapshot all = versions.back();
  all.files.clear();
  for (const auto& version : versions)
    all.files.insert(all.files.end(), version.files.begin(), version.files.end());
  const auto* source = TRY(steps_->SourceOf(bronze.SelectAll(all)));
  if (source == nullptr) {  // commits without rows
    auto quality = TRY(lake_.Quality().Load());
    TRY(lake_.Quality().Commit(quality, {.txns = {{txn, all.version}}}));
    return SilverCounts{};
  }
  SilverCounts counts;
  EventRows rows;
  TRY(steps_->Begin());
  for (const auto& version : versions)
    counts += TRY(steps_->Normalise(*source, feed, bronze.SelectAll(version), &rows));
  events_per_row_[feed] =
      std::max(1.0, static_cast<double>(rows.size()) / static_cast<double>(counts.records));
  TRY(steps_->WriteSubjects(*source, txn, all.version));
  // Where a killed run already wrote these events, they are judged against what was there before.
  auto before = TRY(LoadBefore(lake_.Events(), txn, all.version));
  std::string existing =
      before.files.empty() ? ""
                           : format("select * from ({}) where source = {}",
                                    lake_.Events().SelectAll(before), base::QuoteSql(source->name));
  Judged judged = TRY(Judge(engine_, existing, &rows));
  counts.stored = judged.stored;
  counts.duplicates = judged.duplicates;
  counts.voided = judged.conflicts;
  counts.quarantined = counts.measurements - counts.stored - counts.duplicates;
  TRY(rows.StageForSilver(engine_));
  TRY(WriteQuarantine(*source, feed, bronze.SelectAll(all), txn, all.version));
  TRY(WriteEvents(*source, feed, txn, all.version));
  TRY(WriteQuality(*source, feed, txn, all.version, counts));
  TRY(steps_->DropScratch());
  return counts;
}

Result<> SilverBuilder::WriteEvents(const events::SourceMapping& source, const std::string& feed,
                                    const std::string& txn, int64_t version) {
  auto table = lake_.Events();
  auto snapshot = TRY(table.Load());
  if (IsDone(snapshot, txn, version)) return {};
  engine::DeltaChange change{.txns = {{txn, version}}};
  change.adds =
      TRY(table.WriteFile(engine_, StoredSql(source, feed, "judged"), {{"month", CurrentMonth()}}));
  TRY(table.Commit(snapshot, change));
  return {};
}

Result<> SilverBuilder::WriteQuarantine(const events::SourceMapping& source,
                                        const std::string& feed, const std::string& bronze,
                                        const std::string& txn, int64_t version) {
  auto table = lake_.Quarantine();
  auto snapshot = TRY(table.Load());
  if (IsDone(snapshot, txn, version)) return {};
  std::string select = format("({}) union all by name ({}) order by payload_ref, field",
                              RefusedSql(source, feed, "refused", bronze),
                              ConflictsSql(source, feed, "judged", bronze));
  engine::DeltaChange change{.adds = TRY(table.WriteFile(engine_, select)),
                             .txns = {{txn, version}}};
  TRY(table.Commit(snapshot, change));
  return {};
}

Result<> SilverBuilder::WriteQuality(const events::SourceMapping& source, const std::string& feed,
                                     const std::string& txn, int64_t version,
                                     const SilverCounts& counts) {
  auto table = lake_.Quality();
  auto snapshot = TRY(table.Load());
  double score = counts.measurements == 0 ? 1
                                          : 1 - static_cast<double>(counts.quarantined) /
                                                    static_cast<double>(counts.measurements);
  std::string select = QualitySql(source, feed, version, counts, score);
  engine::DeltaChange change{.adds = TRY(table.WriteFile(engine_, select)),
                             .txns = {{txn, version}}};
  TRY(table.Commit(snapshot, change));
  return {};
}

}  // namespace codman::lakehouse
